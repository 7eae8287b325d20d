"""Collects matches into findings: the same key in many places is one finding."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatch
from pathlib import Path

from ..rules.classify import Classification, classify, default_access
from ..rules.decode import decode
from ..rules.identity import identity, redacted
from ..rules.names import ELSEWHERE
from ..rules.place import Place
from ..rules.rule import Meaning, Nature, Rule
from ..rules.secret import Secret
from ..rules.severity import Circumstances, judge
from .attribute import Attribution
from .finding import MOST_LOCATIONS, Finding, Introduced, Location, LocationKind, Subject, Suppression
from .lfs import LFS_POINTER
from .locate import locate
from .match import Match
from .request import Request
from .source.batch import Item, Kind


@dataclass
class Sighting:
    """A key and every match of it."""

    rule: Rule
    key: Secret
    matches: list[tuple[Item, Match]] = field(default_factory=list)


@dataclass
class Collection:
    """All sightings by rule and key, and the references that helpers such as project URLs gave."""

    sightings: dict[tuple[str, Secret], Sighting] = field(default_factory=dict)
    references: set[str] = field(default_factory=set)
    pointers: set[str] = field(default_factory=set)  # contents that stand for a file kept elsewhere (LFS)

    def add(self, item: Item, match: Match) -> None:
        if match.rule.nature is Nature.HINT:
            if match.rule.id == LFS_POINTER:
                if match.start == 0:
                    self.pointers.add(item.oid or os.fsdecode(item.path))
            else:
                self.references.add(match.key.reveal().decode("latin-1"))
            return
        place = (match.rule.id, match.key)
        sighting = self.sightings.get(place)
        if sighting is None:
            sighting = self.sightings[place] = Sighting(match.rule, match.key)
            self._refer(match)
        sighting.matches.append((item, match))

    def _refer(self, match: Match) -> None:
        """A key that names its project helps to place others of the project."""
        if match.rule.provider != "supabase" or not match.rule.decoder:
            return
        decoded = decode(match.rule.decoder, match.key.reveal())
        if decoded and decoded.principal:
            self.references.add(decoded.principal.removeprefix("project:"))

    def contents(self) -> set[bytes]:
        """The ids of blobs with a match."""
        return {item.oid.encode() for item in self._items() if item.kind is Kind.BLOB}

    def messages(self) -> set[bytes]:
        """The ids of commits and tags with a match."""
        return {item.oid.encode() for item in self._items() if item.kind in (Kind.COMMIT, Kind.TAG)}

    def _items(self) -> Iterator[Item]:
        return (item for sighting in self.sightings.values() for item, _ in sighting.matches)


def linked_project(root: Path) -> set[str]:
    """The reference of the Supabase project that the CLI has linked to a folder; it keeps it outside git."""
    try:
        text = (root / "supabase" / ".temp" / "project-ref").read_bytes()[:64].strip()
    except OSError:
        return set()
    return {text.decode("ascii")} if re.fullmatch(rb"[a-z]{20}", text) else set()


def findings(collection: Collection, attribution: Attribution, request: Request) -> tuple[list[Finding], int]:
    """The findings, worst first, and how many keys are left out because no place of theirs is asked for."""
    made = [_finding(sighting, collection, attribution, request) for sighting in collection.sightings.values()]
    merged = _merge(finding for finding in made if finding)
    ordered = sorted(merged, key=lambda each: (-each.severity.rank, each.rule.provider, each.rule.id, each.id))
    outside = sum(
        finding is None and sighting.rule.nature is not Nature.NAME
        for finding, sighting in zip(made, collection.sightings.values(), strict=True)
    )
    return ordered, outside


def _finding(sighting: Sighting, collection: Collection, attribution: Attribution, request: Request) -> Finding | None:
    rule, key, now = sighting.rule, sighting.key.reveal(), request.now
    locations: list[Location] = []
    meanings: dict[tuple[Meaning, str], None] = {}
    allowed: set[str] = set()
    tracked: set[bool | None] = set()
    ignored: set[bool] = set()
    in_head = (rule.id, sighting.key) in attribution.head_keys
    client = False
    # Threads find them in any order; what is said of a key must not depend on it.
    matches = sorted(sighting.matches, key=lambda each: (each[0].kind, each[0].oid, each[0].path, each[1].start))
    for item, match in matches:
        for location in locate(item, match, attribution):
            if not request.paths.passes(location.path, attribution.complete):
                continue
            if rule.nature is Nature.NAME and ELSEWHERE.search(location.path or ""):
                continue
            locations.append(location)
            meanings |= dict.fromkeys(match.meanings) | dict.fromkeys(_by_path(rule, location.path))
            ships = attribution.shipped.get(location.path or "") if item.kind is Kind.FILE else None
            if ships:
                meanings[Meaning.CLIENT, ships] = None
            allowed.add(match.allowed)
            tracked.add(item.tracked if item.kind is Kind.FILE else True if item.kind is Kind.BLOB else None)
            ignored.add(item.ignored)
            in_head = in_head or (item.kind is Kind.BLOB and item.oid.encode() in attribution.head)
            client = client or location.place is Place.CLIENT
    if not locations:
        return None
    first = matches[0][1]
    classification = classify(
        rule, key, now, tuple(meanings), sorted(collection.references), first.identifier, first.stage, first.owner
    )
    locations.sort(key=_order)
    verdict = judge(_circumstances(rule, classification, locations, client, ignored == {True}, now))
    return Finding(
        id=identity(rule, key),
        subject=Subject.NAME if rule.nature is Nature.NAME else Subject.KEY,
        rule=rule,
        redacted=redacted(rule, key),
        classification=classification,
        severity=verdict.severity,
        because=verdict.because,
        in_head=in_head,
        tracked=True if True in tracked else False if False in tracked else None,
        client_side=client if any(each.place is not Place.UNKNOWN for each in locations) else None,
        locations=locations[:MOST_LOCATIONS],
        occurrences=len(locations),
        introduced_by=_introduced(locations),
        suppressed=_suppression(allowed, request.accepted.reason((key, first.identifier.encode()), locations)),
    )


def _suppression(comments: set[str], file: str) -> Suppression | None:
    if "" not in comments:
        return Suppression("inline", f"{', '.join(sorted(comments))} on every line it stands in")
    return Suppression("ignore-file", f"accepted in {file}") if file else None


def _by_path(rule: Rule, path: str | None) -> Iterator[tuple[Meaning, str]]:
    """What the rule's signals say that need no text: of the path, or of the kind itself."""
    for signal in rule.signals:
        if path is not None and any(fnmatch(path, glob) for glob in signal.paths):
            yield signal.means, f"{signal.evidence} (path)"
        elif not signal.paths and not signal.pattern:
            yield signal.means, signal.evidence


