"""The files of a working tree, as git sees them, and those of a plain directory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from ..git import Git
from .batch import Item, Kind, Unread

SUBMODULE = b"160000"


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a tree, and what in it is not listed: submodules and nested repositories."""

    items: tuple[Item, ...]
    unread: tuple[Unread, ...]


def list_worktree(git: Git, include_ignored: bool = False) -> Listing:
    """Tracked files, and untracked ones that are not ignored; ignored ones too when asked for."""
    items: dict[bytes, Item] = {}
    unread: list[Unread] = []
    for record in _records(git.run("ls-files", "-z", "--stage")):
        about, _, path = record.partition(b"\t")
        mode, oid, _ = about.split(b" ")
        if mode == SUBMODULE:
            unread.append(Unread(f"submodule {os.fsdecode(path)}", "a repository of its own: scan it there"))
        else:
            items[path] = Item(Kind.FILE, oid.decode("ascii"), path, tracked=True)
    wanted: list[tuple[bool, tuple[str, ...]]] = [(False, ("--others", "--exclude-standard"))]
    if include_ignored:
        wanted.append((True, ("--others", "--ignored", "--exclude-standard")))
    for ignored, arguments in wanted:
        for path in _records(git.run("ls-files", "-z", *arguments)):
            if path.endswith(b"/"):  # git does not look into a repository inside the repository
                unread.append(
                    Unread(f"nested repository {os.fsdecode(path)}", "a repository of its own: scan it there")
                )
            else:
                items.setdefault(path, Item(Kind.FILE, "", path, tracked=False, ignored=ignored))
    return Listing(tuple(items.values()), tuple(unread))


def list_directory(root: bytes) -> Iterator[Item | Unread]:
    """Every regular file below a plain directory; `.git` folders are git's business and are not entered."""
    pending = [b""]
    while pending:
        folder = pending.pop()
        try:
            entries = sorted(os.scandir(os.path.join(root, folder)), key=lambda entry: entry.name, reverse=True)
        except OSError as error:
            yield Unread(os.fsdecode(folder or b"."), error.strerror or "cannot be listed")
            continue
        files = []
        for entry in entries:
            path = os.path.join(folder, entry.name)
            if entry.is_dir(follow_symlinks=False):
                if entry.name != b".git":
                    pending.append(path)
            elif not entry.is_symlink():
                files.append(Item(Kind.FILE, "", path))
        yield from reversed(files)


def _records(output: bytes) -> Iterator[bytes]:
    """The records of output that git ended with NUL each."""
    return (record for record in output.split(b"\0") if record)
