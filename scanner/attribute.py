"""Who brought a content in, at which commit and path, and which refs still reach it."""

from __future__ import annotations

import re
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

from ..rules.secret import Secret
from .compare import Introduction, compare
from .finding import MOST_LOCATIONS
from .git import Git, GitFailed
from .graph import UNKNOWN, UNREACHED, CommitGraph, Reach, Ref, list_refs
from .source.batch import Unread
from .source.objects import read_objects

# Entries of HEAD's tree; an honest one has at most a few hundred thousand.
MOST_ENTRIES = 5_000_000
# Seconds to list them.
LISTING_LIMIT = 20.0


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
    head_keys: Container[tuple[str, Secret]] = ()  # rule and key of what HEAD's versions of scanned files hold
    direct: Mapping[bytes, Sequence[Ref]] = field(default_factory=dict)  # content -> refs that point right at it
    tags: Mapping[bytes, Ref] = field(default_factory=dict)  # annotated tag -> its ref
    unread: list[Unread] = field(default_factory=list)
    shipped: Mapping[str, str] = field(default_factory=dict)  # files that ship to clients, and why
    complete: bool = False  # every commit and ref was looked at: what none reaches is unreachable

    def reach_of(self, commit: bytes) -> Reach:
        return self.reach.get(commit, self.nowhere)

    @property
    def nowhere(self) -> Reach:
        """What is known of a commit or content that nothing was found to reach."""
        return UNREACHED if self.complete else UNKNOWN


def attribute(
    git: Git,
    contents: set[bytes],
    messages: set[bytes],
    present: set[bytes],
    graph: CommitGraph,
    jobs: int,
    limit: float,
) -> Attribution:
    """Names the commits, paths and refs of `contents` (blobs with a hit) and `messages` (commits and tags with one).

    `present` are the ids of all objects that are there; what trees name beyond them is counted as missing.
    """
    result = Attribution()
    changes = compare(git, list(graph.parents), contents, present, jobs, limit)
    result.introductions = introductions = changes.introductions
    result.unread += changes.unread
    result.complete = not changes.unread
    if changes.missing:
        why = "named by a commit, but not in this repository"
        result.unread.append(Unread("missing objects", why, len(changes.missing)))
    refs = list_refs(git, result.unread)
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
    for content, path in head_entries(git, unread):
        if content in contents and len(paths.setdefault(content, [])) < MOST_LOCATIONS:
            paths[content].append(path)
    return paths


def head_entries(git: Git, unread: list[Unread]) -> Iterator[tuple[bytes, bytes]]:
    """Every content of HEAD's tree with its path; what cannot be listed goes into `unread`."""
    try:
        git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
    except GitFailed:
        return
    count = 0
    started = time.monotonic()
    with git.stream("ls-tree", "-r", "-z", "--full-tree", "HEAD") as stream:
        rest = b""
        while block := stream.output.read(1 << 20):
            *records, rest = (rest + block).split(b"\0")
            for record in records:
                about, _, path = record.partition(b"\t")
                yield about[about.rfind(b" ") + 1 :], path
            count += len(records)
            over = f"larger than the limit of {MOST_ENTRIES} entries" if count > MOST_ENTRIES else ""
            late = f"not listed within {LISTING_LIMIT:.0f} s" if time.monotonic() - started > LISTING_LIMIT else ""
            if over or late:
                unread.append(Unread("the tree of HEAD", over or late))
                return
        problem = stream.problem()
    if problem:
        unread.append(Unread("the tree of HEAD", problem))


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
