"""The part of a file or object that lies in memory, and how its byte offsets become lines and columns."""

from __future__ import annotations

from dataclasses import dataclass
from mmap import mmap

Buffer = bytes | bytearray | mmap

# Bytes 0x80-0xBF only ever continue a UTF-8 character, so they add no column.
CONTINUATION = bytes(range(0x80, 0xC0))
# A longer line is counted without checking that it is valid UTF-8.
DECODED_LINE = 1 << 16


@dataclass(frozen=True, slots=True)
class Resident:
    """Bytes `start` to `end` of `data` hold a file or object from its byte `offset` on.

    `lines` newlines and, since the last of them, `column` characters came before in the same object.
    """

    data: Buffer
    start: int
    end: int
    offset: int = 0
    lines: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Position:
    """Line and column, both counted from 1, the column in characters."""

    line: int
    column: int


class Locator:
    """Turns places in a resident part into positions; places must come in rising order to be cheap."""

    def __init__(self, part: Resident) -> None:
        self._part = part
        self._at = part.start
        self._lines = part.lines

    def position(self, place: int, wide: bool = False) -> Position:
        """The position of byte `place` of the buffer; `wide` for UTF-16 text."""
        part = self._part
        if place < self._at:
            self._at, self._lines = part.start, part.lines
        self._lines += _newlines(part.data, self._at, place)
        self._at = place
        newline = part.data.rfind(b"\n", part.start, place)
        before = part.column if newline < 0 else 0
        line_start = part.start if newline < 0 else newline + 1
        line = part.data[line_start:place]
        return Position(self._lines + 1, before + (_wide(line) if wide else characters(line)) + 1)


def _newlines(data: Buffer, start: int, end: int) -> int:
    return data[start:end].count(b"\n") if isinstance(data, mmap) else data.count(b"\n", start, end)


def characters(line: bytes | bytearray) -> int:
    """The number of characters in UTF-8 text; where it is not valid, undecodable bytes count as one each."""
    if line.isascii():
        return len(line)
    if len(line) > DECODED_LINE:
        return len(line.translate(None, CONTINUATION))
    return len(line.decode("utf-8", "replace"))


def _wide(line: bytes | bytearray) -> int:
    # After a newline, little-endian text has the newline's own NUL first; a byte order mark takes no column.
    text = line[1:] if line[:1] == b"\0" else line
    return (len(text) - (2 if text[:2] in (b"\xff\xfe", b"\xfe\xff") else 0)) // 2
