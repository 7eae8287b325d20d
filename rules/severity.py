"""How bad a finding is: a table over its classification and where it stands; the first line that fits decides."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from .place import Place
from .rule import Access, Confidence, Environment, Exposure, Level, LifetimeClass, Nature


class Severity(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for note to 4 for critical."""
        return _RANKS[self]

    def at_most(self, cap: Severity) -> Severity:
        return self if self.rank <= cap.rank else cap


_RANKS = {
    Severity.NOTE: 0,
    Severity.LOW: 1,
    Severity.MEDIUM: 2,
    Severity.HIGH: 3,
    Severity.CRITICAL: 4,
}


@dataclass(frozen=True, slots=True)
class Circumstances:
    """All that severity depends on. `harmless`: a public constant or a placeholder; `outlived`: older than keys of
    its kind can get; `client`: stands in client code or under a public prefix; `used_as_secret`, `made_to_ship`: what
    its surroundings or kind say; `checksum`: whether a checksum proven for the kind holds, None where there is none;
    `proven`: its structure shows that a provider issued it; `only_ignored`: stands only in files that git ignores."""

    nature: Nature
    exposure: Exposure
    level: Level
    access: Access
    lifetime: LifetimeClass
    environment: Environment
    confidence: Confidence
    harmless: bool = False
    outlived: bool = False
    client: bool = False
    used_as_secret: bool = False
    made_to_ship: bool = False
    checksum: bool | None = None
    proven: bool = False
    only_ignored: bool = False
    places: Collection[Place] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table: what it says to people, when it fits, and the severity it gives or caps at."""

    says: str
    fits: Callable[[Circumstances], bool]
    severity: Severity


@dataclass(frozen=True, slots=True)
class Verdict:
    """A severity, and the lines of the table that decided: the first that fitted, and the cap if one lowered it."""

    severity: Severity
    because: str


def _is_private(about: Circumstances) -> bool:
    return about.exposure in (Exposure.SECRET, Exposure.ADMIN)


def _is_conditional(about: Circumstances) -> bool:
    return about.exposure is Exposure.CONDITIONAL


def _lives_long(about: Circumstances) -> bool:
    return about.lifetime in (LifetimeClass.LONG_LIVED, LifetimeClass.UNKNOWN)


# The first line that fits decides. An unknown environment counts as live, an unknown lifetime as long-lived.
LINES = (
    Line("a public constant or a placeholder", lambda a: a.harmless, Severity.NOTE),
    Line("made to be public", lambda a: a.exposure is Exposure.PUBLISHABLE, Severity.NOTE),
    Line("expired", lambda a: a.lifetime is LifetimeClass.EXPIRED, Severity.NOTE),
    Line("older than a key of its kind can get", lambda a: a.outlived, Severity.NOTE),
    Line("a user's session", lambda a: a.nature is Nature.SESSION, Severity.LOW),
    Line("an identifier without its secret", lambda a: a.nature is Nature.IDENTIFIER, Severity.LOW),
    Line("the name of a secret under a public prefix", lambda a: a.nature is Nature.NAME, Severity.CRITICAL),
    Line(
        "a secret of a test environment in client code or under a public prefix",
        lambda a: _is_private(a) and a.client and a.environment is Environment.TEST,
        Severity.HIGH,
    ),
    Line("a secret in client code or under a public prefix", lambda a: _is_private(a) and a.client, Severity.CRITICAL),
    Line("can mint, read or manage other keys", lambda a: a.exposure is Exposure.ADMIN, Severity.CRITICAL),
    Line(
        "public only under conditions, used as a secret and shipped to clients",
        lambda a: _is_conditional(a) and a.used_as_secret and (a.client or a.made_to_ship),
        Severity.CRITICAL,
    ),
    Line(
        "public only under conditions, used as a secret",
        lambda a: _is_conditional(a) and a.used_as_secret,
        Severity.HIGH,
    ),
    Line(
        "public only under conditions, made to ship or in client code",
        lambda a: _is_conditional(a) and (a.made_to_ship or a.client),
        Severity.LOW,
    ),
    Line("public only under conditions", _is_conditional, Severity.MEDIUM),
    Line(
        "of a test or local environment",
        lambda a: a.environment in (Environment.TEST, Environment.LOCAL),
        Severity.MEDIUM,
    ),
    Line(
        "a secret with full access that lives long",
        lambda a: a.access is Access.FULL and _lives_long(a),
        Severity.CRITICAL,
    ),
    Line(
        "may only write to one resource",
        lambda a: a.access is Access.WRITE_ONLY and a.level is Level.RESOURCE,
        Severity.MEDIUM,
    ),
    Line("a secret that is restricted, or does not live long", lambda a: True, Severity.HIGH),
)
# What doubt and place allow at the most.
CAPS = (
    Line("low confidence", lambda a: a.confidence is Confidence.LOW, Severity.MEDIUM),
    Line("the checksum of its kind fails", lambda a: a.checksum is False, Severity.LOW),
    Line("only in files that git ignores", lambda a: a.only_ignored, Severity.LOW),
    Line(
        "only in tests or documentation, and not provably issued",
        lambda a: bool(a.places) and set(a.places) <= {Place.TEST, Place.DOCS} and not a.proven,
        Severity.LOW,
    ),
)


def judge(about: Circumstances) -> Verdict:
    """The severity, after the caps that doubt and place put on it, and why."""
    line = next(line for line in LINES if line.fits(about))
    found, because = line.severity, line.says
    for cap in CAPS:
        if found.rank > cap.severity.rank and cap.fits(about):
            found, because = cap.severity, f"{line.says}; at most {cap.severity}: {cap.says}"
    return Verdict(found, because)
