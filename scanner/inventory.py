"""What a repository holds, cut into portions that keep every thread busy to the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from .git import Git
from .request import Request
from .source.batch import Unread
from .source.objects import list_objects
from .source.records import Listed

# Bytes of objects that one git process reads. Every process begins with an empty cache of delta bases.
EARLY_PORTION = 256 << 20
SMALLEST_PORTION = 64 << 20


@dataclass
class Inventory:
    """What the list of objects held."""

    commits: list[bytes] = field(default_factory=list)
    present: set[bytes] = field(default_factory=set)
    blobs: int = 0

    parents: dict[bytes, Sequence[bytes]] = field(default_factory=dict)

    def portions(self, git: Git, request: Request, unread: list[Unread]) -> Iterator[list[Listed]]:
        """The objects to read, in pack order. One early portion a thread, to begin with while git still lists;
        then ever smaller ones, so that all threads end together."""
        early = request.jobs
        listed: list[Listed] = []
        size = 0
        for entries in list_objects(git):
            if isinstance(entries, Unread):
                unread.append(entries)
                continue
            for each in entries:
                oid, kind, length, _ = each
                self.present.add(oid)
                if kind == b"commit":
                    self.commits.append(oid)
                elif kind == b"blob":
                    self.blobs += 1
                    if request.max_file_size and length > request.max_file_size:
                        why = f"larger than the limit of {request.max_file_size} bytes"
                        unread.append(Unread(f"object {oid.decode()}", why))
                        continue
                listed.append(each)
                size += length
            if early and size >= EARLY_PORTION:
                yield listed
                listed, size, early = [], 0, early - 1
        yield from _portions(listed, size, request.jobs)


def _portions(listed: Sequence[Listed], size: int, jobs: int) -> Iterator[list[Listed]]:
    """Cuts the rest, each time a share of what is left."""
    portion: list[Listed] = []
    taken = 0
    for each in listed:
        portion.append(each)
        taken += each.size
        if taken >= max(SMALLEST_PORTION, size // (2 * jobs)):
            yield portion
            portion, size, taken = [], size - taken, 0
    if portion:
        yield portion
