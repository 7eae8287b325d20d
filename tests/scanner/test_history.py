"""History read in bulk: whatever happens to the process, nothing is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support import Repository, by_rule, key, scan, scrubbed

TOKEN = "github-classic-token"


def many(repo: Repository, blobs: int) -> None:
    """Commits so many small blobs at once; the last holds a key."""
    parts = [b"blob\ndata %d\n%s\n" % (len(text), text) for text in (b"blob %d" % n for n in range(blobs))]
    last = key(TOKEN).encode()
    parts.append(b"blob\nmark :1\ndata %d\n%s\n" % (len(last), last))
    parts.append(
        b"commit refs/heads/main\ncommitter C <c@example.org> 1750000000 +0000\ndata 1\nx\nM 100644 :1 a.env\n"
    )
    repo.git("fast-import", "--quiet", stdin=b"".join(parts))


def test_being_stopped_loses_nothing(repo: Repository, tmp_path: Path) -> None:
    """A process that is stopped in the middle of a write has written a part of it: the rest must follow."""
    many(repo, 60_000)
    output = tmp_path / "report.json"
    arguments = ["scan", str(repo.path), "--history-only", "-o", str(output)]
    process = subprocess.Popen([sys.executable, "-m", "keyslip", *arguments], env=scrubbed())
    started = time.monotonic()
    while process.poll() is None:
        assert time.monotonic() - started < 60, "it hangs"
        os.kill(process.pid, signal.SIGSTOP)
        os.kill(process.pid, signal.SIGCONT)
        time.sleep(0.0005)
    report = json.loads(output.read_text())
    assert by_rule(report)[TOKEN]
    assert report["stats"]["blobs"] == 60_001


@pytest.mark.parametrize("option", [[], ["--no-history"]])
def test_in_head_is_about_the_commit_and_not_about_the_file(repo: Repository, option: list[str]) -> None:
    repo.commit(**{"a.env": key(TOKEN, 1) + "\n"})
    repo.write("a.env", f"{key(TOKEN, 1)}\n{key(TOKEN, 2)}\n")
    repo.write("b.env", key("npm-token"))
    in_head = {
        (finding["rule"], place["start_line"]): finding["in_head"]
        for finding in scan(repo.path, *option)["findings"]
        for place in finding["locations"]
    }
    assert in_head == {(TOKEN, 1): True, (TOKEN, 2): False, ("npm-token", 1): False}
