"""Reports made by hand: findings with whatever an attacker may choose, and as many as wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from keyslip.rules.classify import Classification, classify
from keyslip.rules.place import Place
from keyslip.rules.severity import Severity
from keyslip.scanner.finding import Finding, Location, LocationKind, Subject, Suppression
from keyslip.scanner.scan import Report, Stats
from keyslip.scanner.source.batch import Unread

from tests.support import RULES

COMMIT = "c0ffee" * 6 + "c0ff"
RULE = RULES["github-classic-token"]
ABOUT: Classification = classify(RULE, b"ghp_" + b"a" * 36, 1_790_000_000)
# What an attacker may write into a path, a name or a message.
HOSTILE = {
    "newline": "a\nb\r\nc",
    "set-output": "a\n::set-output name=x::y",
    "old command": "##[set-output name=x]y",
    "percent": "%0A::error::owned",
    "colons": "a::b,c=d",
    "formula": "=cmd|' /C calc'!A0",
    "plus": "+1+1",
    "minus": "-1+1",
    "at": "@SUM(1)",
    "tab": "\t=1",
    "full-width": "＝1",
    "link": "](javascript:alert(1)) [x](https://evil.example)",
    "image": "![x](https://evil.example/x.png)",
    "html": "<img src=x onerror=alert(1)>",
    "script": "</code></details><script>alert(1)</script>",
    "backticks": "``` `a` ```",
    "pipes": "a|b\\|c",
    "mention": "@everyone me@evil.example",
    "reference": "#1 GH-1 a/b#2 www.evil.example https://evil.example",
    "emphasis": "**a** _b_ ~~c~~ $x$",
    "cdata": "]]><x/>",
    "quotes": '"\'><a href="x">&amp;',
    "nul": "a\0b",
    "escape": "\x1b[31mred\x1b]8;;https://evil.example\x07",
    "bidi": "\u202egnp.exe\u2066",
    "surrogate": "a\udcffb",
    "noncharacter": "a\ufffe\uffff",
    "separators": "a\u2028b\u2029c\x85d",
    "long": "x" * 100_000,
    "long markup": "<&@" * 30_000,
}


def location(**changes: Any) -> Location:
    base = Location("src/a.env", 3, 5, 3, 45, LocationKind.WORKTREE, Place.UNKNOWN, blob=COMMIT)
    return replace(base, **changes)


def history(**changes: Any) -> Location:
    author = {"author": "Ann Author", "date": "2026-01-02T03:04:05+02:00"}
    refs = {"refs": ("refs/heads/main",), "refs_total": 1}
    return location(**{"kind": LocationKind.HISTORY, "commit": COMMIT, **author, **refs, **changes})


def finding(number: int = 0, *locations: Location, **changes: Any) -> Finding:
    """A finding in HEAD, critical unless told otherwise."""
    places = locations or (location(),)
    base = Finding(
        id=f"{number:064x}",
        subject=Subject.KEY,
        rule=RULE,
        redacted="ghp_aaaa…aaaa",
        classification=ABOUT,
        severity=Severity.CRITICAL,
        because="8",
        in_head=True,
        tracked=True,
        client_side=None,
        locations=places,
        occurrences=len(places),
    )
    return replace(base, **changes)


def gone(number: int = 0, **changes: Any) -> Finding:
    """A finding that is only in history."""
    return finding(number, history(), in_head=False, **changes)


def suppressed(number: int = 0, reason: str = "accepted: a sample") -> Finding:
    return finding(number, suppressed=Suppression("baseline", reason))


def report(*findings: Finding, incomplete: Iterable[Unread] = (), **target: Any) -> Report:
    return Report(
        target={"path": "/repo", "kind": "repository", "head": COMMIT, "part": "all", **target},
        started_at=1_790_000_000,
        duration=1.5,
        stats=Stats(blobs=1, bytes=2_000_000, files=1, commits=1, engine="ahocorasick"),
        incomplete=list(incomplete),
        findings=findings,
    )


def hostile(text: str) -> Report:
    """The text in every place that an attacker may write to."""
    rule = replace(RULE, title=text, references=(text, "https://docs.github.com/x"))
    about = replace(ABOUT, principal=text, evidence=(text,), scope=replace(ABOUT.scope, permissions=(text,)))
    here = location(path=text, encoding="base64")
    there = history(path=text, author=text, refs=(text,))
    told = {"rule": rule, "classification": about, "redacted": "ghp_aaaa…aaaa"}
    made = report(
        finding(1, here, there, **told),
        finding(2, there, in_head=False, **told),
        finding(3, history(kind=LocationKind.MESSAGE, path=None, author=text, blob=None), in_head=False, **told),
        finding(4, here, severity=Severity.LOW, **told),
        finding(5, here, **told, suppressed=Suppression("baseline", text)),
        incomplete=[Unread(text, text, 2)],
        path=text,
    )
    return replace(made, untrusted=(text,), stale=((text, text),))


def many(count: int) -> Report:
    """A report of a size that only an organisation's history has; levels and places mixed."""
    levels = list(Severity)
    each = [finding(n, location(path=f"src/{n}.env"), history(), severity=levels[5 * n // count]) for n in range(count)]
    return report(*each)


def render(function: Callable[[Report], Iterator[str]], made: Report) -> str:
    return "".join(function(made))
