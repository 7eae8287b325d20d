"""What `git cat-file --batch` prints: for each object a line with its id, type and size, its contents, a newline."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from ..resident import Buffer, Resident
from .batch import Item, Kind, Part, Unread

KINDS = {b"blob": Kind.BLOB, b"commit": Kind.COMMIT, b"tag": Kind.TAG}

# Bytes: an id, a type, a size and two spaces.
LONGEST_HEADER = 128
# An object in a buffer: id, type, and where its contents start and end.
Extent = tuple[bytes, bytes, int, int]
Parents = MutableMapping[bytes, Sequence[bytes]]


class Listed(NamedTuple):
    """An object as git lists it: id (hexadecimal), type, size in bytes, and the bytes that git answers with when asked
    for it: a header of three words, the contents, a newline."""

    oid: bytes
    kind: bytes
    size: int
    answer: int


def listed(oid: bytes, kind: bytes, size: bytes) -> Listed:
    """An object from the three words of git's line about it."""
    length = int(size)
    # Made past the constructor, which is slow for what is made half a million times.
    return tuple.__new__(Listed, (oid, kind, length, len(oid) + len(kind) + len(size) + 4 + length))


@dataclass
class Objects:
    """The objects that stand in a buffer, as the parts of a batch: between the end of one that began in an earlier
    batch and the start of one that goes on in the next, those that stand there whole."""

    buffer: Buffer
    whole: Sequence[Extent]
    tail: Part | None = None
    head: Part | None = None

    @property
    def ends(self) -> Sequence[int]:
        ends = [extent[3] for extent in self.whole]
        if self.tail:
            ends.insert(0, self.tail.resident.end)
        if self.head:
            ends.append(self.head.resident.end)
        return ends

    def __iter__(self) -> Iterator[Part]:
        return (self[index] for index in range(len(self)))

    def __len__(self) -> int:
        return len(self.whole) + (self.tail is not None) + (self.head is not None)

    def __getitem__(self, index: int, /) -> Part:
        if self.tail:
            if index == 0:
                return self.tail
            index -= 1
        if index == len(self.whole) and self.head:
            return self.head
        oid, kind, start, end = self.whole[index]
        return Part(Item(KINDS[kind], oid.decode("ascii")), Resident(self.buffer, start, end))


@dataclass
class AsListed:
    """Objects that stand in a buffer one after the other, just as they were listed: their places follow from their
    sizes, and are worked out only when somebody asks."""

    buffer: Buffer
    share: Sequence[Listed]

    @cached_property
    def ends(self) -> Sequence[int]:
        return [end - 1 for end in accumulate(each.answer for each in self.share)]

    @property
    def extents(self) -> Iterator[Extent]:
        for each, end in zip(self.share, self.ends, strict=True):
            yield each.oid, each.kind, end - each.size, end

    def __iter__(self) -> Iterator[Part]:
        return (self[index] for index in range(len(self)))

    def __len__(self) -> int:
        return len(self.share)

    def __getitem__(self, index: int, /) -> Part:
        each, end = self.share[index], self.ends[index]
        return Part(Item(KINDS[each.kind], each.oid.decode("ascii")), Resident(self.buffer, end - each.size, end))


_HEADER = re.compile(rb"([0-9a-f]{40,64}) (?:(blob|commit|tag|tree) ([0-9]{1,18})|missing|ambiguous)")


@dataclass
class Walk:
    """What stands in a buffer from one place on: whole objects, what is missing, and how far they reach."""

    objects: list[Extent] = field(default_factory=list)
    missing: list[Unread] = field(default_factory=list)
    position: int = 0
    complete: int = 0  # answers, be they objects or that there is none
    cut: Extent | None = None  # the object that goes on after the end of the buffer
    broken: bool = False  # what follows is no answer to what was asked: an object is longer or shorter than it says


def walk(buffer: Buffer, position: int, filled: int, asked: Sequence[bytes], first: int) -> Walk:
    """Goes from header to header, from `position` to at most `filled`: the answers to `asked` from number `first` on.

    A header that does not fit is never shown: it may be anybody's text.
    """
    found = Walk(position=position)
    while position < filled:
        newline = buffer.find(b"\n", position, min(filled, position + LONGEST_HEADER))
        if newline < 0:
            found.broken = filled - position >= LONGEST_HEADER
            break
        header = _HEADER.fullmatch(bytes(buffer[position:newline]))
        number = first + found.complete
        if header is None or number >= len(asked) or header[1] != asked[number]:
            found.broken = True
            if number:
                named = asked[number - 1].decode("ascii", "replace")
                found.missing.append(Unread(f"object {named}", "it is longer than it says"))
            break
        oid, kind, size = header.groups()
        if kind is None:
            found.missing.append(Unread(f"object {oid.decode('ascii')}", "missing"))
            position = newline + 1
        else:
            end = newline + 1 + int(size)
            if end >= filled:
                found.cut = (oid, kind, newline + 1, end)
                break
            if kind in KINDS:
                found.objects.append((oid, kind, newline + 1, end))
            position = end + 1
        found.complete += 1
        found.position = position
    return found


def note_parents(buffer: Buffer, objects: Iterable[Extent], parents: Parents) -> None:
    """The parents of the commits among the objects: they follow the line that names a commit's tree."""
    for oid, kind, start, end in objects:
        if kind == b"commit":
            above = []
            position = start + len(b"tree \n") + len(oid)
            while buffer[position : position + 7] == b"parent " and position + 7 + len(oid) < end:
                position += len(b"parent ")
                above.append(bytes(buffer[position : position + len(oid)]))
                position += len(oid) + 1
            parents[oid] = above
