"""What a classification says in a person's words; reports for people and `explain` share them."""

from __future__ import annotations

from collections import Counter

from ...rules.classify import Classification, Source, rfc3339
from ...rules.rule import Access, Environment, Exposure, Level, LifetimeClass, Nature, Rule
from ...rules.severity import Severity
from ..finding import Finding, Location, LocationKind
from ..scan import Report

EXPOSURES = {
    Exposure.PUBLISHABLE: "made to be public",
    Exposure.CONDITIONAL: "public only under restrictions that the key does not show",
    Exposure.SECRET: "must stay on a server",
    Exposure.ADMIN: "can mint, read or manage other keys",
}
LEVELS = {
    Level.ACCOUNT: "a whole account",
    Level.ORGANIZATION: "a whole organisation",
    Level.PROJECT: "one project",
    Level.RESOURCE: "one resource",
    Level.USER: "everything its user reaches",
    Level.SESSION: "one session",
    Level.REQUEST: "one request",
    Level.UNKNOWN: "what the key does not show",
}
ACCESSES = {
    Access.FULL: "full access",
    Access.RESTRICTED: "restricted access",
    Access.READ_ONLY: "read access",
    Access.WRITE_ONLY: "write access",
    Access.UNKNOWN: "unknown access",
}
LIFETIMES = {
    LifetimeClass.LONG_LIVED: "does not expire soon, if ever",
    LifetimeClass.EXPIRING: "expires within 90 days",
    LifetimeClass.SHORT_LIVED: "lives at most a day",
    LifetimeClass.EXPIRED: "has expired",
    LifetimeClass.UNKNOWN: "lifetime not known offline",
}


def may(about: Classification) -> str:
    """What the key may do, and for whom."""
    if about.scope.level is Level.UNKNOWN and about.scope.access is Access.UNKNOWN:
        return f"a reach that nothing shows; {EXPOSURES[about.exposure]}"
    principal = f" ({about.principal})" if about.principal else ""
    text = f"{ACCESSES[about.scope.access]} to {LEVELS[about.scope.level]}{principal}; {EXPOSURES[about.exposure]}"
    if about.scope.permissions:
        text += f"; may: {', '.join(about.scope.permissions)}"
    if about.environment is not Environment.UNKNOWN:
        text += f"; {about.environment} environment"
    return text


def lives(about: Classification) -> str:
    """For how long the key is good."""
    life = about.lifetime
    text = LIFETIMES[life.kind]
    if life.source is Source.ENCODED and life.expires_at is None:
        text = "says of itself no end"
    elif life.source is Source.ENCODED:
        issued = rfc3339(life.issued_at)
        text = f"{'expired' if life.kind is LifetimeClass.EXPIRED else 'expires'} {rfc3339(life.expires_at)}"
        text += f", issued {issued}" if issued else ""
    return text + ("; legacy kind" if about.legacy else "")


def where(location: Location) -> str:
    """What a key stands in."""
    if location.kind is LocationKind.STDIN:
        return "standard input"
    if location.kind is LocationKind.MESSAGE:
        return "a tag's message" if location.blob else "a commit's message"
    return location.path or f"blob {(location.blob or '')[:12]}"


def next_step(rule: Rule, about: Classification) -> str:
    """What to do about it."""
    if about.harmless:
        return f"nothing: {about.harmless}"
    if rule.nature is Nature.SESSION:
        return "no API key: sign the session out if it still lives"
    return rule.successor.summary or "revoke it at its provider and issue a new one"


def place(location: Location) -> str:
    """A place in words."""
    text = f"{where(location)}:{location.start_line}:{location.start_column}"
    if location.kind is LocationKind.WORKTREE:
        text += "  in the working tree"
    if location.encoding:
        text += f" as {location.encoding}"
    if location.commit:
        text += f"  commit {location.commit[:12]}"
    if location.refs:
        more = location.refs_total - 1
        text += f" on {location.refs[0]}" + (f" and {more} more" if more else "")
    elif location.kind is not LocationKind.WORKTREE and location.ref_kinds:
        text += f" ({', '.join(location.ref_kinds)})"
    return text


def standing(finding: Finding, staged: bool = False) -> Location | None:
    """The place by which a service that shows the checkout finds the key: in the working tree, or in the newest
    content that HEAD (or, `staged`, the next commit) has; None for a key that is only in history."""
    named = [each for each in finding.locations if each.path is not None and each.kind is not LocationKind.MESSAGE]
    first = next((each for each in named if each.kind is LocationKind.WORKTREE), None)
    if first is None and named and (finding.in_head or staged):
        return named[-1]  # places in history are in the order in which they came about
    return first


def gone(location: Location) -> str:
    """Where a key stood that the checkout has no more."""
    if location.kind is LocationKind.STDIN:
        return "on standard input"
    commit = f"commit {location.commit[:12]}" if location.commit else "no commit known"
    if location.kind is LocationKind.MESSAGE:
        return f"not in a file: {'a tag' if location.blob else 'a commit'}'s message, {commit}"
    return f"only in history: {commit}, {location.path or 'no path known'}, line {location.start_line}"


def unread(what: str, why: str, count: int) -> str:
    """A line of `incomplete`."""
    return f"{what}: {why}" + (f" ({count}x)" if count > 1 else "")


def counted(report: Report) -> str:
    """How many findings of each severity nothing suppresses."""
    shown = Counter(each.severity for each in report.findings if each.suppressed is None)
    return ", ".join(f"{shown[level]} {level}" for level in Severity if shown[level]) or "no keys found"


def how_much(report: Report) -> str:
    """What was read, and in what time."""
    return f"{report.stats.bytes / 1e6:,.1f} MB in {report.duration:.1f} s"


def in_short(report: Report) -> str:
    """The whole report in a line."""
    return f"{counted(report)}; read {how_much(report)}"
