"""What a classification says in a person's words; the text report and `explain` share them."""

from __future__ import annotations

from ...rules.classify import Classification, Source, rfc3339
from ...rules.rule import Access, Environment, Exposure, Level, LifetimeClass, Nature, Rule
from ..finding import Location, LocationKind

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
