"""The pipeline: from a request to a report. Never opens a connection, never prints."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..rules.rule import Exposure, Nature, Rule
from .attribute import Attribution, Comparison, attribute, head_paths
from .collect import LFS_POINTER, Collection, PathFilter, findings
from .finding import Finding
from .git import Git
from .graph import CommitGraph, cut_commits, shallow
from .inventory import Inventory
from .request import Outcome, Request
from .review import in_range, staged
from .search import Job, Search
from .source.batch import Item, Kind, Pieces, Unread
from .source.files import FileReader
from .source.objects import read_objects
from .source.stdin import read_stdin
from .source.worktree import list_directory, list_worktree

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


def _run(request: Request, search: Search, progress: Progress | None) -> Outcome:
    if request.stdin is not None:
        return Outcome(search.here(read_stdin(request.stdin), progress))
    if request.git is None:
        return Outcome(search.here(_directory(request), progress))
    if request.staged:
        return staged(request.git, search)
    if request.range is not None:
        return in_range(request.git, request.range, search, request)
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


def _tree(git: Git, search: Search, request: Request, progress: Progress | None) -> Outcome:
    """The working tree alone; HEAD's versions of files with a key are read too, to tell whether it is committed."""
    found = search.here(_worktree(git, request), progress)
    held = {item.oid.encode() for item, _ in found.matches if item.oid}
    attribution = Attribution()
    if held:
        attribution.head = head_paths(git, held, attribution.unread)
    return Outcome(found, attribution)


# --- the whole repository


def _repository(git: Git, search: Search, request: Request, progress: Progress | None) -> Outcome:
    """Every object once, reachable or not, and beside it the working tree; meanwhile git compares all trees."""
    unread = list(shallow(git))
    inventory = Inventory()
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
    return Outcome(found, attribution, unread, inventory.blobs, len(inventory.commits))


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
