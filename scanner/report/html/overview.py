"""What the findings come to: the sentence on top, the numbers, and what the charts are drawn from."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ....rules.rule import Exposure, LifetimeClass
from ....rules.severity import Severity
from ...finding import Finding
from ...scan import Report

PRIVATE = (Exposure.SECRET, Exposure.ADMIN)
MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Number:
    """A headline number; `filter` is the part of the address that shows the findings behind it."""

    count: int
    says: str
    more: str
    filter: str


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts of the findings that are not suppressed; the numbers leave notes out too."""

    total: int
    shown: int
    suppressed: int
    verdict: str
    by_severity: Sequence[tuple[str, int]]
    by_provider: Sequence[tuple[str, int]]
    by_exposure_and_lifetime: Counter[tuple[Exposure, LifetimeClass]]
    over_time: Counter[tuple[str, Severity]]
    undated: int
    numbers: Sequence[Number]


def overview(report: Report) -> Overview:
    """Counts once over all findings."""
    shown = [each for each in report.findings if each.suppressed is None]
    severities = Counter(each.severity for each in shown)
    months = [(_month(each), each.severity) for each in shown]
    return Overview(
        total=len(report.findings),
        shown=len(shown),
        suppressed=len(report.findings) - len(shown),
        verdict=_verdict(severities, bool(report.incomplete)),
        by_severity=[(level.value, severities[level]) for level in Severity],
        by_provider=Counter(each.rule.provider for each in shown).most_common(),
        by_exposure_and_lifetime=Counter(
            (each.classification.exposure, each.classification.lifetime.kind) for each in shown
        ),
        over_time=Counter((month, severity) for month, severity in months if month),
        undated=sum(not month for month, _ in months),
        numbers=_numbers([each for each in shown if each.severity is not Severity.NOTE]),
    )


def _verdict(severities: Counter[Severity], incomplete: bool) -> str:
    leaks = severities.total() - severities[Severity.NOTE]
    notes = severities[Severity.NOTE]
    noted = f"{notes:,} note{'s' if notes != 1 else ''}: public, expired or placeholder." if notes else ""
    if not leaks:
        return f"No leaked keys found{', but not everything was read' if incomplete else ''}. {noted}".strip()
    bad = [level for level in Severity if severities[level] and level is not Severity.NOTE]
    levels = [f"{severities[level]:,} {level}" for level in bad]
    words = levels[0] if len(levels) == 1 else f"{', '.join(levels[:-1])} and {levels[-1]}"
    return f"{leaks:,} leaked key{'s' if leaks != 1 else ''}: {words}. {noted}".strip()


def _numbers(leaks: Sequence[Finding]) -> list[Number]:
    return [
        Number(
            sum(each.in_head for each in leaks),
            "still in HEAD",
            "everyone who clones it has them",
            "severity=min-low&where=HEAD",
        ),
        Number(
            sum(
                each.classification.exposure in PRIVATE
                and each.classification.lifetime.kind is LifetimeClass.LONG_LIVED
                for each in leaks
            ),
            "long-lived secrets",
            "good until somebody revokes them",
            "severity=min-low&exposure=private&lifetime=long-lived",
        ),
        Number(
            sum(bool(each.client_side) for each in leaks),
            "in client code",
            "shipped to whoever opens the page or app",
            "severity=min-low&where=client",
        ),
        Number(
            sum(has_successor(each) for each in leaks),
            "legacy, with a successor",
            "the provider has a narrower key now",
            "severity=min-low&where=legacy",
        ),
    ]


def has_successor(finding: Finding) -> bool:
    """Whether the provider has replaced keys of this kind by something narrower."""
    return finding.classification.legacy and finding.rule.successor.how != "none"


def _month(finding: Finding) -> str:
    first = finding.introduced_by
    found = MONTH.match(first.date) if first and first.date else None
    return found[0] if found else ""
