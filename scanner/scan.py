"""The pipeline: from a request to a report. Never opens a connection, never prints."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..rules.errors import KeyslipError
from ..rules.rule import Exposure, Nature, Rule
from .attribute import TIME_LIMIT, Attribution, Comparison, Introduction, attribute, authors, head_paths
from .collect import LFS_POINTER, Collection, PathFilter, findings
from .engine import EngineChoice
from .finding import Finding
from .git import Git
from .graph import CommitGraph, cut_commits, list_refs
from .search import Found, Job, Search
from .source.batch import Item, Kind, Pieces, Unread
from .source.changes import Change, Range, changes_of, commits_of, staged
from .source.files import FileReader
from .source.objects import list_objects, read_objects
from .source.stdin import read_stdin
from .source.worktree import list_directory, list_worktree

# Bytes of objects that one git process reads. Every process begins with an empty cache of delta bases.
EARLY_PORTION = 256 << 20
SMALLEST_PORTION = 64 << 20
# Not a key: it says that the content is kept elsewhere, where no scan of this repository sees it.
POINTER = Rule(
    id=LFS_POINTER,
    title="Git LFS pointer",
    provider="git",
    anchors=(b"https://git-lfs.github.com/spec/v1",),
    pattern=r"version https://git-lfs\.github\.com/spec/v1",
    max_length=64,
    exposure=Exposure.PUBLISHABLE,
    nature=Nature.HINT,
)


@dataclass(frozen=True, slots=True)
class Request:
    """What to scan and how. `git` is None for a plain directory; `root` is what paths are relative to; `only` is a
    single file of it. `now` in seconds since 1970; sizes in bytes, 0 for no limit."""

    root: Path
    now: int
    git: Git | None = None
    only: bytes | None = None
    tree: bool = True
    history: bool = True
    staged: bool = False
    range: Range | None = None
    stdin: IO[bytes] | None = None
    rules: Sequence[Rule] = ()
    paths: PathFilter = field(default_factory=PathFilter)
    engine: EngineChoice = EngineChoice.AUTO
    attribution: bool = True
    attribution_limit: float = TIME_LIMIT
    include_ignored: bool = False
    max_file_size: int = 0
    jobs: int = 1


@dataclass(frozen=True, slots=True)
class Stats:
    """How much was read, and by which engine."""

    blobs: int = 0
    bytes: int = 0
    files: int = 0
    commits: int = 0
    engine: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What a scan came to. `target` is JSON-ready; `duration` in seconds; `carried` counts keys that the changes
    under review only kept where they were."""

    target: Mapping[str, object]
    started_at: int
    duration: float
    stats: Stats
    incomplete: Sequence[Unread]
    findings: Sequence[Finding]
    carried: int = 0


@dataclass
class _Outcome:
    """What a scan of one kind found, before it becomes a report."""

    found: Found
    attribution: Attribution = field(default_factory=Attribution)
    unread: list[Unread] = field(default_factory=list)
    blobs: int = 0
    commits: int = 0
    carried: int = 0


Progress = Callable[[int], None]


def scan(request: Request, progress: Progress | None = None) -> Report:
    """Runs a scan. `progress` is told the bytes read since it was last called, from any thread.

    Raises KeyslipError for what the user must mend; what cannot be read is in the report.
    """
    begun = time.monotonic()
    search = Search((*request.rules, POINTER), request.engine)
    outcome = _run(request, search, progress)
    collection = Collection()
    for item, match in outcome.found.matches:
        collection.add(item, match)
    if collection.pointers:
        why = "Git LFS keeps the content elsewhere: scan it where it is checked out"
        outcome.unread.append(Unread("LFS pointers", why, len(collection.pointers)))
    unread = [*outcome.found.unread, *outcome.unread, *outcome.attribution.unread]
    return Report(
        target=_target(request),
        started_at=request.now,
        duration=time.monotonic() - begun,
        stats=Stats(
            blobs=outcome.blobs,
            bytes=outcome.found.tally.bytes,
            files=outcome.found.tally.files,
            commits=outcome.commits,
            engine=outcome.found.tally.engine,
        ),
        incomplete=_condensed(unread),
        findings=findings(collection, outcome.attribution, request.now, request.paths),
        carried=outcome.carried,
    )


def _run(request: Request, search: Search, progress: Progress | None) -> _Outcome:
    if request.stdin is not None:
        return _Outcome(search.here(read_stdin(request.stdin), progress))
    if request.git is None:
        return _Outcome(search.here(_directory(request), progress))
    if request.staged:
        return _staged(request.git, search)
    if request.range is not None:
        return _range(request.git, request.range, search, request)
    if not request.history:
        return _tree(request.git, search, request, progress)
    return _repository(request.git, search, request, progress)


def _target(request: Request) -> dict[str, object]:
    target: dict[str, object] = {"path": os.fspath(request.root)}
    if request.stdin is not None:
        return {"kind": "stdin"}
    if request.git is None:
        return {"kind": "directory" if request.only is None else "file", **target}
    target |= {"kind": "repository", "head": _head(request.git)}
    if request.staged:
        target["part"] = "staged"
    elif request.range is not None:
        target |= {"part": "range", "base": request.range.base, "tip": request.range.head}
    else:
        target["part"] = "all" if request.tree and request.history else "tree" if request.tree else "history"
    return target


