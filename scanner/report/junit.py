"""JUnit XML: for build servers that show test results (Jenkins, GitLab, Azure Pipelines, Bamboo).

One suite; a finding is a test case: failed from medium on (the default of `--fail-on`), passed with a note below,
skipped when suppressed. What could not be read is a case with an error. There is no standard; this keeps to what all
of them read: https://github.com/testmoapp/junitxml.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...rules.classify import rfc3339
from ...rules.severity import Severity
from ..finding import Finding
from ..scan import Report
from .safe import xml
from .words import gone, lives, may, next_step, place, standing, unread

FAILS_FROM = Severity.MEDIUM
# Places that a case lists.
MOST_PLACES = 20


def as_junit(report: Report) -> Iterator[str]:
    """The document. A clean run has one passed case: servers take a file without any for a broken run."""
    skipped = sum(each.suppressed is not None for each in report.findings)
    failed = sum(each.suppressed is None and _fails(each) for each in report.findings)
    tests = len(report.findings) + len(report.incomplete)
    counts = f'tests="{tests or 1}" failures="{failed}" errors="{len(report.incomplete)}" skipped="{skipped}"'
    begun = (rfc3339(report.started_at) or "").rstrip("Z")
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="keyslip" {counts} time="{report.duration:.3f}">\n'
    yield f'  <testsuite name="keyslip" {counts} time="{report.duration:.3f}" timestamp="{begun}">\n'
    staged = report.target.get("part") == "staged"
    for finding in report.findings:
        yield _case(finding, staged)
    for each in report.incomplete:
        yield _open("keyslip.incomplete", each.what)
        yield f'      <error type="incomplete" message="{xml(each.why)}">'
        yield f"{xml(unread(each.what, each.why, each.count), 700)}</error>\n    </testcase>\n"
    if not tests:
        yield _open("keyslip", "no keys found") + "    </testcase>\n"
    yield "  </testsuite>\n</testsuites>\n"


def _fails(finding: Finding) -> bool:
    return finding.severity.rank >= FAILS_FROM.rank


def _case(finding: Finding, staged: bool) -> str:
    """A finding. Its name tells neither place nor count: a server follows a case by its name from run to run."""
    here = standing(finding, staged)
    at = f' file="{xml(here.path or "", 4096)}" line="{here.start_line}"' if here else ""
    opened = _open(f"keyslip.{finding.rule.id}", f"{finding.rule.title} {finding.redacted} ({finding.id[:12]})", at)
    if finding.suppressed:
        why = f"{finding.suppressed.by}: {finding.suppressed.reason}"
        return f'{opened}      <skipped message="{xml(why)}"/>\n    </testcase>\n'
    where = f"at {here.path}:{here.start_line}" if here else gone(finding.locations[0])
    about = finding.classification
    lines = [
        f"{finding.severity}: {may(about)}",
        f"lives: {lives(about)}",
        f"next: {next_step(finding.rule, about)}",
    ]
    lines += [f"at {place(each)}" for each in finding.locations[:MOST_PLACES]]
    more = finding.occurrences - min(len(finding.locations), MOST_PLACES)
    lines += [f"and {more} more place{'s' if more > 1 else ''}"] if more else []
    text = "\n".join(xml(line, 700) for line in lines)
    if _fails(finding):
        message = xml(f"{finding.severity}: {finding.rule.title} {where}")
        return (
            f'{opened}      <failure type="{finding.severity}" message="{message}">{text}</failure>\n    </testcase>\n'
        )
    return f"{opened}      <system-out>{text}</system-out>\n    </testcase>\n"


def _open(class_name: str, name: str, more: str = "") -> str:
    return f'    <testcase classname="{xml(class_name)}" name="{xml(name)}"{more} time="0">\n'
