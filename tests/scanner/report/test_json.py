"""JSON: every kind of run is valid by the published schema, and the schema knows exactly our words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from keyslip.rules.classify import Source
from keyslip.rules.place import Place
from keyslip.rules.rule import Access, Confidence, Environment, Exposure, Level, LifetimeClass
from keyslip.rules.severity import Severity
from keyslip.scanner.finding import LocationKind, Subject
from keyslip.scanner.graph import RefKind
from keyslip.scanner.report.json import as_json, as_jsonl

from tests.reports import HOSTILE, finding, gone, hostile, render, report, suppressed
from tests.support import NOW, Repository, key, keyslip

SCHEMAS = Path(__file__).parents[3] / "docs" / "schema"
SCAN = json.loads((SCHEMAS / "scan-v1.json").read_text())
EXPLAIN = json.loads((SCHEMAS / "explain-v1.json").read_text())
TOKEN = "github-classic-token"


def check(text: str) -> dict[str, Any]:
    document = json.loads(text)
    Draft202012Validator(SCAN).validate(document)
    return document


def check_lines(text: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        Draft202012Validator({**SCAN["$defs"][f"{line['type']}_line"], "$defs": SCAN["$defs"]}).validate(line)
    assert [line["type"] for line in lines] == ["finding"] * (len(lines) - 1) + ["summary"]
    return lines


@pytest.fixture
def leaky(repo: Repository) -> Repository:
    """Keys in HEAD, in history alone and in a message; one accepted inline, one that is public, one link to LFS."""
    repo.commit(**{"old.env": key(TOKEN, 1), "web/src/a.ts": key("npm-token")})
    repo.git("rm", "-q", "old.env")
    repo.commit(f"remove {key(TOKEN, 3)}")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1\n"
    repo.commit(
        **{"b.env": f"{key(TOKEN, 2)} # keyslip:allow\n", "big.bin": pointer, "c.env": key("supabase-anon-jwt")}
    )
    repo.git("tag", "-a", "v1", "-m", "first")
    repo.write("staged.env", key(TOKEN, 4))
    repo.git("add", "staged.env")
    return repo


RUNS = {
    "all": [],
    "tree": ["--no-history"],
    "history": ["--history-only"],
    "staged": ["--staged"],
    "range": ["--range", "HEAD~1..HEAD"],
    "everything": ["--range", "0000000000000000000000000000000000000000..HEAD"],
    "options": ["--log-opts=--all"],
    "limit": ["--max-findings", "1"],
    "unattributed": ["--no-attribution"],
    "none": ["--rule", "stripe-secret-key"],
}


@pytest.mark.parametrize("arguments", RUNS.values(), ids=RUNS)
def test_repository(leaky: Repository, arguments: list[str]) -> None:
    one = keyslip("scan", leaky.path, "-f", "json", "--now", NOW, *arguments)
    each = keyslip("scan", leaky.path, "-f", "jsonl", "--now", NOW, *arguments)

    document, lines = check(one.out), check_lines(each.out)
    assert [line["id"] for line in lines[:-1]] == [found["id"] for found in document["findings"]]
    assert {**lines[-1], "duration_s": 0, "findings": 0} == {
        **{"type": "summary"},
        **document,
        "duration_s": 0,
        "findings": 0,
    }


def test_the_runs_cover_the_schema(leaky: Repository) -> None:
    document = check(keyslip("scan", leaky.path, "-f", "json", "--now", NOW).out)

    assert document["incomplete"]
    assert any(found["suppressed"] for found in document["findings"])
    assert any(not found["in_head"] for found in document["findings"])
    assert {place["kind"] for found in document["findings"] for place in found["locations"]} == {
        *("worktree", "history", "message")
    }


def test_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text(key(TOKEN))
    for target in (tmp_path, tmp_path / "a.env"):
        assert len(check(keyslip("scan", target, "-f", "json").out)["findings"]) == 1
    assert check(keyslip("scan", "--stdin", "-f", "json", stdin=key(TOKEN).encode()).out)["target"] == {"kind": "stdin"}


def test_repositories_of_other_kinds(tmp_path: Path) -> None:
    empty = Repository(tmp_path / "empty")
    assert check(keyslip("scan", empty.path, "-f", "json").out)["target"]["head"] is None
    other = Repository(tmp_path / "sha256", format="sha256")
    other.commit(**{"a.env": key(TOKEN)})
    assert len(check(keyslip("scan", other.path, "-f", "json").out)["findings"]) == 1


def test_baseline(leaky: Repository) -> None:
    assert keyslip("baseline", "create", cwd=leaky.path).code == 0
    document = check(keyslip("scan", leaky.path, "-f", "json", "--now", NOW).out)
    assert {found["suppressed"]["by"] for found in document["findings"] if found["suppressed"]} == {
        "baseline",
        "inline",
    }


@pytest.mark.parametrize("stdin", [key(TOKEN), "nothing here", key("supabase-anon-jwt")], ids=["key", "none", "jwt"])
def test_explain(stdin: str) -> None:
    ran = keyslip("explain", "-f", "json", stdin=stdin.encode())
    Draft202012Validator(EXPLAIN).validate(json.loads(ran.out))


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    made = hostile(text)
    written = render(as_json, made)
    assert written.isascii()
    assert check(written)["findings"][0]["locations"][0]["path"] == text
    assert len(check_lines(render(as_jsonl, made))) == len(made.findings) + 1


def test_form() -> None:
    """Written piece by piece, it is one document: a field and a place a line."""
    assert render(as_json, report()).endswith('  "findings": []\n}\n')
    for made in (report(finding(1)), report(finding(1), gone(2), suppressed(3))):
        text = render(as_json, made)
        assert len(check(text)["findings"]) == len(made.findings)
        assert text.count('\n      "id": ') == text.count('\n        {"path": ') == len(made.findings)


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for inner in schema.values():
            yield from objects(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from objects(inner)


@pytest.mark.parametrize("schema", [SCAN, EXPLAIN], ids=["scan", "explain"])
def test_schema_is_strict(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    for each in objects(schema):
        assert "additionalProperties" in each
        assert set(each.get("required", ())) == set(each.get("properties", ()))


def test_schema_has_our_words() -> None:
    known: list[type[StrEnum]] = [Access, Confidence, Environment, Exposure, Level, LifetimeClass, LocationKind, Place]
    known += [RefKind, Severity, Source, Subject]

    def enums(schema: Any) -> Iterator[frozenset[str]]:
        if isinstance(schema, dict):
            if "enum" in schema:
                yield frozenset(schema["enum"])
            for inner in schema.values():
                yield from enums(inner)
        elif isinstance(schema, list):
            for inner in schema:
                yield from enums(inner)

    written = set(enums(SCAN))
    assert {each.__name__ for each in known if frozenset(word.value for word in each) not in written} == set()
