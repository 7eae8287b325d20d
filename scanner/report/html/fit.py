"""What fits: whole cards for the worst findings, rows for the next, and a count of the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from ....rules.severity import Severity
from ...finding import MOST_LOCATIONS, Finding
from .template import Pieces
from .view import Anchors, view

# Places that a card lists when not all cards have room for all of theirs.
FEWER_PLACES = 20
# The part of the room that cards get when there is not enough for all: the rest is for rows.
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
    for places in (MOST_LOCATIONS, FEWER_PLACES):
        cards = _draw(findings, room, pieces.whole, Anchors(), places)
        if len(cards) == len(findings):
            return Fitted(cards)
    anchors = Anchors()
    cards = _draw(findings, int(room * FOR_CARDS), pieces.whole, anchors, FEWER_PLACES)
    left = room - sum(len(each.encode()) for each in cards)
    rows = _draw(findings[len(cards) :], left, pieces.row, anchors, 1)
    rest = Counter(each.severity for each in findings[len(cards) + len(rows) :])
    return Fitted([*cards, *rows], len(rows), [(level, rest[level]) for level in Severity if rest[level]])


def _draw(
    findings: Sequence[Finding], room: int, draw: Callable[..., Markup], anchors: Anchors, places: int
) -> list[Markup]:
    drawn: list[Markup] = []
    for finding in findings:
        piece = draw(view(finding, anchors, places))
        room -= len(piece.encode())
        if room < 0:
            break
        drawn.append(piece)
    return drawn
