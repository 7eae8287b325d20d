"""gitleaks' JSON report: what tools that read gitleaks read.

The fields, their order and their meaning are those of gitleaks v8
(https://github.com/gitleaks/gitleaks/blob/master/report/finding.go). `Match` and `Secret` hold only what we ever show
of a key. What we do not know is empty: `Entropy` 0 (a number to those who read it), the rest an empty string. Has no
room for `incomplete`: the command says that on standard error.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ..finding import Finding, Location
from ..scan import Report
from .json import array


def as_gitleaks_json(report: Report) -> Iterator[str]:
    """One entry a place. Suppressed findings are left out, as gitleaks leaves out what it is told to ignore."""
    yield from array(
        _entry(finding, place)
        for finding in report.findings
        if finding.suppressed is None
        for place in finding.locations
    )
    yield "\n"


def _entry(finding: Finding, place: Location) -> dict[str, object]:
    path, commit = place.path or "", place.commit or ""
    named = f"{path}:{finding.rule.id}:{place.start_line}"
    return {
        "RuleID": finding.rule.id,
        "Description": finding.rule.title,
        "StartLine": place.start_line,
        "EndLine": place.end_line,
        "StartColumn": place.start_column,
        "EndColumn": max(1, place.end_column - 1),  # theirs is the last character's, ours the one after it
        "Match": finding.redacted,
        "Secret": finding.redacted,
        "File": path,
        "SymlinkFile": "",
        "Commit": commit,
        "Entropy": 0,
        "Author": place.author or "",
        "Email": "",
        "Date": _utc(place.date),
        "Message": "",
        "Tags": [],
        "Fingerprint": f"{commit}:{named}" if commit else named,
    }


def _utc(date: str | None) -> str:
    """The time as gitleaks writes it: RFC 3339 in UTC."""
    if not date:
        return ""
    try:
        return datetime.fromisoformat(date).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):  # a commit's date is whatever its author wrote
        return ""
