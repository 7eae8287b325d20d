"""A finding as the template wants it: plain words, cut to a length that a page can hold."""

from __future__ import annotations

import re
from typing import Any

from ....rules.rule import Environment
from ...finding import Finding, Location, LocationKind, Subject
from ..words import ACCESSES, LEVELS, lives, may, next_step, where
from .overview import has_successor

LONGEST = 300
MOST_EVIDENCE = 30
LINK = re.compile(r"https://[a-z0-9.-]+(?:/[!#-&(-;=?-~]*)?")
# The branch that says most of all that reach a commit.
MAIN = ("refs/heads/main", "refs/heads/master")


def view(finding: Finding, anchor: str, most_places: int) -> dict[str, Any]:
    """All that a row or a card shows."""
    about, rule = finding.classification, finding.rule
    first = finding.introduced_by
    marks = (
        ("client", finding.client_side),
        ("legacy", has_successor(finding)),
        ("suppressed", finding.suppressed),
    )
    return {
        "anchor": anchor,
        "id": finding.id,
        "rule": clip(rule.id),
        "title": clip(rule.title),
        "provider": clip(rule.provider),
        "redacted": clip(finding.redacted),
        "is_name": finding.subject is Subject.NAME,
        "severity": finding.severity,
        "because": clip(finding.because),
        "exposure": about.exposure,
        "lifetime": about.lifetime.kind,
        "may": clip(_first_up(may(about)), 2 * LONGEST),
        "reach": f"{_first_up(ACCESSES[about.scope.access])} to {LEVELS[about.scope.level]}",
        "lives": clip(_first_up(lives(about))),
        "scope": clip(LEVELS[about.scope.level] + (f": {about.principal}" if about.principal else "")),
        "environment": "" if about.environment is Environment.UNKNOWN else about.environment,
        "confidence": about.confidence,
        "legacy": about.legacy,
        "evidence": [clip(each) for each in about.evidence[:MOST_EVIDENCE]],
        "in_head": finding.in_head,
        "client": bool(finding.client_side),
        "marks": " ".join(word for word, holds in marks if holds),
        "stands": _stands(finding),
        "at_once": first and len(finding.locations) == 1 and first.commit == finding.locations[0].commit,
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
        "successors": [] if about.harmless else [clip(each) for each in rule.successor.rules if each != rule.id],
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
    return [
        {"url": url, "text": clip(url.removeprefix("https://").rstrip("/"), 90)}
        for url in finding.rule.references
        if LINK.fullmatch(url)
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
