"""A scan of a plain directory or a single file: what lies there, without git."""

from __future__ import annotations

import os

from .paths import wanted
from .request import Outcome, Request
from .search import Progress, Search
from .source.batch import Item, Kind, Unread
from .source.files import FileReader
from .source.worktree import list_directory


def directory(search: Search, request: Request, progress: Progress | None) -> Outcome:
    unread: list[Unread] = []
    items: list[Item] = []
    if request.only is not None:
        items.append(Item(Kind.FILE, "", request.only))
    else:
        for entry in list_directory(os.fsencode(request.root)):
            if isinstance(entry, Unread):
                unread.append(entry)
            else:
                items.append(entry)
    asked = list(wanted(items, request.paths))
    reader = FileReader(os.fsencode(request.root), request.max_file_size)
    found = search.here(reader.read(asked), progress)
    return Outcome(found, unread=unread, left_out=len(items) - len(asked), items=asked)
