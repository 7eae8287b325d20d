"""Where a match is: of a blob, every commit and path that brought it in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..rules.place import Place, place_of
from .attribute import Attribution
from .finding import Location, LocationKind
from .match import Match
from .source.batch import Item, Kind, shown_path


def locate(item: Item, match: Match, attribution: Attribution) -> Iterator[Location]:
    """The places of one match: of a blob, every commit and path that brought it in."""
    base = Location(
        path=None,
        start_line=match.first.line,
        start_column=match.first.column,
        end_line=match.last.line,
        end_column=match.last.column,
        kind=LocationKind.HISTORY,
        place=Place.UNKNOWN,
        blob=item.oid or None,
        encoding=match.encoding,
    )
    if item.kind is Kind.STDIN:
        yield replace(base, kind=LocationKind.STDIN, place=place_of("", match.name))
    elif item.kind is Kind.FILE:
        path = shown_path(item.path)
        place = Place.CLIENT if path in attribution.shipped else place_of(path, match.name)
        yield replace(base, kind=LocationKind.WORKTREE, path=path, place=place)
    elif item.kind is Kind.BLOB:
        yield from _history(base, item, match, attribution)
    else:
        yield _message(base, item, attribution)


def _history(base: Location, item: Item, match: Match, attribution: Attribution) -> Iterator[Location]:
    content = item.oid.encode()
    found = attribution.introductions.get(content, ())
    for each in found:
        path = shown_path(each.path)
        yield _dated(replace(base, path=path, place=place_of(path, match.name)), each.commit, attribution)
    if found:
        return
    refs = attribution.direct.get(content, ())
    paths: Sequence[bytes | None] = attribution.head.get(content, ()) or ([item.path] if item.path else [None])
    for named in paths:
        path = shown_path(named) if named else ""
        yield replace(
            base,
            path=path or None,
            place=place_of(path, match.name),
            refs=tuple(ref.name for ref in refs[:5]),
            refs_total=len(refs),
            ref_kinds=tuple(dict.fromkeys(ref.ref_kind for ref in refs)) or attribution.nowhere.kinds,
        )


def _message(base: Location, item: Item, attribution: Attribution) -> Location:
    oid = item.oid.encode()
    tag = attribution.tags.get(oid)
    if item.kind is Kind.TAG:
        named = replace(base, kind=LocationKind.MESSAGE, ref_kinds=attribution.nowhere.kinds)
        if tag is None:
            return named
        return replace(
            _dated(named, tag.target, attribution) if tag.kind == b"commit" else named,
            refs=(tag.name,),
            refs_total=1,
            ref_kinds=(tag.ref_kind,),
        )
    return _dated(replace(base, kind=LocationKind.MESSAGE, blob=None), oid, attribution)


def _dated(location: Location, commit: bytes, attribution: Attribution) -> Location:
    author = attribution.authors.get(commit)
    reach = attribution.reach_of(commit)
    return replace(
        location,
        commit=commit.decode("ascii"),
        author=author.name if author else None,
        date=author.date if author else None,
        refs=reach.refs,
        refs_total=reach.total,
        ref_kinds=reach.kinds,
    )
