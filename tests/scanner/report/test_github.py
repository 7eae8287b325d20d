"""Workflow commands, read back as the runner reads them."""

from __future__ import annotations

import pytest
from keyslip.rules.severity import Severity
from keyslip.scanner.finding import LocationKind
from keyslip.scanner.report.github import as_github
from keyslip.scanner.scan import Report
from keyslip.scanner.source.batch import Unread

from tests.reports import COMMIT, HOSTILE, finding, gone, history, hostile, location, render, report, suppressed

PROPERTIES = {"file", "line", "endLine", "col", "endColumn", "title"}


def read(line: str) -> tuple[str, dict[str, str], str]:
    """A command as https://github.com/actions/runner (ActionCommand.TryParseV2) takes it apart."""
    assert line.startswith("::")
    end = line.index("::", 2)
    name, _, rest = line[2:end].partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(","))
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        properties = {key: value.replace(code, char) for key, value in properties.items()}
    data = line[end + 2 :]
    for code, char in (("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        data = data.replace(code, char)
    return name, properties, data


def commands(made: Report) -> list[tuple[str, dict[str, str], str]]:
    written = render(as_github, made)
    assert written == "" or written.endswith("\n")
    return [read(line) for line in written.splitlines()]  # at everything that any reader may take for a line's end


def test_annotation() -> None:
    ((level, properties, message),) = commands(report(finding(0, location(path="a,b: c.env"))))

    assert level == "error"
    title = properties.pop("title")
    assert title == "critical: GitHub personal access token (classic)"
    assert properties == {"file": "a,b: c.env", "line": "3", "endLine": "3", "col": "5", "endColumn": "45"}
    assert message.startswith("ghp_aaaa…aaaa: ")


def test_columns_only_within_a_line() -> None:
    ((_, properties, _),) = commands(report(finding(0, location(end_line=9))))
    assert "col" not in properties
    assert properties["endLine"] == "9"


@pytest.mark.parametrize(
    ("severity", "level"),
    [("critical", "error"), ("high", "error"), ("medium", "warning"), ("low", "notice"), ("note", "notice")],
)
def test_levels(severity: str, level: str) -> None:
    assert [name for name, _, _ in commands(report(finding(severity=Severity(severity))))] == [level]


def test_only_in_history_has_no_file() -> None:
    ((_, properties, message),) = commands(report(gone()))

    assert set(properties) == {"title"}
    assert f"only in history: commit {COMMIT[:12]}, src/a.env, line 3" in message


def test_pull_request() -> None:
    """A range has places in commits alone: what HEAD still holds is shown where the newest of them has it."""
    ((_, properties, _),) = commands(report(finding(0, history(start_line=1), history(start_line=8, end_line=8))))
    assert (properties["file"], properties["line"]) == ("src/a.env", "8")


def test_staged() -> None:
    staged = finding(0, location(kind=LocationKind.HISTORY), in_head=False)
    ((_, properties, _),) = commands(report(staged, part="staged"))
    assert properties["file"] == "src/a.env"


def test_suppressed_are_left_out() -> None:
    assert commands(report(suppressed())) == []


def test_limits() -> None:
    """GitHub shows ten of each kind: what is beyond is counted in the last."""
    levels = [Severity.CRITICAL] * 13 + [Severity.MEDIUM] * 12 + [Severity.LOW] * 11
    made = report(*(finding(n, severity=level) for n, level in enumerate(levels)), incomplete=[Unread("a", "b")])
    written = commands(made)

    assert [sum(name == level for name, _, _ in written) for level in ("error", "warning", "notice")] == [10, 10, 10]
    assert written[-1][2].startswith(f"{len(levels) - 10 - 9 - 9} more findings")
    assert len(commands(report(*(finding(n) for n in range(10))))) == 10


def test_incomplete() -> None:
    ((level, _, message),) = commands(report(incomplete=[Unread(f"file {n}", "unreadable", n) for n in range(1, 9)]))
    assert level == "warning"
    assert message.splitlines()[1] == "file 2: unreadable (2x)"
    assert message.splitlines()[-1] == "and 3 more"


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    """As many commands as annotations, and none of another kind or with other properties."""
    written = commands(hostile(text))

    assert len(written) == 5
    for level, properties, message in written:
        assert level in ("error", "warning", "notice")
        assert set(properties) <= PROPERTIES
        assert len(message) < 4096  # the runner's limit of a message
