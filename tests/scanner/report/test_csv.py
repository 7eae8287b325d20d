"""CSV: rows that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io

import pytest
from keyslip.scanner.report.csv import COLUMNS, as_csv
from keyslip.scanner.scan import Report

from tests.reports import HOSTILE, finding, history, hostile, location, render, report, suppressed


def rows(made: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render(as_csv, made), newline=""), strict=True))


def test_a_row_for_each_place() -> None:
    first, second, third = rows(report(finding(1, location(), history()), suppressed(2)))

    assert (first["path"], first["start_line"], first["kind"], first["commit"]) == ("src/a.env", "3", "worktree", "")
    assert second["author"] == "Ann Author"
    assert (third["suppressed_by"], third["suppressed_reason"]) == ("baseline", "accepted: a sample")
    assert first["occurrences"] == "2"
    assert first["in_head"] == "true"
    assert first["client_side"] == ""


def test_form() -> None:
    """RFC 4180: the header is always there, lines end in CR LF."""
    assert render(as_csv, report()) == ",".join(COLUMNS) + "\r\n"
    text = render(as_csv, report(finding(), finding(1)))
    assert text.count("\r\n") == text.count("\n") == 3


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    made = hostile(text)
    written = render(as_csv, made)

    assert written.count("\n") == 1 + sum(len(each.locations) for each in made.findings)
    for row in rows(made):
        assert None not in row
        assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝"))]
        assert all(char.isprintable() for cell in row.values() for char in cell)
    written.encode("utf-8")
