"""Changes: what the index or a range brings in, in real hooks too, and what it only keeps."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.support import NOW, Repository, by_rule, key, keyslip, scan

TOKEN = "github-classic-token"


def test_staged_reports_only_what_is_new(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN, 1)})
    repo.write("a.env", "# moved\n" + key(TOKEN, 1) + "\n" + key(TOKEN, 2))
    repo.write("unstaged.env", key("npm-token"))
    repo.git("add", "a.env")

    report = scan(repo.path, "--staged")

    (finding,) = report["findings"]
    assert [(each["path"], each["start_line"]) for each in finding["locations"]] == [("a.env", 3)]
    assert report["stats"]["carried"] == 1


def test_staged_rename_is_nothing_new(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("mv", "a.env", "b.env")
    assert scan(repo.path, "--staged")["findings"] == []


def test_staged_before_the_first_commit(repo: Repository) -> None:
    repo.write("a.env", key(TOKEN))
    repo.git("add", "-A")
    assert by_rule(scan(repo.path, "--staged"))[TOKEN]


@pytest.mark.parametrize("arguments", [["-a"], ["a.env"], ["--include", "a.env"]])
def test_pre_commit_hook(repo: Repository, arguments: list[str]) -> None:
    """`git commit -a` and `git commit FILE` give the hook an index of their own."""
    repo.commit(**{"a.env": "nothing\n"})
    hook = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} -m keyslip scan --staged\n")
    hook.chmod(0o755)
    repo.write("a.env", key(TOKEN))

    repo.git("commit", "-q", "-m", "leak", *arguments, check=False)
    assert repo.git("log", "--format=%s") == "change"

    repo.write("a.env", "still nothing\n")
    repo.git("commit", "-q", "-m", "fine", *arguments)
    assert repo.git("log", "--format=%s") == "fine\nchange"


def test_range(repo: Repository) -> None:
    base = repo.commit(**{"old.env": key(TOKEN, 1), "kept.env": key(TOKEN, 2)})
    repo.commit(**{"kept.env": "# more\n" + key(TOKEN, 2)})
    leak = repo.commit(**{"new.env": key("npm-token")})
    repo.git("rm", "-q", "new.env")
    repo.commit("gone")
    message = repo.commit(f"see {key('huggingface-token')}")

    report = scan(repo.path, "--range", f"{base}..HEAD")

    found = by_rule(report)
    assert found.keys() == {"npm-token", "huggingface-token"}
    assert found["npm-token"][0]["introduced_by"]["commit"] == leak
    assert found["npm-token"][0]["in_head"] is False
    assert found["huggingface-token"][0]["locations"][0]["commit"] == message
    assert report["stats"]["carried"] == 1
    assert by_rule(scan(repo.path, "--since", base)).keys() == found.keys()


@pytest.mark.parametrize(
    ("options", "seeds"),
    [
        ("HEAD~2..HEAD", {2, 3}),
        ("-1", {3}),
        ("-n 2 --no-merges --first-parent", {2, 3}),
        ("--all", {1, 2, 3, 4}),
        ("side", {1, 4}),
        ("--since='2020-01-01' HEAD~1", {1, 2}),
        ("--until=2020-01-01", set()),
    ],
)
def test_log_options(repo: Repository, options: str, seeds: set[int]) -> None:
    for seed in (1, 2, 3):
        repo.commit(**{f"{seed}.env": key(TOKEN, seed)})
    repo.git("checkout", "-q", "-b", "side", "HEAD~2")
    repo.commit(**{"4.env": key(TOKEN, 4)})
    repo.git("checkout", "-q", "main")
    report = scan(repo.path, "--log-opts", options)
    assert {int(each["locations"][0]["path"][0]) for each in report["findings"]} == seeds


def test_spellings_of_gitleaks(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    output = tmp_path / "out.json"
    arguments = ["--report-format", "json", "-r", output, "--redact", "--redact=50", "--exit-code", "7", "-v"]
    assert keyslip("scan", repo.path, *arguments).code == 7
    found = json.loads(output.read_text())["findings"]
    assert [each["rule"] for each in found] == [TOKEN]
    assert keyslip("scan", repo.path, "--report-path", output, "--baseline-path", tmp_path / "no").code == 2


def test_range_of_nothing_and_of_everything(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    assert scan(repo.path, "--range", "HEAD..HEAD")["findings"] == []
    assert scan(repo.path, "--range", f"{'0' * 40}..HEAD")["findings"]


def test_change_cannot_excuse_itself(repo: Repository) -> None:
    repo.commit(**{"a": "1\n"})
    excuse = "[[policy.severity]]\nrule = '*'\nseverity = 'note'\n[scan]\nexclude = ['*']\n"
    repo.commit(**{"a.env": key(TOKEN) + " # keyslip:allow\n", "keyslip.toml": excuse})
    (finding,) = scan(repo.path, "--range", "HEAD~1..HEAD")["findings"]
    assert finding["severity"] == "critical"
    assert finding["suppressed"] is None
    assert scan(repo.path, "--range", "HEAD~1..HEAD", "--trust-head")["findings"] == []


def test_inline_comment(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN) + " # keyslip:allow\n"})
    ran = keyslip("scan", repo.path)
    assert ran.code == 0
    assert "1 suppressed" in ran.out


def test_baseline(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN, 1)})
    assert keyslip("scan", repo.path).code == 1
    assert keyslip("baseline", "create", repo.path, "--reason", "known").code == 0
    assert keyslip("baseline", "create", repo.path).code == 2
    first = (repo.path / ".keyslip-baseline.toml").read_text()

    repo.git("mv", "a.env", "b.env")
    repo.write("b.env", "\n\n" + key(TOKEN, 1))
    repo.commit()
    report = scan(repo.path)
    assert {each["suppressed"]["reason"] for each in report["findings"]} == {"accepted: known"}
    assert keyslip("scan", repo.path).code == 0

    repo.commit(**{"c.env": key("npm-token")})
    assert keyslip("scan", repo.path, "--fail-on", "low").code == 1
    keyslip("baseline", "update", repo.path)
    assert keyslip("scan", repo.path, "--fail-on", "low").code == 0
    assert first.split("[[finding]]")[1].strip() in (repo.path / ".keyslip-baseline.toml").read_text()

    repo.write("never-committed.env", key("slack-bot-token"))
    keyslip("baseline", "update", repo.path)
    (repo.path / "never-committed.env").unlink()
    assert keyslip("baseline", "prune", repo.path).out.endswith("1 removed, 2 kept\n")
    assert keyslip("baseline", "prune", repo.path).out.endswith("0 removed, 2 kept\n")


def test_expired_entry_counts_no_longer(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    keyslip("baseline", "create", repo.path)
    path = repo.path / ".keyslip-baseline.toml"
    path.write_text(path.read_text() + "expires = 2020-01-01\n")
    assert keyslip("scan", repo.path).code == 1


def test_config(repo: Repository) -> None:
    repo.commit(**{"src/a.env": key(TOKEN), "vendor/b.env": key("npm-token"), "c.txt": "acme_" + "7" * 8})
    config = """
        [scan]
        exclude = ["vendor"]
        [[policy.severity]]
        rule = "github-*"
        severity = "low"
        [[rule]]
        id = "acme-token"
        anchors = ["acme_"]
        pattern = "acme_[0-9]{8}"
    """
    repo.write("keyslip.toml", config)
    found = by_rule(scan(repo.path))
    assert found.keys() == {TOKEN, "acme-token"}
    assert found[TOKEN][0]["severity"] == "low"


def test_pattern_without_end_is_stopped(repo: Repository) -> None:
    repo.write("a", "acme_" + "a" * 60 + "!")
    repo.write("keyslip.toml", "[[rule]]\nid = 'x'\nanchors = ['acme_']\npattern = 'acme_(a|aa)+$'\nmax_length = 100\n")
    report = scan(repo.path, timeout=30)
    assert [each["what"] for each in report["incomplete"]] == ["rule x"]


def test_below_a_folder(repo: Repository) -> None:
    repo.commit(**{"src/a.env": key(TOKEN), "b.env": key("npm-token")})
    assert by_rule(scan(repo.path / "src")).keys() == {TOKEN}
    assert by_rule(scan(repo.path / "b.env")).keys() == {"npm-token"}


def test_lfs_pointer_is_incomplete(repo: Repository) -> None:
    repo.commit(**{"big.bin": f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 1\n"})
    assert any(each["what"] == "LFS pointers" for each in scan(repo.path, "--history-only")["incomplete"])


def test_max_findings_and_size(repo: Repository) -> None:
    repo.commit(**{f"{number}.env": key(TOKEN, number) for number in range(5)})
    report = scan(repo.path, "--max-findings", "2")
    assert len(report["findings"]) == 2
    assert report["incomplete"][-1]["count"] == 3
    small = scan(repo.path, "--max-file-size", "10")
    assert small["findings"] == []
    assert small["incomplete"]


def test_outputs(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    files = [tmp_path / "r.json", tmp_path / "r.jsonl", tmp_path / "r.txt"]
    keyslip("scan", repo.path, "--now", NOW, *(word for file in files for word in ("-o", file)))
    assert all(file.stat().st_size for file in files)
    assert "personal access token" in files[2].read_text()
