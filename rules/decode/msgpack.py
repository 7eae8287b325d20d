"""MessagePack (msgpack.org), as far as tokens use it."""

from __future__ import annotations

import struct
from typing import Any

DEEPEST = 16
# By first byte: the number that follows it, as struct reads it.
NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
# By first byte: how wide the length is, and what it counts.
LENGTHS = {
    0xC4: (">B", "bytes"),
    0xC5: (">H", "bytes"),
    0xC6: (">I", "bytes"),
    0xD9: (">B", "text"),
    0xDA: (">H", "text"),
    0xDB: (">I", "text"),
    0xDC: (">H", "list"),
    0xDD: (">I", "list"),
    0xDE: (">H", "map"),
    0xDF: (">I", "map"),
}


def read(raw: bytes) -> Any:
    """The value that `raw` begins with; None where it is no MessagePack, or a kind that tokens do not use."""
    try:
        return _value(raw, 0, 0)[0]
    except (IndexError, ValueError, struct.error):
        return None


def _value(raw: bytes, at: int, depth: int) -> tuple[Any, int]:
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    first = raw[at]
    at += 1
    if first < 0x80 or first >= 0xE0:
        return (first if first < 0x80 else first - 0x100), at
    if first in (0xC0, 0xC2, 0xC3):
        return {0xC0: None, 0xC2: False, 0xC3: True}[first], at
    if first in NUMBERS:
        return struct.unpack_from(NUMBERS[first], raw, at)[0], at + struct.calcsize(NUMBERS[first])
    if first < 0x90:
        length, kind = first & 0x0F, "map"
    elif first < 0xA0:
        length, kind = first & 0x0F, "list"
    elif first < 0xC0:
        length, kind = first & 0x1F, "text"
    elif first in LENGTHS:
        form, kind = LENGTHS[first]
        (length,) = struct.unpack_from(form, raw, at)
        at += struct.calcsize(form)
    else:
        raise ValueError("a kind that tokens do not use")
    return _many(raw, at, length, kind, depth)


def _many(raw: bytes, at: int, length: int, kind: str, depth: int) -> tuple[Any, int]:
    if at + length > len(raw):  # each element takes a byte at least
        raise ValueError("reaches over the end")
    if kind in ("bytes", "text"):
        data = raw[at : at + length]
        return (data if kind == "bytes" else data.decode("utf-8", "replace")), at + length
    values = []
    for _ in range(length * (2 if kind == "map" else 1)):
        value, at = _value(raw, at, depth + 1)
        values.append(value)
    return values, at  # a map as the list of its keys and values in turn: keys need not be hashable
