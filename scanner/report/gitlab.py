"""GitLab's secret detection report: merge request widget, pipeline's security tab, vulnerability report.

The form is that of https://gitlab.com/gitlab-org/security-products/security-report-schemas (secret-detection, 15.x;
what GitLab makes of each field: https://docs.gitlab.com/development/integrations/secure/). GitLab knows a vulnerability
by its kind and place, so there is one for each path that a key stands in: taking the key out of one file never looks
like a new leak in another. Suppressed findings are left out.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

from ... import __version__
from ...rules.classify import rfc3339
from ...rules.severity import Severity
from ..finding import Finding, Location, LocationKind
from ..scan import Report
from .json import array
from .safe import link, markdown, markdown_code, printable, shortened
from .words import gone, lives, may, next_step, unread

# The last of 15.0: GitLab checks a report against the schema of the minor version that it names, and every GitLab
# that reads 15.x has this one.
VERSION = "15.0.7"
SCHEMA = (
    "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/"
    f"v{VERSION}/dist/secret-detection-report-format.json"
)
SEVERITIES = {
    Severity.CRITICAL: "Critical",
    Severity.HIGH: "High",
    Severity.MEDIUM: "Medium",
    Severity.LOW: "Low",
    Severity.NOTE: "Info",
}
# The schema wants a commit everywhere; git's own name for none stands where there is none.
NO_COMMIT = "0" * 40
# Fixed: an id must be the same in every run.
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "keyslip/gitlab/v1")


def as_gitlab(report: Report) -> Iterator[str]:
    """The report; what could not be read is among the scan's messages."""
    head = {"version": VERSION, "schema": SCHEMA, "scan": _scan(report)}
    yield json.dumps(head)[:-1] + ', "vulnerabilities": '
    tip = report.target.get("head")
    yield from array(
        each
        for finding in report.findings
        if finding.suppressed is None
        for each in _vulnerabilities(finding, tip if isinstance(tip, str) else None)
    )
    yield "}\n"


def _scan(report: Report) -> dict[str, Any]:
    tool = {"id": "keyslip", "name": "keyslip", "version": __version__, "vendor": {"name": "keyslip"}}
    return {
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": _time(report.started_at),
        "end_time": _time(report.started_at + round(report.duration)),
        "status": "success",
        "messages": [
            {"level": "warn", "value": shortened(unread(each.what, each.why, each.count), 700)}
            for each in report.incomplete
        ],
    }


def _time(seconds: int) -> str:
    """The schema's form: UTC without saying so."""
    return (rfc3339(seconds) or "1970-01-01T00:00:00Z").removesuffix("Z")


def _one_a_path(finding: Finding) -> Iterator[Location]:
    """The first place of each path: in the working tree where it stands there, else where it first came in."""
    seen: set[str | None] = set()
    for place in finding.locations:
        name = place.path if place.path is not None else place.commit
        if name not in seen:
            seen.add(name)
            yield place


def _vulnerabilities(finding: Finding, head: str | None) -> Iterator[dict[str, Any]]:
    """One for each path; what they share is worked out once."""
    rule = finding.rule
    links = [url for url in map(link, rule.references) if url]
    identifier = {"type": "keyslip_rule_id", "name": f"keyslip rule {printable(rule.id)}", "value": rule.id}
    flags = _flags(finding)
    shared = {
        "category": "secret_detection",
        "name": shortened(rule.title, 255),
        "severity": SEVERITIES[finding.severity],
        "solution": shortened(next_step(rule, finding.classification), 2000),
        "identifiers": [{**identifier, "url": links[0]} if links else identifier],
        "links": [{"url": url} for url in links],
        "raw_source_code_extract": finding.redacted,
        "details": {
            "key": {"name": "Key id", "type": "text", "value": finding.id},
            "places": {"name": "Places", "type": "value", "value": finding.occurrences},
        },
        **({"flags": flags} if flags else {}),
    }
    about = _about(finding)
    for place in _one_a_path(finding):
        where = place.path if place.path is not None else f"{place.kind}:{place.commit or ''}"
        yield {
            "id": str(uuid.uuid5(NAMESPACE, f"{rule.id}\n{finding.id}\n{printable(where)}")),
            **shared,
            "description": about + _only_in_history(finding, place),
            "location": _location(finding, place, head),
        }


def _about(finding: Finding) -> str:
    """What GitLab reads as Markdown."""
    about = finding.classification
    text = f"{markdown_code(finding.redacted)}: {markdown(may(about), 1000)}; {markdown(lives(about))}."
    return text + (f" It stands in {finding.occurrences} places." if finding.occurrences > 1 else "")


def _only_in_history(finding: Finding, place: Location) -> str:
    in_tree = any(each.kind is LocationKind.WORKTREE for each in finding.locations)
    stands = place.kind is LocationKind.WORKTREE or (finding.in_head and not in_tree)
    return "" if stands else f" Here {markdown(gone(place))}."


def _location(finding: Finding, place: Location, head: str | None) -> dict[str, Any]:
    commit: dict[str, str] = {"sha": place.commit or (head if head and finding.in_head else NO_COMMIT)}
    if place.author:
        commit["author"] = shortened(place.author)
    if place.date:
        commit["date"] = place.date
    file = {} if place.path is None else {"file": printable(place.path)}
    return {**file, "start_line": place.start_line, "end_line": place.end_line, "commit": commit}


def _flags(finding: Finding) -> list[dict[str, str]]:
    """What speaks against a live key: GitLab marks it, people decide."""
    about = finding.classification
    doubts = [about.harmless] if about.harmless else ["its checksum fails"] if about.checksum is False else []
    return [
        {"type": "flagged-as-likely-false-positive", "origin": "keyslip", "description": printable(doubt)}
        for doubt in doubts
    ]
