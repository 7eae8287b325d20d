"""The commit graph in memory: who is whose parent, and which refs reach a commit."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .git import Git
from .source.batch import Unread

# Commits whose descendants are found in one pass over the graph: one bit each in every commit's mask.
AT_ONCE = 256
MOST_REFS = 5
_OID = re.compile(rb"[0-9a-f]{40,64}")


class RefKind(StrEnum):
    BRANCH = "branch"
    TAG = "tag"
    PULL = "pull"
    STASH = "stash"
    NOTE = "note"
    UNREACHABLE = "unreachable"


# The first namespace that fits; what is in none of them was pushed under a name of its own, like a branch.
NAMESPACES = (
    ("refs/tags/", RefKind.TAG),
    ("refs/pull/", RefKind.PULL),
    ("refs/merge-requests/", RefKind.PULL),
    ("refs/changes/", RefKind.PULL),
    ("refs/pull-requests/", RefKind.PULL),
    ("refs/stash", RefKind.STASH),
    ("stash@{", RefKind.STASH),
    ("refs/notes/", RefKind.NOTE),
)


@dataclass(frozen=True, slots=True)
class Ref:
    """A name and what it finally points at: `kind` is the object's type, `tag` the annotated tag in between."""

    name: str
    target: bytes
    kind: bytes
    tag: bytes = b""

    @property
    def ref_kind(self) -> RefKind:
        return next((kind for start, kind in NAMESPACES if self.name.startswith(start)), RefKind.BRANCH)


@dataclass(frozen=True, slots=True)
class Reach:
    """The refs that reach a commit: at most five names, how many there are, and their kinds."""

    refs: tuple[str, ...] = ()
    total: int = 0
    kinds: tuple[RefKind, ...] = (RefKind.UNREACHABLE,)


UNREACHED = Reach()
UNKNOWN = Reach(kinds=())


def list_refs(git: Git, unread: list[Unread] | None = None) -> list[Ref]:
    """Every ref with what it finally points at, the HEADs that are detached (of linked worktrees too), and the stashes
    that only the stash's own log still names. Refs to nothing go into `unread`."""
    named: list[tuple[str, bytes]] = []
    for line in git.run("for-each-ref", "--format=%(refname)%00%(objectname)").splitlines():
        raw, _, oid = line.partition(b"\0")
        named.append((raw.decode("utf-8", "backslashreplace"), oid))
    head = git.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}", check=False).strip()
    if head and not git.run("symbolic-ref", "--quiet", "HEAD", check=False):
        named.append(("HEAD", head))
    stashes = git.run("rev-parse", "--git-path", "logs/refs/stash", check=False).decode("utf-8", "surrogateescape")
    named += [*_older_stashes(git, stashes.strip()), *_other_heads(git)]
    # Asked of the objects and not of for-each-ref, which dies at the first ref to nothing.
    asked = b"".join(oid + b"\n" + oid + b"^{}\n" for _, oid in named)
    with git.stream("cat-file", "--batch-check", "--buffer", stdin=asked) as stream:
        answers = stream.output.read().split(b"\n")
    refs = []
    for number, (name, oid) in enumerate(named):
        own, peeled = (answer.split(b" ") for answer in answers[2 * number : 2 * number + 2])
        if len(own) == 3 and len(peeled) == 3:
            refs.append(Ref(name, peeled[0], peeled[1], oid if own[1] == b"tag" else b""))
        elif unread is not None:
            unread.append(Unread(f"ref {name}", "points at an object that is missing or broken"))
    return refs


def _other_heads(git: Git) -> Iterable[tuple[str, bytes]]:
    """The detached HEADs of linked worktrees: what they reach, no other ref need reach."""
    common = git.run("rev-parse", "--git-common-dir", check=False).decode("utf-8", "surrogateescape").strip()
    folder = (git.work_tree or git.git_dir) / common / "worktrees"
    try:
        entries = sorted(folder.iterdir()) if folder.is_dir() else []
        for entry in entries:
            text = (entry / "HEAD").read_bytes().strip()
            if _OID.fullmatch(text):
                yield f"worktrees/{entry.name}/HEAD", text
    except OSError:
        return