def _head(git: Git) -> str | None:
    return git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False).decode().strip() or None


# --- plain directories and working trees


def _directory(request: Request) -> Pieces:
    reader = FileReader(os.fsencode(request.root), request.max_file_size)
    if request.only is not None:
        yield from reader.read([Item(Kind.FILE, "", request.only)])
        return
    items: list[Item] = []
    for entry in list_directory(os.fsencode(request.root)):
        if isinstance(entry, Unread):
            yield entry
        else:
            items.append(entry)
    yield from reader.read(_wanted(items, request.paths))


def _wanted(items: Iterable[Item], paths: PathFilter) -> Iterator[Item]:
    return (item for item in items if paths.passes(os.fsdecode(item.path)))


def _worktree(git: Git, request: Request) -> Pieces:
    listing = list_worktree(git, request.include_ignored)
    yield from listing.unread
    reader = FileReader(os.fsencode(request.root), request.max_file_size)
    yield from reader.read(_wanted(listing.items, request.paths))


def _tree(git: Git, search: Search, request: Request, progress: Progress | None) -> _Outcome:
    """The working tree alone; HEAD's versions of files with a key are read too, to tell whether it is committed."""
    found = search.here(_worktree(git, request), progress)
    held = {item.oid.encode() for item, _ in found.matches if item.oid}
    attribution = Attribution()
    if held:
        attribution.head = head_paths(git, held, attribution.unread)
    return _Outcome(found, attribution)


# --- the whole repository


def _repository(git: Git, search: Search, request: Request, progress: Progress | None) -> _Outcome:
    """Every object once, reachable or not, and beside it the working tree; meanwhile git compares all trees."""
    unread = list(_shallow(git))
    inventory = _Inventory()
    comparison: list[Comparison] = []

    def jobs() -> Iterator[Job]:
        if request.tree and git.work_tree is not None:
            yield lambda: _worktree(git, request)
        for portion in inventory.portions(git, request, unread):
            yield lambda portion=portion: read_objects(git, portion, inventory.parents)  # type: ignore[misc]
        if request.attribution and inventory.commits:
            comparison.append(Comparison(git, inventory.commits, request.jobs))

    try:
        found = search.threads(jobs(), request.jobs, progress)
        collection = Collection()
        for item, match in found.matches:
            collection.add(item, match)
        contents = collection.contents()
        if comparison:
            attribution = attribute(
                git,
                comparison[0],
                contents,
                collection.messages(),
                inventory.present,
                CommitGraph(inventory.parents, cut_commits(git)),
                request.attribution_limit,
            )
        else:
            attribution = Attribution()
            attribution.head = head_paths(git, contents, attribution.unread)
    finally:
        for each in comparison:
            each.close()
    return _Outcome(found, attribution, unread, inventory.blobs, len(inventory.commits))


@dataclass
class _Inventory:
    """What the list of objects held."""

    commits: list[bytes] = field(default_factory=list)
    present: set[bytes] = field(default_factory=set)
    blobs: int = 0

    parents: dict[bytes, Sequence[bytes]] = field(default_factory=dict)

    def portions(self, git: Git, request: Request, unread: list[Unread]) -> Iterator[list[bytes]]:
        """Ids of the objects to read, in pack order. One early portion a thread, to begin with while git still lists;
        then ever smaller ones, so that all threads end together."""
        early = request.jobs
        listed: list[tuple[bytes, int]] = []
        size = 0
        for entries in list_objects(git):
            if isinstance(entries, Unread):
                unread.append(entries)
                continue
            for oid, kind, text in entries:
                length = int(text)
                self.present.add(oid)
                if kind == b"commit":
                    self.commits.append(oid)
                elif kind == b"blob":
                    self.blobs += 1
                    if request.max_file_size and length > request.max_file_size:
                        why = f"larger than the limit of {request.max_file_size} bytes"
                        unread.append(Unread(f"object {oid.decode()}", why))
                        continue
                listed.append((oid, length))
                size += length
            if early and size >= EARLY_PORTION:
                yield [oid for oid, _ in listed]
                listed, size, early = [], 0, early - 1
        yield from _portions(listed, size, request.jobs)


