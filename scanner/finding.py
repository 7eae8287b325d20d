"""A finding: one key of one kind, with every place it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..rules.classify import Classification
    from ..rules.place import Place
    from ..rules.rule import Rule
    from ..rules.severity import Severity
    from .graph import RefKind

MOST_LOCATIONS = 200


class Subject(StrEnum):
    KEY = "key"
    NAME = "name"  # no key, but the name of a secret where it would ship


class LocationKind(StrEnum):
    WORKTREE = "worktree"
    HISTORY = "history"
    MESSAGE = "message"
    STDIN = "stdin"


@dataclass(frozen=True, slots=True)
class Location:
    """One place of a key. Lines and columns count from 1, columns in characters; `path` is None for messages and for
    contents that no commit names; `date` is RFC 3339."""

    path: str | None
    start_line: int
    start_column: int
    end_line: int
    end_column: int
    kind: LocationKind
    place: Place
    blob: str | None = None
    commit: str | None = None
    author: str | None = None
    date: str | None = None
    refs: Sequence[str] = ()
    refs_total: int = 0
    ref_kinds: Sequence[RefKind] = ()
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Introduced:
    """The commit that first brought the key in."""

    commit: str
    author: str | None
    date: str | None
    path: str | None


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a finding does not count: `by` is baseline, inline, ignore-file or policy."""

    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One (rule, id) with all its places, at most 200 of them listed. Holds no key: only what may be shown of it."""

    id: str
    subject: Subject
    rule: Rule
    redacted: str
    classification: Classification
    severity: Severity
    because: str  # the lines of the severity table that decided
    in_head: bool
    tracked: bool | None
    client_side: bool | None
    locations: Sequence[Location]
    occurrences: int
    introduced_by: Introduced | None = None
    suppressed: Suppression | None = None
