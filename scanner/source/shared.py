"""Reads objects through memory that git writes into itself: a tenth faster than a pipe, and Linux only."""

from __future__ import annotations

import mmap
import os
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress

from ..git import Git, Stream
from .batch import Batch, Parts
from .pipe import Counted
from .records import AsListed, Listed, Objects, Parents, note_parents, walk

# Bytes of one half of the memory: git fills one half while the other is searched.
HALF = 8 << 20
# Seconds between two looks at how far git is; a half takes it some milliseconds.
LOOK = 0.0003
# Looks after which git is asked whether it still lives.
PATIENCE = 100
# What git says of a name that cannot be: the end of what was asked for. No content can hold what is drawn anew.
MARK = b"keyslip.%s"


def available() -> bool:
    """Whether this system has files that live in memory alone: keys must never get to a disk."""
    return sys.platform == "linux" and hasattr(os, "memfd_create")


def fits(listed: Listed) -> bool:
    """Whether an object can be read this way."""
    return listed.answer <= HALF - 256


def through_memory(git: Git, settings: Sequence[str], listed: Sequence[Listed], parents: Parents | None) -> Counted:
    """The contents of the objects, in order, until git fails; returns how many were complete."""
    with ExitStack() as stack:
        descriptor = _memory()
        stack.callback(os.close, descriptor)
        halves = [mmap.mmap(descriptor, HALF, offset=HALF * number) for number in range(2)]
        arguments = (*settings, "cat-file", "--batch-command", "--buffer")
        talk = _Talk(descriptor, stack.enter_context(git.converse(*arguments, output=descriptor)))
        done = 0
        ready: Batch | None = None
        for number, share in enumerate(_shares(listed)):
            half = halves[number % 2]
            talk.ask(share, HALF * (number % 2))
            if ready:
                yield ready
            length, alive = talk.wait(half)
            if length == sum(each.answer for each in share):
                laid = AsListed(half, share)
                parts: Parts = laid
                done += len(share)
                if parents is not None and any(each.kind == b"commit" for each in share):
                    note_parents(half, laid.extents, parents)
            else:  # something is missing, or git died: what it wrote whole before that still counts
                found = walk(half, 0, length, [each.oid for each in share], 0)
                alive = alive and not found.broken and found.complete == len(share)
                yield from found.missing
                parts, length = Objects(half, found.objects), found.position
                done += found.complete
                if parents is not None:
                    note_parents(half, found.objects, parents)
            ready = Batch(half, length, parts, length)
            if not alive:
                break
        if ready:
            yield ready
        return done


class _Talk:
    """A git that answers into a file whose position we share: setting it says where to answer, and reading it how far
    the answer has come."""

    def __init__(self, descriptor: int, stream: Stream) -> None:
        self._descriptor = descriptor
        self._stream = stream
        self._mark = MARK % secrets.token_hex(16).encode()
        self._said = self._mark + b" missing\n"
        self._start = 0

    def ask(self, share: Sequence[Listed], start: int) -> None:
        """Has the objects written to the file from `start` on; git must be waiting."""
        self._start = start
        os.lseek(self._descriptor, start, os.SEEK_SET)
        lines = [b"contents " + each.oid for each in share]
        left = memoryview(b"\n".join([*lines, b"info " + self._mark, b"flush", b""]))
        with suppress(BrokenPipeError):  # it died; `wait` finds out
            while left:  # a process that is stopped and goes on may have written a part only
                left = left[self._stream.input.write(left) :]

    def wait(self, half: mmap.mmap) -> tuple[int, bool]:
        """The length of the answer once it is complete or, with False, once git has died."""
        looks = 0
        while True:
            dead = looks % PATIENCE == PATIENCE - 1 and self._stream.process.poll() is not None
            length = os.lseek(self._descriptor, 0, os.SEEK_CUR) - self._start
            before = length - len(self._said)
            if before >= 0 and half[before:length] == self._said:
                return before, True
            if dead:
                return length, False
            looks += 1
            time.sleep(LOOK)


def _memory() -> int:
    """A file of two halves that lives in memory and cannot grow, whatever git makes of an object's size."""
    import fcntl

    descriptor = os.memfd_create("objects", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.ftruncate(descriptor, 2 * HALF)
    fcntl.fcntl(descriptor, fcntl.F_ADD_SEALS, fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK)
    return descriptor


def _shares(listed: Sequence[Listed]) -> Iterator[Sequence[Listed]]:
    """Runs of objects that fill a half, and leave room for the mark."""
    first = size = 0
    for number, each in enumerate(listed):
        length = each.answer
        if size + length > HALF - 256:
            yield listed[first:number]
            first, size = number, 0
        size += length
    if first < len(listed):
        yield listed[first:]