def _portions(listed: Sequence[tuple[bytes, int]], size: int, jobs: int) -> Iterator[list[bytes]]:
    """Cuts the rest, each time a share of what is left."""
    portion: list[bytes] = []
    taken = 0
    for oid, length in listed:
        portion.append(oid)
        taken += length
        if taken >= max(SMALLEST_PORTION, size // (2 * jobs)):
            yield portion
            portion, size, taken = [], size - taken, 0
    if portion:
        yield portion


def _shallow(git: Git) -> Iterator[Unread]:
    if git.run("rev-parse", "--is-shallow-repository", check=False).strip() == b"true":
        yield Unread("shallow clone", "its history was cut off: older commits are not here (git fetch --unshallow)")


# --- changes


def _staged(git: Git, search: Search) -> _Outcome:
    changes = staged(git)
    new: dict[bytes, list[Change]] = {}
    for change in changes:
        if change.new:
            new.setdefault(change.new, []).append(change)
    found = search.here(read_objects(git, list(new)))
    carried = 0
    if found.matches:
        known = _keys(search.here(read_objects(git, _old(changes))))
        kept = [
            (Item(Kind.FILE, item.oid, change.path, tracked=True), match)
            for item, match in found.matches
            for change in new[item.oid.encode()]
        ]
        found.matches = [(item, match) for item, match in kept if _is_new(match.rule, match.key, known)]
        carried = len(kept) - len(found.matches)
    found.tally.files = len(new)
    return _Outcome(found, carried=carried)


def _range(git: Git, wanted: Range, search: Search, request: Request) -> _Outcome:
    commits = commits_of(git, wanted)
    changes = changes_of(git, commits) if commits else []
    new = dict.fromkeys(change.new for change in changes if change.new)
    found = search.here(read_objects(git, [*new, *commits])) if commits else search.here(iter(()))
    outcome = _Outcome(found, blobs=len(new), commits=len(commits), unread=list(_shallow(git)))
    held = {item.oid.encode() for item, match in found.matches if match.rule.nature is not Nature.HINT}
    if not held:
        return outcome
    outcome.carried = _drop_carried(git, search, changes, found)
    held = {item.oid.encode() for item, _ in found.matches}
    introductions: dict[bytes, list[Introduction]] = {}
    for change in changes:
        if change.new in held:
            introductions.setdefault(change.new, []).append(Introduction(change.commit, change.path))
    attribution = Attribution(introductions=introductions)
    involved = {each.commit for made in introductions.values() for each in made} | (held & set(commits))
    if request.attribution:
        graph = CommitGraph.walk(git, "--all", wanted.head)
        attribution.reach = graph.reach(involved, list_refs(git))
        attribution.authors = authors(git, sorted(involved))
    attribution.head = head_paths(git, held, attribution.unread)
    outcome.attribution = attribution
    return outcome


def _drop_carried(git: Git, search: Search, changes: Sequence[Change], found: Found) -> int:
    """Leaves out keys that each commit with them only kept: they stood in what it changed before. Returns how many."""
    suspect = {item.oid.encode() for item, _ in found.matches}
    commits = {change.commit for change in changes if change.new in suspect}
    by_content = search.here(read_objects(git, _old(change for change in changes if change.commit in commits)))
    keys: dict[bytes, set[tuple[str, object]]] = {}
    for item, match in by_content.matches:
        keys.setdefault(item.oid.encode(), set()).add((match.rule.id, match.key))
    known: dict[bytes, set[tuple[str, object]]] = {}
    introduced: dict[bytes, set[bytes]] = {}
    for change in changes:
        for old in change.old:
            known.setdefault(change.commit, set()).update(keys.get(old, ()))
        introduced.setdefault(change.new, set()).add(change.commit)
    before = len(found.matches)
    found.matches = [
        (item, match)
        for item, match in found.matches
        if item.kind is not Kind.BLOB
        or any(
            _is_new(match.rule, match.key, known.get(commit, set())) for commit in introduced[item.oid.encode()]
        )
    ]
    return before - len(found.matches)


def _old(changes: Iterable[Change]) -> list[bytes]:
    return list(dict.fromkeys(old for change in changes for old in change.old))


def _keys(found: Found) -> set[tuple[str, object]]:
    return {(match.rule.id, match.key) for _, match in found.matches}


def _is_new(rule: Rule, key: object, known: set[tuple[str, object]]) -> bool:
    return rule.nature is Nature.HINT or (rule.id, key) not in known


# --- what could not be read

# As many lines of one reason are listed; more are counted in one.
MOST_LISTED = 100


def _condensed(unread: Iterable[Unread]) -> list[Unread]:
    """One entry a thing; where very many share a reason, one entry for them all."""
    by_reason: dict[str, dict[str, int]] = {}
    for each in unread:
        things = by_reason.setdefault(each.why, {})
        things[each.what] = things.get(each.what, 0) + each.count
    condensed = []
    for why, things in by_reason.items():
        if len(things) > MOST_LISTED:
            first = next(iter(things))
            condensed.append(Unread(f"{first} and others", why, sum(things.values())))
        else:
            condensed += [Unread(what, why, count) for what, count in things.items()]
    return condensed


def select_rules(rules: Sequence[Rule], only: Sequence[str], without: Sequence[str]) -> list[Rule]:
    """The rules asked for; hints always stay. Raises KeyslipError that names the nearest id for an unknown one."""
    import difflib

    known = [rule.id for rule in rules]
    for wanted in (*only, *without):
        if wanted not in known:
            nearest = difflib.get_close_matches(wanted, known, n=1, cutoff=0.0)
            raise KeyslipError(f"no such rule: {wanted!r}", f"did you mean {nearest[0]!r}? `keyslip rules list` has all")
    return [
        rule
        for rule in rules
        if rule.id not in without and (not only or rule.id in only or rule.nature is Nature.HINT)
    ]

