"""JSON, version 1 (`keyslip/scan/v1`): its own field-by-field form, so that inner types may change and it does not."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ... import __version__
from ...rules.classify import Classification, rfc3339
from ...rules.rule import Exposure
from ...rules.severity import Severity
from ..finding import Finding, Location
from ..scan import Report

SCHEMA = "keyslip/scan/v1"


def as_json(report: Report) -> Iterator[str]:
    """The whole report as one object, a finding at a time: a report of any size needs little memory.

    A field and a place are a line each, to be read by people too; `json` indents itself only at a tenth of the speed.
    """
    yield json.dumps(_about(report), indent=2).removesuffix("\n}") + ',\n  "findings": ['
    between = "\n    {\n"
    for each in report.findings:
        yield between + ",\n".join(f'      "{name}": {_spread(value)}' for name, value in finding(each).items())
        between = "\n    },\n    {\n"
    yield "\n    }\n  ]\n}\n" if report.findings else "]\n}\n"


def _spread(value: Any) -> str:
    """A value on one line; of a list of objects, each."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return "[" + ",".join(f"\n        {json.dumps(each)}" for each in value) + "\n      ]"
    return json.dumps(value)


def as_jsonl(report: Report) -> Iterator[str]:
    """A line for each finding, and last the summary."""
    for each in report.findings:
        yield json.dumps({"type": "finding", **finding(each)}) + "\n"
    yield json.dumps({"type": "summary", **_about(report)}) + "\n"


def array(items: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A JSON array of `items`, one on each line; never more than one of them in memory."""
    before = "["
    for item in items:
        yield f"{before}\n{json.dumps(item)}"
        before = ","
    yield "[]" if before == "[" else "\n]"


def _about(report: Report) -> dict[str, Any]:
    stats = report.stats
    return {
        "schema": SCHEMA,
        "tool": {"name": "keyslip", "version": __version__},
        "target": report.target,
        "started_at": rfc3339(report.started_at),
        "duration_s": round(report.duration, 3),
        "stats": {
            "blobs": stats.blobs,
            "bytes": stats.bytes,
            "files": stats.files,
            "commits": stats.commits,
            "engine": stats.engine,
            "carried": report.carried,
            "left_out": report.left_out,
        },
        "incomplete": [{"what": each.what, "why": each.why, "count": each.count} for each in report.incomplete],
        "suppression": {
            "stale": [{"rule": rule, "id": identity} for rule, identity in report.stale],
            "untrusted": list(report.untrusted),
        },
        "summary": summary(report),
    }


def summary(report: Report) -> dict[str, Mapping[str, int]]:
    """Counts of the findings that are not suppressed."""
    open_findings = [each for each in report.findings if each.suppressed is None]
    severities = Counter(each.severity for each in open_findings)
    exposures = Counter(each.classification.exposure for each in open_findings)
    return {
        "by_severity": {level.value: severities[level] for level in Severity},
        "by_exposure": {exposure.value: exposures[exposure] for exposure in Exposure},
        "by_provider": dict(sorted(Counter(each.rule.provider for each in open_findings).items())),
    }


def finding(each: Finding) -> dict[str, Any]:
    introduced = each.introduced_by
    return {
        "id": each.id,
        "subject": each.subject.value,
        "rule": each.rule.id,
        "provider": each.rule.provider,
        "title": each.rule.title,
        "redacted": each.redacted,
        "classification": classification(each.classification),
        "severity": each.severity.value,
        "severity_because": each.because,
        "in_head": each.in_head,
        "tracked": each.tracked,
        "client_side": each.client_side,
        "locations": [_location(place) for place in each.locations],
        "introduced_by": introduced
        and {
            "commit": introduced.commit,
            "author": introduced.author,
            "date": introduced.date,
            "path": introduced.path,
        },
        "occurrences": each.occurrences,
        "successor": {
            "rules": list(each.rule.successor.rules),
            "how": each.rule.successor.how,
            "summary": each.rule.successor.summary,
        },
        "suppressed": each.suppressed and {"by": each.suppressed.by, "reason": each.suppressed.reason},
    }


def classification(about: Classification) -> dict[str, Any]:
    return {
        "exposure": about.exposure.value,
        "scope": {
            "level": about.scope.level.value,
            "principal": about.principal,
            "access": about.scope.access.value,
            "permissions": list(about.scope.permissions),
        },
        "lifetime": {
            "class": about.lifetime.kind.value,
            "issued_at": rfc3339(about.lifetime.issued_at),
            "expires_at": rfc3339(about.lifetime.expires_at),
            "source": about.lifetime.source.value,
        },
        "environment": about.environment.value,
        "legacy": about.legacy,
        "confidence": about.confidence.value,
        "evidence": list(about.evidence),
    }


def _location(place: Location) -> dict[str, Any]:
    return {
        "path": place.path,
        "start_line": place.start_line,
        "start_column": place.start_column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "blob": place.blob,
        "commit": place.commit,
        "author": place.author,
        "date": place.date,
        "refs": list(place.refs),
        "refs_total": place.refs_total,
        "ref_kinds": [kind.value for kind in place.ref_kinds],
        "kind": place.kind.value,
        "encoding": place.encoding,
        "place": place.place.value,
    }
