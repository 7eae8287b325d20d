"""Options that commands share, and what they come to."""

from __future__ import annotations

import difflib
import errno
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from ...rules.errors import KeyslipError
from ...rules.load import catalogue
from ...rules.rule import Nature, Rule
from ..config import Config, default_jobs
from ..engine import EngineChoice
from ..git import Git, find_repository, require_git
from ..source.batch import shown_path

F = TypeVar("F", bound=Callable[..., Any])


# The last second of the year 9999.
LATEST = 253_402_300_799


def scan_options(command: F) -> F:
    """What decides which keys are found."""
    for option in reversed(
        (
            click.option("-c", "--config", type=click.Path(path_type=Path), help="Configuration file."),
            click.option("--include", multiple=True, metavar="GLOB", help="Only paths that fit; repeatable."),
            click.option("--exclude", multiple=True, metavar="GLOB", help="Not paths that fit; repeatable."),
            click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule; repeatable."),
            click.option("--disable-rule", "without", multiple=True, metavar="ID", help="Not this rule; repeatable."),
            click.option(
                "--max-file-size", type=click.IntRange(0), metavar="BYTES", help="Leave out larger ones; listed."
            ),
            click.option("--include-ignored", is_flag=True, help="Also files that git ignores."),
            click.option("--jobs", type=click.IntRange(1), help="Threads; default: one a processor."),
            click.option("--engine", type=click.Choice([each.value for each in EngineChoice]), default="auto"),
            click.option("--no-attribution", is_flag=True, help="Do not name commits, paths and refs: faster."),
            click.option(
                "--attribution-timeout",
                type=click.FloatRange(0, 86400),
                default=600.0,
                metavar="SECONDS",
                show_default=True,
            ),
            click.option("--now", metavar="TIME", help="Judge expiry by this time (RFC 3339); also SOURCE_DATE_EPOCH."),
            click.option("-q", "--quiet", is_flag=True, help="No progress, no summary."),
        )
    ):
        command = option(command)
    return command


def the_time(given: str | None) -> int:
    """Seconds since 1970 by which expiry is judged. Raises KeyslipError for what is no time."""
    if given:
        try:
            moment = datetime.fromisoformat(given)
        except ValueError:
            raise KeyslipError(f"--now: not a time: {given!r}", "write it like 2026-11-24T12:00:00Z") from None
        try:
            return int((moment if moment.tzinfo else moment.astimezone()).timestamp())
        except (ValueError, OverflowError, OSError):
            raise KeyslipError(f"--now: out of range: {given!r}", "name a time between 1970 and 9999") from None
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal() and int(epoch) > LATEST:
        raise KeyslipError(
            "SOURCE_DATE_EPOCH: out of range", "name a time before the year 10000, in seconds since 1970"
        )
    return int(epoch) if epoch.isdecimal() else int(time.time())


@dataclass(frozen=True, slots=True)
class Target:
    """What PATH means: the root, its repository, the single file of it, and the part of it to keep to."""

    root: Path
    git: Git | None = None
    only: bytes | None = None
    inside: tuple[str, ...] = ()


def find_target(path: Path, hook: bool, need: bool) -> Target:
    """What PATH means. In a `hook` git's own view of the index counts; `need` says that there must be a repository.

    Raises KeyslipError when there is no such path, or no repository and one is needed.
    """
    try:
        absolute = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        why = f" ({error.strerror})" if isinstance(error, OSError) and error.errno != errno.ENOENT else ""
        raise KeyslipError(f"no such path: {path}{why}", "name a repository, a folder or a file") from None
    if not absolute.is_dir():
        if need:
            raise KeyslipError(f"not a repository: {path}", "history and changes need one; name its folder")
        if not absolute.is_file():
            raise KeyslipError(f"not a regular file: {path}", "name a repository, a folder or a file")
        return Target(absolute.parent, only=os.fsencode(absolute.name))
    git = find_repository(absolute, hook)
    if git is None:
        if need:
            raise KeyslipError(f"not a git repository: {path}", "history and changes need one")
        return Target(absolute)
    require_git(checked=hook)
    root = git.work_tree or git.git_dir
    below = shown_path(os.fsencode(absolute.relative_to(root))) if absolute.is_relative_to(root) else "."
    inside = () if below == "." or absolute == git.git_dir else (below,)
    return Target(root, git, inside=inside)


def rules_for(config: Config, only: Sequence[str], without: Sequence[str]) -> list[Rule]:
    """The catalogue and the user's own rules, as flags (first) and configuration select them."""
    if config.own_rules:
        from ...rules.check import check  # needed by nobody else who scans

        for defect in check(config.own_rules, catalogue()):
            raise KeyslipError(f"[[rule]] {defect.rule!r}: {defect.problem}", "see docs/adding-a-rule.md")
    rules = [*catalogue(), *config.own_rules]
    ids = [rule.id for rule in rules]
    for rule in config.own_rules:
        if ids.count(rule.id) > 1:
            raise KeyslipError(f"rule id {rule.id!r} is taken", "give your [[rule]] an id of its own")
    return select_rules(rules, only or config.rules, (*without, *config.disabled_rules))


def unscanned(config: Config, chosen: Sequence[Rule]) -> set[str]:
    """The ids of rules that exist and are not among the `chosen`."""
    return {rule.id for rule in (*catalogue(), *config.own_rules)} - {rule.id for rule in chosen}


def jobs_for(given: int | None) -> int:
    return given or default_jobs()


def select_rules(rules: Sequence[Rule], only: Sequence[str], without: Sequence[str]) -> list[Rule]:
    """The rules asked for; hints always stay. Raises KeyslipError that names the nearest id for an unknown one."""
    known = [rule.id for rule in rules]
    for wanted in (*only, *without):
        if wanted not in known:
            nearest = difflib.get_close_matches(wanted, known, n=1, cutoff=0.0)
            raise KeyslipError(
                f"no such rule: {wanted!r}", f"did you mean {nearest[0]!r}? `keyslip rules list` has all"
            )
    return [
        rule for rule in rules if rule.id not in without and (not only or rule.id in only or rule.nature is Nature.HINT)
    ]
