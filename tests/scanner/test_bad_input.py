"""Bad input: one clear line and exit code 2, or a counted entry under `incomplete`; never a traceback."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support import Ran, Repository, by_rule, key, keyslip, scan

TOKEN = "github-classic-token"


def refused(*arguments: str | Path, says: str, **options: Any) -> Ran:
    ran = keyslip(*arguments, **options)
    assert ran.code == 2, ran.out + ran.err
    assert says in ran.err
    assert len(ran.err.strip().splitlines()) == 1
    return ran


def incomplete(report: dict[str, Any], what: str = "", why: str = "") -> int:
    return sum(each["count"] for each in report["incomplete"] if what in each["what"] and why in each["why"])


def test_no_such_path(tmp_path: Path) -> None:
    refused("scan", tmp_path / "nowhere", says="no such path")


@pytest.mark.parametrize("option", [["--history-only"], ["--staged"], ["--range", "a..b"], ["--since", "x"]])
def test_not_a_repository(tmp_path: Path, option: list[str]) -> None:
    refused("scan", tmp_path, *option, says="not a git repository")


@pytest.mark.parametrize(
    ("option", "says"),
    [
        (["--since", "nowhere"], "no such revision: 'nowhere'"),
        (["--since", "--output=x"], "no such revision"),
        (["--range", "nowhere"], "not a range"),
        (["--range", "nowhere..HEAD"], "no such revision: 'nowhere'"),
        (["--staged", "--range", "a..b"], "exclude each other"),
        (["--rule", "github-clasic-token"], "did you mean 'github-classic-token'?"),
        (["--now", "yesterday"], "not a time"),
        (["-f", "json", "-f", "text"], "two reports would go to standard output"),
        (["-o", "nowhere/out.json"], "No such file or directory"),
        (["-o", "report.xyz"], "the ending tells no format"),
        (["--no-such-option"], "No such option"),
        (["--log-opts", "--output=/tmp/x"], "--log-opts: '--output=/tmp/x' is not allowed"),
        (["--log-opts", "-p --ext-diff"], "--log-opts: '-p' is not allowed"),
        (["--log-opts", "'"], "close the quotes"),
        (["--log-opts", "a b"], "more than one revision"),
        (["--config", "nowhere.toml"], "No such file"),
        (["--baseline", "nowhere.toml"], "No such file"),
    ],
)
def test_arguments(repo: Repository, option: list[str], says: str) -> None:
    repo.commit(**{"a": "nothing\n"})
    refused("scan", ".", *option, says=says, cwd=repo.path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[scan]\nexclude = [\n", "keyslip.toml: not TOML"),
        ("[scan]\n\nexclud = []\n", "keyslip.toml, line 3: key 'exclud' is unknown; did you mean 'exclude'?"),
        ("[scan]\nexclude = 'x'\n", "keyslip.toml, line 2: key 'exclude' must be a list of strings"),
        ("[[rule]]\nid = 'x'\n", "the rule lacks 'anchors'"),
        ("[[policy.severity]]\nrule = 'x'\nseverity = 'bad'\n", "line 3: key 'severity' must be one of critical"),
    ],
)
def test_config(repo: Repository, text: str, says: str) -> None:
    repo.commit(**{"keyslip.toml": text})
    refused("scan", repo.path, says=says)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("version = 2\n", "reads version 1"),
        ("version = 1\n[[finding]]\nrule = 'x'\nid = 'short'\n", "line 4: key 'id' is no id"),
        ("not toml", "not TOML"),
    ],
)
def test_baseline(repo: Repository, text: str, says: str) -> None:
    repo.commit(**{".keyslip-baseline.toml": text})
    refused("scan", repo.path, says=says)


def test_empty_repository(repo: Repository) -> None:
    assert scan(repo.path)["findings"] == []


def test_repository_without_commits_but_with_files(repo: Repository) -> None:
    repo.write("a.env", key(TOKEN))
    (finding,) = scan(repo.path)["findings"]
    assert finding["locations"][0]["kind"] == "worktree"
    assert finding["tracked"] is False


def test_bare_repository(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    assert by_rule(scan(tmp_path / "bare.git"))[TOKEN][0]["in_head"] is True


@pytest.fixture
def two_keys(repo: Repository) -> Repository:
    repo.commit(**{"a.env": key(TOKEN, 1), "pad": os.urandom(2000).hex()})
    repo.commit(**{"b.env": key("npm-token", 2), "more": os.urandom(2000).hex()})
    return repo


def loose(repo: Repository, name: str) -> Path:
    oid = repo.git("rev-parse", name)
    return repo.path / ".git" / "objects" / oid[:2] / oid[2:]


def test_missing_object(two_keys: Repository) -> None:
    loose(two_keys, "HEAD:pad").unlink()
    report = scan(two_keys.path)
    assert incomplete(report, "missing objects") == 1
    assert {TOKEN, "npm-token"} <= by_rule(report).keys()


def test_strict(two_keys: Repository) -> None:
    loose(two_keys, "HEAD:pad").unlink()
    assert keyslip("scan", two_keys.path, "--fail-on", "none").code == 0
    assert keyslip("scan", two_keys.path, "--fail-on", "none", "--strict").code == 2


@pytest.mark.parametrize("name", ["HEAD:pad", "HEAD:a.env", "HEAD~1", "HEAD^{tree}"])
def test_corrupt_object(two_keys: Repository, name: str) -> None:
    file = loose(two_keys, name)
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)

    report = scan(two_keys.path)

    assert report["incomplete"]
    assert "npm-token" in by_rule(report)


def test_corrupt_pack(two_keys: Repository) -> None:
    two_keys.git("gc", "-q")
    (pack,) = (two_keys.path / ".git/objects/pack").glob("*.pack")
    pack.chmod(0o644)
    data = bytearray(pack.read_bytes())
    data[len(data) // 2] ^= 0xFF
    pack.write_bytes(data)

    report = scan(two_keys.path)

    assert report["incomplete"]
    assert {TOKEN, "npm-token"} <= by_rule(report).keys()  # both stand in the working tree as well


def test_git_missing(repo: Repository, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    refused("scan", repo.path, says="git is not installed", env={"PATH": str(tmp_path / "bin")})


def test_git_too_old(repo: Repository, tmp_path: Path) -> None:
    fake = tmp_path / "bin" / "git"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho git version 2.30.0\n")
    fake.chmod(0o755)
    env = {"PATH": f"{fake.parent}:{os.environ['PATH']}"}
    refused("scan", repo.path, says="this git is too old: git version 2.30.0", env=env)


def test_explain_nothing() -> None:
    refused("explain", says="nothing to explain")


def test_interrupted_output_is_no_error(repo: Repository) -> None:
    repo.commit(**{f"{n}.env": key(TOKEN, n) for n in range(300)})
    command = f"{os.sys.executable} -m keyslip scan {repo.path} -f json | head -c 10"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, check=False)
    assert b"Traceback" not in done.stderr
    assert b"internal error" not in done.stderr


def test_user_pattern_that_is_none(repo: Repository) -> None:
    repo.commit(**{"keyslip.toml": "[[rule]]\nid = 'x'\nanchors = ['abc']\npattern = 'abc(('\n"})
    refused("scan", repo.path, says="keyslip.toml, line 4: key 'pattern' is no pattern")


def test_user_pattern_that_never_ends_is_given_up(repo: Repository) -> None:
    """Every anchor costs at most a second, and all of them ten."""
    rule = "[[rule]]\nid = 'slow'\nanchors = ['abc']\npattern = '(a|aa|b|c)+abc$'\n"
    repo.commit(**{"keyslip.toml": rule, "a": "aaaaaaaaaaaaaaaaaaaabc-" * 2000})
    report = scan(repo.path, "--no-history", timeout=60)
    assert incomplete(report, "rule slow", "ran out of time") > 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["scan", "--stdin", "."], ""),
        (["scan", "--stdin", "src"], "--stdin reads no PATH"),
        (["scan", "--trust-head"], "--trust-head goes with --range"),
        (["detect"], "`keyslip scan` does here"),
        (["baseline", "prune", "--rule", TOKEN], "cannot tell what is gone"),
    ],
)
def test_what_would_be_ignored_is_refused(repo: Repository, arguments: list[str], says: str) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    keyslip("baseline", "create", cwd=repo.path)
    if says:
        refused(*arguments, says=says, cwd=repo.path)
    else:
        assert keyslip(*arguments, cwd=repo.path).code == 0


def test_prune_keeps_what_it_could_not_see(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("rm", "-q", "a.env")
    keyslip("baseline", "create", cwd=repo.path)
    repo.commit("gone")
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.path}", str(tmp_path / "clone"))
    refused("baseline", "prune", says="nothing removed, since not everything was read", cwd=tmp_path / "clone")
    assert "0 removed, 1 kept" in keyslip("baseline", "prune", cwd=repo.path).out


def test_bare_repository_has_no_working_tree(repo: Repository, tmp_path: Path) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("clone", "-q", "--bare", ".", str(tmp_path / "bare.git"))
    refused("scan", tmp_path / "bare.git", "--no-history", says="a bare repository has no working tree")


@pytest.mark.parametrize("arguments", [["scan"], ["scan", "-f", "json"], ["rules", "list"], ["explain"], ["--help"]])
def test_output_that_takes_nothing(repo: Repository, arguments: list[str]) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    command = [os.sys.executable, "-m", "keyslip", *arguments]
    given = key(TOKEN).encode()
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, input=given, cwd=repo.path, check=False)
    assert (done.returncode, b"No space left" in done.stderr) == (2, True)


def test_terminal_without_unicode(repo: Repository) -> None:
    repo.commit(**{"ünï.env": key(TOKEN)})
    ran = keyslip("scan", repo.path, env={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert ran.code == 1
    assert "\\xfcn\\xef.env" in ran.out


def test_help_without_arguments() -> None:
    ran = keyslip()
    assert ran.code == 2
    assert len(ran.out.splitlines()) > 10


def test_without_attribution_nothing_is_called_unreachable(repo: Repository) -> None:
    repo.commit(**{"a.env": key(TOKEN)})
    repo.git("rm", "-q", "a.env")
    repo.commit("gone")
    (finding,) = scan(repo.path, "--no-attribution")["findings"]
    assert finding["locations"][0]["ref_kinds"] == []


def test_what_is_left_out_is_counted(repo: Repository) -> None:
    repo.commit(**{"keyslip.toml": "[scan]\nexclude = ['*.env']\n", "a.env": key(TOKEN)})
    report = scan(repo.path)
    assert report["findings"] == []
    assert report["stats"]["left_out"] == 2  # the file, and its key in history
    assert "2 left out by" in keyslip("scan", repo.path).out
