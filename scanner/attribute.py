"""Which commits and paths brought a blob in: one comparison of all trees, made beside the scan."""

from __future__ import annotations

import mmap
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import IO

from .git import Git, GitFailed, first_line
from .graph import UNREACHED, CommitGraph, Reach, Ref, list_refs
from .source.batch import Unread
from .source.changes import DIFF_TREE
from .source.objects import FRUGAL, read_objects

# Entries of HEAD's tree; an honest one has at most a few hundred thousand.
MOST_ENTRIES = 5_000_000
# Seconds to list them.
LISTING_LIMIT = 60.0

# A commit's line; a file's entry with its mode, the id of its new content and its path; the same for merges.
_RECORD = re.compile(
    rb"([0-9a-f]{40,64})\0"
    rb"|:[0-7]{6} ([0-7]{6}) [0-9a-f]{40,64} ([0-9a-f]{40,64}) [A-Z]\0([^\0]*)\0"
    rb"|(::+[0-7 ]+)((?: ?[0-9a-f]{40,64})+) [A-Z]+\0([^\0]*)\0"
)
_GITLINK = b"160000"


@dataclass(frozen=True, slots=True)
class Introduction:
    """A commit that brought a content to a path."""

    commit: bytes
    path: bytes


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a commit and when (seconds since 1970); the name as it stands there, without the address."""

    name: str
    time: int
    zone: int  # seconds east of UTC

    @property
    def date(self) -> str:
        """The author's date as RFC 3339."""
        try:
            return datetime.fromtimestamp(self.time, timezone(timedelta(seconds=self.zone))).isoformat()
        except (ValueError, OverflowError, OSError):  # dates are whatever the author wrote
            return datetime.fromtimestamp(0, UTC).isoformat()


@dataclass
class Attribution:
    """What history says about contents that hold a key; empty where attribution was not asked for."""

    introductions: Mapping[bytes, Sequence[Introduction]] = field(default_factory=dict)
    reach: Mapping[bytes, Reach] = field(default_factory=dict)
    authors: Mapping[bytes, Author] = field(default_factory=dict)
    head: Mapping[bytes, Sequence[bytes]] = field(default_factory=dict)  # content -> its paths in HEAD's tree
    direct: Mapping[bytes, Sequence[Ref]] = field(default_factory=dict)  # content -> refs that point right at it
    tags: Mapping[bytes, Ref] = field(default_factory=dict)  # annotated tag -> its ref
    unread: list[Unread] = field(default_factory=list)

    def reach_of(self, commit: bytes) -> Reach:
        return self.reach.get(commit, UNREACHED)


