"""Reads files that somebody else laid out: regular files inside the root, nothing that links, waits or leads out."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .batch import Batch, Item, Pieces, Unread, whole
from .window import windows

BUFFER = 8 << 20
# A link; or tracked, and deleted in the working tree, perhaps with its folder.
GONE = (errno.ELOOP, errno.ENOENT, errno.ENOTDIR)
_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass
class FileReader:
    """Reads the files of one root. `max_size` in bytes, 0 for no limit."""

    root: bytes
    max_size: int = 0
    _inside: dict[bytes, bool] = field(default_factory=dict, repr=False)
    _buffer: bytearray | None = field(default=None, repr=False)

    def read(self, items: Iterable[Item]) -> Pieces:
        """The contents of the items, whose paths are relative to the root. Links are passed over: their targets
        inside the root are files of their own, and those outside are nobody's business."""
        for item in items:
            yield from self._file(item)

    def _file(self, item: Item) -> Iterator[Batch | Unread]:
        name = os.fsdecode(item.path)
        path = os.path.join(self.root, item.path)
        try:
            if not self._leads_inside(os.path.dirname(path)):
                yield Unread(name, "its folder is a link that leads out of the root")
                return
            descriptor = os.open(path, _FLAGS)
        except OSError as error:
            if error.errno not in (
                errno.ELOOP,
                errno.ENOENT,
                errno.ENOTDIR,
            ):  # a link; or tracked, and deleted in the working tree
                yield Unread(name, error.strerror or "cannot be opened")
            return
        with open(descriptor, "rb", buffering=0) as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode):
                if not stat.S_ISDIR(about.st_mode):
                    yield Unread(name, "not a regular file")
                return
            if self.max_size and about.st_size > self.max_size:
                yield Unread(name, f"larger than the limit of {self.max_size} bytes")
                return
            try:
                if about.st_size < BUFFER:
                    data = file.read(BUFFER)
                    if len(data) < BUFFER:
                        yield whole(item, data)
                        return
                    file.seek(0)  # it grew while we looked
                if self._buffer is None:
                    self._buffer = bytearray(BUFFER)
                yield from windows(item, lambda view: file.readinto(view) or 0, self._buffer)
            except OSError as error:
                yield Unread(name, error.strerror or "cannot be read")

    def _leads_inside(self, folder: bytes) -> bool:
        """Whether a folder, links followed, still lies in the root."""
        known = self._inside.get(folder)
        if known is None:
            real = os.path.realpath(folder)
            root = os.path.realpath(self.root)
            known = real == root or real.startswith(os.path.join(root, b""))
            self._inside[folder] = known
        return known
