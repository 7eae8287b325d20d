"""Which report goes where."""

from __future__ import annotations

import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import IO

from ...rules.errors import KeyslipError
from ...rules.severity import Severity
from ..scan import Report


class Format(StrEnum):
    TEXT = "text"
    JSON = "json"
    JSONL = "jsonl"
    SARIF = "sarif"
    MARKDOWN = "markdown"
    CSV = "csv"
    GITHUB = "github"
    GITLAB = "gitlab"
    JUNIT = "junit"
    GITLEAKS_JSON = "gitleaks-json"
    HTML = "html"


ENDINGS = {
    ".txt": Format.TEXT,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".sarif": Format.SARIF,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".csv": Format.CSV,
    ".xml": Format.JUNIT,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}
# Formats that show every finding in a file of the checkout.
ANCHORED = {Format.SARIF}
# Formats that have no room for what could not be read: it goes to standard error.
SAY_INCOMPLETE = {Format.CSV, Format.GITLEAKS_JSON}
STDOUT = "-"
ALSO_STDOUT = ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1")
# Imported only when asked for.
RENDERERS = {
    Format.JSON: ("..report.json", "as_json"),
    Format.JSONL: ("..report.json", "as_jsonl"),
    Format.SARIF: ("..report.sarif", "as_sarif"),
    Format.MARKDOWN: ("..report.markdown", "as_markdown"),
    Format.CSV: ("..report.csv", "as_csv"),
    Format.GITHUB: ("..report.github", "as_github"),
    Format.GITLAB: ("..report.gitlab", "as_gitlab"),
    Format.JUNIT: ("..report.junit", "as_junit"),
    Format.GITLEAKS_JSON: ("..report.gitleaks", "as_gitleaks_json"),
    Format.HTML: ("..report.html", "as_html"),
}


@dataclass(frozen=True, slots=True)
class Output:
    """One report to write: `path` is a file's, or `-` for standard output."""

    format: Format
    path: str = STDOUT


def outputs(formats: Sequence[str], paths: Sequence[str]) -> list[Output]:
    """Pairs formats with outputs, the i-th with the i-th; a missing format is guessed from the file's ending.

    Raises KeyslipError when it cannot be guessed, or two reports would go to one place.
    """
    pairs = []
    for index in range(max(len(formats), len(paths), 1)):
        path = paths[index] if index < len(paths) else STDOUT
        path = STDOUT if path in ALSO_STDOUT else path
        if index < len(formats):
            pairs.append(Output(Format(formats[index]), path))
        elif path == STDOUT:
            pairs.append(Output(Format.TEXT))
        elif Path(path).suffix in ENDINGS:
            pairs.append(Output(ENDINGS[Path(path).suffix], path))
        else:
            known = ", ".join(ENDINGS)
            raise KeyslipError(f"--output {path}: the ending tells no format", f"add --format, or end it in {known}")
    places = [pair.path for pair in pairs]
    for place in places:
        if places.count(place) > 1:
            where = "standard output" if place == STDOUT else place
            raise KeyslipError(f"two reports would go to {where}", "give each --format an --output of its own")
    return pairs


@dataclass(frozen=True, slots=True)
class View:
    """How a person wants to see a report: `color` None decides by the terminal; `least` is the least severity that is
    spelt out."""

    color: bool | None = None
    verbose: bool = False
    least: Severity = Severity.LOW


def write(report: Report, wanted: Sequence[Output], view: View) -> None:
    """Writes the reports; files appear whole or not at all. Raises KeyslipError where one cannot be written."""
    for output in wanted:
        if output.path == STDOUT:
            try:
                _render(report, output.format, sys.stdout, view)
                sys.stdout.flush()
            except BrokenPipeError:
                raise
            except OSError as error:
                drop_output()
                raise KeyslipError(f"standard output: {error.strerror}", "name a file with --output") from None
        else:
            _to_file(report, output, replace(view, color=False))
    if any(output.format in SAY_INCOMPLETE for output in wanted):
        _say_incomplete(report)


def drop_output() -> None:
    """Standard output takes no more: what its buffer still holds must not fail again when the interpreter ends, and
    hide our exit code behind Python's own."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _to_file(report: Report, output: Output, view: View) -> None:
    try:
        target = Path(output.path).resolve()  # what a link leads to is replaced, not the link
        if target.exists() and not target.is_file():  # a pipe or a device: nothing to replace
            with target.open("w", encoding="utf-8") as file:
                _render(report, output.format, file, view)
            return
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
                _render(report, output.format, file, view)
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            Path(name).chmod(mode)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise KeyslipError(f"--output {output.path}: {error.strerror}", "name a file that can be written") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _is_clean(report: Report) -> bool:
    said = (report.findings, report.incomplete, report.carried, report.left_out, report.stale, report.untrusted)
    return not any(said)


def _render(report: Report, kind: Format, file: IO[str], view: View) -> None:
    if kind is Format.TEXT:
        if _is_clean(report):  # at once: no need for what draws tables
            from ..report.words import in_short

            file.write(f"keyslip: {in_short(report)}\n")
            return
        from ..report.text import print_text

        print_text(report, file, view.color, view.verbose, view.least)
        return
    if isinstance(file, io.TextIOWrapper):  # standard output may have been set to another encoding
        file.reconfigure(encoding="utf-8")
    module, function = RENDERERS[kind]
    render: Callable[[Report], Iterator[str]] = getattr(import_module(module, __package__), function)
    for piece in render(report):
        file.write(piece)


def _say_incomplete(report: Report) -> None:
    from ..report.safe import printable
    from ..report.words import unread

    for each in report.incomplete:
        line = printable(unread(each.what, each.why, each.count))
        print(f"keyslip: incomplete: {line}", file=sys.stderr)  # noqa: T201
