"""CSV (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180): a row for each place of each finding, for spreadsheets.

Every cell is safe to open there: nothing in it is a formula, a control character or a line of its own. Has no room for
`incomplete`: the command says that on standard error.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ...rules.classify import rfc3339
from ..finding import Finding, Location
from ..scan import Report
from .safe import cell
from .words import next_step

COLUMNS = (
    *("severity", "provider", "rule", "title", "redacted", "path", "start_line", "start_column", "end_line"),
    *("end_column", "kind", "commit", "author", "date", "refs", "refs_total", "blob", "encoding", "place", "in_head"),
    *("tracked", "client_side", "exposure", "level", "principal", "access", "permissions", "lifetime", "expires_at"),
    *("environment", "legacy", "confidence", "occurrences", "next", "suppressed_by", "suppressed_reason", "id"),
)
TRUTH = {True: "true", False: "false", None: ""}


def as_csv(report: Report) -> Iterator[str]:
    """The header, then the rows, worst finding first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for finding in report.findings:
        before, after = _of_finding(finding)
        for place in finding.locations:
            writer.writerow([cell(text) for text in (*before, *_of_place(place), *after)])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _of_finding(finding: Finding) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells before and after those of a place."""
    rule, about, suppressed = finding.rule, finding.classification, finding.suppressed
    return (finding.severity.value, rule.provider, rule.id, rule.title, finding.redacted), (
        TRUTH[finding.in_head],
        TRUTH[finding.tracked],
        TRUTH[finding.client_side],
        about.exposure.value,
        about.scope.level.value,
        about.principal or "",
        about.scope.access.value,
        " ".join(about.scope.permissions),
        about.lifetime.kind.value,
        rfc3339(about.lifetime.expires_at) or "",
        about.environment.value,
        TRUTH[about.legacy],
        about.confidence.value,
        str(finding.occurrences),
        next_step(rule, about),
        suppressed.by if suppressed else "",
        suppressed.reason if suppressed else "",
        finding.id,
    )


def _of_place(place: Location) -> tuple[str, ...]:
    return (
        place.path or "",
        str(place.start_line),
        str(place.start_column),
        str(place.end_line),
        str(place.end_column),
        place.kind.value,
        place.commit or "",
        place.author or "",
        place.date or "",
        " ".join(place.refs),  # a ref's name holds no space
        str(place.refs_total),
        place.blob or "",
        place.encoding or "",
        place.place.value,
    )
