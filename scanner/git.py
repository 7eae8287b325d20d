"""The only place that knows git plumbing: how git is called so that what it audits cannot steer it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from ..rules.errors import KeyslipError

OLDEST_GIT = (2, 36)
# No plumbing call that is not a stream takes long; a configuration that includes a FIFO would hang without end.
CALL_TIMEOUT = 120.0

# Confirmed by tests to run code or to hide keys when left to the repository's own configuration.
SAFE_CONFIG = (
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.commitGraph=false",
    "core.multiPackIndex=false",
    "log.showSignature=false",
    "advice.graftFileDeprecated=false",
    "color.ui=false",
    "core.quotePath=false",
    "diff.orderFile=/dev/null",
    "diff.relative=false",
    "diff.ignoreSubmodules=none",
)
SAFE_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_FLUSH": "0",  # whole blocks: a write for each commit wakes both sides two hundred thousand times
    "LC_ALL": "C",
}
# Bounds what git keeps mapped of a pack at once, and so the memory it is charged with; what is saved there goes to
# the cache of delta bases, where it saves a fifth of the time.
FRUGAL = (
    *("-c", "core.packedGitWindowSize=16m"),
    *("-c", "core.packedGitLimit=128m"),
    *("-c", "core.deltaBaseCacheLimit=192m"),
)
# A hook's own view of the index and of objects not yet in the repository: `git commit -a` and pre-receive need it.
HOOK_ENVIRONMENT = (
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
)


@dataclass(frozen=True)
class Git:
    """A repository and the way to ask git about it. `work_tree` is None for a bare repository."""

    git_dir: Path
    work_tree: Path | None
    environment: dict[str, str] = field(repr=False, compare=False, default_factory=dict)

    def command(self, *arguments: str) -> list[str]:
        """The full command line: fixed directories and settings first, so that no configuration can change them."""
        place = [f"--git-dir={self.git_dir}"]
        if self.work_tree is not None:
            place.append(f"--work-tree={self.work_tree}")
        safe = [f"safe.directory={path}" for path in (self.work_tree, self.git_dir) if path]
        settings = [word for setting in (*safe, *SAFE_CONFIG) for word in ("-c", setting)]
        return ["git", *place, *settings, *arguments]

    def run(self, *arguments: str, check: bool = True) -> bytes:
        """What a short call prints. Raises GitFailed when git says no and `check` is set."""
        try:
            done = subprocess.run(
                self.command(*arguments),
                capture_output=True,
                env=self.environment,
                cwd=self.work_tree or self.git_dir,
                stdin=subprocess.DEVNULL,
                timeout=CALL_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise GitFailed(arguments[0], "did not answer in time") from None
        if check and done.returncode:
            raise GitFailed(arguments[0], done.stderr.decode("utf-8", "replace"))
        return done.stdout

    @contextmanager
    def stream(self, *arguments: str, stdin: bytes | None = None) -> Iterator[Stream]:
        """A long call, read as it comes. `stdin` goes through an unnamed file: no pipe that could block."""
        with tempfile.TemporaryFile() as given:
            if stdin is not None:
                given.write(stdin)
                given.seek(0)
            source = given if stdin is not None else subprocess.DEVNULL
            with self._running(arguments, source, subprocess.PIPE) as stream:
                yield stream

    @contextmanager
    def converse(self, *arguments: str, output: int) -> Iterator[Stream]:
        """A long call that is asked as it goes, and answers into the file `output` (a descriptor)."""
        with self._running(arguments, subprocess.PIPE, output) as stream:
            yield stream

    @contextmanager
    def _running(self, arguments: tuple[str, ...], stdin: int | IO[bytes], stdout: int) -> Iterator[Stream]:
        with tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                self.command(*arguments),
                stdin=stdin,
                stdout=stdout,
                stderr=errors,
                env=self.environment,
                cwd=self.work_tree or self.git_dir,
                bufsize=0,
            )
            try:
                yield Stream(process, errors)
            finally:
                process.kill()
                process.wait()
                for pipe in (process.stdin, process.stdout):
                    if pipe:
                        pipe.close()


@dataclass(frozen=True)
class Stream:
    """A running git process."""

    process: subprocess.Popen[bytes]
    errors: IO[bytes]

    @property
    def output(self) -> IO[bytes]:
        if self.process.stdout is None:
            raise ValueError("the process has no output")
        return self.process.stdout

    @property
    def input(self) -> IO[bytes]:
        if self.process.stdin is None:
            raise ValueError("the process takes no input")
        return self.process.stdin

    def bound(self, memory: int) -> None:
        """Gives the process at most so many bytes of addresses, where the system can: a tree can be made that git
        lists without end before it prints a word."""
        with suppress(ImportError, AttributeError, OSError, ValueError):
            import resource

            resource.prlimit(self.process.pid, resource.RLIMIT_AS, (memory, memory))

    def problem(self) -> str | None:
        """Once the output has ended: what went wrong, in git's words, or None."""
        code = self.process.wait()
        self.errors.seek(0)
        text = first_line(self.errors.read(65536).decode("utf-8", "replace"))
        return text or f"git ended with {code}" if code else None

    def complaint(self) -> str | None:
        """The first error that git spoke of and went on: a pack without its index, say."""
        self.errors.seek(0)
        lines = self.errors.read(65536).decode("utf-8", "replace").splitlines()
        return next((first_line(line) for line in lines if line.startswith("error: ")), None)


