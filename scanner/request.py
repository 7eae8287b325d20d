"""What is asked of a scan, and what one of its parts came to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..rules.rule import Rule
from .engine import EngineChoice
from .git import Git
from .paths import PathFilter
from .search import Found
from .source.batch import Item, Unread
from .source.changes import Range
from .suppress.accepted import Accepted

if TYPE_CHECKING:
    from .attribute import Attribution

# Seconds. A tree that expands without end (twelve objects suffice) must not hold a report back for ever.
ATTRIBUTION_LIMIT = 600.0


@dataclass(frozen=True, slots=True)
class Request:
    """What to scan and how. `git` is None for a plain directory; `root` is what paths are relative to; `only` is a
    single file of it. `now` in seconds since 1970; sizes in bytes, 0 for no limit."""

    root: Path
    now: int
    git: Git | None = None
    only: bytes | None = None
    tree: bool = True
    history: bool = True
    staged: bool = False
    range: Range | None = None
    stdin: IO[bytes] | None = None
    rules: Sequence[Rule] = ()
    paths: PathFilter = field(default_factory=PathFilter)
    engine: EngineChoice = EngineChoice.AUTO
    attribution: bool = True
    attribution_limit: float = ATTRIBUTION_LIMIT
    include_ignored: bool = False
    max_file_size: int = 0
    jobs: int = 1
    accepted: Accepted = field(default_factory=Accepted)


@dataclass
class Outcome:
    """What a scan of one kind found, before it becomes a report."""

    found: Found
    attribution: Attribution | None = None
    unread: list[Unread] = field(default_factory=list)
    blobs: int = 0
    commits: int = 0
    carried: int = 0
    left_out: int = 0
    items: Sequence[Item] = ()  # the files that were asked for
