"""Takes the text out of its encoding around an anchor that stands there in base64 or UTF-16."""

from __future__ import annotations

import binascii
from collections.abc import Sequence
from dataclasses import dataclass

from ..resident import Buffer

STANDARD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
EITHER = STANDARD + b"-_"
TO_STANDARD = bytes.maketrans(b"-_", b"+/")
# What base64 may be made of: where a dash or underscore stands before it, that may be more of it, or join a name.
ALPHABETS = (EITHER, STANDARD)
AHEAD = 4
# Wrapped base64 has lines of 60 characters and more; a shorter line above is other text.
WRAPPED_LINE = 40


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """Decoded text, and where its bytes stand in the text that encodes it.

    `run` identifies the encoded stretch: its bounds and alignment, so that it is decoded once; `width` is the size
    in bytes of one encoded unit.
    """

    data: bytes
    run: tuple[int, int, int]
    encoding: str
    width: int
    places: Sequence[int]

    def place(self, at: int) -> int:
        """The offset, in the encoding text, of the unit that holds the first bits of decoded byte `at`."""
        if self.width == 2:
            return self.places[at]
        return self.places[at * 4 // 3]


class Covered:
    """What was decoded last around some anchor, and the part of it that is whole.

    A bound that lies well within what was looked at is the true end of the stretch; the rest was cut there.
    """

    def __init__(self, text: Unwrapped, start: int, reach: int) -> None:
        units = _units(text.width, reach)
        self._first, self._last = text.run[:2]
        self._begins = self._first > start - units + 2 * WRAPPED_LINE
        self._ends = self._last < start + AHEAD * units - 2 * WRAPPED_LINE
        self._width = text.width

    def holds(self, start: int, end: int, reach: int) -> bool:
        """Whether `reach` decoded bytes on either side of another anchor, or all there are, were decoded with it."""
        units = _units(self._width, reach)
        before = self._first <= (start if self._begins else start - units)
        return before and (end if self._ends else end + units) <= self._last


def _units(width: int, reach: int) -> int:
    """The bytes that surely hold `reach` bytes of text: of UTF-16, or of base64."""
    return 2 * reach if width == 2 else 4 * reach // 3 + 8


def unwrap_utf16(data: Buffer, low: int, high: int, start: int, end: int, reach: int) -> Unwrapped:
    """The ASCII text around a UTF-16 anchor, of either byte order: the low bytes while the high ones are zero."""
    units = _units(2, reach)
    forward = bytes(data[start + 1 : min(high, end + AHEAD * units) : 2])
    after = len(forward) - len(forward.lstrip(b"\0"))
    first = max(low, start - units)
    first += (start - first) % 2
    backward = bytes(data[first + 1 : start : 2])
    before = len(backward) - len(backward.rstrip(b"\0"))
    begin, stop = start - 2 * before, min(high, start + 2 * after + 1)
    # In big-endian text the first character's own zero stands before it; where the run was cut, its parity tells.
    big_endian = (begin - low) % 2 == 1 if begin == first else data[begin - 1] == 0
    places = range(begin, stop, 2)
    return Unwrapped(bytes(data[begin:stop:2]), (begin, stop, 2), "utf-16be" if big_endian else "utf-16le", 2, places)


def unwrap_base64(
    data: Buffer, low: int, high: int, start: int, phase: int, reach: int, alphabet: bytes
) -> Unwrapped | None:
    """The text around a base64 anchor whose first character is the `phase`-th of its group of four."""
    return _decoded(data, _run(data, low, high, start, _units(1, reach), alphabet), start, phase)


def _run(data: Buffer, low: int, high: int, start: int, units: int, alphabet: bytes) -> tuple[int, int]:
    """The bounds of the stretch of base64 around `start`, over line ends where the lines are wrapped base64."""
    first = _edge_before(data, max(low, start - units), start, alphabet)
    line = max(first, data.rfind(b"\n", first, start) + 1)
    # Far ahead: where anchors stand close together, one run does for many.
    last = _edge_after(data, min(high, start + AHEAD * units), start, line, alphabet)
    return first, last


def _edge_before(data: Buffer, limit: int, start: int, alphabet: bytes) -> int:
    text = bytes(data[limit:start])
    kept = len(text.rstrip(alphabet))
    while kept > 0:
        above = text[:kept].rstrip(b" \t")
        if not above.endswith(b"\n"):
            break
        above = above.rstrip(b"\r\n")
        run = len(above) - len(above.rstrip(alphabet))
        if run < WRAPPED_LINE:
            break
        kept = len(above) - run
    return limit + kept


def _edge_after(data: Buffer, limit: int, start: int, line: int, alphabet: bytes) -> int:
    """Where the stretch ends; its first line began at byte `line`."""
    text = bytes(data[start:limit])
    taken = len(text) - len(text.lstrip(alphabet))
    while taken < len(text):
        rest = text[taken:]
        below = rest.lstrip(b"\r\n \t")
        if below is rest or b"\n" not in rest[: len(rest) - len(below)]:
            break
        run = len(below) - len(below.lstrip(alphabet))
        newline = text.rfind(b"\n", 0, taken)
        length = taken - newline - 1 if newline >= 0 else start + taken - line
        if run == 0 or length < WRAPPED_LINE:
            break
        taken = len(text) - len(below) + run
    return start + taken


def _decoded(data: Buffer, run: tuple[int, int], start: int, phase: int) -> Unwrapped | None:
    raw = bytes(data[run[0] : run[1]])
    places: Sequence[int]
    if raw.strip(EITHER):  # white space from wrapped lines: leave it out and remember where the rest stood
        places = [run[0] + n for n, byte in enumerate(raw) if byte in EITHER]
        raw = bytes(byte for byte in raw if byte in EITHER)
        before = sum(1 for place in places if place < start)
    else:
        places = range(run[0], run[1])
        before = start - run[0]
    skip = (before - phase) % 4
    text = raw[skip:].translate(TO_STANDARD)
    text = text[: len(text) - 1] if len(text) % 4 == 1 else text
    try:
        plain = binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return None
    return Unwrapped(plain, (run[0], run[1], skip), "base64", 1, places[skip:])
