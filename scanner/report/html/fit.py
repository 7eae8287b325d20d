"""What fits: whole cards for the worst findings, rows for the next, and a count of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from markupsafe import Markup

from ....rules.severity import Severity
from ...finding import MOST_LOCATIONS, Finding
from .template import Pieces
from .view import view

# Places that a card lists when not all cards have room for all of theirs.
FEWER_PLACES = 20
# The part of the room that cards get when not even a row for each of the others fits.
FOR_CARDS = 0.6


@dataclass(frozen=True, slots=True)
class Fitted:
    """The findings as drawn, how many of them are rows alone, and the severities of those that were left out."""

    drawn: Sequence[Markup] = ()
    rows: int = 0
    left: Sequence[tuple[Severity, int]] = field(default=())

    @property
    def left_out(self) -> int:
        return sum(count for _, count in self.left)


def fit(findings: Sequence[Finding], room: int, pieces: Pieces) -> Fitted:
    """Draws as many of `findings`, the worst first, as `room` bytes hold."""
    named = list(zip(findings, _anchors(findings), strict=True))
    for places in (MOST_LOCATIONS, FEWER_PLACES):
        cards = _draw(named, room, pieces.whole, places)
        if len(cards) == len(named):
            return Fitted(cards)
    rows = _draw(named, room, pieces.row, 1)
    kept = _cards_beside_rows(list(map(_size, cards)), list(map(_size, rows)), len(named), room)
    left = room - sum(map(_size, cards[:kept]))
    rows = _draw(named[kept:], left, pieces.row, 1)
    rest = Counter(each.severity for each in findings[kept + len(rows) :])
    return Fitted([*cards[:kept], *rows], len(rows), [(level, rest[level]) for level in Severity if rest[level]])


def _cards_beside_rows(cards: Sequence[int], rows: Sequence[int], total: int, room: int) -> int:
    """How many cards leave room for a row of everything else; where nothing does, as many as their share holds."""
    cards_to = list(accumulate(cards))
    rows_to = [0, *accumulate(rows)]
    share = sum(size <= room * FOR_CARDS for size in cards_to)
    if len(rows) < total:
        return share
    beside = sum(size + rows_to[total] - rows_to[count] <= room for count, size in enumerate(cards_to, start=1))
    return max(share, beside)


def _draw(named: Sequence[tuple[Finding, str]], room: int, draw: Callable[..., Markup], places: int) -> list[Markup]:
    drawn: list[Markup] = []
    for finding, anchor in named:
        piece = draw(view(finding, anchor, places))
        room -= _size(piece)
        if room < 0:
            break
        drawn.append(piece)
    return drawn


def _size(piece: str) -> int:
    return len(piece.encode())


def _anchors(findings: Sequence[Finding]) -> list[str]:
    """Names for the parts of the page: from a finding's id, so that a link outlives the report; never one twice."""
    used: Counter[str] = Counter()
    names = []
    for finding in findings:
        short = finding.id[:16]
        used[short] += 1
        names.append(f"f-{short}" + (f"-{used[short]}" if used[short] > 1 else ""))
    return names
