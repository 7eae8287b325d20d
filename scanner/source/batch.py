"""The unit that goes from a source to the engine: bytes, and which file or object each stretch belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from ..resident import Buffer, Resident


class Kind(StrEnum):
    """What a scanned thing is."""

    FILE = "file"  # a file of the working tree or of a plain directory
    BLOB = "blob"
    COMMIT = "commit"
    TAG = "tag"
    STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is scanned as a whole: no match reaches over its ends.

    `oid` is the object's id in hexadecimal; `path` is relative to the root, as bytes. `tracked` is None where there
    is no repository; `ignored` says that git ignores the file.
    """

    kind: Kind
    oid: str = ""
    path: bytes = b""
    tracked: bool | None = None
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """An item, or the part of it that is in memory.

    Only anchors that end after `handled` and, unless it is None, not after `settled` (both byte offsets in the item)
    are this part's to judge: the others were, or will be, in a part that has their whole surroundings.
    """

    item: Item
    resident: Resident
    handled: int = 0
    settled: int | None = None


class Parts(Protocol):
    """The parts of a batch in rising order. Made when asked for: few batches have a hit that needs them."""

    @property
    def ends(self) -> Sequence[int]:
        """Where in the buffer each part ends."""

    def __iter__(self) -> Iterator[Part]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, index: int, /) -> Part: ...


class Given(tuple[Part, ...]):
    """Parts that are there already."""

    __slots__ = ()

    @property
    def ends(self) -> Sequence[int]:
        return [part.resident.end for part in self]


@dataclass(frozen=True, slots=True)
class Batch:
    """Bytes to search at once, up to `length`, and the parts in them. Valid until the next is asked for: the buffer
    is used again."""

    data: Buffer
    length: int
    parts: Parts
    bytes: int  # bytes of them that were not in an earlier batch
    files: int = 0  # files, as against objects, that end in this batch


@dataclass(frozen=True, slots=True)
class Unread:
    """Something that could not be read: `what` it is and `why`, as a report says them."""

    what: str
    why: str
    count: int = 1


Pieces = Iterator[Batch | Unread]


def whole(item: Item, data: bytes) -> Batch:
    """A batch of one item that is in memory from end to end."""
    parts = Given((Part(item, Resident(data, 0, len(data))),))
    return Batch(data, len(data), parts, len(data), int(item.kind is Kind.FILE))


def shown_path(path: bytes) -> str:
    """A path as reports show it: UTF-8, with slashes, other bytes percent-escaped."""
    text = path.decode("utf-8", "surrogateescape")
    return "".join(f"%{ord(char) - 0xDC00:02X}" if 0xDC80 <= ord(char) <= 0xDCFF else char for char in text)
