"""`keyslip scan`: every key in a working tree and its whole history."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from ...rules.errors import KeyslipError
from ...rules.severity import Severity
from ..config import apply_overrides
from ..engine import EngineChoice
from ..git import Git, revision
from ..paths import PathFilter
from ..request import Request
from ..scan import Report, scan
from ..search import Progress, Search
from ..source.changes import Range, parse_range
from ..suppress.baseline import NAME as BASELINE
from ..suppress.baseline import stale
from .options import Target, find_target, jobs_for, rules_for, scan_options, the_time, unscanned
from .output import ANCHORED, STDOUT, Format, Output, View, outputs, write
from .trust import Trust, judged, trust

if TYPE_CHECKING:
    from tqdm import tqdm

NEVER = "none"
_REDACT = re.compile(r"^--redact=\d{1,3}%?$")


class Scan(click.Command):
    """gitleaks' `--redact=N` is its `--redact`."""

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        return super().parse_args(context, [_REDACT.sub("--redact", each) for each in arguments])


@click.command("scan", cls=Scan)
@click.argument("path", type=click.Path(path_type=Path), default=Path())
@click.option("--no-history", is_flag=True, help="Only the working tree.")
@click.option("--history-only", is_flag=True, help="Only the history.")
@click.option("--staged", is_flag=True, help="Only what the next commit adds: for a pre-commit hook.")
@click.option("--since", metavar="REV", help="Only commits that HEAD has and REV has not.")
@click.option("--range", "span", metavar="BASE..HEAD", help="Only these commits; config and baseline are BASE's.")
@click.option("--stdin", is_flag=True, help="Only standard input.")
@click.option("--log-opts", metavar="OPTIONS", help="Only commits that these options of git log choose.")
@click.option(
    "-f",
    "--format",
    "--report-format",
    "formats",
    multiple=True,
    type=click.Choice([each.value for each in Format]),
    help="Repeatable: the i-th goes to the i-th output.",
)
@click.option(
    "-o",
    "--output",
    "-r",
    "--report-path",
    "paths",
    multiple=True,
    metavar="FILE",
    help="Where the report goes; - is stdout.",
)
@click.option(
    "-b",
    "--baseline",
    "--baseline-path",
    "baseline",
    type=click.Path(path_type=Path),
    help=f"Accepted findings; default: {BASELINE}.",
)
@click.option("--redact", is_flag=True, expose_value=False, help="For gitleaks' sake: no report holds a key.")
@click.option("--trust-head", is_flag=True, help="With --range: config and suppressions of HEAD count.")
@click.option(
    "--fail-on",
    type=click.Choice([*(each.value for each in Severity), NEVER]),
    default=Severity.MEDIUM.value,
    show_default=True,
    help="Exit with 1 from this severity on.",
)
@click.option("--exit-code", type=click.IntRange(0, 255), default=1, show_default=True, help="Exit code for findings.")
@click.option("--strict", is_flag=True, help="Exit with 2 when something could not be read.")
@click.option("--max-findings", type=click.IntRange(1), metavar="N", help="Report only the worst N; the rest counted.")
@click.option("--no-color", is_flag=True)
@click.option("-v", "--verbose", count=True, help="List notes and every place.")
@scan_options
def command(path: Path, paths: tuple[str, ...], formats: tuple[str, ...], **options: Any) -> int:
    """Finds every key in the repository at PATH: its working tree and its whole history, reachable or not.

    A plain directory or a file is scanned as it is. Never opens a connection.
    """
    wanted = outputs(formats, paths)
    _one_part(path, options)
    request, believed = _request(path, options)
    quiet = options["quiet"] or not sys.stderr.isatty()
    with _progress(quiet, request) as progress:
        report = scan(request, progress)
    found, untrusted = judged(apply_overrides(report.findings, believed.config.overrides), believed, request.now)
    elsewhere = unscanned(believed.config, request.rules)
    old = stale(believed.entries, found, elsewhere) if _is_whole(request, report) else []
    report = replace(report, findings=found, untrusted=untrusted, stale=[each.key for each in old])
    cut = _shortened(report, options["max_findings"])
    code = _exit_code(replace(cut, findings=report.findings), options)
    report = cut
    if request.git and any(each.format in ANCHORED for each in wanted):
        from ..anchor import anchors

        report = replace(report, anchors=anchors(request.git, report.findings, Search(request.rules)))
    if not (options["quiet"] and wanted == [Output(Format.TEXT)] and not report.findings):
        color = False if options["no_color"] or "NO_COLOR" in os.environ else None
        write(report, wanted, View(color, options["verbose"] > 0, _least(options["fail_on"])))
    if not options["quiet"] and all(each.path != STDOUT for each in wanted):
        from ..report.words import in_short

        click.echo(f"keyslip: {in_short(report)}; reports: {', '.join(each.path for each in wanted)}", err=True)
    return code


