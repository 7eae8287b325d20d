"""Reads git objects in bulk: their list in pack order, and their contents through one reused buffer."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, MutableMapping, Sequence
from contextlib import suppress
from typing import IO

from ..git import Git
from ..resident import Resident
from .batch import Batch, Item, Kind, Part, Pieces, Unread
from .window import CARRY, Progress, advance, part_of

# One buffer a thread. Small enough to stay in the processor's cache, large enough that few objects straddle it.
BUFFER = 1 << 20
# Linux: lets git run ahead of the search by this much; more would leave the cache before it is searched.
PIPE = 256 << 10
F_SETPIPE_SZ = 1031
# A pack so broken that this many objects in one portion cannot be read is given up, and the rest counted.
MOST_RESTARTS = 1000
# Bounds what git keeps mapped of a pack at once, and so the memory it is charged with; what is saved there goes to
# the cache of delta bases, where it saves a fifth of the time.
FRUGAL = (
    *("-c", "core.packedGitWindowSize=16m"),
    *("-c", "core.packedGitLimit=128m"),
    *("-c", "core.deltaBaseCacheLimit=192m"),
)

Parents = MutableMapping[bytes, Sequence[bytes]]
Counted = Generator[Batch | Unread, None, int]  # returns the number of objects done
KINDS = {b"blob": Kind.BLOB, b"commit": Kind.COMMIT, b"tag": Kind.TAG}


# An object as git lists it: id (hexadecimal), type, size in bytes (decimal). Trees hold no text of anybody's.
Listed = tuple[bytes, bytes, bytes]
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
            yield _LISTED.findall(block, 0, end)
            for oid in _UNLISTED.findall(block, 0, end):
                yield Unread(f"object {oid.decode('ascii')}", "git cannot read it")
            rest = block[end:]
        problem = stream.problem()
        if problem:
            yield Unread("the list of objects", problem)


def read_objects(git: Git, oids: Sequence[bytes], parents: Parents | None = None, size: int = BUFFER) -> Pieces:
    """The contents of the objects named, in order, each once. What git cannot read is yielded as unread.

    The parents of commits among them go into `parents`, which saves reading every commit a second time.
    """
    buffer = bytearray(size)
    first = restarts = 0
    while first < len(oids):
        done = yield from _read_until_failure(git, oids[first:], buffer, parents)
        first += done
        if first >= len(oids):
            return
        # git dies at an object it cannot inflate, and takes what it had buffered along: judge that one alone.
        restarts += 1
        if restarts > MOST_RESTARTS:
            yield Unread("objects of a broken pack", "too many cannot be read", len(oids) - first)
            return
        reason = _failure(git, oids[first])
        if reason is not None:
            yield Unread(f"object {oids[first].decode()}", reason)
            first += 1


def _failure(git: Git, oid: bytes) -> str | None:
    """Why git cannot read one object, or None if it can."""
    with git.stream("cat-file", "--batch", stdin=oid + b"\n") as stream:
        while stream.output.read(1 << 20):
            pass
        return stream.problem()


def _read_until_failure(git: Git, oids: Sequence[bytes], buffer: bytearray, parents: Parents | None) -> Counted:
    with git.stream(*FRUGAL, "cat-file", "--batch", "--buffer", stdin=b"\n".join(oids) + b"\n") as stream:
        _widen(stream.output)
        return (yield from _batches(stream.output, buffer, parents))


def _parents(buffer: bytearray, start: int, digits: int) -> Sequence[bytes]:
    """The parents of the commit that stands at `start`; they follow the line that names its tree."""
    found = []
    position = start + len("tree ") + digits + 1
    while buffer.startswith(b"parent ", position):
        position += len("parent ")
        found.append(bytes(buffer[position : position + digits]))
        position += digits + 1
    return found


def _widen(pipe: IO[bytes]) -> None:
    with suppress(ImportError, OSError, ValueError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), F_SETPIPE_SZ, PIPE)


_Object = tuple[bytes, bytes, int, int]  # id, type, and where its contents start and end in the buffer


def _parts(buffer: bytearray, tail: Part | None, objects: Sequence[_Object], head: Part | None) -> Iterator[Part]:
    """The end of an object that began in an earlier batch, those that stand here whole, the start of the next."""
    if tail:
        yield tail
    for oid, kind, start, end in objects:
        if kind in KINDS:
            yield Part(Item(KINDS[kind], oid.decode("ascii")), Resident(buffer, start, end))
    if head:
        yield head


def _batches(output: IO[bytes], buffer: bytearray, parents: Parents | None) -> Counted:
    """Cuts the output of `cat-file --batch` into objects; returns how many were complete."""
    view = memoryview(buffer)
    filled = 0  # bytes of the buffer in use
    known = 0  # bytes of those that an earlier batch had
    progress: Progress | None = None  # an object larger than the buffer, whose bytes stand at its start
    remaining = 0  # bytes of that object, from the buffer's start on
    done = 0
    ended = False
    while not ended:
        while filled < len(buffer):
            count = output.readinto(view[filled:])  # type: ignore[attr-defined]
            if not count:
                ended = True
                break
            filled += count
        objects: list[_Object] = []
        tail: Part | None = None
        complete = position = 0
        if progress is not None:
            final = remaining < filled  # the object and the newline after it
            tail = part_of(progress, buffer, 0, remaining if final else filled, final)
            if not final:
                yield Batch(buffer, filled, (tail,), filled - known)
                progress = advance(tail, buffer)
                remaining -= filled - min(CARRY, filled)
                filled = known = min(CARRY, filled)
                continue
            position, complete, progress = remaining + 1, 1, None
        large: Part | None = None
        while position < filled:
            newline = buffer.find(b"\n", position, filled)
            if newline < 0:
                break
            fields = bytes(buffer[position:newline]).split(b" ")
            if len(fields) != 3:
                yield Unread(f"object {fields[0].decode('ascii', 'replace')}", "missing")
                position, complete = newline + 1, complete + 1
                continue
            oid, kind, size = fields
            start = newline + 1
            end = start + int(size)
            if end >= filled:
                if filled - position > len(buffer) // 2:  # moving it to the front would not make it fit for certain
                    item = Item(KINDS.get(kind, Kind.BLOB), oid.decode("ascii"))
                    large = part_of(Progress(item), buffer, start, filled, False)
                    remaining = end - start
                break
            if kind == b"commit" and parents is not None:
                parents[oid] = _parents(buffer, start, len(oid))
            objects.append((oid, kind, start, end))
            position, complete = end + 1, complete + 1
        done += complete
        if large is not None:
            yield Batch(buffer, filled, _parts(buffer, tail, objects, large), filled - known)
            progress = advance(large, buffer)
            remaining -= progress.offset
            filled = known = large.resident.end - large.resident.start - progress.offset
            continue
        if position:
            yield Batch(buffer, position, _parts(buffer, tail, objects, None), max(0, position - known))
        buffer[: filled - position] = buffer[position:filled]
        filled -= position
        known = 0
    return done
