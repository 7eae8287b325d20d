"""Reads git objects in bulk: their list in pack order, and their contents, whatever state they are in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from ..git import FRUGAL, Git
from . import shared
from .batch import Pieces, Unread
from .pipe import BUFFER, Counted, through_pipe
from .records import LONGEST_HEADER, Listed, Parents, listed

# A pack so broken that this many objects in one portion cannot be read is given up, and the rest counted.
MOST_RESTARTS = 1000
_LISTED = re.compile(rb"^([0-9a-f]{40,64}) (blob|commit|tag) (\d+)$", re.MULTILINE)
_UNLISTED = re.compile(rb"^([0-9a-f]{40,64}) (?:missing|ambiguous)$", re.MULTILINE)


def list_objects(git: Git) -> Iterator[list[Listed] | Unread]:
    """Every object but trees, reachable or not, in pack order, which is the order git reads fastest; in blocks."""
    arguments = ("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check")
    with git.stream(*arguments) as stream:
        rest = b""
        while block := stream.output.read(1 << 20):
            block = rest + block
            end = block.rfind(b"\n") + 1
            yield [listed(*words) for words in _LISTED.findall(block, 0, end)]
            for oid in _UNLISTED.findall(block, 0, end):
                yield Unread(f"object {oid.decode('ascii')}", "git cannot read it")
            rest = block[end:]
        problem = stream.problem() or stream.complaint()
        if problem:
            yield Unread("the list of objects", problem)


def read_listed(git: Git, objects: Sequence[Listed], parents: Parents) -> Pieces:
    """The contents of listed objects, each once, most of them in order. What git cannot read is yielded as unread.

    The parents of commits among them go into `parents`, which saves reading every commit a second time.
    """
    large = objects
    if shared.available():
        small = [each for each in objects if shared.fits(each)]
        large = [each for each in objects if not shared.fits(each)]
        yield from _persist(git, small, lambda rest: shared.through_memory(git, FRUGAL, rest, parents))
    buffer = bytearray(BUFFER)
    yield from _persist(
        git, large, lambda rest: through_pipe(git, FRUGAL, [each.oid for each in rest], buffer, parents)
    )


def read_objects(git: Git, oids: Sequence[bytes]) -> Pieces:
    """The contents of the objects named, in order, each once. What git cannot read is yielded as unread."""
    buffer = bytearray(BUFFER)
    named = [Listed(oid, b"", 0, 0) for oid in oids]
    yield from _persist(git, named, lambda rest: through_pipe(git, FRUGAL, _oids(rest), buffer, None))


def _oids(objects: Sequence[Listed]) -> list[bytes]:
    return [each.oid for each in objects]


def _persist(git: Git, objects: Sequence[Listed], read: Callable[[Sequence[Listed]], Counted]) -> Pieces:
    """Reads on where git failed: it dies at an object it cannot inflate, and takes what it had buffered along; after
    one that is not as long as it says, its answers are no longer to be told apart."""
    first = restarts = 0
    while first < len(objects):
        done = yield from read(objects[first:])
        first += done
        if first >= len(objects):
            return
        restarts += 1
        if restarts > MOST_RESTARTS:
            yield Unread("objects of a broken pack", "too many cannot be read", len(objects) - first)
            return
        oid = objects[first].oid
        reason = _failure(git, oid)
        if reason is None and done == 0:
            reason = "git answers otherwise than it was asked"
        if reason is not None:
            yield Unread(f"object {oid.decode()}", reason)
            first += 1
            if restarts == 1:  # a partial clone lacks thousands, and git dies at each of them
                present = _present(git)
                absent = sum(each.oid not in present for each in objects[first:])
                if absent:
                    yield Unread("objects", "missing", absent)
                    objects, first = [each for each in objects[first:] if each.oid in present], 0


def _present(git: Git) -> set[bytes]:
    """The ids of all objects that are there, so far as git can list them."""
    arguments = ("cat-file", "--batch-all-objects", "--unordered", "--buffer", "--batch-check=%(objectname)")
    with git.stream(*arguments) as stream:
        return set(stream.output.read().split())


def _failure(git: Git, oid: bytes) -> str | None:
    """Why git cannot read one object, or None if it can."""
    with git.stream("cat-file", "--batch", stdin=oid + b"\n") as stream:
        head = b""
        length = 0
        while block := stream.output.read(1 << 20):
            head += block[: max(0, LONGEST_HEADER - len(head))]
            length += len(block)
        header, newline, _ = head.partition(b"\n")
        size = header.rpartition(b" ")[2]
        if newline and size.isdigit() and length != len(header) + 1 + int(size) + 1:
            return "it is not as long as it says"
        return stream.problem()
