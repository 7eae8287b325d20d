"""GitHub workflow commands: annotations on the changed files of a pull request and on the run's page.

The form and its escaping: https://docs.github.com/actions/reference/workflow-commands-for-github-actions. GitHub shows
at most ten errors, ten warnings and ten notices of a step
(https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md): more would vanish unsaid, so the last notice
counts them. Suppressed findings are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from ...rules.severity import Severity
from ..finding import Finding, Location
from ..scan import Report
from .safe import command_data, command_property, shortened
from .words import gone, lives, may, next_step, standing, unread

LEVELS = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "notice",
    Severity.NOTE: "notice",
}
MOST_OF_A_LEVEL = 10
# Things that could not be read which the one warning about them spells out.
MOST_UNREAD = 5


def as_github(report: Report) -> Iterator[str]:
    """A line for each annotation, worst first, and no line that is anything else."""
    shown = (each for each in report.findings if each.suppressed is None)
    counts = Counter(LEVELS[each.severity] for each in shown)
    room = dict.fromkeys(("error", "warning", "notice"), MOST_OF_A_LEVEL)
    room["warning"] -= bool(report.incomplete)
    if any(counts[level] > room[level] for level in room):
        room["notice"] -= 1
    left = sum(max(0, counts[level] - most) for level, most in room.items())

    if report.incomplete:
        yield _incomplete(report)
    staged = report.target.get("part") == "staged"
    for finding in report.findings:
        level = LEVELS[finding.severity]
        if finding.suppressed is None and room[level] > 0:
            room[level] -= 1
            yield _annotation(level, finding, standing(finding, staged))
    if left:
        say = f"{left} more finding{'s' if left > 1 else ''}: GitHub shows ten of a kind. See another report for all."
        yield _command("notice", {"title": "keyslip"}, say)


def _annotation(level: str, finding: Finding, place: Location | None) -> str:
    about = finding.classification
    properties = {"title": f"{finding.severity}: {finding.rule.title}"}
    if place is not None:
        # Columns count within one line only: https://docs.github.com/rest/checks/runs (annotations)
        one_line = place.start_line == place.end_line
        columns = {"col": str(place.start_column), "endColumn": str(place.end_column)} if one_line else {}
        lines = {"line": str(place.start_line), "endLine": str(place.end_line)}
        properties = {"file": place.path or "", **lines, **columns, **properties}
    parts = [
        f"{finding.redacted}: {shortened(may(about))}; {lives(about)}.",
        *([f"Now {gone(finding.locations[0])}."] if place is None else []),
        *([f"{finding.occurrences} places."] if finding.occurrences > 1 else []),
        f"Next: {next_step(finding.rule, about)}",
    ]
    return _command(level, properties, "\n".join(shortened(part, 600) for part in parts))


def _incomplete(report: Report) -> str:
    lines = [shortened(unread(each.what, each.why, each.count)) for each in report.incomplete[:MOST_UNREAD]]
    more = len(report.incomplete) - len(lines)
    lines += [f"and {more} more"] if more else []
    return _command("warning", {"title": "keyslip: not everything could be read"}, "\n".join(lines))


def _command(level: str, properties: dict[str, str], message: str) -> str:
    """One command. A path is never cut: GitHub would find no file by a part of it."""
    written = ",".join(
        f"{name}={command_property(shortened(value, 4096 if name == 'file' else 200))}"
        for name, value in properties.items()
    )
    return f"::{level} {written}::{command_data(message)}\n"
