"""What tests share: running keyslip, building repositories, filling keys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keyslip.rules.load import catalogue
from keyslip.rules.rule import Rule
from keyslip.rules.sample import fill

NOW = "2026-11-24T12:00:00Z"
RULES: dict[str, Rule] = {rule.id: rule for rule in catalogue()}
GIT_SETTINGS = {
    "GIT_AUTHOR_NAME": "Ann Author",
    "GIT_AUTHOR_EMAIL": "ann@example.org",
    "GIT_COMMITTER_NAME": "Carl Committer",
    "GIT_COMMITTER_EMAIL": "carl@example.org",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def scrubbed() -> dict[str, str]:
    """The environment without anything that steers git, colours, CI or our own clock."""
    drop = ("GIT_", "GITHUB_", "RUNNER_", "KEYSLIP_CONFIG", "NO_COLOR", "FORCE_COLOR", "SOURCE_DATE_EPOCH")
    return {name: value for name, value in os.environ.items() if not name.startswith(drop) and name != "CI"}


@dataclass(frozen=True)
class Ran:
    """A finished command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.out)


def keyslip(
    *arguments: str | Path,
    cwd: Path | None = None,
    stdin: bytes = b"",
    env: dict[str, str] | None = None,
    timeout: float = 120,
) -> Ran:
    """Runs the command in a process of its own. Never a traceback, whatever happens."""
    done = subprocess.run(
        [sys.executable, "-m", "keyslip", *map(str, arguments)],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        env={**scrubbed(), **(env or {})},
        timeout=timeout,
        check=False,
    )
    out, err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return Ran(done.returncode, out, err)


def scan(path: Path, *arguments: str, **options: Any) -> dict[str, Any]:
    """The JSON report of a scan that worked, whatever it found."""
    ran = keyslip("scan", path, "-f", "json", "--now", NOW, *arguments, **options)
    assert ran.code in (0, 1), ran.err
    return ran.json


def key(rule: str, seed: int = 0) -> str:
    """A text that holds a key of the kind, made at run time."""
    return fill(RULES[rule].examples[0], seed)


def by_rule(report: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for finding in report["findings"]:
        found.setdefault(finding["rule"], []).append(finding)
    return found


@dataclass
class Repository:
    """A git repository under construction; commits are a minute apart, the first at a fixed time."""

    path: Path
    clock: int = 1_750_000_000
    format: str = "sha1"
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main", f"--object-format={self.format}")

    def git(self, *arguments: str, stdin: bytes | None = None, check: bool = True) -> str:
        date = f"{self.clock} +0200"
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.path,
            input=stdin,
            capture_output=True,
            env={
                **scrubbed(),
                **GIT_SETTINGS,
                "GIT_AUTHOR_DATE": date,
                "GIT_COMMITTER_DATE": date,
                "PYTHONDONTWRITEBYTECODE": "1",
                **self.env,
            },
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode("utf-8", "surrogateescape").strip()

    def write(self, path: str, content: str | bytes) -> Path:
        file = self.path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return file

    def commit(self, message: str = "change", **files: str | bytes) -> str:
        """Commits everything, after writing `files`; returns the commit's id."""
        for path, content in files.items():
            self.write(path, content)
        self.clock += 60
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "--no-verify", "-m", message)
        return self.git("rev-parse", "HEAD")

    def tree_bomb(self, ref: str, content: str) -> None:
        """A commit of a few objects whose tree, written out, has 10^12 files."""
        blob = self.git("hash-object", "-w", "--stdin", stdin=content.encode())
        tree = self.git("mktree", stdin=f"100644 blob {blob}\tf\n".encode())
        for _ in range(12):
            lines = "".join(f"040000 tree {tree}\td{number}\n" for number in range(10))
            tree = self.git("mktree", stdin=lines.encode())
        self.git("update-ref", ref, self.git("commit-tree", tree, "-m", "bomb"))
