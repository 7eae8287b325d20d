"""The report for a person at a terminal: by severity and provider, what each key may do, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import IO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ...rules.severity import Severity
from ..finding import Finding
from ..scan import Report
from .safe import printable
from .words import in_short, lives, may, next_step, place

COLOURS = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "bold yellow",
    Severity.LOW: "cyan",
    Severity.NOTE: "dim",
}
# Places of one finding that are spelt out; -v shows all that the report holds.
MOST_PLACES = 5
# Findings below this are counted, and listed with -v.
LISTED = Severity.LOW


def print_text(
    report: Report, file: IO[str], color: bool | None = None, verbose: bool = False, least: Severity = LISTED
) -> None:
    """Prints the report to `file`; `color` None decides by what `file` is; findings below `least` are counted."""
    console = Console(
        file=file,
        force_terminal=color,
        no_color=color is False or None,
        highlight=False,
        soft_wrap=False,
        width=None if file.isatty() else 120,
    )
    shown = [each for each in report.findings if each.suppressed is None]
    listed = [each for each in shown if verbose or each.severity.rank >= least.rank]
    if verbose:
        listed += [each for each in report.findings if each.suppressed]
    for (level, provider), group in groupby(listed, key=lambda each: (each.severity, each.rule.provider)):
        console.print(Text.assemble((f" {level.upper()} ", COLOURS[level]), f" {printable(provider)}"))
        for finding in group:
            _finding(console, finding, verbose)
    _summary(console, report, shown, listed, verbose)


def _finding(console: Console, finding: Finding, verbose: bool) -> None:
    about = finding.classification
    head = Text.assemble((printable(finding.rule.title), "bold"), "  ", (finding.redacted, "magenta"))
    head.append("  in HEAD" if finding.in_head else "  not in HEAD", "red" if finding.in_head else "dim")
    console.print(Text("  ").append_text(head), soft_wrap=True)
    rows = [
        ("may", may(about)),
        ("lifetime", lives(about)),
        ("because", "; ".join(about.evidence) + f" ({about.confidence} confidence)"),
        ("severity", finding.because),
        *(("at", place(each)) for each in finding.locations[: None if verbose else MOST_PLACES]),
    ]
    hidden = finding.occurrences - (len(finding.locations) if verbose else min(MOST_PLACES, len(finding.locations)))
    if hidden:
        rows.append(("", f"and {hidden} more place{'s' if hidden > 1 else ''}"))
    if finding.introduced_by:
        first = finding.introduced_by
        rows.append(("since", f"{first.commit[:12]} {first.date or ''} {first.author or ''}"))
    if finding.suppressed:
        rows.append(("accepted", f"{finding.suppressed.by}: {finding.suppressed.reason}"))
    rows.append(("next", next_step(finding.rule, about)))
    rows.append(("id", f"{finding.rule.id}  {finding.id[:16]}"))
    for label, text in rows:
        _row(console, label, printable(text))
    console.print()


def _row(console: Console, label: str, text: str) -> None:
    """A label and its text; on a terminal long text is wrapped under itself, elsewhere a row stays a line."""
    if not console.is_terminal:
        console.print(Text(f"  {label:>8}  {text}"), soft_wrap=True)
        return
    table = Table.grid(padding=(0, 2))
    table.add_column(width=10, justify="right", style="dim")
    table.add_column(overflow="fold")
    table.add_row(Text(label), Text(text))
    console.print(table)


def _summary(
    console: Console, report: Report, shown: Sequence[Finding], listed: Sequence[Finding], verbose: bool
) -> None:
    console.print(Text.assemble(("keyslip: ", "bold"), in_short(report)))
    unlisted = len(shown) - sum(each.suppressed is None for each in listed)
    if unlisted:
        console.print(f"  {unlisted} note{'s' if unlisted > 1 else ''} (public, expired or placeholder) not listed: -v")
    suppressed = len(report.findings) - len(shown)
    if suppressed:
        console.print(f"  {suppressed} suppressed{'' if verbose else ': -v lists them'}")
    if report.left_out:
        console.print(f"  {report.left_out} left out by --include, --exclude, PATH or configuration")
    if report.stale:
        console.print(f"  {len(report.stale)} of the baseline fit nothing any more: `keyslip baseline prune`")
    for said in report.untrusted:
        console.print(Text(f"  not obeyed, since this change adds it: {printable(said)}", "yellow"), soft_wrap=True)
    if report.carried:
        console.print(f"  {report.carried} stood there before and were kept: a full `keyslip scan` lists them")
    if report.incomplete:
        console.print(Text("  incomplete: what follows could not be read", "yellow"))
        for each in report.incomplete:
            times = f" ({each.count}x)" if each.count > 1 else ""
            console.print(Text(f"    {printable(each.what)}: {printable(each.why)}{times}"), soft_wrap=True)
