"""Exposure by lifetime as a heat map: what is most dangerous, and lives longest, stands at the top left."""

from __future__ import annotations

from collections import Counter

from markupsafe import Markup

from ....rules.rule import Exposure, LifetimeClass
from .charts import Chart, percent, svg, text

ROWS = (Exposure.ADMIN, Exposure.SECRET, Exposure.CONDITIONAL, Exposure.PUBLISHABLE)
COLUMNS = (
    LifetimeClass.LONG_LIVED,
    LifetimeClass.UNKNOWN,
    LifetimeClass.EXPIRING,
    LifetimeClass.SHORT_LIVED,
    LifetimeClass.EXPIRED,
)
HEAD = 34
ROW = 44
LABEL = 0.22
STEPS = 5


def matrix(counts: Counter[tuple[Exposure, LifetimeClass]]) -> Chart:
    """The deeper a cell's colour, the more keys; every cell has its number as well."""
    title = "Exposure by lifetime"
    width = (1 - LABEL) / len(COLUMNS)
    most = max(counts.values(), default=0)
    drawn = []
    for index, column in enumerate(COLUMNS):
        middle = percent(LABEL + (index + 0.5) * width)
        first, dash, last = column.rpartition("-")  # in two lines, for narrow pages
        drawn.append(text(first + dash, middle, HEAD - 20, "middle small tight"))
        drawn.append(text(last, middle, HEAD - 8, "middle small tight"))
    for line, row in enumerate(ROWS):
        top = HEAD + line * ROW
        drawn.append(text(row, 0, top + ROW // 2 + 3, "small"))
        for index, column in enumerate(COLUMNS):
            count = counts[row, column]
            step = _step(count, most)
            drawn += [
                Markup('<rect class="heat-{}" x="{}" y="{}" width="{}" height="{}" rx="3"/>').format(
                    step, percent(LABEL + index * width + 0.004), top + 2, percent(width - 0.008), ROW - 4
                ),
                text(
                    f"{count:,}" if count else "·",
                    percent(LABEL + (index + 0.5) * width),
                    top + ROW // 2 + 5,
                    f"middle on-heat-{step}",
                ),
            ]
    cells = [(row, column) for row in ROWS for column in COLUMNS if counts[row, column]]
    says = "; ".join(f"{row}, {column}: {counts[row, column]:,}" for row, column in cells)
    picture = svg("exposure", title, says or "nothing", HEAD + len(ROWS) * ROW, drawn)
    rows = [(row.value, [counts[row, column] for column in COLUMNS]) for row in ROWS]
    return Chart("exposure", title, picture, [column.value for column in COLUMNS], rows, filters=True)


def _step(count: int, most: int) -> int:
    """0 for none, else 1 to 5: by order of magnitude, so that one large cell does not make all others pale."""
    if not count:
        return 0
    scale = most.bit_length()
    return max(1, round(STEPS * count.bit_length() / scale))
