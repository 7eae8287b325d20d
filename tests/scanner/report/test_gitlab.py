"""GitLab's secret detection report, against its schema."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from keyslip.rules.severity import Severity
from keyslip.scanner.finding import LocationKind
from keyslip.scanner.report.gitlab import NO_COMMIT, as_gitlab
from keyslip.scanner.scan import Report
from keyslip.scanner.source.batch import Unread

from tests.reports import ABOUT, COMMIT, HOSTILE, finding, gone, history, hostile, location, render, report, suppressed

TEXT = {"type": "string", "minLength": 1}
URL = {"type": "string", "pattern": "^(https?|ftp)://.+"}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}


def thing(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def things(items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


TOOL = thing("id name version vendor", id=TEXT, name=TEXT, version=TEXT, vendor=thing("name", name=TEXT))
# What the published schema asks of the fields that we write, in our words: the schema itself is GitLab's. Where
# KEYSLIP_SPECS names a folder that has it (gitlab-secret-detection.json), reports are held against that as well.
REQUIRED = thing(
    "scan version vulnerabilities",
    version={"type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$"},
    schema={"type": "string", "pattern": "^https?://.+"},
    scan=thing(
        "analyzer end_time scanner start_time status type",
        analyzer=TOOL,
        scanner=TOOL,
        start_time=TIME,
        end_time=TIME,
        status={"enum": ["success", "failure"]},
        type={"const": "secret_detection"},
        messages=things(thing("level value", level={"enum": ["info", "warn", "fatal"]}, value=TEXT)),
    ),
    vulnerabilities=things(
        thing(
            "id identifiers location",
            id=TEXT,
            name={"type": "string", "maxLength": 255},
            description={"type": "string", "maxLength": 1_048_576},
            solution={"type": "string", "maxLength": 7000},
            severity={"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
            identifiers=things(thing("type name value", type=TEXT, name=TEXT, value=TEXT, url=URL), minItems=1),
            links=things(thing("url", url=URL)),
            flags=things(
                thing(
                    "type origin description",
                    type={"const": "flagged-as-likely-false-positive"},
                    origin=TEXT,
                    description=TEXT,
                )
            ),
            location=thing(
                "commit",
                file={"type": "string"},
                start_line={"type": "number"},
                end_line={"type": "number"},
                commit=thing("sha", sha=TEXT, author={"type": "string"}, date={"type": "string"}),
            ),
            raw_source_code_extract={"type": "string"},
        )
    ),
)


def schemas() -> list[dict[str, Any]]:
    path = Path(os.environ.get("KEYSLIP_SPECS", os.devnull)) / "gitlab-secret-detection.json"
    return [REQUIRED, *([json.loads(path.read_text())] if path.is_file() else [])]


def read(made: Report) -> dict[str, Any]:
    document = json.loads(render(as_gitlab, made))
    for schema in schemas():
        Draft7Validator(schema).validate(document)
    return document


def test_vulnerability() -> None:
    (only,) = read(report(finding()))["vulnerabilities"]

    assert only["severity"] == "Critical"
    assert only["name"] == "GitHub personal access token (classic)"
    assert only["location"] == {"file": "src/a.env", "start_line": 3, "end_line": 3, "commit": {"sha": COMMIT}}
    assert only["raw_source_code_extract"] == "ghp_aaaa…aaaa"
    assert uuid.UUID(only["id"]).version == 5


def test_one_for_each_path() -> None:
    """Whoever takes a key out of one of two files has one leak less, and no new one."""
    both = read(report(finding(1, location(), location(path="b.env"), history())))["vulnerabilities"]
    left = read(report(finding(1, location(path="b.env", start_line=7))))["vulnerabilities"]

    assert [each["location"]["file"] for each in both] == ["src/a.env", "b.env"]
    assert [each["id"] for each in left] == [both[1]["id"]]


def test_history() -> None:
    (only,) = read(report(gone()))["vulnerabilities"]
    commit = {"sha": COMMIT, "author": "Ann Author", "date": "2026-01-02T03:04:05+02:00"}
    assert only["location"]["commit"] == commit
    assert "only in history" in only["description"]


def test_no_commit() -> None:
    """The schema asks for one even where none is known."""
    stdin = finding(0, location(kind=LocationKind.STDIN, path=None), in_head=False)
    (only,) = read(report(stdin))["vulnerabilities"]
    assert only["location"]["commit"] == {"sha": NO_COMMIT}
    assert "file" not in only["location"]


def test_doubts_are_flagged() -> None:
    doubtful = finding(0, classification=replace(ABOUT, harmless="a published sample"), severity=Severity.NOTE)
    (only,) = read(report(doubtful))["vulnerabilities"]
    assert only["severity"] == "Info"
    assert [flag["description"] for flag in only["flags"]] == ["a published sample"]


def test_rest() -> None:
    document = read(report(suppressed(), incomplete=[Unread("a.bin", "unreadable", 3)]))
    assert document["vulnerabilities"] == []
    assert document["scan"]["messages"] == [{"level": "warn", "value": "a.bin: unreadable (3x)"}]
    assert (document["scan"]["start_time"], document["scan"]["end_time"]) == (
        "2026-09-21T14:13:20",
        "2026-09-21T14:13:22",
    )


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    for each in read(hostile(text))["vulnerabilities"]:
        told = (each["name"], each["description"], each["solution"], each["location"].get("file", ""))
        assert all(char.isprintable() for part in told for char in part)
        assert "<img" not in each["description"]
        assert "](" not in each["description"]
