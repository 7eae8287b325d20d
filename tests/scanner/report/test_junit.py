"""JUnit XML, read by a real parser."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from keyslip.rules.severity import Severity
from keyslip.scanner.report.junit import as_junit
from keyslip.scanner.scan import Report
from keyslip.scanner.source.batch import Unread

from tests.reports import HOSTILE, finding, gone, hostile, render, report, suppressed


def suite(made: Report) -> ElementTree.Element:
    root = ElementTree.fromstring(render(as_junit, made).encode("utf-8"))
    assert root.tag == "testsuites"
    (only,) = root
    return only


def outcome(case: ElementTree.Element) -> str:
    return case[0].tag if len(case) else "passed"


def test_outcomes() -> None:
    made = report(
        finding(1, severity=Severity.MEDIUM),
        gone(2),
        finding(3, severity=Severity.LOW),
        suppressed(4),
        incomplete=[Unread("a.bin", "unreadable")],
    )
    read = suite(made)

    assert [outcome(case) for case in read] == ["failure", "failure", "system-out", "skipped", "error"]
    counts = {name: read.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "5", "failures": "2", "errors": "1", "skipped": "1"}
    assert (read[0].get("file"), read[0].get("line")) == ("src/a.env", "3")
    assert read[1].get("file") is None
    assert "only in history" in read[1][0].get("message", "")
    assert read.get("timestamp") == "2026-09-21T14:13:20"


def test_names_are_unique_and_stable() -> None:
    names = [case.get("name") for case in suite(report(finding(1 << 200), finding(1 << 210), gone(1 << 220)))]
    assert len(set(names)) == 3


def test_clean_run_is_no_empty_file() -> None:
    read = suite(report())
    assert [(case.get("name"), outcome(case)) for case in read] == [("no keys found", "passed")]
    assert read.get("tests") == "1"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    read = suite(hostile(text))  # a parser refuses every character that XML 1.0 does not allow

    assert [outcome(case) for case in read] == ["failure"] * 3 + ["system-out", "skipped", "error"]
    assert {each.tag for each in read.iter()} <= {"testsuite", "testcase", "failure", "system-out", "skipped", "error"}
