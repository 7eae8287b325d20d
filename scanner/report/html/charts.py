"""Charts as inline SVG. They have no viewBox: what grows with the page is in percent, and text stays readable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from ..safe import printable
from .view import clip

MOST_BARS = 7
HEIGHT = 210
THICK = 7


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture, and the same as a table: `filters` are, row by row, parts of an address that show what is counted."""

    name: str
    title: str
    picture: Markup
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[int]]]
    note: str = ""
    wide: bool = False
    filters: bool = False


def bars(name: str, title: str, counts: Sequence[tuple[str, int]]) -> Chart:
    """A bar for each of the first; the rest in one."""
    rows = list(counts[:MOST_BARS])
    if len(counts) > MOST_BARS:
        rest = counts[MOST_BARS - 1 :]
        rows = [*counts[: MOST_BARS - 1], (f"{len(rest)} others", sum(count for _, count in rest))]
    named = rows[: MOST_BARS - 1] if len(counts) > MOST_BARS else rows
    most = max((count for _, count in named), default=0) or 1
    pitch = HEIGHT // max(len(rows), MOST_BARS if name != "severity" else 1)
    drawn = []
    for index, (label, count) in enumerate(rows):
        top = index * pitch
        kind = f"fill-{label}" if name == "severity" else "fill"
        drawn += [
            text(label, 0, top + 13),
            text(f"{count:,}", "100%", top + 13, "end number"),
        ]
        if index < len(named):  # the others together may well be more than the first: a bar would mislead
            bar = Markup('<rect class="{}" y="{}" width="{}" height="{}" rx="3"/>')
            drawn.append(bar.format("track", top + 19, "100%", THICK))
            drawn.append(bar.format(kind, top + 19, percent(count / most), THICK))
    says = "; ".join(f"{label}: {count:,}" for label, count in rows) or "nothing"
    picture = svg(name, title, says, HEIGHT, drawn)
    table = [(clip(label, 80), [count]) for label, count in counts[:100]]
    return Chart(name, title, picture, ["keys"], table, filters=True)


def svg(name: str, title: str, says: str, height: int, drawn: Iterable[Markup]) -> Markup:
    """A picture with a name and a description for those who do not see it."""
    return Markup(
        '<svg role="img" aria-labelledby="{0}-title {0}-desc" width="100%" height="{1}">'
        '<title id="{0}-title">{2}</title><desc id="{0}-desc">{3}</desc>{4}</svg>'
    ).format(f"chart-{name}", height, title, printable(says), Markup("").join(drawn))


def text(words: str, x: int | str, y: int, kind: str = "") -> Markup:
    return Markup('<text class="{}" x="{}" y="{}">{}</text>').format(kind, x, y, escape(printable(clip(words, 40))))


def percent(part: float) -> str:
    return f"{100 * part:.2f}%"
