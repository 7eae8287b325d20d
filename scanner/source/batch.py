"""The unit that goes from a source to the engine: bytes, and which file or object each stretch belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Batch:
    """Bytes to search at once, up to `length`, and the parts in them in rising order. Valid until the next is asked
    for: the buffer is used again. The parts can be gone through once; few batches have a hit that needs them."""

    data: Buffer
    length: int
    parts: Iterable[Part]
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
    return Batch(data, len(data), (Part(item, Resident(data, 0, len(data))),), len(data), int(item.kind is Kind.FILE))
