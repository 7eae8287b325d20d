"""What changed: the index against HEAD, or the commits of a range, as pairs of old and new contents."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...rules.errors import KeyslipError
from ..git import FRUGAL, Git, GitFailed, revision

# Bytes of addresses of a git that compares: its packs are mapped in small windows.
MOST_MEMORY = 3 << 30
# Bytes that git prints of a range's changes, and seconds it may take: a tree can be made that expands without end.
MOST_CHANGES = 256 << 20
CHANGES_LIMIT = 120.0
EMPTY = b"0"  # git's id of "nothing there": all zeros
LINK, SUBMODULE = b"120000", b"160000"


@dataclass(frozen=True, slots=True)
class Change:
    """A file's content after a change (empty when it is gone) and those before it (several for a merge, none for a
    new file). Ids are hexadecimal; `commit` is empty for what is only staged."""

    path: bytes
    new: bytes
    old: tuple[bytes, ...] = ()
    commit: bytes = b""


@dataclass(frozen=True, slots=True)
class Range:
    """The commits that `head` has and `base` has not; `base` None for all of them. Both are full commit ids.
    `options` of `git rev-list` choose among them."""

    base: str | None
    head: str
    options: tuple[str, ...] = ()


def staged(git: Git) -> list[Change]:
    """What the next commit would change; in a hook, what the commit under way changes."""
    arguments = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev")
    try:
        output = git.run(*arguments, "HEAD")
    except GitFailed:  # no commit yet: everything in the index is new
        nothing = git.run("hash-object", "-t", "tree", "--stdin").decode().strip()
        output = git.run(*arguments, nothing)
    return list(parse_raw(output.split(b"\0")))


def parse_range(git: Git, text: str) -> Range:
    """`BASE..HEAD` or `BASE...HEAD` as commits. A base of zeros, as hosts give for a new branch, means everything.

    Raises KeyslipError when it is no range, or names no commit.
    """
    base, dots, head = text.partition("...") if "..." in text else text.partition("..")
    if not dots or not head:
        raise KeyslipError(f"not a range: {text!r}", "write BASE..HEAD")
    tip = revision(git, head)
    if not base.strip("0"):
        return Range(None, tip)
    start = revision(git, base)
    if dots == "...":
        start = git.run("merge-base", start, tip, check=False).decode().split("\n")[0] or start
    return Range(start, tip)


def commits_of(git: Git, wanted: Range) -> list[bytes]:
    """The commits of a range, newest first. Raises KeyslipError when the history to walk is not all there."""
    exclude = [f"^{wanted.base}"] if wanted.base else []
    try:
        return git.run("rev-list", *wanted.options, wanted.head, *exclude).split()
    except GitFailed as error:
        raise KeyslipError(f"the range cannot be walked: {error.reason}", "fetch the missing history first") from None


DIFF_TREE = ("diff-tree", "--stdin", "-r", "-c", "--root", "--raw", "--no-renames", "--no-abbrev", "-z")


def changes_of(git: Git, commits: Iterable[bytes]) -> list[Change]:
    """What each of the commits changed; of a merge, only what differs from all its parents.

    Raises KeyslipError when git cannot compare the trees.
    """
    with git.stream(*FRUGAL, *DIFF_TREE, stdin=b"\n".join(commits) + b"\n") as stream:
        stream.bound(MOST_MEMORY)
        output = bytearray()
        started = time.monotonic()
        while block := stream.output.read(1 << 20):
            output += block
            if len(output) > MOST_CHANGES or time.monotonic() - started > CHANGES_LIMIT:
                raise KeyslipError("the changes are too many to review", "name a smaller range, or scan everything")
        problem = stream.problem()
    if problem:
        raise KeyslipError(f"the changes cannot be read: {problem}", "fetch the missing objects first")
    return list(parse_raw(bytes(output).split(b"\0")))


def parse_raw(fields: Iterable[bytes]) -> Iterator[Change]:
    """The changes in git's raw format with `-z`; submodules and symbolic links have no contents of their own."""
    commit = b""
    records = iter(fields)
    for field in records:
        if not field.startswith(b":"):
            commit = field.strip() or commit
            continue
        path = next(records, b"")
        parents = len(field) - len(field.lstrip(b":"))
        words = field[parents:].split(b" ")
        modes, oids = words[: parents + 1], words[parents + 1 : 2 * parents + 2]
        if modes[-1] in (LINK, SUBMODULE):
            continue
        old = tuple(
            oid for oid, mode in zip(oids[:-1], modes[:-1], strict=True) if oid.strip(EMPTY) and mode != SUBMODULE
        )
        yield Change(path, oids[-1] if oids[-1].strip(EMPTY) else b"", old, commit)
