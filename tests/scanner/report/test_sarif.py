"""SARIF: valid, right about history, steady, and free of keys."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.support import NOW, Repository, key, keyslip

TOKEN = "github-classic-token"
SCHEMA = Path(__file__).parents[2] / "schemas" / "sarif-2.1.0.json"


@cache
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema, format_checker=jsonschema.FormatChecker())


def sarif(path: Path, *arguments: str) -> dict[str, Any]:
    """The one run of a valid report."""
    ran = keyslip("scan", path, "-f", "sarif", "--now", NOW, *arguments)
    assert ran.code in (0, 1), ran.err
    assert [error.message for error in validator().iter_errors(ran.json)] == []
    (run,) = ran.json["runs"]
    return run


def place(result: dict[str, Any]) -> tuple[str, int]:
    physical = result["locations"][0]["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def by_rule(run: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {result["ruleId"].partition("/")[0]: result for result in run["results"]}


def test_a_finding(repo: Repository) -> None:
    repo.commit(**{"src/a.env": "\n" + key(TOKEN) + "\n", "src/b.env": key(TOKEN)})

    run = sarif(repo.path)

    (result,) = run["results"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert result["ruleId"] == rule["id"] == f"{TOKEN}/critical"
    assert rule["properties"]["security-severity"] == "9.5"
    assert result["level"] == "error"
    assert place(result) == ("src/a.env", 2)
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == 14
    assert [each["physicalLocation"]["artifactLocation"]["uri"] for each in result["relatedLocations"]] == ["src/b.env"]
    named = "\0".join((TOKEN, result["properties"]["id"], "src/a.env"))
    steady = hashlib.sha256(named.encode()).hexdigest()[:16]
    assert result["partialFingerprints"] == {"primaryLocationLineHash": f"{steady}:1", "keyslip/v1": steady}
    assert run["columnKind"] == "unicodeCodePoints"
    assert run["automationDetails"]["id"] == "keyslip/history/"


def test_clean(repo: Repository) -> None:
    repo.commit(**{"a": "nothing\n"})
    run = sarif(repo.path, "--no-history")
    assert run["results"] == []
    assert run["automationDetails"]["id"] == "keyslip/tree/"


def test_keys_of_history_stand_where_head_has_something(repo: Repository) -> None:
    repo.commit(
        **{
            "README.md": "hello\n",
            "kept/a.env": "1\n2\n3\n" + key(TOKEN, 1),
            "kept/deep/gone.env": key("npm-token"),
            "lost/gone.env": key("huggingface-token"),
        }
    )
    repo.git("rm", "-q", "kept/deep/gone.env", "lost/gone.env")
    leak = repo.git("rev-parse", "HEAD")
    repo.commit(**{"kept/a.env": "1\n"})
    repo.commit("see " + key("stripe-secret-key"))

    found = by_rule(sarif(repo.path))

    assert place(found[TOKEN]) == ("kept/a.env", 1)
    assert place(found["npm-token"]) == ("kept/a.env", 1)
    assert place(found["huggingface-token"]) == ("README.md", 1)
    assert place(found["stripe-secret-key"]) == ("README.md", 1)
    said = found[TOKEN]["message"]["text"]
    assert said.startswith(f"Not in this file now: commit {leak}, path kept/a.env, line 4. ")
    assert found[TOKEN]["properties"]["commit"] == leak
    assert (found[TOKEN]["properties"]["path"], found[TOKEN]["properties"]["line"]) == ("kept/a.env", 4)


def test_without_a_working_tree_head_still_counts(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a/b.env": "\n\n" + key(TOKEN)})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    (result,) = sarif(tmp_path / "bare.git")["results"]
    assert place(result) == ("a/b.env", 3)
    assert not result["message"]["text"].startswith("Not in this file")


def test_nothing_left_in_head(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("rm", "-q", "a.env")
    repo.commit("gone")
    (result,) = sarif(repo.path)["results"]
    assert place(result) == ("a.env", 1)


def test_fingerprints_outlive_moved_lines_and_renames(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN), "b.env": key("npm-token")})
    before = sarif(repo.path)
    repo.git("mv", "b.env", "c.env")
    repo.commit(**{"a.env": "# a line\n\n" + key(TOKEN)})
    after = sarif(repo.path)

    def prints(run: dict[str, Any]) -> dict[str, Any]:
        return {name: result["partialFingerprints"] for name, result in by_rule(run).items()}

    assert prints(before) == prints(after)
    assert {name: place(result) for name, result in by_rule(after).items()} == {
        TOKEN: ("a.env", 3),
        "npm-token": ("c.env", 1),
    }


@pytest.mark.parametrize("how", ["inline", "baseline"])
def test_suppressed_findings_stay(repo: Repository, how: str) -> None:
    repo.commit(**{"a.env": key(TOKEN) + (" # keyslip:allow" if how == "inline" else "")})
    if how == "baseline":
        keyslip("baseline", "create", repo.path, "--reason", "known")
    (result,) = sarif(repo.path)["results"]
    (suppression,) = result["suppressions"]
    assert suppression["kind"] == ("inSource" if how == "inline" else "external")


def test_more_than_code_scanning_takes(tmp_path: Path) -> None:
    lines = [key("npm-token", seed) for seed in range(5_990)] + [key("stripe-publishable-key", n) for n in range(10)]
    (tmp_path / "keys.cfg").write_text("\n".join(lines))
    run = sarif(tmp_path)
    assert len(run["results"]) == 5000
    assert {result["ruleId"] for result in run["results"]} == {"npm-token/critical"}
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1000 more findings")


def test_what_could_not_be_read_is_said(repo: Repository) -> None:
    repo.commit(**{"a": "1\n", "b": "2\n"})
    oid = repo.git("rev-parse", "HEAD:a")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    notes = sarif(repo.path)["invocations"][0]["toolExecutionNotifications"]
    assert any("missing objects" in note["message"]["text"] for note in notes)


@pytest.mark.parametrize(
    ("name", "uri"),
    [("a b#c?.env", "a%20b%23c%3F.env"), ("http:x.env", "http%3Ax.env"), ("ünï.env", "%C3%BCn%C3%AF.env")],
)
def test_odd_paths_are_relative_references(repo: Repository, name: str, uri: str) -> None:
    repo.commit(**{name: key(TOKEN)})
    (result,) = sarif(repo.path)["results"]
    assert place(result)[0] == uri


def test_standard_input() -> None:
    ran = keyslip("scan", "--stdin", "-f", "sarif", stdin=key(TOKEN).encode())
    assert list(validator().iter_errors(ran.json)) == []
    assert place(ran.json["runs"][0]["results"][0]) == ("standard-input", 1)
