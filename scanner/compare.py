"""Which commits and paths brought contents in: every commit's tree compared with its parents' trees."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Timer
from typing import IO

from .git import Git
from .source.batch import Unread
from .source.changes import DIFF_TREE
from .source.objects import FRUGAL

# Portions for each of the threads, so that they end together.
PORTIONS = 4
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
    with ThreadPoolExecutor(jobs) as pool:
        for changes in pool.map(lambda portion: _portion(git, portion, contents, present, deadline), portions):
            total.add(changes)
    if time.monotonic() > deadline:
        total.unread.append(Unread("attribution", f"stopped after {limit:g} s: some commits are not named"))
    return total


def _portion(git: Git, commits: Sequence[bytes], contents: set[bytes], present: set[bytes], deadline: float) -> Changes:
    changes = Changes()
    left = deadline - time.monotonic()
    if left <= 0:
        return changes
    with git.stream(*FRUGAL, *DIFF_TREE, stdin=b"\n".join(commits) + b"\n") as stream:
        timer = Timer(left, stream.process.kill)
        timer.daemon = True
        timer.start()
        try:
            for commit, mode, content, path in _records(stream.output):
                if content in contents:
                    changes.introductions.setdefault(content, []).append(Introduction(commit, path))
                elif content not in present and mode != _GITLINK and content.strip(b"0"):
                    changes.missing.add(content)
            problem = stream.problem()
        finally:
            timer.cancel()
    if problem and time.monotonic() < deadline:
        changes.unread.append(Unread("attribution", f"some commits are not named: {problem}"))
    return changes


def _records(output: IO[bytes]) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
    """Every (commit, mode, content, path) as git prints them."""
    commit = rest = b""
    while block := output.read(BLOCK):
        text = rest + block
        end = 0
        for match in _RECORD.finditer(text):
            end = match.end()
            if match[2]:
                yield commit, match[2], match[3], match[4]
            elif match[1]:
                commit = match[1]
            else:
                yield commit, match[5].split()[-1], match[6].split()[-1], match[7]
        rest = text[end:]
