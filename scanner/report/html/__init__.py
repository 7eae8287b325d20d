"""HTML: one file that needs nothing else, works offline and without JavaScript, and stays under a megabyte."""

from __future__ import annotations

from collections.abc import Iterator

from ....rules.severity import Severity
from ...scan import Report
from .charts import bars
from .fit import Fitted, fit
from .head import about
from .matrix import matrix
from .overview import overview
from .template import page_parts, pieces
from .timeline import timeline

MOST_BYTES = 1_000_000
MOST_PROVIDERS = 200  # to choose from; user rules may bring any number
# Stands for all findings while the rest of the page is measured: every level left out, in numbers longer than any.
MEASURE = Fitted((), 1, [(level, 10**9) for level in Severity])


def as_html(report: Report) -> Iterator[str]:
    """The page, in pieces. Findings that there is no room for are rows instead of cards, then only counted."""
    counts = overview(report)
    values = {
        "about": about(report),
        "overview": counts,
        "charts": [
            bars("severity", "By severity", counts.by_severity),
            matrix(counts.by_exposure_and_lifetime),
            bars("provider", "By provider", counts.by_provider),
            *([timeline(counts.over_time, counts.undated)] if counts.over_time else []),
        ],
        "providers": sorted({each.rule.provider for each in report.findings})[:MOST_PROVIDERS],
    }
    room = MOST_BYTES - sum(len(part.encode()) for part in page_parts(**values, fitted=MEASURE))
    # Suppressed ones last: they are the first that may be left out.
    ordered = sorted(report.findings, key=lambda each: each.suppressed is not None)
    yield from page_parts(**values, fitted=fit(ordered, room, pieces()))
