"""Searches batches: one pass of the engine over each, then the matcher around its hits; in threads where it pays."""

from __future__ import annotations

import queue
import sys
import threading
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Protocol

from ..rules.rule import Rule
from .engine import Engine, EngineChoice, Literal, literals, make_engine
from .match import Match, Matcher
from .source.batch import Batch, Item, Part, Pieces, Unread

SWITCH_INTERVAL = 0.0002  # seconds

Job = Callable[[], Pieces]


class Progress(Protocol):
    """Whoever shows how far a scan is; told from any thread."""

    def __call__(self, count: int, /) -> None:
        """So many bytes more were read."""

    def stage(self, name: str) -> None:
        """What is done now, in a word or two."""


@dataclass
class Tally:
    """How much was read."""

    files: int = 0
    bytes: int = 0
    engine: str = ""


@dataclass
class Found:
    """What a search came to."""

    matches: list[tuple[Item, Match]] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Search:
    """The rules, compiled once, and the way to run them over pieces of input."""

    def __init__(self, rules: Sequence[Rule], choice: EngineChoice = EngineChoice.AUTO) -> None:
        self.rules = rules
        self.choice = choice
        self.literals: Sequence[Literal] = literals(rules)

    def here(self, pieces: Iterable[Batch | Unread], progress: Progress | None = None) -> Found:
        """Searches in this thread."""
        found = Found()
        engine = make_engine(self.choice, self.literals)
        matcher = Matcher(self.rules, self.literals)
        _search(pieces, engine, matcher, found, progress, threading.Event())
        _note_timeouts(matcher, found)
        found.tally.engine = engine.name
        return found

    def threads(self, jobs: Iterable[Job], count: int, progress: Progress | None = None) -> Found:
        """Runs jobs in `count` threads as they come; each job's pieces are searched in one thread.

        Any thread's failure stops the others and is raised here.
        """
        found = Found()
        waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        stop = threading.Event()
        failures: list[BaseException] = []
        engine = make_engine(self.choice, self.literals)
        # Reading and searching release the interpreter's lock every few microseconds: whoever computes in between must
        # not keep it from the others for Python's usual five milliseconds.
        sys.setswitchinterval(SWITCH_INTERVAL)

        def work() -> None:
            own = engine.for_thread()
            matcher = Matcher(self.rules, self.literals)
            mine = Found()
            try:
                while (job := waiting.get()) is not None:
                    if not stop.is_set():
                        _search(job(), own, matcher, mine, progress, stop)
            except BaseException as error:  # handed to the caller's thread below
                failures.append(error)
                stop.set()
                while waiting.get() is not None:
                    pass
            _note_timeouts(matcher, mine)
            with lock:
                _add(found, mine)
                found.tally.engine = max(found.tally.engine, own.name)  # vectorscan, if any thread turned to it

        lock = threading.Lock()
        workers = [threading.Thread(target=work, daemon=True) for _ in range(count)]
        for worker in workers:
            worker.start()
        try:
            for job in jobs:
                if stop.is_set():
                    break
                waiting.put(job)
        except BaseException:
            stop.set()
            raise
        finally:
            for _ in workers:
                waiting.put(None)
            for worker in workers:
                worker.join()
        if failures:
            raise failures[0]
        return found


def _add(total: Found, more: Found) -> None:
    total.matches += more.matches
    total.unread += more.unread
    total.tally.files += more.tally.files
    total.tally.bytes += more.tally.bytes


def _note_timeouts(matcher: Matcher, found: Found) -> None:
    for rule, count in matcher.timeouts.items():
        found.unread.append(Unread(rule, "ran out of time on some input", count))


def _search(
    pieces: Iterable[Batch | Unread],
    engine: Engine,
    matcher: Matcher,
    found: Found,
    progress: Progress | None,
    stop: threading.Event,
) -> None:
    for piece in pieces:
        if stop.is_set():
            return
        if isinstance(piece, Unread):
            found.unread.append(piece)
            continue
        found.matches.extend(search_batch(piece, engine, matcher))
        found.tally.bytes += piece.bytes
        found.tally.files += piece.files
        if progress:
            progress(piece.bytes)


def search_batch(batch: Batch, engine: Engine, matcher: Matcher) -> Iterator[tuple[Item, Match]]:
    """The matches of a batch, each with the item it stands in."""
    hits = engine.hits(memoryview(batch.data)[: batch.length])
    if not hits:
        return
    ends = batch.parts.ends
    for number, near in groupby(hits, lambda hit: bisect_left(ends, hit[0])):
        if number < len(ends):
            part = batch.parts[number]
            yield from _matches(part, [hit for hit in near if _is_ours(part, hit[0])], matcher)


def _is_ours(part: Part, end: int) -> bool:
    """Whether an anchor that ends at byte `end` of the buffer is this part's to judge."""
    resident = part.resident
    if end <= resident.start:
        return False
    at = resident.offset + end - resident.start
    return at > part.handled and (part.settled is None or at <= part.settled)


def _matches(part: Part, hits: list[tuple[int, int]], matcher: Matcher) -> Iterator[tuple[Item, Match]]:
    if hits:
        for match in matcher.matches(part.resident, hits):
            yield part.item, match
