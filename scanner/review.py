"""A scan of changes: what the index or a range of commits brings in, without what it only kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..rules.rule import Nature, Rule
from .git import Git
from .request import Outcome, Request
from .search import Found, Search
from .source.batch import Item, Kind
from .source.changes import Change, Range, changes_of, commits_of
from .source.changes import staged as staged_changes
from .source.objects import read_objects


def staged(git: Git, search: Search) -> Outcome:
    changes = staged_changes(git)
    new: dict[bytes, list[Change]] = {}
    for change in changes:
        if change.new:
            new.setdefault(change.new, []).append(change)
    found = search.here(read_objects(git, list(new)))
    carried = 0
    if found.matches:
        known = _keys(search.here(read_objects(git, _old(changes))))
        kept = [
            (Item(Kind.FILE, item.oid, change.path, tracked=True), match)
            for item, match in found.matches
            for change in new[item.oid.encode()]
        ]
        found.matches = [(item, match) for item, match in kept if _is_new(match.rule, match.key, known)]
        carried = len(kept) - len(found.matches)
    found.tally.files = len(new)
    return Outcome(found, carried=carried)


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
        graph = CommitGraph.walk(git, "--all", wanted.head)
        attribution.reach = graph.reach(involved, list_refs(git))
        attribution.authors = authors(git, sorted(involved))
        attribution.complete = True
    attribution.head = head_paths(git, held, attribution.unread)
    outcome.attribution = attribution
    return outcome


def _drop_carried(git: Git, search: Search, changes: Sequence[Change], found: Found) -> int:
    """Leaves out keys that each commit with them only kept: they stood in what it changed before. Returns how many."""
    suspect = {item.oid.encode() for item, _ in found.matches}
    commits = {change.commit for change in changes if change.new in suspect}
    by_content = search.here(read_objects(git, _old(change for change in changes if change.commit in commits)))
    keys: dict[bytes, set[tuple[str, object]]] = {}
    for item, match in by_content.matches:
        keys.setdefault(item.oid.encode(), set()).add((match.rule.id, match.key))
    known: dict[bytes, set[tuple[str, object]]] = {}
    introduced: dict[bytes, set[bytes]] = {}
    for change in changes:
        for old in change.old:
            known.setdefault(change.commit, set()).update(keys.get(old, ()))
        introduced.setdefault(change.new, set()).add(change.commit)
    before = len(found.matches)
    found.matches = [
        (item, match)
        for item, match in found.matches
        if item.kind is not Kind.BLOB
        or any(_is_new(match.rule, match.key, known.get(commit, set())) for commit in introduced[item.oid.encode()])
    ]
    return before - len(found.matches)


def _old(changes: Iterable[Change]) -> list[bytes]:
    return list(dict.fromkeys(old for change in changes for old in change.old))


def _keys(found: Found) -> set[tuple[str, object]]:
    return {(match.rule.id, match.key) for _, match in found.matches}


def _is_new(rule: Rule, key: object, known: set[tuple[str, object]]) -> bool:
    return rule.nature is Nature.HINT or (rule.id, key) not in known
