"""Keys introduced over time: columns stacked by severity, one a month or, over a long history, a year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from ....rules.severity import Severity
from .charts import Chart, percent, svg, text
from .view import clip

PLOT = 130
TOP = 18
# Over this many months the columns are years; over this many years the early ones share a column.
MOST_MONTHS = 60
MOST_YEARS = 30
MOST_LABELS = 10
# Room for as many columns is there even when there are less: one alone should not look like a wall.
FEWEST = 12
LATE = 0.95  # from there on a label would reach over the edge


def timeline(counts: Counter[tuple[str, Severity]], undated: int) -> Chart:
    """Columns of the keys that came in then, the worst at the bottom."""
    title = "Keys introduced over time"
    months = sorted({month for month, _ in counts})
    periods, size = _periods(months)
    sums = {period: Counter[Severity]() for period in periods}
    for (month, severity), count in counts.items():
        sums[max(month[:size], periods[0])][severity] += count
    drawn = _drawn(periods, sums)
    says = "; ".join(f"{period}: {sums[period].total():,}" for period in periods if sums[period]) or "no dates known"
    rows = [(period, [sums[period][level] for level in Severity]) for period in periods if sums[period]]
    note = f"{undated:,} without a date: no commit holds them" if undated else ""
    if periods and months[0][:size] < periods[0]:
        note = f"{periods[0]} and before in the first column. {note}"
    picture = svg("time", title, clip(says, 2000), TOP + PLOT + 26, drawn)
    return Chart("time", title, picture, [level.value for level in Severity], rows, note, wide=True)


def _drawn(periods: Sequence[str], sums: dict[str, Counter[Severity]]) -> list[Markup]:
    most = max((each.total() for each in sums.values()), default=0) or 1
    step = 1 / max(len(periods), FEWEST)
    drawn = [
        Markup('<line class="grid" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(TOP + PLOT),
        Markup('<line class="grid faint" x1="0" x2="100%" y1="{0}" y2="{0}"/>').format(TOP),
        text(f"{most:,} key{'s' if most > 1 else ''}", "100%", TOP - 5, "end small"),
    ]
    every = -(-len(periods) // MOST_LABELS)
    for index, period in enumerate(periods):
        bottom = float(TOP + PLOT)
        for level in Severity:
            height = PLOT * sums[period][level] / most
            bottom -= height
            if height:
                drawn.append(
                    Markup('<rect class="fill-{}" x="{}" y="{:.1f}" width="{}" height="{:.1f}"/>').format(
                        level.value, percent((index + 0.1) * step), bottom, percent(0.8 * step), height
                    )
                )
        if index % every == 0 and (index + 1) * step < LATE:
            kind = "small" if index // every % 2 == 0 else "small spare"  # a narrow page has room for half of them
            drawn.append(text(period, percent((index + 0.1) * step), TOP + PLOT + 18, kind))
    return drawn


def _periods(months: Sequence[str]) -> tuple[list[str], int]:
    """All periods from the first to the last, none left out, and how much of a month's name makes a period's."""
    if not months:
        return [], 0
    (first_year, first_month), (last_year, last_month) = (map(int, each.split("-")) for each in (months[0], months[-1]))
    if (last_year - first_year) * 12 + last_month - first_month < MOST_MONTHS:
        first, last = first_year * 12 + first_month - 1, last_year * 12 + last_month - 1
        return [f"{each // 12:04}-{each % 12 + 1:02}" for each in range(first, last + 1)], len("2026-01")
    return [f"{year:04}" for year in range(max(first_year, last_year - MOST_YEARS + 1), last_year + 1)], len("2026")