class Comparison:
    """The running comparison of every commit's tree with its parents' trees, spooled to unnamed files.

    The files hold object ids and paths, nothing of any content.
    """

    def __init__(self, git: Git, commits: Sequence[bytes], jobs: int) -> None:
        self._stack = ExitStack()
        self._git = git
        self._started = time.monotonic()
        self._running: list[tuple[subprocess.Popen[bytes], IO[bytes], IO[bytes]]] = []
        share = -(-len(commits) // max(1, jobs)) or 1
        for start in range(0, len(commits), share):
            self._start(commits[start : start + share])

    def _start(self, commits: Sequence[bytes]) -> None:
        given = self._stack.enter_context(tempfile.TemporaryFile())
        output = self._stack.enter_context(tempfile.TemporaryFile())
        errors = self._stack.enter_context(tempfile.TemporaryFile())
        given.write(b"\n".join(commits) + b"\n")
        given.seek(0)
        process = subprocess.Popen(
            self._git.command(*FRUGAL, *DIFF_TREE),
            stdin=given,
            stdout=output,
            stderr=errors,
            env=self._git.environment,
            cwd=self._git.work_tree or self._git.git_dir,
        )
        self._running.append((process, output, errors))

    def finish(self, limit: float) -> Iterator[Unread]:
        """Waits until it is done or `limit` seconds after its start; yields what it could not compare."""
        for process, _, errors in self._running:
            try:
                code = process.wait(max(0.0, self._started + limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                yield Unread("attribution", f"stopped after {limit:g} s: later commits are not named")
                continue
            if code:
                errors.seek(0)
                said = first_line(errors.read(65536).decode("utf-8", "replace"))
                yield Unread("attribution", f"some commits are not named: {said or 'git ended early'}")

    def records(self) -> Iterator[tuple[bytes, bytes, bytes, bytes]]:
        """Every (commit, mode, content, path)."""
        for _, output, _ in self._running:
            size = output.seek(0, 2)
            if not size:
                continue
            commit = b""
            with mmap.mmap(output.fileno(), size, access=mmap.ACCESS_READ) as text:
                for match in _RECORD.finditer(text):
                    if match[1]:
                        commit = match[1]
                    elif match[2]:
                        yield commit, match[2], match[3], match[4]
                    else:
                        yield commit, match[5].split()[-1], match[6].split()[-1], match[7]

    def close(self) -> None:
        for process, _, _ in self._running:
            process.kill()
            process.wait()
        self._stack.close()


def attribute(
    git: Git,
    comparison: Comparison,
    contents: set[bytes],
    messages: set[bytes],
    present: set[bytes],
    graph: CommitGraph,
    limit: float,
) -> Attribution:
    """Names the commits, paths and refs of `contents` (blobs with a hit) and `messages` (commits and tags with one).

    `present` are the ids of all objects that are there; what trees name beyond them is counted as missing.
    """
    result = Attribution()
    result.unread.extend(comparison.finish(limit))
    introductions: dict[bytes, list[Introduction]] = {}
    missing: set[bytes] = set()
    for commit, mode, content, path in comparison.records():
        if content in contents:
            introductions.setdefault(content, []).append(Introduction(commit, path))
        elif content not in present and mode != _GITLINK and content.strip(b"0"):
            missing.add(content)
    if missing:
        result.unread.append(Unread("missing objects", "named by a commit, but not in this repository", len(missing)))
    result.introductions = introductions
    refs = list_refs(git)
    absent = graph.missing()
    if absent:
        result.unread.append(Unread("missing commits", "named as parents, but not in this repository", len(absent)))
    involved = {each.commit for found in introductions.values() for each in found} | (messages & graph.parents.keys())
    result.tags = {ref.tag: ref for ref in refs if ref.tag}
    tagged = {ref.target for ref in refs if ref.tag in messages}
    result.reach = graph.reach(involved | tagged, refs)
    result.authors = authors(git, sorted(involved | tagged))
    direct: dict[bytes, list[Ref]] = {}
    for ref in refs:
        if ref.kind == b"blob" and ref.target in contents:
            direct.setdefault(ref.target, []).append(ref)
    result.direct = direct
    result.head = head_paths(git, contents, result.unread)
    return result


def head_paths(git: Git, contents: set[bytes], unread: list[Unread]) -> dict[bytes, list[bytes]]:
    """Where in HEAD's tree the contents stand."""
    paths: dict[bytes, list[bytes]] = {}
    try:
        git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailed:
        return paths
    count = 0
    started = time.monotonic()
    with git.stream("ls-tree", "-r", "-z", "--full-tree", "HEAD") as stream:
        rest = b""
        while block := stream.output.read(1 << 20):
            *records, rest = (rest + block).split(b"\0")
            count += len(records)
            for record in records:
                about, _, path = record.partition(b"\t")
                content = about[about.rfind(b" ") + 1 :]
                if content in contents:
                    paths.setdefault(content, []).append(path)
            if count > MOST_ENTRIES or time.monotonic() - started > LISTING_LIMIT:
                unread.append(Unread("the tree of HEAD", f"larger than the limit of {MOST_ENTRIES} entries"))
                return paths
        problem = stream.problem()
    if problem:
        unread.append(Unread("the tree of HEAD", problem))
    return paths


_AUTHOR = re.compile(rb"^author (.*?) ?<[^\n]*> (-?\d{1,18}) ([+-])(\d\d)(\d\d)$", re.MULTILINE)


def authors(git: Git, commits: Sequence[bytes]) -> dict[bytes, Author]:
    """The authors of the commits named, from the commits themselves: no mail map, no configuration."""
    found: dict[bytes, Author] = {}
    for piece in read_objects(git, commits) if commits else ():
        if isinstance(piece, Unread):
            continue
        for part in piece.parts:
            here = part.resident
            header = bytes(here.data[here.start : min(here.end, here.start + 65536)]).partition(b"\n\n")[0]
            match = _AUTHOR.search(header)
            if match:
                zone = (int(match[4]) * 3600 + int(match[5]) * 60) * (-1 if match[3] == b"-" else 1)
                zone = max(-86399, min(86399, zone))
                found[part.item.oid.encode()] = Author(match[1].decode("utf-8", "replace"), int(match[2]), zone)
    return found
