"""gitleaks' JSON: its fields, its order, and no key in them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from keyslip.scanner.finding import LocationKind
from keyslip.scanner.report.gitleaks import as_gitleaks_json
from keyslip.scanner.scan import Report

from tests.reports import COMMIT, HOSTILE, finding, history, hostile, location, render, report, suppressed

# https://github.com/gitleaks/gitleaks/blob/master/report/finding.go; Link only where there is one.
FIELDS = (
    *("RuleID", "Description", "StartLine", "EndLine", "StartColumn", "EndColumn", "Match", "Secret", "File"),
    *("SymlinkFile", "Commit", "Entropy", "Author", "Email", "Date", "Message", "Tags", "Fingerprint"),
)
NUMBERS = {"StartLine", "EndLine", "StartColumn", "EndColumn", "Entropy"}


def entries(made: Report) -> list[dict[str, Any]]:
    return json.loads(render(as_gitleaks_json, made))


def test_one_entry_a_place() -> None:
    here, there = entries(report(finding(0, location(), history()), suppressed(1)))

    assert tuple(here) == FIELDS
    assert here["Fingerprint"] == "src/a.env:github-classic-token:3"
    assert there["Fingerprint"] == f"{COMMIT}:src/a.env:github-classic-token:3"
    assert there["Date"] == "2026-01-02T01:04:05Z"
    assert (here["StartColumn"], here["EndColumn"]) == (5, 44)
    assert here["Match"] == here["Secret"] == "ghp_aaaa…aaaa"


def test_what_is_not_known_is_empty() -> None:
    (message,) = entries(report(finding(0, history(kind=LocationKind.MESSAGE, path=None, author=None, date="junk"))))
    assert {message[name] for name in ("File", "Author", "Email", "Date", "Message", "SymlinkFile")} == {""}


def test_clean() -> None:
    assert render(as_gitleaks_json, report()) == "[]\n"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    made = hostile(text)
    written = render(as_gitleaks_json, made)

    assert written.isascii()
    assert written.count("\n") == len(entries(made)) + 2
    for entry in entries(made):
        assert all(isinstance(value, int) is (name in NUMBERS) for name, value in entry.items())
        assert entry["File"] in (text, "")
