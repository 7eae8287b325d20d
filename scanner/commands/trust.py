"""What of a repository's own files is believed: its configuration and what it wants suppressed.

A change under review sets neither: both are read from its BASE, and what its tip adds is listed instead of obeyed.
"""

from __future__ import annotations

import stat
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ...rules.errors import KeyslipError
from ..config import Config, at_commit, load
from ..finding import Finding
from ..mask import reasons_masked, without_keys
from ..source.changes import Range
from ..suppress import accepted
from ..suppress import baseline as own
from ..suppress.accepted import Accepted, merged
from ..suppress.baseline import Entry, suppress
from .options import Target

# Bytes; nobody reviews a longer list.
LARGEST = 64 << 20
# Marks what only the tip of a change says.
AT_TIP = "HEAD:"
Reader = Callable[[str], bytes | None]


@dataclass(frozen=True, slots=True)
class Trust:
    """What is believed. `review`: a change is under review; `tip` are the entries that it adds to the baseline."""

    config: Config
    entries: Sequence[Entry] = ()
    accepted: Accepted = field(default_factory=Accepted)
    review: bool = False
    tip: Sequence[Entry] = ()


def trust(target: Target | None, span: Range | None, config: Path | None, baseline: Path | None) -> Trust:
    """Reads what is believed; `span` is the change under review. Standard input, which has no `target`, has no files
    that could say anything. Raises KeyslipError for what cannot be read."""
    given, given_accepted = _given(baseline)
    if target is None:
        return Trust(load(config, Path(), None, None) if config else Config(), given, given_accepted)
    if span is None:
        read = _in_tree(target)
        found = load(config, target.root, target.git, None)
        return Trust(found, given or _entries(read), merged((_accepted(read, ""), given_accepted)))
    base, tip = _at(target, span.base), _at(target, span.head)
    found = load(config, target.root, target.git, span.base) if config or span.base else Config()
    entries = given or _entries(base)
    known = {entry.key for entry in entries}
    both = merged((_accepted(tip, AT_TIP), _accepted(base, ""), given_accepted))
    return Trust(found, entries, both, True, [entry for entry in _entries(tip) if entry.key not in known])


def _given(path: Path | None) -> tuple[list[Entry], Accepted]:
    """The file named after --baseline: ours, or another scanner's report."""
    if path is None:
        return [], Accepted()
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyslipError(f"{path}: {error.strerror}", "`keyslip baseline create` writes one") from None
    if data.lstrip()[:1] == b"{" or (data.lstrip()[:1] == b"[" and not data.lstrip().startswith(b"[[")):
        return [], accepted.parse(data, str(path))
    return own.parse(data, str(path)), Accepted()


def _in_tree(target: Target) -> Reader:
    def read(name: str) -> bytes | None:
        path = target.root / name
        try:
            about = path.lstat()
            return path.read_bytes() if stat.S_ISREG(about.st_mode) and about.st_size <= LARGEST else None
        except OSError:  # a link may lead out of the root, and what cannot be read accepts nothing
            return None

    return read


def _at(target: Target, commit: str | None) -> Reader:
    git = target.git
    return lambda name: at_commit(git, commit, name) if git and commit else None


def _entries(read: Reader) -> list[Entry]:
    data = read(own.NAME)
    return own.parse(data, own.NAME) if data is not None else []


def _accepted(read: Reader, mark: str) -> Accepted:
    files = ((name, read(name)) for name in accepted.NAMES)
    return merged(accepted.parse(data, mark + name) for name, data in files if data is not None)


def judged(found: Sequence[Finding], believed: Trust, now: int) -> tuple[list[Finding], list[str]]:
    """The findings with what suppresses them, and what would if the change under review were believed."""
    today = datetime.fromtimestamp(now, UTC).date()
    judged = suppress([_reviewed(each) for each in found] if believed.review else found, believed.entries, today)
    if not believed.review:
        return reasons_masked(judged), []
    excused = suppress([replace(each, suppressed=None) for each in found], believed.tip, today)
    untrusted = []
    for each, before, after in zip(judged, found, excused, strict=True):
        wanted = before.suppressed or after.suppressed
        if each.suppressed is None and wanted:
            where = next((f"{place.path}:{place.start_line}" for place in each.locations if place.path), "a message")
            untrusted.append(f"{each.rule.id} at {where}: {wanted.by}, {wanted.reason.replace(AT_TIP, '')}")
    return reasons_masked(judged), list(without_keys(untrusted))


def _reviewed(finding: Finding) -> Finding:
    """Without what the change itself says: comments, and entries that only its tip has."""
    by = finding.suppressed
    doubtful = by is not None and (by.by == "inline" or f"accepted in {AT_TIP}" in by.reason)
    return replace(finding, suppressed=None) if doubtful else finding
