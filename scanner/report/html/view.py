"""A finding as the template wants it: plain words, cut to a length that a page can hold."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlsplit

from ....rules.rule import Environment, Exposure, LifetimeClass
from ...finding import Finding, Location, LocationKind, Subject
from ..words import ACCESSES, EXPOSURES, LEVELS, lives, may, next_step, where
from .overview import has_successor

LONGEST = 300
MOST_EVIDENCE = 30
# The branch that says most of all that reach a commit.
MAIN = ("refs/heads/main", "refs/heads/master")
# Worst last: what sorting by the column means.
EXPOSURE_RANKS = {exposure: rank for rank, exposure in enumerate(Exposure)}
LIFETIME_RANKS = {
    LifetimeClass.EXPIRED: 0,
    LifetimeClass.SHORT_LIVED: 1,
    LifetimeClass.EXPIRING: 2,
    LifetimeClass.UNKNOWN: 3,
    LifetimeClass.LONG_LIVED: 4,
}


class Anchors:
    """Names for the parts of a page: from a finding's id, so that a link outlives the report; never one twice."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def name(self, finding: Finding) -> str:
        short = finding.id[:16]
        self._used[short] += 1
        return f"f-{short}" + (f"-{self._used[short]}" if self._used[short] > 1 else "")


def view(finding: Finding, anchors: Anchors, most_places: int) -> dict[str, Any]:
    """All that a row or a card shows."""
    about, rule = finding.classification, finding.rule
    first = finding.introduced_by
    return {
        "anchor": anchors.name(finding),
        "id": finding.id,
        "rule": clip(rule.id),
        "title": clip(rule.title),
        "provider": clip(rule.provider),
        "redacted": clip(finding.redacted),
        "is_name": finding.subject is Subject.NAME,
        "severity": finding.severity,
        "rank": finding.severity.rank,
        "because": clip(finding.because),
        "exposure": about.exposure,
        "exposure_rank": EXPOSURE_RANKS[about.exposure],
        "exposure_words": EXPOSURES[about.exposure],
        "lifetime": about.lifetime.kind,
        "lifetime_rank": LIFETIME_RANKS[about.lifetime.kind],
        "may": clip(_first_up(may(about)), 2 * LONGEST),
        "reach": f"{_first_up(ACCESSES[about.scope.access])} to {LEVELS[about.scope.level]}",
        "lives": clip(_first_up(lives(about))),
        "principal": clip(about.principal or ""),
        "permissions": [clip(each) for each in about.scope.permissions[:MOST_EVIDENCE]],
        "environment": "" if about.environment is Environment.UNKNOWN else about.environment,
        "confidence": about.confidence,
        "legacy": about.legacy,
        "replaced": has_successor(finding),
        "evidence": [clip(each) for each in about.evidence[:MOST_EVIDENCE]],
        "in_head": finding.in_head,
        "client": bool(finding.client_side),
        "stands": _stands(finding),
        "occurrences": max(finding.occurrences, len(finding.locations)),
        "first_place": clip(_at(finding.locations[0])) if finding.locations else "",
        "places": [place(each) for each in finding.locations[:most_places]],
        "since": first
        and {
            "commit": first.commit[:12],
            "author": clip(first.author or ""),
            "date": moment(first.date),
            "path": clip(first.path or ""),
        },
        "next": clip(_first_up(next_step(rule, about)), 2 * LONGEST),
        "successors": [] if about.harmless else [clip(each) for each in rule.successor.rules[:MOST_EVIDENCE]],
        "links": links(finding),
        "suppressed": finding.suppressed and {"by": finding.suppressed.by, "reason": clip(finding.suppressed.reason)},
    }


def place(location: Location) -> dict[str, Any]:
    """One place of a key."""
    tree = location.kind is LocationKind.WORKTREE
    unreached = location.ref_kinds and not location.refs
    refs = sorted(location.refs, key=lambda each: each not in MAIN)
    on = refs[0].removeprefix("refs/heads/").removeprefix("refs/") if refs else ""
    return {
        "at": clip(_at(location)),
        "commit": (location.commit or "")[:12],
        "author": clip(location.author or "", 80),
        "date": moment(location.date),
        "on": clip(on, 80) or (", ".join(location.ref_kinds) if unreached else "working tree" if tree else ""),
        "more": max(location.refs_total - 1, 0) if refs else 0,
        "place": "" if location.place == "unknown" else location.place,
        "encoding": location.encoding or "",
    }


def links(finding: Finding) -> list[dict[str, str]]:
    """The provider's pages about the kind. Only https, and only from our catalogue: a configuration file may be the
    scanned repository's own."""
    if finding.rule.user:
        return []
    parts = [(url, urlsplit(url)) for url in finding.rule.references]
    return [
        {"url": url, "text": clip(f"{part.hostname}{part.path.rstrip('/')}", 90)}
        for url, part in parts
        if part.scheme == "https" and part.hostname
    ]


def clip(text: str, longest: int = LONGEST) -> str:
    """The text, its middle left out where it is very long."""
    half = longest // 2
    return text if len(text) <= longest else f"{text[:half]}…{text[-half:]}"


def moment(date: str | None) -> str:
    """Day and minute of an RFC 3339 time, as its author's clock showed them."""
    return (date or "")[:16].replace("T", " ")


def _at(location: Location) -> str:
    return f"{where(location)}:{location.start_line}:{location.start_column}"


def _stands(finding: Finding) -> str:
    kinds = {each.kind for each in finding.locations}
    if finding.in_head:
        return "HEAD"
    if LocationKind.WORKTREE in kinds:
        return "working tree"
    return "standard input" if LocationKind.STDIN in kinds else "history"


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
