"""A scan of a repository: its working tree, and every object of its history once, reachable or not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

from .attribute import Attribution, attribute, head_entries, head_paths
from .collect import Collection
from .git import Git
from .graph import CommitGraph, cut_commits, shallow
from .inventory import Inventory
from .paths import wanted
from .request import Outcome, Request
from .search import Job, Progress, Search
from .source.batch import Pieces
from .source.files import FileReader
from .source.objects import read_listed, read_objects
from .source.worktree import Listing, list_worktree


def _worktree(listing: Listing, request: Request) -> Pieces:
    yield from listing.unread
    reader = FileReader(os.fsencode(request.root), request.max_file_size)
    yield from reader.read(listing.items)


def _listed(git: Git, request: Request) -> tuple[Listing, int]:
    """The files to read, and how many the request leaves out."""
    listing = list_worktree(git, request.include_ignored)
    items = tuple(wanted(listing.items, request.paths))
    return replace(listing, items=items), len(listing.items) - len(items)


def tree(git: Git, search: Search, request: Request, progress: Progress | None) -> Outcome:
    """The working tree alone; HEAD's versions of files with a key are read too, to tell whether it is committed."""
    listing, left_out = _listed(git, request)
    found = search.here(_worktree(listing, request), progress)
    attribution = Attribution()
    held = {item.path for item, _ in found.matches}
    if held:
        contents = {content for content, path in head_entries(git, attribution.unread) if path in held}
        committed = search.here(read_objects(git, list(contents)))
        attribution.head_keys = {(match.rule.id, match.key) for _, match in committed.matches}
        attribution.unread += committed.unread
    return Outcome(found, attribution, left_out=left_out, items=listing.items)


def repository(git: Git, search: Search, request: Request, progress: Progress | None) -> Outcome:
    """Every object once, reachable or not, and beside it the working tree; then all trees are compared."""
    unread = list(shallow(git))
    inventory = Inventory()
    listing, left_out = _listed(git, request) if request.tree and git.work_tree is not None else (None, 0)

    def jobs() -> Iterator[Job]:
        if listing:
            yield lambda: _worktree(listing, request)
        for portion in inventory.portions(git, request, unread):
            yield lambda portion=portion: read_listed(git, portion, inventory.parents)  # type: ignore[misc]

    found = search.threads(jobs(), request.jobs, progress)
    collection = Collection()
    for item, match in found.matches:
        collection.add(item, match)
    contents = collection.contents()
    if request.attribution:
        if progress:
            progress.stage("comparing commits")
        attribution = attribute(
            git,
            contents,
            collection.messages(),
            inventory.present,
            CommitGraph(inventory.parents, cut_commits(git)),
            request.jobs,
            request.attribution_limit,
        )
    else:
        attribution = Attribution()
        attribution.head = head_paths(git, contents, attribution.unread)
    items = listing.items if listing else ()
    return Outcome(found, attribution, unread, inventory.blobs, len(inventory.commits), left_out=left_out, items=items)
