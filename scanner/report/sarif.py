"""SARIF 2.1.0 (OASIS standard), made for what code scanning makes of it: see docs/sarif.md.

Limits and behaviour of GitHub code scanning: docs.github.com, "SARIF support for code scanning" and "SARIF results
exceed one or more limits"; github/codeql-action, src/fingerprints.ts.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import attr
import sarif_om as om

from ... import __version__
from ...rules.classify import rfc3339
from ...rules.rule import Confidence
from ...rules.severity import Severity
from ..anchor import Anchor
from ..finding import Finding, Location, LocationKind
from ..scan import Report
from .json import classification
from .safe import printable
from .words import lives, may, next_step

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/keyslip/keyslip"
# GitHub keeps this many results of a run, and refuses a file that is larger than this once compressed.
MOST_RESULTS = 5000
MOST_BYTES = 10_000_000
# Other places of a finding; GitHub shows a hundred.
MOST_RELATED = 100
LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.NOTE: "note",
}
# GitHub's bands: above 9.0 critical, from 7.0 high, from 4.0 medium, from 0.1 low. A note is no security alert.
SCORES = {Severity.CRITICAL: "9.5", Severity.HIGH: "8.0", Severity.MEDIUM: "5.5", Severity.LOW: "2.0"}
PRECISIONS = {Confidence.HIGH: "very-high", Confidence.MEDIUM: "medium", Confidence.LOW: "low"}
# An upload replaces the last one of its category, so each category always means the same part.
CATEGORIES = {"tree": "keyslip/tree/", "all": "keyslip/history/", "history": "keyslip/history/"}


def as_sarif(report: Report) -> Iterator[str]:
    """One file with one run; the worst results where there are more than code scanning takes."""
    most = MOST_RESULTS
    text = _rendered(report, most)
    while most and len(gzip.compress(text.encode(), 1)) > MOST_BYTES:
        most //= 2
        text = _rendered(report, most)
    yield text


def _rendered(report: Report, most: int) -> str:
    log = om.SarifLog(version="2.1.0", schema_uri=SCHEMA, runs=[_run(report, most)])
    return json.dumps(plain(log), indent=1) + "\n"


def plain(value: Any) -> Any:
    """An object of the model as JSON has it; what is at its default is left out."""
    if attr.has(type(value)):
        pairs = (
            (each.metadata["schema_property_name"], getattr(value, each.name), each.default)
            for each in attr.fields(type(value))
        )
        return {name: plain(inner) for name, inner, default in pairs if inner is not None and inner != default}
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def _run(report: Report, most: int) -> om.Run:
    findings = sorted(report.findings, key=lambda each: (each.suppressed is not None, -each.severity.rank))[:most]
    kinds = {rule_id(each): each for each in findings}
    numbers = {kind: number for number, kind in enumerate(sorted(kinds))}
    part = str(report.target.get("part", ""))
    return om.Run(
        tool=om.Tool(
            driver=om.ToolComponent(
                name="keyslip",
                semantic_version=__version__,
                version=__version__,
                information_uri=HOME,
                rules=[_descriptor(kinds[kind]) for kind in numbers],
            )
        ),
        automation_details=om.RunAutomationDetails(id=CATEGORIES[part]) if part in CATEGORIES else None,
        column_kind="unicodeCodePoints",
        invocations=[_invocation(report, len(report.findings) - len(findings))],
        results=[_result(each, numbers[rule_id(each)], report) for each in findings],
    )


def rule_id(finding: Finding) -> str:
    """Code scanning takes the severity from the rule, and one kind of key can be harmless here and critical there."""
    return f"{finding.rule.id}/{finding.severity}"


def _descriptor(example: Finding) -> om.ReportingDescriptor:
    rule, severity = example.rule, example.severity
    steps = rule.successor.summary or "Revoke it at its provider and issue a new one."
    links = [f"- <{link}>" for link in rule.references]
    help_text = "\n".join([f"**{rule.title}** ({severity}).", "", f"What to do: {steps}", "", *links])
    tags = list(dict.fromkeys(("security", rule.provider, rule.exposure.value)))
    properties: dict[str, Any] = {"tags": tags, "precision": PRECISIONS[rule.confidence]}
    if severity in SCORES:
        properties["security-severity"] = SCORES[severity]
    return om.ReportingDescriptor(
        id=rule_id(example),
        name=rule.title,
        short_description=om.MultiformatMessageString(text=rule.title),
        full_description=om.MultiformatMessageString(text=f"{rule.title}. {steps}"),
        help=om.MultiformatMessageString(text=steps, markdown=help_text),
        help_uri=rule.references[0] if rule.references else None,
        default_configuration=om.ReportingConfiguration(level=LEVELS[severity]),
        properties=properties,
    )


def _result(finding: Finding, index: int, report: Report) -> om.Result:
    anchor = report.anchors.get((finding.rule.id, finding.id))
    primary = _primary(finding)
    path = anchor.path if anchor else primary.path
    others = [each for each in finding.locations if each is not primary and each.kind is LocationKind.WORKTREE]
    steady = finding.introduced_by.path if finding.introduced_by and finding.introduced_by.path else path
    fingerprint = fingerprint_of(finding, steady or "")
    return om.Result(
        rule_id=rule_id(finding),
        rule_index=index,
        level=LEVELS[finding.severity],
        message=om.Message(text=_message(finding, anchor)),
        locations=[_anchored(anchor) if anchor else _located(primary)],
        related_locations=[_located(each, number) for number, each in enumerate(others[:MOST_RELATED], 1)] or None,
        # The first is the one that GitHub uses; it makes its own only for files of the checkout.
        partial_fingerprints={"primaryLocationLineHash": f"{fingerprint}:1", "keyslip/v1": fingerprint},
        suppressions=_suppressions(finding),
        properties=_properties(finding, anchor.place if anchor else primary),
    )


def fingerprint_of(finding: Finding, path: str) -> str:
    """Content-keyed: 16 hexadecimal digits that no moved line changes. The path is the one that the key came in by,
    so a renamed file changes nothing either where history is scanned."""
    return hashlib.sha256("\0".join((finding.rule.id, finding.id, path)).encode()).hexdigest()[:16]


def _primary(finding: Finding) -> Location:
    in_tree = (each for each in finding.locations if each.kind is LocationKind.WORKTREE)
    return next(in_tree, finding.locations[0])


def _message(finding: Finding, anchor: Anchor | None) -> str:
    about = finding.classification
    text = f"{finding.rule.title} {finding.redacted}: {may(about)}; {lives(about)}. {next_step(finding.rule, about)}"
    if anchor and not anchor.current:
        place = anchor.place
        where = f"path {place.path}, line {place.start_line}" if place.path else f"line {place.start_line} of a message"
        commit = f"commit {place.commit}" if place.commit else "no commit that is left"
        text = f"Not in this file now: {commit}, {where}. {text}"
    return printable(text)


def _anchored(anchor: Anchor) -> om.Location:
    if anchor.current:
        return _located(anchor.place)
    return _physical(anchor.path, om.Region(start_line=anchor.line))


def _located(place: Location, number: int | None = None) -> om.Location:
    region = om.Region(
        start_line=place.start_line,
        start_column=place.start_column,
        end_line=place.end_line,
        end_column=max(place.end_column, 1),
    )
    return _physical(place.path or "standard-input", region, number)


def _physical(path: str, region: om.Region, number: int | None = None) -> om.Location:
    artifact = om.ArtifactLocation(uri=uri(path))
    physical = om.PhysicalLocation(artifact_location=artifact, region=region)
    if number is None:
        return om.Location(physical_location=physical)
    return om.Location(id=number, physical_location=physical, message=om.Message(text="The same key stands here too."))


def uri(path: str) -> str:
    """A path as a relative reference (RFC 3986). Bytes that are not UTF-8 are percent-escaped in it already."""
    return quote(path, safe="/%") if "%" in path else quote(path)


def _suppressions(finding: Finding) -> list[dict[str, str]] | None:
    """As the standard has them: the model was made from a draft, which called `status` otherwise."""
    if finding.suppressed is None:
        return None
    kind = "inSource" if finding.suppressed.by == "inline" else "external"
    reason = printable(finding.suppressed.reason)
    return [{"kind": kind, "status": "accepted", "justification": f"{finding.suppressed.by}: {reason}"}]


def _properties(finding: Finding, place: Location) -> dict[str, Any]:
    first = finding.introduced_by
    return {
        "id": finding.id,
        "provider": finding.rule.provider,
        "redacted": finding.redacted,
        "severity": finding.severity.value,
        "severityBecause": finding.because,
        "classification": classification(finding.classification),
        "inHead": finding.in_head,
        "occurrences": finding.occurrences,
        "commit": place.commit,
        "path": place.path,
        "line": place.start_line,
        "introducedBy": {"commit": first.commit, "date": first.date, "path": first.path} if first else None,
    }


def _invocation(report: Report, left_out: int) -> om.Invocation:
    notes = [
        (f"{each.what}: {each.why}" + (f" ({each.count}x)" if each.count > 1 else "")) for each in report.incomplete
    ]
    if left_out:
        notes.append(
            f"{left_out} more findings, none worse than these: code scanning takes no more; see the JSON report"
        )
    return om.Invocation(
        execution_successful=True,
        start_time_utc=rfc3339(report.started_at),
        end_time_utc=rfc3339(report.started_at + int(report.duration)),
        tool_execution_notifications=_notifications(notes) or None,
    )


def _notifications(notes: Sequence[str]) -> list[om.Notification]:
    return [om.Notification(message=om.Message(text=printable(each)), level="warning") for each in notes]
