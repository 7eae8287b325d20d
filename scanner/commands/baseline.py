"""`keyslip baseline`: findings that somebody looked at and accepted."""

from __future__ import annotations

import os
from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import click

from ...rules.errors import KeyslipError
from ...rules.severity import Severity
from ..config import load
from ..engine import EngineChoice
from ..finding import Finding
from ..paths import PathFilter
from ..request import Request
from ..scan import Report, scan
from ..suppress.accepted import Accepted, merged
from ..suppress.accepted import parse as parse_accepted
from ..suppress.baseline import NAME, Entry, entry_of, read, stale, write
from .options import find_target, jobs_for, rules_for, scan_options, the_time, unscanned


@click.group("baseline")
def command() -> None:
    """Accepted findings, keyed by content: a moved line or a squashed commit changes nothing."""


def _options(function: Any) -> Any:
    function = click.option("-b", "--baseline", type=click.Path(path_type=Path), help=f"Default: PATH/{NAME}.")(
        function
    )
    function = click.argument("path", type=click.Path(path_type=Path), default=Path())(function)
    return scan_options(function)


@command.command("create")
@click.option("--reason", default="", help="Why these findings are accepted; stands in every entry.")
@_options
def create(path: Path, baseline: Path | None, reason: str, **options: Any) -> int:
    """Scans PATH and writes all its findings, but for notes, into a new baseline."""
    scanned = _scanned(path, baseline, options)
    if scanned.baseline.exists():
        raise KeyslipError(f"{scanned.baseline} exists", "`keyslip baseline update` adds to it")
    entries = [entry_of(each, scanned.today, reason) for each in scanned.worth if each.suppressed is None]
    return _written(scanned, entries, f"{len(entries)} accepted")


@command.command("update")
@click.option("--reason", default="", help="Why the new findings are accepted.")
@_options
def update(path: Path, baseline: Path | None, reason: str, **options: Any) -> int:
    """Adds findings that the baseline does not have; entries that are there stay as they are."""
    scanned = _scanned(path, baseline, options)
    entries = read(scanned.baseline)
    new = [(each, reason) for each in scanned.worth if each.suppressed is None]
    return _added(scanned, entries, new)


@command.command("prune")
@_options
def prune(path: Path, baseline: Path | None, **options: Any) -> int:
    """Removes entries whose finding is no longer anywhere in PATH."""
    narrowing = {"only": "--rule", "without": "--disable-rule", "include": "--include", "exclude": "--exclude"}
    given = [flag for name, flag in narrowing.items() if options[name]]
    if given or find_target(path, hook=False, need=False).inside:
        what = given[0] if given else "PATH"
        raise KeyslipError(f"prune with {what} cannot tell what is gone", "prune the whole repository")
    scanned = _scanned(path, baseline, options)
    report = scanned.report
    unread = [each for each in report.incomplete if not each.what.startswith(ELSEWHERE)]
    if unread or report.left_out:
        why = f"{unread[0].what}: {unread[0].why}" if unread else f"{report.left_out} left out by the configuration"
        raise KeyslipError(f"nothing removed, since not everything was read ({why})", "mend that, or edit the file")
    entries = read(scanned.baseline)
    old = {each.key for each in stale(entries, report.findings, scanned.unscanned)}
    kept = [entry for entry in entries if entry.key not in old]
    return _written(scanned, kept, f"{len(entries) - len(kept)} removed, {len(kept)} kept")


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@scan_options
@click.option("-b", "--baseline", type=click.Path(path_type=Path), help=f"Default: {NAME} here.")
@click.option("--reason", default="", help="Why these findings are accepted; default: the file's name.")
def import_(files: tuple[Path, ...], baseline: Path | None, reason: str, **options: Any) -> int:
    """Adds what the FILES of other scanners accept: reports of gitleaks, `.secrets.baseline`, `.gitleaksignore`.

    Only keys that a scan of the current folder finds can be added: an entry is keyed by its content.
    """
    scanned = _scanned(Path(), baseline, options, merged(_other(file) for file in files))
    entries = read(scanned.baseline) if scanned.baseline.exists() else []
    theirs = ((each, each.suppressed) for each in scanned.worth)
    new = [(each, reason or by.reason) for each, by in theirs if by and by.by == "ignore-file"]
    return _added(scanned, entries, new)


def _other(file: Path) -> Accepted:
    try:
        return parse_accepted(file.read_bytes(), str(file))
    except OSError as error:
        raise KeyslipError(f"{file}: {error.strerror}", "name a file that another scanner wrote or reads") from None


# Repositories and files of their own: no entry of this baseline is about them.
ELSEWHERE = ("submodule ", "nested repository ", "LFS pointers")


@dataclass(frozen=True, slots=True)
class Scanned:
    """The baseline's place, what the scan came to, the rules that it left out, and the date."""

    baseline: Path
    report: Report
    unscanned: Container[str]
    today: date
    quiet: bool

    @property
    def worth(self) -> list[Finding]:
        """The findings but for notes."""
        return [each for each in self.report.findings if each.severity is not Severity.NOTE]


def _scanned(path: Path, baseline: Path | None, options: dict[str, Any], accepted: Accepted | None = None) -> Scanned:
    place = find_target(path, hook=False, need=False)
    root, git = place.root, place.git
    config = load(options["config"], root, git, None)
    size = options["max_file_size"]
    rules = rules_for(config, options["only"], options["without"])
    report = scan(
        Request(
            root=root,
            now=the_time(options["now"]),
            git=git,
            only=place.only,
            rules=rules,
            paths=PathFilter(
                (*options["include"], *config.include), (*options["exclude"], *config.exclude), place.inside
            ),
            engine=EngineChoice(options["engine"]),
            attribution=not options["no_attribution"],
            attribution_limit=options["attribution_timeout"],
            include_ignored=options["include_ignored"],
            max_file_size=config.max_file_size if size is None else size,
            jobs=jobs_for(options["jobs"]),
            accepted=accepted or Accepted(),
        )
    )
    today = datetime.fromtimestamp(the_time(options["now"]), UTC).date()
    return Scanned(baseline or root / NAME, report, unscanned(config, rules), today, options["quiet"])


def _added(scanned: Scanned, entries: list[Entry], new: list[tuple[Finding, str]]) -> int:
    known = {entry.key for entry in entries}
    added = [entry_of(each, scanned.today, why) for each, why in new if (each.rule.id, each.id) not in known]
    return _written(scanned, [*entries, *added], f"{len(added)} added, {len(entries)} kept")


def _written(scanned: Scanned, entries: list[Entry], said: str) -> int:
    target = scanned.baseline
    try:
        write(target, entries)
    except OSError as error:
        raise KeyslipError(f"{target}: {error.strerror}", "name a place that can be written, with --baseline") from None
    if not scanned.quiet:
        click.echo(f"{os.fspath(target)}: {said}")
    return 0
