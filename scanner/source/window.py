"""Reads a stream of any size through one buffer of fixed size, without losing what stands across its edge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..resident import Resident, characters
from .batch import Batch, Given, Item, Kind, Part

# Anchors so close to the end of the buffer may lack their surroundings: they wait for the next part.
AHEAD = 32 * 1024
# What is carried over: the surroundings before the first anchor that waited, and the wait itself.
CARRY = 64 * 1024


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an item that does not fit the buffer has been read: the item's bytes from `offset` on stand at the
    buffer's start, after `lines` newlines and `column` characters; anchors up to `handled` are done."""

    item: Item
    offset: int = 0
    lines: int = 0
    column: int = 0
    handled: int = 0


def part_of(progress: Progress, data: bytearray, start: int, end: int, final: bool) -> Part:
    """The part of an item that stands in `data` from `start` to `end`; `final` when the item ends there."""
    resident = Resident(data, start, end, progress.offset, progress.lines, progress.column)
    settled = None if final else progress.offset + (end - start) - AHEAD
    return Part(progress.item, resident, progress.handled, settled)


def advance(part: Part, data: bytearray) -> Progress:
    """Moves the last bytes of an unfinished part to the start of the buffer; says where that leaves the item."""
    resident = part.resident
    cut = max(resident.start, resident.end - CARRY)
    newline = data.rfind(b"\n", resident.start, cut)
    column = characters(data[newline + 1 if newline >= 0 else resident.start : cut])
    progress = Progress(
        item=part.item,
        offset=resident.offset + cut - resident.start,
        lines=resident.lines + data.count(b"\n", resident.start, cut),
        column=column if newline >= 0 else resident.column + column,
        handled=part.settled or 0,
    )
    kept = resident.end - cut
    data[:kept] = data[cut : resident.end]
    return progress


def windows(item: Item, read: Callable[[memoryview], int], buffer: bytearray) -> Iterator[Batch]:
    """The batches of one item whose bytes `read` puts into a buffer, 0 at the end; `buffer` is used for all."""
    progress = Progress(item)
    filled = carried = 0
    view = memoryview(buffer)
    while True:
        while filled < len(buffer):
            count = read(view[filled:])
            if not count:
                break
            filled += count
        final = filled < len(buffer)
        part = part_of(progress, buffer, 0, filled, final)
        yield Batch(buffer, filled, Given((part,)), filled - carried, int(final and item.kind is Kind.FILE))
        if final:
            return
        progress = advance(part, buffer)
        filled = carried = min(CARRY, filled)
