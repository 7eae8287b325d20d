"""The baseline: findings that somebody looked at and accepted, keyed by content, one entry each."""

from __future__ import annotations

import datetime
import json
import os
import re
import tempfile
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from ...rules.errors import KeyslipError
from ...rules.load import Where, parse_toml
from ..finding import Finding, Suppression

NAME = ".keyslip-baseline.toml"
HEADER = (
    "# Accepted findings, keyed by content: see docs/suppression.md. Sorted, so that merges are clean.\nversion = 1\n"
)
KEYS = ("rule", "id", "path", "status", "reason", "date", "expires")


class Status(StrEnum):
    ACCEPTED = "accepted"
    FALSE_POSITIVE = "false-positive"
    ROTATED = "rotated"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One accepted finding. `path` helps people; rule and id decide. After `expires` it no longer suppresses."""

    rule: str
    id: str
    path: str
    status: Status
    reason: str
    date: datetime.date
    expires: datetime.date | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.rule, self.id


def read(path: Path) -> list[Entry]:
    """The entries of a baseline. Raises KeyslipError that names file, line and key of what does not fit."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise KeyslipError(f"{path}: {error.strerror}", "`keyslip baseline create` writes one") from None
    return parse(data, str(path))


def parse(data: bytes, name: str) -> list[Entry]:
    document = parse_toml(data, name)
    where = Where(name, data.decode("utf-8"))
    where.known(document, ("version", "finding"), "")
    if document.get("version") != 1:
        raise where.error("version", f"is {document.get('version')!r}", "this keyslip reads version 1: update keyslip")
    entries = []
    tables = document.get("finding", [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise where.error("finding", "must be tables", "write [[finding]]")
    for table in tables:
        near = str(table.get("id", ""))
        where.known(table, KEYS, near)
        for key in ("rule", "id"):
            if not isinstance(table.get(key), str):
                raise where.error(key, "is missing or no string", "every [[finding]] has a rule and an id", near)
        if not re.fullmatch(r"[0-9a-f]{64}", table["id"]):
            raise where.error("id", "is no id", "64 hexadecimal digits, as in the JSON report", near)
        try:
            status = Status(table.get("status", "accepted"))
        except ValueError:
            raise where.error(
                "status", f"is {table['status']!r}", "accepted, false-positive or rotated", near
            ) from None
        for key in ("date", "expires"):
            if type(table.get(key, datetime.date.today())) is not datetime.date:
                raise where.error(key, "is no date", "write YYYY-MM-DD without quotes", near)
        entries.append(
            Entry(
                rule=table["rule"],
                id=table["id"],
                path=str(table.get("path", "")),
                status=status,
                reason=str(table.get("reason", "")),
                date=table.get("date", datetime.date.min),
                expires=table.get("expires"),
            )
        )
    return entries


def suppress(findings: Sequence[Finding], entries: Iterable[Entry], today: datetime.date) -> list[Finding]:
    """The findings, those with an entry that has not run out marked as suppressed."""
    known = {entry.key: entry for entry in entries if entry.expires is None or entry.expires >= today}
    marked = []
    for finding in findings:
        entry = known.get((finding.rule.id, finding.id))
        if entry and finding.suppressed is None:
            reason = f"{entry.status}: {entry.reason}" if entry.reason else str(entry.status)
            finding = replace(finding, suppressed=Suppression("baseline", reason))
        marked.append(finding)
    return marked


def stale(entries: Iterable[Entry], found: Iterable[Finding], unscanned: Container[str]) -> list[Entry]:
    """The entries that no finding fits any more; of `unscanned` rules, which were not looked for, nothing is known."""
    present = {(each.rule.id, each.id) for each in found}
    return [entry for entry in entries if entry.key not in present and entry.rule not in unscanned]


def entry_of(finding: Finding, today: datetime.date, reason: str) -> Entry:
    path = next((place.path for place in finding.locations if place.path), "")
    return Entry(finding.rule.id, finding.id, path, Status.ACCEPTED, reason, today)


def write(path: Path, entries: Iterable[Entry]) -> None:
    """Replaces the file at `path` in one step."""
    text = HEADER + "".join(_text(entry) for entry in sorted(set(entries), key=lambda each: (each.rule, each.id)))
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _text(entry: Entry) -> str:
    lines = ["", "[[finding]]"]
    for key in ("rule", "id", "path", "status", "reason"):
        # JSON's string escapes are TOML's, but for DEL, which JSON leaves as it is.
        value = json.dumps(str(getattr(entry, key)), ensure_ascii=False).replace("\x7f", "\\u007F")
        lines.append(f"{key} = {value}")
    lines.append(f"date = {entry.date.isoformat()}")
    if entry.expires:
        lines.append(f"expires = {entry.expires.isoformat()}")
    return "\n".join(lines) + "\n"
