"""Hostile repositories: what would run code or hide keys does neither."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from keyslip.rules.sample import fill

from tests.support import Repository, by_rule, key, keyslip, scan

TOKEN = "github-classic-token"


@pytest.fixture
def trap(tmp_path: Path) -> tuple[str, Path]:
    """A program that leaves a trace when it runs, and the trace."""
    trace = tmp_path / "ran"
    program = tmp_path / "trap.sh"
    program.write_text(f"#!/bin/sh\ntouch {trace}\nexit 1\n")
    program.chmod(0o755)
    return str(program), trace


SETTINGS = [
    ["core.fsmonitor={trap}"],
    ["core.hooksPath={folder}"],
    ["log.showSignature=true", "gpg.program={trap}"],
    ["diff.external={trap}"],
    ["diff.x.textconv={trap}"],
    ["filter.x.clean={trap}", "filter.x.smudge={trap}", "filter.x.required=true"],
    ["core.pager={trap}", "core.editor={trap}", "core.sshCommand={trap}"],
    ["alias.cat-file=!{trap}", "alias.ls-files=!{trap}"],
    ["remote.origin.url=/nowhere", "remote.origin.uploadpack={trap}", "remote.origin.promisor=true"],
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda each: each[0].partition("=")[0])
@pytest.mark.parametrize("option", [[], ["--staged"], ["--range", "HEAD~1..HEAD"], ["--no-history"]])
def test_configuration_runs_nothing(
    repo: Repository, trap: tuple[str, Path], settings: list[str], option: list[str]
) -> None:
    repo.commit(**{"a": "1\n", ".gitattributes": "* filter=x diff=x\n"})
    repo.commit(**{"a.env": key(TOKEN)})
    if "promisor" in settings[-1]:
        oid = repo.git("rev-parse", "HEAD:a")
        (repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
        repo.git("config", "core.repositoryformatversion", "1")
        repo.git("config", "extensions.partialClone", "origin")
    for setting in settings:
        name, _, value = setting.partition("=")
        repo.git("config", name, value.format(trap=trap[0], folder=Path(trap[0]).parent))
    (repo.path / "a").write_text("2\n")

    ran = keyslip("scan", repo.path, "-f", "json", *option)

    assert not trap[1].exists()
    assert ran.code in (0, 1), ran.err
    assert option == ["--staged"] or TOKEN in by_rule(ran.json)


def test_replacement_hides_nothing(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    harmless = repo.git("hash-object", "-w", "--stdin", stdin=b"nothing\n")
    repo.git("replace", repo.git("rev-parse", "HEAD:a.env"), harmless)
    assert by_rule(scan(repo.path, "--history-only"))[TOKEN][0]["in_head"] is True


def test_graft_hides_nothing(repo: Repository) -> None:
    first = repo.commit(**{"a.env": key(TOKEN)})
    repo.git("rm", "-q", "a.env")
    repo.commit("gone")
    (repo.path / ".git/info/grafts").write_text(repo.git("rev-parse", "HEAD") + "\n")
    (finding,) = by_rule(scan(repo.path))[TOKEN]
    assert finding["introduced_by"]["commit"] == first
    assert finding["locations"][0]["refs"] == ["refs/heads/main"]


def test_other_work_tree_hides_nothing(repo: Repository, tmp_path: Path) -> None:
    repo.write("a.env", key(TOKEN))
    repo.git("config", "core.worktree", str(tmp_path))
    assert by_rule(scan(repo.path, "--no-history"))[TOKEN]


def test_attributes_hide_nothing(repo: Repository) -> None:
    repo.commit(**{".gitattributes": "* -diff binary\n"})
    repo.write("a.env", key(TOKEN))
    repo.git("add", "-A")
    assert by_rule(scan(repo.path, "--staged"))[TOKEN]


def test_links_lead_nowhere(repo: Repository, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.env").write_text(key(TOKEN))
    repo.commit(**{"folder/a.env": "nothing\n"})
    (repo.path / "link").symlink_to(outside / "a.env")
    (repo.path / "folder/a.env").unlink()
    (repo.path / "folder").rmdir()
    (repo.path / "folder").symlink_to(outside)

    report = scan(repo.path)

    assert report["findings"] == []
    assert any("leads out" in each["why"] for each in report["incomplete"])


def test_fifo_does_not_hang(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    os.mkfifo(repo.path / "pipe")
    assert by_rule(scan(repo.path, timeout=30))[TOKEN]


def test_plain_directory_with_fifo_and_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "a.env").write_text(key(TOKEN))
    assert len(scan(tmp_path, timeout=30)["findings"]) == 1


def test_tree_bomb_ends(repo: Repository) -> None:
    repo.tree_bomb("refs/heads/bomb", key(TOKEN))

    report = scan(repo.path, "--attribution-timeout", "2", timeout=60)

    assert by_rule(report)[TOKEN]
    assert any("stopped after 2 s" in each["why"] for each in report["incomplete"])


def test_nested_repository_and_submodule(repo: Repository) -> None:
    Repository(repo.path / "nested").commit(**{"a": "1\n"})
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    what = {each["what"] for each in scan(repo.path)["incomplete"]}
    assert what == {"nested repository nested/", "submodule sub"}


ODD = [b"line\nfeed", b'quo"te', b"tab\t", b"\x1b[31mred", b"\xff\xfe", b"; rm -rf", b"-rf", "bidi\u202e".encode()]


@pytest.mark.parametrize("name", ODD)
def test_odd_paths(repo: Repository, name: bytes) -> None:
    (repo.path / os.fsdecode(name)).write_text(key(TOKEN))
    repo.commit()

    (finding,) = scan(repo.path)["findings"]
    ran = keyslip("scan", repo.path)

    expected = "%FF%FE" if name == b"\xff\xfe" else name.decode()
    assert {each["path"] for each in finding["locations"]} == {expected}
    assert "\x1b[31m" not in ran.out
    assert "\u202e" not in ran.out


def test_odd_author(repo: Repository) -> None:
    repo.env = {"GIT_AUTHOR_NAME": "\x1b]0;title\x07 Mallory"}
    repo.commit(**{"a.env": key(TOKEN)})
    assert "\x1b]0;" not in keyslip("scan", repo.path).out


def test_sha256_repository(tmp_path: Path) -> None:
    repo = Repository(tmp_path / "repo", format="sha256")
    commit = repo.commit(**{"a.env": key(TOKEN)})
    (finding,) = scan(repo.path)["findings"]
    assert finding["introduced_by"]["commit"] == commit
    assert len(commit) == 64


def test_shallow_clone(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a": "1\n"})
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.path}", str(tmp_path / "clone"))
    report = scan(tmp_path / "clone")
    assert by_rule(report)[TOKEN]
    assert [each["what"] for each in report["incomplete"]] == ["shallow clone"]


def test_linked_worktree(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    assert by_rule(scan(tmp_path / "linked"))[TOKEN][0]["in_head"] is True


@pytest.mark.parametrize("committed", [True, False])
def test_long_line(repo: Repository, committed: bool) -> None:
    """A key in the middle of a line of ten million characters: larger than every buffer."""
    token = key("npm-token").partition("_authToken=")[2]
    repo.write("big", f"first\n{'é' * 5_000_000} {token} {'y' * 5_000_000}")
    if committed:
        repo.commit()
    report = scan(repo.path, *(["--history-only"] if committed else []))
    (location,) = by_rule(report)["npm-token"][0]["locations"]
    assert (location["start_line"], location["start_column"]) == (2, 5_000_002)


def test_nul_bytes_and_invalid_utf8(repo: Repository) -> None:
    token = key(TOKEN).partition("=")[2].encode()
    repo.commit(**{"a": b"\0\0" + token + b"\0\0", "b": b"\xff\xff " + token})
    (finding,) = scan(repo.path, "--history-only")["findings"]
    assert {(each["path"], each["start_column"]) for each in finding["locations"]} == {("a", 3), ("b", 4)}


def test_key_cut_in_two_files_is_none(repo: Repository) -> None:
    token = key(TOKEN)
    repo.commit(**{"a": token[:30], "b": token[30:]})
    assert scan(repo.path)["findings"] == []


def test_alternates_are_listed_or_read(repo: Repository, tmp_path: Path) -> None:
    """Objects borrowed from elsewhere are the repository's as far as git is concerned."""
    other = Repository(tmp_path / "other")
    other.commit(**{"a.env": key(TOKEN)})
    (repo.path / ".git/objects/info/alternates").write_text(f"{other.path}/.git/objects\n")
    assert json.dumps(scan(repo.path)["findings"]).count('"unreachable"') >= 1


def test_comments_without_end_do_not_hang(tmp_path: Path) -> None:
    (tmp_path / "a.ts").write_text("/**//" * 20_000 + "\n" + key(TOKEN))
    (tmp_path / "b.ts").write_text("/**/" * 20_000 + "\n" + key(TOKEN))
    assert len(scan(tmp_path, timeout=30)["findings"]) == 1


def test_very_many_identifiers_and_secrets_end(tmp_path: Path) -> None:
    # One secret more than identifiers: they cannot be paired in their order.
    lines = [f"{fill('AKIA{base32:16}', n)} {fill('{base62:40}', n)}" for n in range(4000)]
    (tmp_path / "a.env").write_text("\n".join([fill("{base62:40}", 9000), *lines]))
    assert len(by_rule(scan(tmp_path, timeout=20))["aws-access-key"]) > 3980  # chance makes a few look dull
