"""Markdown for a comment on a pull request or a job's summary.

GitHub takes comments of up to 65,536 characters and summaries of 1 MiB
(https://docs.github.com/actions/reference/workflow-commands-for-github-actions): the report ends before the smaller,
and says how much it leaves out. Everything from outside is shown as text: no link, image, mention or reference in it
works.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...rules.severity import Severity
from ..finding import Finding
from ..scan import Report
from .safe import link, markdown, markdown_code
from .words import counted, gone, how_much, lives, may, next_step, place, standing, unread

MOST_CHARACTERS = 60_000
# What the parts may take of it at most; the places take what the others leave.
TABLE = 36_000
INCOMPLETE = 8_000
CLOSING = 400
# Places of one finding that are spelt out.
MOST_PLACES = 20
# Suppressions that a change under review wanted for itself and did not get.
MOST_UNTRUSTED = 10
# Findings below this are only counted.
LISTED = Severity.LOW
HEADER = "| severity | key | what it may do | where | next |\n|---|---|---|---|---|\n"


@dataclass(slots=True)
class _Room:
    """How many characters may still be written."""

    left: int

    def fits(self, text: str) -> bool:
        if len(text) > self.left:
            return False
        self.left -= len(text)
        return True


def as_markdown(report: Report) -> Iterator[str]:
    """The report, at most 60,000 characters long."""
    shown = [each for each in report.findings if each.suppressed is None]
    listed = [each for each in shown if each.severity.rank >= LISTED.rank]
    staged = report.target.get("part") == "staged"
    head = _head(report, shown, len(listed))
    unread_part = _incomplete(report)
    room = _Room(MOST_CHARACTERS - CLOSING - len(head) - len(unread_part))
    yield head

    table = _Room(min(TABLE, room.left))
    rows = list(_fitting(table, (_row(each, staged) for each in listed), HEADER))
    yield from rows
    room.left -= sum(map(len, rows))
    tabled = max(0, len(rows) - 1)

    detailed = 0
    opened = f"\n<details><summary>Places of {tabled} key{_s(tabled)}</summary>\n\n"
    room.left -= len(opened) + len("</details>\n")
    if tabled and room.left > 0:
        yield opened
        for text in _fitting(room, map(_places, listed[:tabled])):
            detailed += 1
            yield text
        yield "</details>\n"

    yield unread_part
    yield _closing(len(listed) - tabled, tabled - detailed)


def _fitting(room: _Room, texts: Iterator[str], first: str = "") -> Iterator[str]:
    """The texts up to the first for which there is no room: what follows is milder. `first` opens them."""
    for text in texts:
        if not room.fits(first + text):
            return
        if first:
            yield first
            first = ""
        yield text


def _head(report: Report, shown: Sequence[Finding], listed: int) -> str:
    lines = [f"### keyslip: {counted(report)}", "", f"Read {how_much(report)}."]
    notes = len(shown) - listed
    if notes:
        lines.append(f"{notes} note{_s(notes)} (public, expired or placeholder) not listed.")
    suppressed = len(report.findings) - len(shown)
    if suppressed:
        lines.append(f"{suppressed} suppressed.")
    if report.carried:
        lines.append(f"{report.carried} stood there before and {'were' if report.carried > 1 else 'was'} kept.")
    if report.untrusted:
        told = ", ".join(markdown_code(each) for each in report.untrusted[:MOST_UNTRUSTED])
        more = len(report.untrusted) - MOST_UNTRUSTED
        lines.append(f"Not obeyed, since this change adds it: {told}{f' and {more} more' if more > 0 else ''}.")
    if report.incomplete:
        lines.append("**Not everything could be read: see below.**")
    return "\n".join([*lines, "", ""])


def _row(finding: Finding, staged: bool) -> str:
    about, rule = finding.classification, finding.rule
    here = standing(finding, staged)
    if here:
        where = f"{'staged' if staged else 'in HEAD' if finding.in_head else 'working tree'}: "
        where += markdown_code(f"{here.path}:{here.start_line}", 200)
    else:
        where = markdown_code(gone(finding.locations[0]))
    more = finding.occurrences - 1
    where += f" and {more} more place{_s(more)}" if more else ""
    url = next(filter(None, map(link, rule.references)), None)
    see = f" ([how]({url.replace('&', '&amp;')}))" if url else ""
    cells = [
        finding.severity.value,
        f"{markdown(rule.title, 100)} {markdown_code(finding.redacted)}",
        f"{markdown(may(about), 400)}; {markdown(lives(about))}",
        where,
        f"{markdown(next_step(rule, about), 500)}{see}",
    ]
    return f"| {' | '.join(cells)} |\n"


def _places(finding: Finding) -> str:
    lines = [f"{markdown(finding.rule.title, 100)} {markdown_code(finding.redacted)}", ""]
    for each in finding.locations[:MOST_PLACES]:
        by = ", ".join(text for text in (each.author, each.date) if text)
        lines.append(f"- {markdown_code(place(each))}" + (f" by {markdown_code(by, 120)}" if by else ""))
    more = finding.occurrences - min(MOST_PLACES, len(finding.locations))
    if more:
        lines.append(f"- and {more} more")
    return "\n".join([*lines, "", ""])


def _incomplete(report: Report) -> str:
    if not report.incomplete:
        return ""
    texts = (f"- {markdown_code(unread(each.what, each.why, each.count))}\n" for each in report.incomplete)
    lines = list(_fitting(_Room(INCOMPLETE), texts))
    more = len(report.incomplete) - len(lines)
    rest = f"- and {more} more\n" if more else ""
    return f"\n#### Incomplete: what follows could not be read\n\n{''.join(lines)}{rest}"


def _closing(rows: int, places: int) -> str:
    """What was left out, if anything."""
    parts = []
    if rows:
        parts.append(f"{rows} milder finding{_s(rows)}")
    if places:
        parts.append(f"the places of {places} that {'are' if places > 1 else 'is'} listed")
    if not parts:
        return ""
    return f"\nLeft out, as a comment has no room for more: {' and '.join(parts)}. Other reports have them all.\n"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
