"""Standard input, scanned as one file."""

from __future__ import annotations

from typing import IO

from .batch import Item, Kind, Pieces
from .window import windows

BUFFER = 4 << 20


def read_stdin(stream: IO[bytes]) -> Pieces:
    """All that comes through `stream`, in bounded memory."""

    def read(view: memoryview) -> int:
        data = stream.read(len(view))
        view[: len(data)] = data
        return len(data)

    yield from windows(Item(Kind.STDIN), read, bytearray(BUFFER))