def _circumstances(
    rule: Rule, about: Classification, locations: Sequence[Location], client: bool, only_ignored: bool, now: int
) -> Circumstances:
    dates = [each.date for each in locations]
    longest = rule.lifetime.longest
    # A key that stood there then cannot be younger, wherever else it stands now.
    oldest = min((datetime.fromisoformat(date).timestamp() for date in dates if date), default=None)
    outlived = bool(longest and oldest is not None and oldest + longest < now)
    return Circumstances(
        nature=rule.nature,
        exposure=about.exposure,
        level=about.scope.level,
        access=default_access(rule, about.scope),
        lifetime=about.lifetime.kind,
        environment=about.environment,
        confidence=about.confidence,
        harmless=about.harmless is not None,
        outlived=outlived,
        client=client,
        used_as_secret=about.used_as_secret,
        made_to_ship=about.made_to_ship,
        checksum=about.checksum,
        proven=about.proven,
        only_ignored=only_ignored,
        places=frozenset(each.place for each in locations),
    )


def _introduced(locations: Sequence[Location]) -> Introduced | None:
    """The earliest of the commits, by author's date; reachable ones first."""
    dated = [each for each in locations if each.commit and each.kind is not LocationKind.WORKTREE]
    if not dated:
        return None
    first = min(dated, key=lambda each: (each.refs_total == 0, _seconds(each.date)))
    return Introduced(first.commit or "", first.author, first.date, first.path)


def _order(location: Location) -> tuple[int, float, str, int, int, str, str]:
    """Working tree first, then history as it came about."""
    rank = 0 if location.kind is LocationKind.WORKTREE else 1
    named = location.path or "", location.start_line, location.start_column
    return rank, _seconds(location.date), *named, location.commit or "", location.blob or ""


def _seconds(date: str | None) -> float:
    return datetime.fromisoformat(date).timestamp() if date else 0.0


def _merge(found: Iterable[Finding]) -> Iterator[Finding]:
    """Keys that differ as text and are one to their provider (PEM bodies wrapped differently) become one finding."""
    merged: dict[tuple[str, str], Finding] = {}
    for each in found:
        place = (each.rule.id, each.id)
        other = merged.get(place)
        if other is None:
            merged[place] = each
            continue
        worse, milder = (each, other) if each.severity.rank > other.severity.rank else (other, each)
        locations = sorted([*other.locations, *each.locations], key=_order)
        merged[place] = replace(
            worse,
            in_head=worse.in_head or milder.in_head,
            tracked=worse.tracked or milder.tracked,
            client_side=worse.client_side or milder.client_side,
            locations=locations[:MOST_LOCATIONS],
            occurrences=worse.occurrences + milder.occurrences,
            introduced_by=_introduced(locations),
            suppressed=worse.suppressed and milder.suppressed,
        )
    yield from merged.values()
