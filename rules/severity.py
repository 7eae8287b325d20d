"""How bad a finding is: one pure function over its classification and where it stands; the first match wins."""

from __future__ import annotations

from collections.abc import Collection
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


def severity(about: Circumstances) -> Severity:
    """The severity, after the caps that doubt and place put on it."""
    found = _uncapped(about)
    if about.confidence is Confidence.LOW:
        found = found.at_most(Severity.MEDIUM)
    if about.checksum is False or about.only_ignored:
        found = found.at_most(Severity.LOW)
    # A key that was provably issued is as bad in a test as anywhere.
    if about.places and set(about.places) <= {Place.TEST, Place.DOCS} and not about.proven:
        found = found.at_most(Severity.LOW)
    return found


def _uncapped(about: Circumstances) -> Severity:
    private = about.exposure in (Exposure.SECRET, Exposure.ADMIN)
    if about.harmless or about.outlived or about.exposure is Exposure.PUBLISHABLE:
        return Severity.NOTE
    if about.lifetime is LifetimeClass.EXPIRED:
        return Severity.NOTE
    if about.nature in (Nature.SESSION, Nature.IDENTIFIER):
        return Severity.LOW
    if private and about.client:
        return Severity.HIGH if about.environment is Environment.TEST else Severity.CRITICAL
    if about.exposure is Exposure.ADMIN:
        return Severity.CRITICAL
    if about.exposure is Exposure.CONDITIONAL:
        if about.used_as_secret:
            return Severity.CRITICAL if about.client else Severity.HIGH
        return Severity.LOW if about.made_to_ship or about.client else Severity.MEDIUM
    if about.environment in (Environment.TEST, Environment.LOCAL):
        return Severity.MEDIUM
    if about.access is Access.FULL and about.lifetime in (LifetimeClass.LONG_LIVED, LifetimeClass.UNKNOWN):
        return Severity.CRITICAL
    if about.access is Access.WRITE_ONLY and about.level is Level.RESOURCE:
        return Severity.MEDIUM
    return Severity.HIGH