def _older_stashes(git: Git, path: str) -> Iterable[tuple[str, bytes]]:
    log = (git.work_tree or git.git_dir) / path
    try:
        lines = log.read_bytes().splitlines() if path and log.is_file() else []
    except OSError:
        return
    # Newest last; the newest of all is refs/stash itself.
    for age, line in enumerate(reversed(lines[:-1]), start=1):
        fields = line.split(b" ")
        if len(fields) > 1:
            yield f"stash@{{{age}}}", fields[1]


def cut_commits(git: Git) -> set[bytes]:
    """The commits at which a shallow clone's history was cut off."""
    named = git.run("rev-parse", "--git-path", "shallow", check=False).decode("utf-8", "surrogateescape").strip()
    try:
        return set(((git.work_tree or git.git_dir) / named).read_bytes().split()) if named else set()
    except OSError:
        return set()


def shallow(git: Git) -> Iterator[Unread]:
    if git.run("rev-parse", "--is-shallow-repository", check=False).strip() == b"true":
        yield Unread("shallow clone", "its history was cut off: older commits are not here (git fetch --unshallow)")


class CommitGraph:
    """Parents of every commit, reachable or not; those of `cut` commits are known to be elsewhere."""

    def __init__(self, parents: Mapping[bytes, Sequence[bytes]], cut: Container[bytes] = ()) -> None:
        self.parents = parents
        self._cut = cut

    @classmethod
    def walk(cls, git: Git, unread: list[Unread], *tips: str) -> CommitGraph:
        """The graph of all that the tips reach; a walk that git breaks off goes into `unread`."""
        with git.stream("rev-list", "--parents", "--ignore-missing", *tips) as stream:
            lines = stream.output.read().splitlines()
            problem = stream.problem()
        if problem:
            unread.append(Unread("the commits that refs reach", problem))
        return cls({commit: above for commit, *above in (line.split(b" ") for line in lines)})

    def missing(self) -> set[bytes]:
        """Parents that are not there."""
        return {
            parent
            for commit, above in self.parents.items()
            for parent in above
            if parent not in self.parents and commit not in self._cut
        }

    def reach(self, wanted: Iterable[bytes], refs: Sequence[Ref]) -> dict[bytes, Reach]:
        """For each wanted commit, the refs from which it can be reached."""
        commits = [commit for commit in dict.fromkeys(wanted) if commit in self.parents]
        order = self._children_last(refs) if commits else []
        found: dict[bytes, Reach] = {}
        for start in range(0, len(commits), AT_ONCE):
            found |= self._reach(commits[start : start + AT_ONCE], order, refs)
        return found

    def _reach(self, commits: Sequence[bytes], order: Sequence[bytes], refs: Sequence[Ref]) -> dict[bytes, Reach]:
        bits = {commit: 1 << number for number, commit in enumerate(commits)}
        masks: dict[bytes, int] = {}
        for commit in order:
            mask = bits.get(commit, 0)
            for parent in self.parents[commit]:
                mask |= masks.get(parent, 0)
            if mask:
                masks[commit] = mask
        by_mask: dict[tuple[int, RefKind], list[str]] = {}
        for ref in refs:
            mask = masks.get(ref.target, 0)
            if mask:
                by_mask.setdefault((mask, ref.ref_kind), []).append(ref.name)
        reach = {}
        for commit, bit in bits.items():
            names: list[str] = []
            totals: Counter[RefKind] = Counter()
            for kind in RefKind:  # branches first: they say most
                for (mask, each), named in by_mask.items():
                    if each is kind and mask & bit:
                        totals[kind] += len(named)
                        names += named[: MOST_REFS - len(names)]
            reach[commit] = Reach(tuple(names), totals.total(), tuple(totals)) if totals else UNREACHED
        return reach

    def _children_last(self, refs: Sequence[Ref]) -> list[bytes]:
        """The commits that refs reach, every parent before its children."""
        order: list[bytes] = []
        state: dict[bytes, bool] = {}  # False: seen, True: in order
        for ref in refs:
            stack = [ref.target]
            while stack:
                commit = stack[-1]
                if state.get(commit) or commit not in self.parents:
                    stack.pop()
                elif commit in state:
                    stack.pop()
                    state[commit] = True
                    order.append(commit)
                else:
                    state[commit] = False
                    stack.extend(parent for parent in self.parents[commit] if parent not in state)
        return order
