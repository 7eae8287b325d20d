"""The head of the page: what was scanned, when, how much was read, and what could not be."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from .... import __version__
from ....rules.classify import rfc3339
from ...scan import Report
from .view import clip, moment

PARTS = {
    "all": "working tree and whole history",
    "tree": "working tree only",
    "history": "history only",
    "staged": "what the next commit brings in",
    "range": "a range of commits",
}
# Lines under `incomplete` that are spelt out.
MOST_UNREAD = 60


def about(report: Report) -> dict[str, Any]:
    """Everything about the scan but its findings."""
    path = str(report.target.get("path", ""))
    return {
        "name": clip(PurePath(path).name or path or "standard input", 120),
        "path": clip(path),
        "facts": [(label, text) for label, text in _facts(report) if text],
        "version": __version__,
        "unread": [
            {"what": clip(each.what), "why": clip(each.why), "count": each.count}
            for each in report.incomplete[:MOST_UNREAD]
        ],
        "unread_more": max(len(report.incomplete) - MOST_UNREAD, 0),
        "carried": report.carried,
    }


def _facts(report: Report) -> list[tuple[str, str]]:
    target, stats = report.target, report.stats
    base, tip = target.get("base"), target.get("tip")
    read = [_size(stats.bytes)]
    for count, one, many in (
        (stats.files, "file", "files"),
        (stats.blobs, "object", "objects"),
        (stats.commits, "commit", "commits"),
    ):
        if count:
            read.append(f"{count:,} {one if count == 1 else many}")
    return [
        ("Scanned", PARTS.get(str(target.get("part", "")), str(target.get("kind", "")))),
        ("Range", clip(f"{str(base)[:40]}..{str(tip)[:40]}") if base or tip else ""),
        ("HEAD", str(target.get("head") or "")[:12]),
        ("On", moment(rfc3339(report.started_at)) + " UTC"),
        ("Took", f"{report.duration:.1f} s" if report.duration < 120 else f"{report.duration / 60:.0f} min"),
        ("Read", ", ".join(read)),
        ("Left out", f"{report.left_out:,} by path or configuration" if report.left_out else ""),
        ("Engine", stats.engine),
    ]


def _size(count: int) -> str:
    for unit, size in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if count >= size:
            return f"{count / size:.1f} {unit}"
    return f"{count} bytes"
