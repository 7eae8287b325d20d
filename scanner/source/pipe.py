"""Reads objects through a pipe and one reused buffer: of any size, on any system."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import suppress
from typing import IO

from ..git import Git
from .batch import Batch, Item, Kind, Part, Unread
from .records import KINDS, Objects, Parents, note_parents, walk
from .window import CARRY, Progress, advance, part_of

# Small enough to stay in the processor's cache, large enough that few objects straddle it.
BUFFER = 1 << 20
# Linux: lets git run ahead of the search by this much; more would leave the cache before it is searched.
PIPE = 256 << 10
F_SETPIPE_SZ = 1031

Counted = Generator[Batch | Unread, None, int]  # returns the number of objects done


def through_pipe(
    git: Git, settings: Sequence[str], oids: Sequence[bytes], buffer: bytearray, parents: Parents | None
) -> Counted:
    """The contents of the objects, in order, until git fails; returns how many were complete."""
    with git.stream(*settings, "cat-file", "--batch", "--buffer", stdin=b"\n".join(oids) + b"\n") as stream:
        _widen(stream.output)
        return (yield from _batches(stream.output, buffer, oids, parents))


def _widen(pipe: IO[bytes]) -> None:
    with suppress(ImportError, OSError, ValueError):
        import fcntl

        fcntl.fcntl(pipe.fileno(), F_SETPIPE_SZ, PIPE)


def _batches(output: IO[bytes], buffer: bytearray, oids: Sequence[bytes], parents: Parents | None) -> Counted:
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
        tail: Part | None = None
        position = 0
        if progress is not None:
            final = remaining < filled  # the object and the newline after it
            tail = part_of(progress, buffer, 0, remaining if final else filled, final)
            if not final:
                yield Batch(buffer, filled, Objects(buffer, (), tail), filled - known)
                progress = advance(tail, buffer)
                remaining -= filled - min(CARRY, filled)
                filled = known = min(CARRY, filled)
                continue
            position, progress = remaining + 1, None
            done += 1
        here = walk(buffer, position, filled, oids, done)
        done += here.complete
        yield from here.missing
        if parents is not None:
            # Of a commit that goes on in the next batch the start is here: parents stand there.
            begun = [(*here.cut[:3], filled)] if here.cut and here.cut[1] == b"commit" else []
            note_parents(buffer, [*here.objects, *begun], parents)
        if here.broken:
            if here.position:
                yield Batch(buffer, here.position, Objects(buffer, here.objects, tail), max(0, here.position - known))
            return done
        if here.cut and filled - here.position > len(buffer) // 2:
            # Moving it to the front would not make it fit for certain.
            oid, kind, start, end = here.cut
            head = part_of(
                Progress(Item(KINDS.get(kind, Kind.BLOB), oid.decode("ascii"))), buffer, start, filled, False
            )
            yield Batch(buffer, filled, Objects(buffer, here.objects, tail, head), filled - known)
            progress = advance(head, buffer)
            remaining = end - start - progress.offset
            filled = known = filled - start - progress.offset
            continue
        if here.position:
            objects = Objects(buffer, here.objects, tail)
            yield Batch(buffer, here.position, objects, max(0, here.position - known))
        buffer[: filled - here.position] = buffer[here.position : filled]
        filled -= here.position
        known = 0
    return done