def _least(fail_on: str) -> Severity:
    """Whatever can fail the run is spelt out."""
    return Severity.LOW.at_most(Severity(fail_on)) if fail_on != NEVER else Severity.LOW


def _one_part(path: Path, options: dict[str, Any]) -> None:
    names = {
        "no_history": "--no-history",
        "history_only": "--history-only",
        "staged": "--staged",
        "since": "--since",
        "span": "--range",
        "log_opts": "--log-opts",
        "stdin": "--stdin",
    }
    given = [flag for name, flag in names.items() if options[name]]
    if len(given) > 1:
        raise KeyslipError(f"{' and '.join(given)} exclude each other", "name one part to scan")
    if options["stdin"] and path != Path():
        raise KeyslipError("--stdin reads no PATH", "leave one of them out")
    if options["trust_head"] and not _is_review(options):
        raise KeyslipError("--trust-head goes with --range", "leave it out, or add --range BASE..HEAD")


def _is_review(options: dict[str, Any]) -> bool:
    """Whether a range is named: a change under review. What other options choose is one's own history."""
    return ".." in (options["span"] or options["log_opts"] or "")


def _is_whole(request: Request, report: Report) -> bool:
    """Whether what was not found is nowhere."""
    everything = request.tree and request.history and request.range is None and not request.staged
    return everything and request.stdin is None and not (report.incomplete or report.left_out)


def _request(path: Path, options: dict[str, Any]) -> tuple[Request, Trust]:
    changes = bool(options["staged"] or options["since"] or options["span"] or options["log_opts"])
    if options["stdin"]:
        target = Target(Path())
    else:
        target = find_target(path, hook=changes, need=changes or options["history_only"])
    root, git = target.root, target.git
    if options["staged"] and git and git.work_tree is None:
        raise KeyslipError("a bare repository has nothing staged", "use --range, or leave --staged out")
    if options["no_history"] and git and git.work_tree is None:
        raise KeyslipError("a bare repository has no working tree", "leave --no-history out")
    span = _span(git, options)
    reviewed = span if _is_review(options) and not options["trust_head"] else None
    believed = trust(None if options["stdin"] else target, reviewed, options["config"], options["baseline"])
    config = believed.config
    size = options["max_file_size"]
    request = Request(
        root=root,
        now=the_time(options["now"]),
        git=git,
        only=target.only,
        tree=not options["history_only"],
        history=not options["no_history"],
        staged=options["staged"],
        range=span,
        stdin=sys.stdin.buffer if options["stdin"] else None,
        rules=rules_for(config, options["only"], options["without"]),
        paths=PathFilter((*options["include"], *config.include), (*options["exclude"], *config.exclude), target.inside),
        engine=EngineChoice(options["engine"]),
        attribution=not options["no_attribution"],
        attribution_limit=options["attribution_timeout"],
        include_ignored=options["include_ignored"],
        max_file_size=config.max_file_size if size is None else size,
        jobs=jobs_for(options["jobs"]),
        accepted=believed.accepted,
    )
    return request, believed


def _span(git: Git | None, options: dict[str, Any]) -> Range | None:
    if git is None:
        return None
    if options["since"]:
        return Range(revision(git, options["since"]), revision(git, "HEAD"))
    if options["log_opts"]:
        from ..source.logopts import log_options

        named, chosen = log_options(options["log_opts"])
        span = parse_range(git, named) if named and ".." in named else Range(None, revision(git, named or "HEAD"))
        return replace(span, options=chosen)
    return parse_range(git, options["span"]) if options["span"] else None


@contextmanager
def _progress(quiet: bool, request: Request) -> Iterator[Progress | None]:
    if quiet or request.staged:
        yield None
        return
    from tqdm import tqdm

    with tqdm(unit="B", unit_scale=True, desc="reading", leave=False, file=sys.stderr) as bar:
        yield _Bar(bar)


class _Bar:
    """Hands what a scan tells on to a progress bar."""

    def __init__(self, bar: tqdm[NoReturn]) -> None:
        self._bar = bar

    def __call__(self, count: int, /) -> None:
        self._bar.update(count)

    def stage(self, name: str) -> None:
        self._bar.set_description(name)


def _exit_code(report: Report, options: dict[str, Any]) -> int:
    if options["fail_on"] != NEVER:
        least = Severity(options["fail_on"]).rank
        if any(each.suppressed is None and each.severity.rank >= least for each in report.findings):
            return int(options["exit_code"])
    return 2 if options["strict"] and report.incomplete else 0


def _shortened(report: Report, most: int | None) -> Report:
    """At most `most` findings, the worst; the rest are counted, never dropped in silence."""
    if most is None or len(report.findings) <= most:
        return report
    worst = sorted(report.findings, key=lambda each: each.suppressed is not None)[:most]
    from ..source.batch import Unread

    rest = Unread("findings", f"beyond the limit of {most}", len(report.findings) - most)
    return replace(report, findings=worst, incomplete=[*report.incomplete, rest])
