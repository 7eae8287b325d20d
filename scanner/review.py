"""A scan of changes: what the index or a range of commits brings in, without what it only kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..rules.rule import Nature
from .git import Git
from .request import Outcome, Request
from .search import Found, Search
from .source.batch import Item, Kind
from .source.changes import Change, Range, changes_of, commits_of
from .source.changes import staged as staged_changes
from .source.objects import read_objects

Keys = dict[bytes, set[tuple[str, object]]]  # by content, what it holds


def staged(git: Git, search: Search) -> Outcome:
    changes = staged_changes(git)
    new: dict[bytes, list[Change]] = {}
    for change in changes:
        if change.new:
            new.setdefault(change.new, []).append(change)
    found = search.here(read_objects(git, list(new)))
    carried = 0
    if found.matches:
        before = _keys(search.here(read_objects(git, _old(changes))))
        kept = _kept(changes, before, _keys(found))
        placed = [
            (Item(Kind.FILE, item.oid, change.path, tracked=True), match)
            for item, match in found.matches
            for change in new[item.oid.encode()]
        ]
        found.matches = [
            (item, match)
            for item, match in placed
            if match.rule.nature is Nature.HINT or (b"", item.path, match.rule.id, match.key) not in kept
        ]
        carried = len(placed) - len(found.matches)
    found.tally.files = len(new)
    return Outcome(found, carried=carried)


def _kept(changes: Iterable[Change], before: Keys, after: Keys) -> set[tuple[bytes, bytes, str, object]]:
    """What changes only kept or moved, as (commit, path, rule, key): it stood in the file before, or in another that
    the same commit took it from. A key that is still where it was has been copied, not moved."""
    by_commit: dict[bytes, list[Change]] = {}
    for change in changes:
        by_commit.setdefault(change.commit, []).append(change)
    kept = set()
    for commit, together in by_commit.items():
        here = {change.path: _all(before, change.old) for change in together}
        left = {each for change in together for each in here[change.path] - after.get(change.new, set())}
        for change in together:
            for rule, key in after.get(change.new, ()):
                if (rule, key) in here[change.path] or (rule, key) in left:
                    kept.add((commit, change.path, rule, key))
    return kept


def _all(keys: Keys, contents: Iterable[bytes]) -> set[tuple[str, object]]:
    return {each for content in contents for each in keys.get(content, ())}


def in_range(git: Git, wanted: Range, search: Search, request: Request) -> Outcome:
    from .attribute import Attribution, authors, head_paths
    from .compare import Introduction
    from .graph import CommitGraph, list_refs, shallow

    commits = commits_of(git, wanted)
    changes = changes_of(git, commits) if commits else []
    new = dict.fromkeys(change.new for change in changes if change.new)
    found = search.here(read_objects(git, [*new, *commits])) if commits else search.here(iter(()))
    outcome = Outcome(found, blobs=len(new), commits=len(commits), unread=list(shallow(git)))
    held = {item.oid.encode() for item, match in found.matches if match.rule.nature is not Nature.HINT}
    if not held:
        return outcome
    outcome.carried = _drop_carried(git, search, changes, found)
    held = {item.oid.encode() for item, _ in found.matches}
    introductions: dict[bytes, list[Introduction]] = {}
    for change in changes:
        if change.new in held:
            introductions.setdefault(change.new, []).append(Introduction(change.commit, change.path))
    attribution = Attribution(introductions=introductions)
    involved = {each.commit for made in introductions.values() for each in made} | (held & set(commits))
    if request.attribution:
        graph = CommitGraph.walk(git, attribution.unread, "--all", wanted.head)
        attribution.reach = graph.reach(involved, list_refs(git, attribution.unread))
        attribution.authors = authors(git, sorted(involved))
        attribution.complete = not attribution.unread
    attribution.head = head_paths(git, held, attribution.unread)
    outcome.attribution = attribution
    return outcome


def _drop_carried(git: Git, search: Search, changes: Sequence[Change], found: Found) -> int:
    """Leaves out keys that every commit with them only kept or moved. Returns how many."""
    suspect = {item.oid.encode() for item, _ in found.matches}
    commits = {change.commit for change in changes if change.new in suspect}
    together = [change for change in changes if change.commit in commits]
    kept = _kept(together, _keys(search.here(read_objects(git, _old(together)))), _keys(found))
    places: dict[bytes, list[Change]] = {}
    for change in together:
        places.setdefault(change.new, []).append(change)
    before = len(found.matches)
    found.matches = [
        (item, match)
        for item, match in found.matches
        if item.kind is not Kind.BLOB
        or match.rule.nature is Nature.HINT
        or any(
            (change.commit, change.path, match.rule.id, match.key) not in kept
            for change in places.get(item.oid.encode(), ())
        )
    ]
    return before - len(found.matches)


def _old(changes: Iterable[Change]) -> list[bytes]:
    return list(dict.fromkeys(old for change in changes for old in change.old))


def _keys(found: Found) -> Keys:
    keys: Keys = {}
    for item, match in found.matches:
        keys.setdefault(item.oid.encode(), set()).add((match.rule.id, match.key))
    return keys
