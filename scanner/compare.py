"""Which commits and paths brought contents in: every commit's tree compared with its parents' trees."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from subprocess import Popen
from threading import Event, Timer
from typing import IO

from .git import FRUGAL, Git
from .source.batch import Unread
from .source.changes import DIFF_TREE, MOST_MEMORY

# Portions for each of the threads, so that they end together.
PORTIONS = 4
# Commits of a portion that git cannot compare before it is given up.
MOST_FAILURES = 100
# Commits and paths that are kept of one content: a tree can name it without end.
MOST_INTRODUCTIONS = 10_000
BLOCK = 1 << 20

# A commit's line; a file's entry with its mode, the id of its new content and its path; the same for merges.
_RECORD = re.compile(
    rb"([0-9a-f]{40,64})\0"
    rb"|:[0-7]{6} ([0-7]{6}) [0-9a-f]{40,64} ([0-9a-f]{40,64}) [A-Z]\0([^\0]*)\0"
    rb"|(::+(?:[0-7]{6} )+)((?:[0-9a-f]{40,64} )+)[A-Z]+\0([^\0]*)\0"
)
_GITLINK = b"160000"


@dataclass(frozen=True, slots=True)
class Introduction:
    """A commit that brought a content to a path."""

    commit: bytes
    path: bytes


@dataclass
class Changes:
    """By whom and where contents were brought in, and contents that trees name and the repository lacks."""

    introductions: dict[bytes, list[Introduction]] = field(default_factory=dict)
    missing: set[bytes] = field(default_factory=set)
    unread: list[Unread] = field(default_factory=list)

    def add(self, other: Changes) -> None:
        for content, found in other.introductions.items():
            self.introductions.setdefault(content, []).extend(found)
        self.missing |= other.missing
        self.unread += other.unread


class Stop(Event):
    """Set, it ends the git processes that threads wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.running: set[Popen[bytes]] = set()

    def set(self) -> None:
        super().set()
        for process in list(self.running):
            process.kill()


def compare(
    git: Git, commits: Sequence[bytes], contents: set[bytes], present: set[bytes], jobs: int, limit: float
) -> Changes:
    """What brought in `contents`, and what of all that trees name is not `present`.

    Of a merge counts what none of its parents has. Stops after `limit` seconds, and says so.
    """
    deadline = time.monotonic() + limit
    size = max(1, -(-len(commits) // (jobs * PORTIONS)))
    portions = [commits[start : start + size] for start in range(0, len(commits), size)]
    total = Changes()
    stop = Stop()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for changes in pool.map(lambda each: _portion(git, each, contents, present, deadline, stop), portions):
                total.add(changes)
        except BaseException:  # interrupted: the pool waits for its threads, which wait for git
            stop.set()
            raise
    if time.monotonic() > deadline:
        total.unread.append(Unread("attribution", f"stopped after {limit:g} s: some commits are not named"))
    return total


def _portion(
    git: Git, commits: Sequence[bytes], contents: set[bytes], present: set[bytes], deadline: float, stop: Stop
) -> Changes:
    """Compares on after a commit that git cannot compare: it dies at a tree that is not there."""
    changes = Changes()
    first = 0
    while first < len(commits) and not stop.is_set() and time.monotonic() < deadline:
        last, problem = _compared(git, commits[first:], contents, present, deadline, stop, changes)
        if problem is None:
            break
        # A commit is printed once its trees are compared: git died at the one after the last.
        failed = first + (commits[first:].index(last) + 1 if last else 0)
        if len(changes.unread) >= MOST_FAILURES:
            changes.unread.append(Unread("attribution", "too many commits cannot be compared", len(commits) - failed))
            break
        if time.monotonic() < deadline and not stop.is_set():
            changes.unread.append(Unread("attribution", f"some commits are not named: {problem}"))
        first = failed + 1
    return changes


def _compared(
    git: Git,
    commits: Sequence[bytes],
    contents: set[bytes],
    present: set[bytes],
    deadline: float,
    stop: Stop,
    changes: Changes,
) -> tuple[bytes, str | None]:
    """Compares until git fails; the last commit that it spoke of, and why it failed."""
    commit = b""
    with git.stream(*FRUGAL, *DIFF_TREE, "--always", stdin=b"\n".join(commits) + b"\n") as stream:
        stream.bound(MOST_MEMORY)
        stop.running.add(stream.process)
        timer = Timer(max(0.0, deadline - time.monotonic()), stream.process.kill)
        timer.daemon = True
        timer.start()
        try:
            for commit, mode, content, path in _records(stream.output, stop):
                if content in contents:
                    found = changes.introductions.setdefault(content, [])
                    if len(found) < MOST_INTRODUCTIONS:
                        found.append(Introduction(commit, path))
                elif content not in present and mode != _GITLINK and content.strip(b"0"):
                    changes.missing.add(content)
            return commit, None if stop.is_set() else stream.problem()
        finally:
            timer.cancel()
            stop.running.discard(stream.process)


def _records(output: IO[bytes], stop: Stop) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Every (commit, mode, content, path) as git prints them; a commit's own line as one without content."""
    commit = rest = b""
    while not stop.is_set() and (block := output.read(BLOCK)):
        text = rest + block
        end = 0
        for match in _RECORD.finditer(text):
            end = match.end()
            if match[2]:
                yield commit, match[2], match[3], match[4]
            elif match[1]:
                commit = match[1]
                yield commit, _GITLINK, b"", b""
            else:
                yield commit, match[5].split()[-1], match[6].split()[-1], match[7]
        rest = text[end:]
