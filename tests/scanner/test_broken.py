"""Broken and lying repositories: nothing leaks, nothing healthy is lost, and what is broken is said."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from keyslip.rules.sample import fill

from tests.support import GIT_SETTINGS, Repository, by_rule, key, keyslip, scan, scrubbed

TOKEN = "github-classic-token"
BODY = fill("ghp_{make:crc-token}", 7)


def lying(repo: Repository, name: str, header: bytes, content: bytes) -> None:
    """A loose object whose header does not say how long it is."""
    path = repo.path / ".git/objects" / name[:2] / (name[2:] + "0" * (40 - len(name)))
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(zlib.compress(header + content))


@pytest.mark.parametrize(
    ("header", "content"),
    [
        (b"blob 5\0", b"12345\n" + BODY.encode() + b"\n"),
        (b"blob 5\0", b"12345\na b c\n"),
        (b"blob 5\0", b"12345\n" + b"1" * 40 + b" blob 9999999\n"),
        (b"blob 90000\0", BODY.encode()),
    ],
)
def test_objects_of_another_length(repo: Repository, header: bytes, content: bytes) -> None:
    for seed in range(30):
        repo.write(f"{seed}.env", key(TOKEN, seed + 100))
    repo.commit()
    for name in ("11", "80", "f3"):
        lying(repo, name, header, content)

    ran = keyslip("scan", repo.path, "--history-only", "-f", "json")

    assert ran.code == 1, ran.err
    assert BODY[8:] not in ran.out + ran.err
    assert len(by_rule(ran.json)[TOKEN]) == 30
    assert sum(each["what"].startswith("object ") for each in ran.json["incomplete"]) == 3


def test_partial_clone_counts_what_it_lacks(repo: Repository, tmp_path: Path) -> None:
    for number in range(40):
        repo.write(f"{number}.txt", f"{number}\n")
    repo.commit(f"see {key(TOKEN)}")
    repo.git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "clone.git"
    repo.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{repo.path}", str(clone))
    report = scan(clone, "--range", f"{'0' * 40}..HEAD", timeout=60)
    assert by_rule(report)[TOKEN]
    assert sum(each["count"] for each in report["incomplete"]) >= 40


def test_ref_to_nothing(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    (repo.path / ".git/refs/heads/broken").write_text("1" * 40 + "\n")
    report = scan(repo.path)
    assert by_rule(report)[TOKEN][0]["locations"][1]["refs"] == ["refs/heads/main"]
    assert any("refs/heads/broken" in each["what"] for each in report["incomplete"])


def test_range_beside_a_broken_branch(repo: Repository) -> None:
    first = repo.commit(a="1\n")
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(b="1\n")
    repo.commit(b="2\n")
    lost = repo.git("rev-parse", "HEAD~1")
    repo.git("checkout", "-q", "main")
    repo.commit(**{"a.env": key(TOKEN)})
    (repo.path / ".git/objects" / lost[:2] / lost[2:]).unlink()
    (repo.path / ".git/refs/heads/gone").write_text("1" * 40 + "\n")

    report = scan(repo.path, "--range", f"{first}..HEAD")

    assert by_rule(report)[TOKEN]
    what = {each["what"] for each in report["incomplete"]}
    assert what == {"ref refs/heads/gone", "the commits that refs reach"}


def test_a_missing_tree_costs_only_its_commit(repo: Repository) -> None:
    commits = [repo.commit(**{f"d{n}/a.env": key(TOKEN, n)}) for n in range(6)]
    oid = repo.git("rev-parse", "HEAD~2:d3")
    (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    report = scan(repo.path, "--history-only")
    found = {place["commit"] for each in by_rule(report)[TOKEN] for place in each["locations"]}
    assert set(commits) - found <= {commits[3]}
    assert report["incomplete"]


def test_sha256_merge(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", format="sha256")
    repo.commit(**{"a": "1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit(**{"b": "1\n"})
    repo.git("checkout", "-q", "main")
    repo.commit(**{"c": "1\n"})
    repo.git("merge", "-q", "--no-ff", "--no-commit", "side")
    merge = repo.commit(**{f"{n}.env": key(TOKEN, n) for n in range(10)})
    report = scan(repo.path, "--history-only")
    assert report["incomplete"] == []
    assert [each["introduced_by"]["commit"] for each in by_rule(report)[TOKEN]] == [merge] * 10


@pytest.mark.parametrize("option", [["--staged"], ["--range", "HEAD~1..HEAD"]])
def test_a_copied_key_is_new(repo: Repository, option: list[str]) -> None:
    """It is still where it was: this is another place that holds it."""
    repo.commit(**{"server/.env": key(TOKEN)})
    repo.write("server/.env", key(TOKEN) + "\nmore=1\n")
    repo.write("public/app.js", key(TOKEN))
    repo.git("add", "-A")
    if option[0] == "--range":
        repo.commit()
    (finding,) = scan(repo.path, *option)["findings"]
    assert "public/app.js" in {each["path"] for each in finding["locations"]}


def test_a_moved_key_is_not_new(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN), "b.env": "x=1\n"})
    repo.write("a.env", "x=1\n")
    repo.write("b.env", "y=1\n" + key(TOKEN))
    repo.git("add", "-A")
    assert scan(repo.path, "--staged")["findings"] == []


def test_hook_with_directories_of_its_own(repo: Repository, tmp_path: Path) -> None:
    """GIT_DIR and GIT_WORK_TREE apart, as for files of a home directory kept in git."""
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.env").write_text(key(TOKEN))
    hook = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} -m keyslip scan --staged\n")
    hook.chmod(0o755)
    env = {**scrubbed(), **GIT_SETTINGS, "GIT_DIR": str(repo.path / ".git"), "GIT_WORK_TREE": str(tree)}
    subprocess.run(["git", "add", "-A"], cwd=tree, env=env, check=True)
    done = subprocess.run(["git", "commit", "-q", "-m", "leak"], cwd=tree, env=env, check=False, capture_output=True)
    assert done.returncode != 0
    assert b"GitHub" in done.stdout + done.stderr


def test_linked_worktree_hook(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a": "1\n"})
    hook = repo.write(".git/hooks/pre-commit", f"#!/bin/sh\nexec {sys.executable} -m keyslip scan --staged\n")
    hook.chmod(0o755)
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a.env").write_text(key(TOKEN))
    env = {**scrubbed(), **GIT_SETTINGS}
    subprocess.run(["git", "add", "-A"], cwd=tmp_path / "linked", env=env, check=True)
    done = subprocess.run(["git", "commit", "-q", "-m", "leak"], cwd=tmp_path / "linked", env=env, check=False)
    assert done.returncode != 0


@pytest.mark.parametrize("inside", [True, False])
def test_hook_that_scans_another_repository(repo: Repository, tmp_path: Path, inside: bool) -> None:
    repo.commit(**{"a": "1\n"})
    other = Repository(repo.path / "sub" if inside else tmp_path / "other")
    other.write("a.env", key(TOKEN))
    other.git("add", "-A")
    env = {"GIT_DIR": str(repo.path / ".git"), "GIT_INDEX_FILE": str(repo.path / ".git/index")}
    ran = keyslip("scan", "--staged", other.path, cwd=repo.path, env=env)
    assert ran.code == 1, ran.out + ran.err


def test_keys_in_names_are_masked(repo: Repository) -> None:
    repo.env = {"GIT_AUTHOR_NAME": f"Ann {BODY}"}
    repo.git("checkout", "-q", "-b", f"topic-{BODY}")
    repo.commit(**{f"dir/{BODY}.txt": key("npm-token")})
    for form in ("text", "json", "sarif", "html", "csv", "markdown", "gitleaks-json", "gitlab", "junit", "github"):
        ran = keyslip("scan", repo.path, "-f", form, "-v")
        assert ran.code == 1, ran.err
        assert BODY[8:-8] not in ran.out + ran.err, form


@pytest.mark.parametrize("what", ["no HEAD", "gone"])
def test_a_broken_repository_is_no_plain_directory(repo: Repository, tmp_path: Path, what: str) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    if what == "no HEAD":
        (repo.path / ".git/HEAD").unlink()
        path = repo.path
    else:
        path = tmp_path / "linked"
        path.mkdir()
        (path / ".git").write_text("gitdir: /nowhere\n")
    ran = keyslip("scan", path)
    assert (ran.code, "broken repository" in ran.err) == (2, True)


def test_path_and_include_both_hold(repo: Repository) -> None:
    repo.commit(**{"src/a.cfg": key(TOKEN, 1), "out/b.cfg": key(TOKEN, 2), "src/c.txt": key(TOKEN, 3)})
    (finding,) = scan(repo.path / "src", "--include", "*.cfg")["findings"]
    assert finding["locations"][0]["path"] == "src/a.cfg"


def test_a_linked_path_is_where_it_leads(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"src/a.cfg": key(TOKEN)})
    other = Repository(tmp_path / "other")
    other.commit(**{"x": "1\n"})
    (other.path / "link").symlink_to(repo.path / "src")
    assert by_rule(scan(other.path / "link"))[TOKEN]


def test_tree_bomb_in_head_ends(repo: Repository) -> None:
    repo.tree_bomb("refs/heads/main", key(TOKEN))
    report = scan(repo.path, "--history-only", "--attribution-timeout", "2", timeout=100)
    assert by_rule(report)[TOKEN][0]["in_head"] is True
    assert any("HEAD" in each["what"] for each in report["incomplete"])


@pytest.mark.parametrize(
    "text",
    [
        b".eyJ" * 16384,
        base64.b64encode(b".eyJ.eyJ.") * 1000,
        base64.b64encode(b"-----BEGIN RSA PRIVATE KEY-----x" * 1000),
        ("-----BEGIN RSA PRIVATE KEY-----x" * 1000).encode("utf-16"),
        b"sv=20&sig=" * 40000,
        b"AKIA" * 100_000,
    ],
    ids=["jwt", "jwt in base64", "pem in base64", "pem in utf-16", "sas", "akia"],
)
def test_text_made_to_exhaust_ends(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "a").write_bytes(text)
    (tmp_path / "b.env").write_text(key(TOKEN))
    assert by_rule(scan(tmp_path, timeout=60))[TOKEN]


def test_interrupted_while_commits_are_compared(repo: Repository) -> None:
    """Ctrl-C goes to keyslip alone when a program sends it."""
    repo.tree_bomb("refs/heads/bomb", key(TOKEN))
    command = [sys.executable, "-m", "keyslip", "scan", str(repo.path)]
    process = subprocess.Popen(command, env=scrubbed(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    time.sleep(3)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 130
    assert said.strip() == b"keyslip: interrupted"
