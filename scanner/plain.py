"""A scan of a plain directory or a single file: what lies there, without git."""

from __future__ import annotations

import os

from .paths import wanted
from .request import Request
from .source.batch import Item, Kind, Pieces, Unread
from .source.files import FileReader
from .source.worktree import list_directory


def directory(request: Request) -> Pieces:
    reader = FileReader(os.fsencode(request.root), request.max_file_size)
    if request.only is not None:
        yield from reader.read([Item(Kind.FILE, "", request.only)])
        return
    items: list[Item] = []
    for entry in list_directory(os.fsencode(request.root)):
        if isinstance(entry, Unread):
            yield entry
        else:
            items.append(entry)
    yield from reader.read(wanted(items, request.paths))
