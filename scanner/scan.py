"""The pipeline: from a request to a report. Never opens a connection, never prints."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .git import Git
from .lfs import POINTER
from .mask import masked, target_masked, unread_masked
from .request import Outcome, Request
from .search import Progress, Search
from .source.batch import Kind, Unread, shown_path

if TYPE_CHECKING:  # a clean pre-commit scan never has a finding to import this for
    from .anchor import Anchor
    from .finding import Finding


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
    """What a scan came to. `target` is JSON-ready; `duration` in seconds.

    `carried` counts keys that the changes under review only kept where they were, `left_out` files and keys outside
    the paths asked for; `anchors` say by rule and id where findings that are in no file can be shown, for the formats
    that need a file; `stale` are the rules and ids of baseline entries that fit nothing any more, `untrusted` what a
    change under review wants suppressed.
    """

    target: Mapping[str, object]
    started_at: int
    duration: float
    stats: Stats
    incomplete: Sequence[Unread]
    findings: Sequence[Finding]
    carried: int = 0
    left_out: int = 0
    stale: Sequence[tuple[str, str]] = ()
    untrusted: Sequence[str] = ()
    anchors: Mapping[tuple[str, str], Anchor] = field(default_factory=dict)


def scan(request: Request, progress: Progress | None = None) -> Report:
    """Runs a scan.

    Raises KeyslipError for what the user must mend; what cannot be read is in the report.
    """
    begun = time.monotonic()
    search = Search((*request.rules, POINTER), request.engine)
    outcome = _run(request, search, progress)
    found, outside = _findings(outcome, request, search) if outcome.found.matches else ([], 0)
    unread = [*outcome.found.unread, *outcome.unread, *(outcome.attribution.unread if outcome.attribution else ())]
    unread = unread_masked(unread, search) if unread else unread
    return Report(
        target=target_masked(_target(request), search),
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
        findings=found,
        carried=outcome.carried,
        left_out=outcome.left_out + outside,
    )


def _run(request: Request, search: Search, progress: Progress | None) -> Outcome:
    """The part asked for; each is imported only then."""
    if request.stdin is not None:
        from .source.stdin import read_stdin

        return Outcome(search.here(read_stdin(request.stdin), progress))
    if request.git is None:
        from .plain import directory

        return directory(search, request, progress)
    if request.staged:
        from .review import staged

        return staged(request.git, search)
    if request.range is not None:
        from .review import in_range

        return in_range(request.git, request.range, search, request)
    from .repository import repository, tree

    if not request.history:
        return tree(request.git, search, request, progress)
    return repository(request.git, search, request, progress)


def _findings(outcome: Outcome, request: Request, search: Search) -> tuple[list[Finding], int]:
    """The findings, and how many keys have no place that the request lets through."""
    from .attribute import Attribution
    from .collect import Collection, findings, linked_project
    from .ships import shipped

    collection = Collection()
    for item, match in outcome.found.matches:
        collection.add(item, match)
    if collection.pointers:
        why = "Git LFS keeps the content elsewhere: scan it where it is checked out"
        outcome.unread.append(Unread("LFS pointers", why, len(collection.pointers)))
    attribution = outcome.attribution or Attribution()
    suspects = {shown_path(item.path) for item, _ in outcome.found.matches if item.kind is Kind.FILE}
    attribution.shipped = shipped(os.fsencode(request.root), outcome.items, suspects)
    if request.stdin is None:
        collection.references |= linked_project(request.root)
    found, outside = findings(collection, attribution, request)
    return masked(found, search), outside


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