class GitFailed(KeyslipError):
    """A git call that did not work; `reason` is git's first line."""

    def __init__(self, call: str, text: str) -> None:
        self.reason = first_line(text) or "no reason given"
        super().__init__(f"git {call} failed: {self.reason}", "`git fsck` tells whether the repository is whole")


def first_line(text: str) -> str:
    """The first line that says something, without git's own prefix, cut at 200 characters."""
    said = (line for line in text.splitlines() if not line.startswith("hint:"))
    lines = (re.sub(r"^(fatal|error|warning): ", "", line).strip() for line in said)
    return next((line[:200] for line in lines if line), "")


def environment(hook: bool) -> dict[str, str]:
    """The environment for git: nothing of git's from outside, but for a `hook` its view of index and objects."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    if hook:
        kept |= {name: os.environ[name] for name in HOOK_ENVIRONMENT if name in os.environ}
    return kept | SAFE_ENVIRONMENT


def require_git(checked: bool = False) -> None:
    """Raises KeyslipError when there is no git, or one too old to be called safely. With `checked` the version is
    not asked for: in a hook on one's own repository, git has just been called and every call counts."""
    if shutil.which("git") is None:
        raise KeyslipError("git is not installed or not on the PATH", "install git 2.36 or newer")
    if checked:
        return
    said = subprocess.run(["git", "version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST_GIT:
        raise KeyslipError(f"this git is too old: {said.strip() or 'unknown version'}", "install git 2.36 or newer")


def find_repository(path: Path, hook: bool = False) -> Git | None:
    """The repository that holds `path`, found by looking for it and not by asking git; None for a plain directory.

    In a `hook` the directories and the index that git names in the environment count, unless `path` leads to another
    repository than the one whose hook runs. Raises KeyslipError for a repository that is broken: its files are not to
    be taken for those of a plain directory.
    """
    hook = hook and _is_hooks_own(path)
    if hook and "GIT_DIR" in os.environ:
        return _named_by_git()
    for folder in (path, *path.parents):
        entry = folder / ".git"
        git_dir = _git_dir(entry)
        if git_dir is not None:
            return Git(git_dir, folder, environment(hook))
        if entry.is_file() or (entry.is_dir() and (entry / "objects").is_dir()):
            why = "names a repository that is not there" if entry.is_file() else "has no HEAD"
            raise KeyslipError(f"broken repository: {entry} {why}", "mend it, or scan a copy of its files")
        if _is_git_dir(folder):
            if folder.name == ".git":
                return Git(folder, folder.parent, environment(hook))
            return Git(folder, None, environment(hook))
    return None


def _is_hooks_own(path: Path) -> bool:
    """Whether `path` is where git runs its hooks or below that, and not in a repository of its own there."""
    here = Path.cwd()
    below = (folder for folder in (path, *path.parents) if folder != here and folder.is_relative_to(here))
    return path.is_relative_to(here) and not any(os.path.lexists(folder / ".git") for folder in below)


def _named_by_git() -> Git:
    """The repository of the hook that is running: git sets these for linked work trees and for pushes."""
    git_dir = Path(os.environ["GIT_DIR"]).absolute()
    if not _is_git_dir(git_dir):
        raise KeyslipError(f"GIT_DIR names no repository: {git_dir}", "unset it, or run from a hook of git")
    tree = os.environ.get("GIT_WORK_TREE")
    if tree is not None:
        return Git(git_dir, Path(tree).absolute(), environment(hook=True))
    here = Path.cwd()
    bare = here == git_dir or (git_dir.name != ".git" and not (git_dir / "commondir").is_file())
    return Git(git_dir, None if bare else here, environment(hook=True))


def _git_dir(entry: Path) -> Path | None:
    """The git directory that a `.git` entry is or, in linked worktrees and submodules, names."""
    if entry.is_dir():
        return entry if _is_git_dir(entry) else None
    if not entry.is_file():
        return None
    with suppress(OSError, ValueError):
        text = entry.read_text(encoding="utf-8", errors="surrogateescape")
        if text.startswith("gitdir:"):
            named = (entry.parent / text[len("gitdir:") :].strip()).resolve()
            return named if _is_git_dir(named) else None
    return None


def _is_git_dir(folder: Path) -> bool:
    if not os.path.lexists(folder / "HEAD"):  # it may be a link to a ref that is packed
        return False
    if (folder / "commondir").is_file():  # a linked worktree
        return True
    return (folder / "objects").is_dir() and (folder / "refs").is_dir()


def revision(git: Git, name: str) -> str:
    """The full id of the commit that `name` means. Raises KeyslipError when there is none."""
    try:
        said = git.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    except GitFailed:
        raise KeyslipError(f"no such revision: {name!r}", "name a commit, branch or tag of this repository") from None
    return said.decode().strip()
