"""Suppression: by comment, baseline and other scanners' files; and what a change under review may not do."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.support import Repository, key, keyslip, scan

TOKEN = "github-classic-token"
BODY = key(TOKEN).partition("=")[2]


def suppressed(report: dict[str, Any]) -> dict[str, Any] | None:
    (finding,) = report["findings"]
    return finding["suppressed"]


@pytest.mark.parametrize(
    "comment",
    [
        "keyslip:allow",
        "gitleaks:allow",
        "betterleaks:allow",
        "kingfisher:ignore",
        "trufflehog:ignore",
        "pragma: allowlist secret",
        "pragma: whitelist secret",
        "pragma:-allowlist-secret",
        "secretlint-disable-line",
    ],
)
def test_comments_of_all_scanners(tmp_path: Path, comment: str) -> None:
    (tmp_path / "a.env").write_text(f"x\n{key(TOKEN)} # {comment}\ny\n")
    assert suppressed(scan(tmp_path)) == {"by": "inline", "reason": f"{comment} on every line it stands in"}


@pytest.mark.parametrize("comment", ["pragma: allowlist nextline secret", "secretlint-disable-next-line"])
def test_comments_on_the_line_above(tmp_path: Path, comment: str) -> None:
    (tmp_path / "a.env").write_text(f"# {comment}\n{key(TOKEN)}\n")
    assert suppressed(scan(tmp_path))
    (tmp_path / "a.env").write_text(f"# {comment}\n\n{key(TOKEN)}\n")
    assert suppressed(scan(tmp_path)) is None


def test_block_comments(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text(f"// secretlint-disable\nx\n{key(TOKEN)}\n")
    assert suppressed(scan(tmp_path))
    (tmp_path / "a.js").write_text(f"// secretlint-disable\nx\n// secretlint-enable\n{key(TOKEN)}\n")
    assert suppressed(scan(tmp_path)) is None


def test_a_comment_counts_only_where_every_place_has_one(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text(f"{key(TOKEN)} # keyslip:allow\n")
    (tmp_path / "b.env").write_text(f"{key(TOKEN)}\n")
    assert suppressed(scan(tmp_path)) is None


def detect_secrets(digest: str) -> str:
    entry = {"type": "GitHub Token", "filename": "a.env", "hashed_secret": digest, "line_number": 99}
    return json.dumps({"version": "1.5.0", "plugins_used": [], "results": {"a.env": [entry]}})


FILES = {
    ".gitleaksignore": "# known\na.env:github-pat:2\n",
    ".betterleaksignore": hashlib.sha256(BODY.encode()).hexdigest() + "\n",
    ".secrets.baseline": detect_secrets(hashlib.sha1(BODY.encode(), usedforsecurity=False).hexdigest()),
}


@pytest.mark.parametrize("name", FILES)
def test_files_of_other_scanners(repo: Repository, name: str) -> None:
    repo.commit(**{"a.env": f"x\n{key(TOKEN)}\n", name: FILES[name]})
    assert suppressed(scan(repo.path)) == {"by": "ignore-file", "reason": f"accepted in {name}"}


def test_gitleaksignore_with_commits(repo: Repository) -> None:
    leak = repo.commit(**{"a.env": f"x\n{key(TOKEN)}\n"})
    repo.write(".gitleaksignore", f"{leak}:a.env:github-pat:2\n")
    assert suppressed(scan(repo.path))
    repo.write(".gitleaksignore", f"{leak}:a.env:github-pat:3\n")
    assert suppressed(scan(repo.path)) is None


@pytest.mark.parametrize("redacted", [True, False])
def test_gitleaks_report_as_baseline(repo: Repository, tmp_path: Path, redacted: bool) -> None:
    leak = repo.commit(**{"a.env": f"x\n{key(TOKEN)}\n"})
    secret = "REDACTED" if redacted else BODY
    entry = {"RuleID": "github-pat", "File": "a.env", "StartLine": 2, "Commit": leak, "Secret": secret}
    baseline = tmp_path / "gitleaks.json"
    baseline.write_text(json.dumps([entry]))
    assert suppressed(scan(repo.path, "--baseline-path", str(baseline)))


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        (".gitleaksignore", "not a fingerprint\n", ".gitleaksignore, line 1: no fingerprint"),
        (".secrets.baseline", "{", ".secrets.baseline: not JSON"),
        (".secrets.baseline", "{}", "neither a gitleaks report nor a detect-secrets baseline"),
    ],
)
def test_bad_files(repo: Repository, name: str, text: str, says: str) -> None:
    repo.commit(**{name: text})
    ran = keyslip("scan", repo.path)
    assert (ran.code, says in ran.err) == (2, True)


def test_stale_entries_are_reported_and_pruned(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    keyslip("baseline", "create", repo.path)
    gone = scan(repo.path)["findings"][0]["id"]
    assert scan(repo.path)["suppression"]["stale"] == []
    baseline = repo.path / ".keyslip-baseline.toml"
    baseline.write_text(baseline.read_text().replace(gone, "0" * 64))
    assert scan(repo.path)["suppression"]["stale"] == [{"rule": TOKEN, "id": "0" * 64}]
    assert scan(repo.path, "--no-history")["suppression"]["stale"] == []  # it may stand in history
    assert "1 removed, 0 kept" in keyslip("baseline", "prune", repo.path).out


def test_rules_that_were_not_looked_for_leave_no_stale_entries(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN) + "\n" + key("npm-token") + "\n"})
    keyslip("baseline", "create", repo.path)
    stale = [
        scan(repo.path, *option)["suppression"]["stale"] for option in (["--rule", TOKEN], ["--disable-rule", TOKEN])
    ]
    assert stale == [[], []]
    repo.write("keyslip.toml", f"[scan]\ndisabled-rules = ['{TOKEN}']\n")
    assert scan(repo.path)["suppression"]["stale"] == []
    assert "0 removed, 2 kept" in keyslip("baseline", "prune", repo.path).out


def test_prune_keeps_what_has_a_comment_too(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    keyslip("baseline", "create", repo.path)
    (repo.path / "a.env").write_text(key(TOKEN) + " # keyslip:allow\n")
    repo.git("commit", "-q", "-a", "--amend", "--no-edit")
    repo.git("reflog", "expire", "--expire=now", "--all")
    repo.git("gc", "-q", "--prune=now")
    assert "0 removed, 1 kept" in keyslip("baseline", "prune", repo.path).out


def test_quiet_baseline(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    ran = keyslip("baseline", "create", "-q", repo.path)
    assert (ran.code, ran.out + ran.err) == (0, "")
    assert suppressed(scan(repo.path))


def test_entries_twice_after_a_merge_are_one(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    keyslip("baseline", "create", repo.path)
    baseline = repo.path / ".keyslip-baseline.toml"
    once = baseline.read_text()
    baseline.write_text(once + once.partition("version = 1\n")[2])
    assert suppressed(scan(repo.path))
    keyslip("baseline", "update", repo.path)
    assert baseline.read_text() == once


@pytest.mark.parametrize("name", [*FILES, ".keyslip-baseline.toml", "comment"])
def test_a_change_cannot_excuse_itself(repo: Repository, name: str) -> None:
    """What it adds is listed, not obeyed; with --trust-head it is obeyed."""
    repo.commit(**{"a": "1\n"})
    comment = " # gitleaks:allow" if name == "comment" else ""
    repo.write("a.env", f"x\n{key(TOKEN)}{comment}\n")
    if name in FILES:
        repo.write(name, FILES[name])
    elif name != "comment":
        keyslip("baseline", "create", repo.path)
    repo.commit()

    report = scan(repo.path, "--range", "HEAD~1..HEAD")

    assert suppressed(report) is None
    (said,) = report["suppression"]["untrusted"]
    assert said.startswith(f"{TOKEN} at a.env:2: ")
    assert suppressed(scan(repo.path, "--range", "HEAD~1..HEAD", "--trust-head"))


@pytest.mark.parametrize(("options", "review"), [("HEAD~1..HEAD", True), ("--all", False), ("-1", False)])
def test_only_a_range_is_under_review(repo: Repository, options: str, review: bool) -> None:
    repo.commit(**{"a": "1\n"})
    excluded = "[scan]\nexclude = ['b.env']\n"
    repo.commit(**{"a.env": key(TOKEN) + " # gitleaks:allow\n", "b.env": key(TOKEN, 2), "keyslip.toml": excluded})
    found = scan(repo.path, "--log-opts", options)["findings"]
    assert [each["suppressed"] is None for each in found] == ([True, True] if review else [False])


def test_what_base_accepts_holds(repo: Repository) -> None:
    repo.commit(**{".gitleaksignore": FILES[".gitleaksignore"]})
    repo.commit(**{"a.env": f"x\n{key(TOKEN)}\n"})
    report = scan(repo.path, "--range", "HEAD~1..HEAD")
    assert suppressed(report)
    assert report["suppression"]["untrusted"] == []


def test_the_first_push_has_no_base_to_believe(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN), "keyslip.toml": "[scan]\nexclude = ['*']\n"})
    assert suppressed(scan(repo.path, "--range", f"{'0' * 40}..HEAD")) is None


def test_links_accept_nothing(repo: Repository, tmp_path: Path) -> None:
    (tmp_path / "ignore").write_text(FILES[".betterleaksignore"])
    repo.commit(**{"a.env": key(TOKEN)})
    (repo.path / ".betterleaksignore").symlink_to(tmp_path / "ignore")
    assert suppressed(scan(repo.path)) is None


def test_import(repo: Repository) -> None:
    repo.commit(**{"a.env": f"x\n{key(TOKEN)}\n", "b.env": key("npm-token")})
    repo.write(".gitleaksignore", FILES[".gitleaksignore"])
    ran = keyslip("baseline", "import", ".gitleaksignore", cwd=repo.path)
    assert "1 added, 0 kept" in ran.out
    (repo.path / ".gitleaksignore").unlink()
    by = {each["rule"]: each["suppressed"] for each in scan(repo.path)["findings"]}
    assert by == {TOKEN: {"by": "baseline", "reason": "accepted: accepted in .gitleaksignore"}, "npm-token": None}
    assert keyslip("baseline", "import", "nowhere", cwd=repo.path).code == 2
