"""What a key may do, for whom and for how long: read offline from its structure, its kind and its surroundings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from .checksum import CHECKSUMS, SELF_HOSTED, supabase_belongs
from .decode import Decoded, decode
from .identity import normalized
from .public import placeholder, public_value
from .rule import (
    Access,
    Confidence,
    Environment,
    Exposure,
    LifetimeClass,
    Meaning,
    Nature,
    Rule,
    Scope,
)
from .secret import redact

DAY = 86400
SHORT_LIVED = DAY
EXPIRING = 90 * DAY
NOTHING = Decoded()
# What a pattern's `environment` group may read.
STAGES = {
    "live": Environment.LIVE,
    "production": Environment.LIVE,
    "test": Environment.TEST,
    "sandbox": Environment.TEST,
    "development": Environment.TEST,
}


class Source(StrEnum):
    """How a lifetime is known."""

    ENCODED = "encoded"
    KIND = "kind"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Life:
    """A key's lifetime; times in seconds since 1970."""

    kind: LifetimeClass
    issued_at: int | None
    expires_at: int | None
    source: Source


@dataclass(frozen=True, slots=True)
class Classification:
    """What is known of a key, each statement with its evidence.

    `harmless` says why the key is no leak: a public constant or a placeholder; `checksum` is None where the kind has
    none; `proven` says that an issuer made it; `used_as_secret` and `made_to_ship` are what surroundings say of keys
    whose exposure depends on their use.
    """

    exposure: Exposure
    scope: Scope
    principal: str | None
    lifetime: Life
    environment: Environment
    legacy: bool
    confidence: Confidence
    evidence: tuple[str, ...]
    harmless: str | None = None
    checksum: bool | None = None
    proven: bool = False
    used_as_secret: bool = False
    made_to_ship: bool = False


def classify(
    rule: Rule,
    key: bytes,
    now: int,
    meanings: Collection[tuple[Meaning, str]] = (),
    references: Iterable[str] = (),
    identifier: str = "",
    stage: str = "",
    owner: str = "",
) -> Classification:
    """Classifies one key of a kind. Never opens a connection.

    `now` in seconds since 1970 judges expiry; `meanings` are what the surroundings of all its places say;
    `references` are the project references seen anywhere in the repository; `identifier` is the public half of a
    two-part credential; `stage` is what the pattern's `environment` group read, `owner` whom its text or surroundings
    name.
    """
    subject = identifier.encode("latin-1") if identifier else normalized(rule, key)
    decoded = (decode(rule.decoder, subject) if rule.decoder else None) or NOTHING
    evidence = [*decoded.evidence]
    if rule.prefix and key.startswith(rule.prefix.encode()):
        evidence.append(f"prefix {rule.prefix}")
    if rule.evidence:
        evidence.append(rule.evidence)
    value = normalized(rule, key)
    named = rule.nature is Nature.NAME
    harmless = (
        None if named else decoded.public or public_value(value) or placeholder(decoded.body or _body(rule, value))
    )
    if harmless:
        evidence.append(harmless)
    if identifier:
        evidence.append(f"key id {redact(subject, subject[:4])}")
    checksum = CHECKSUMS[rule.checksum](subject) if rule.checksum else None
    if checksum is not None:
        evidence.append("checksum holds" if checksum else "checksum fails")
    principal = decoded.principal or owner or None
    if rule.provider == "supabase" and key.startswith((b"sb_publishable_", b"sb_secret_")):
        references = list(references)
        bound = next((ref for ref in (*references, SELF_HOSTED) if supabase_belongs(key, ref)), None)
        if bound == SELF_HOSTED:
            checksum = True
            evidence.append("checksum is that of a self-hosted stack")
        elif bound:
            checksum, principal = True, f"project:{bound}"
            evidence.append(f"checksum binds it to project {bound}")
        elif references and not harmless:
            evidence.append(f"fits none of the projects that this repository names ({', '.join(references[:3])})")
    evidence += [text for _, text in meanings if text not in evidence]
    kinds = {meaning for meaning, _ in meanings}
    environment = _environment(rule, decoded, kinds, stage, harmless)
    if harmless and Meaning.LIVE in kinds:
        harmless = None  # a published value that guards a deployment is a leak in itself
        environment = Environment.LIVE
    if stage:
        evidence.append(f"prefix says {stage}")
    return Classification(
        exposure=rule.exposure,
        scope=Scope(
            level=decoded.level or rule.scope.level,
            access=decoded.access or rule.scope.access,
            permissions=decoded.permissions or rule.scope.permissions,
        ),
        principal=principal,
        lifetime=lifetime(rule, decoded, now),
        environment=environment,
        legacy=rule.legacy,
        confidence=_confidence(rule, checksum, kinds, decoded.doubtful),
        evidence=tuple(dict.fromkeys(evidence)) or (f"shape of a {rule.title}",),
        harmless=harmless,
        checksum=checksum,
        proven=checksum is True or decoded.proven,
        used_as_secret=Meaning.SECRET in kinds,
        made_to_ship=Meaning.CLIENT in kinds,
    )


def lifetime(rule: Rule, decoded: Decoded, now: int) -> Life:
    """How long the key lives: what its text says, else what its kind says. Without an issue time, from `now`."""
    issued, expires = decoded.issued_at, decoded.expires_at
    if expires is None and decoded.endless:
        return Life(LifetimeClass.LONG_LIVED, issued, None, Source.ENCODED)
    if expires is None:
        known = rule.lifetime.kind is not LifetimeClass.UNKNOWN
        return Life(rule.lifetime.kind, issued, None, Source.KIND if known else Source.UNKNOWN)
    span = expires - (issued if issued is not None else now)
    if expires <= now:
        kind = LifetimeClass.EXPIRED
    elif span <= SHORT_LIVED:
        kind = LifetimeClass.SHORT_LIVED
    elif span <= EXPIRING:
        kind = LifetimeClass.EXPIRING
    else:
        kind = LifetimeClass.LONG_LIVED
    return Life(kind, issued, expires, Source.ENCODED)


def default_access(rule: Rule, scope: Scope) -> Access:
    """The access that severity reckons with: what is known, else what keys of the kind usually have."""
    return rule.default_access if scope.access is Access.UNKNOWN else scope.access


def rfc3339(seconds: int | None) -> str | None:
    """A time as reports show it; None where there is none, or none that a calendar has."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError, OSError):
        return None


def _body(rule: Rule, key: bytes) -> bytes:
    prefix = rule.prefix.encode()
    return key[len(prefix) :] if prefix and key.startswith(prefix) else key


def _environment(
    rule: Rule, decoded: Decoded, kinds: Collection[Meaning], stage: str, harmless: str | None
) -> Environment:
    if stage in STAGES:
        return STAGES[stage]
    if decoded.environment is not None:
        return decoded.environment
    if rule.environment is not Environment.UNKNOWN:
        return rule.environment
    if Meaning.LOCAL in kinds or (harmless and "every local" in harmless):
        return Environment.LOCAL
    return Environment.LIVE if Meaning.LIVE in kinds else Environment.UNKNOWN


def _confidence(rule: Rule, checksum: bool | None, kinds: Collection[Meaning], doubtful: bool) -> Confidence:
    if doubtful:
        return Confidence.LOW
    if checksum is not None:
        return Confidence.HIGH if checksum else Confidence.LOW
    if Meaning.LOCAL in kinds and Meaning.LIVE not in kinds and rule.confidence is not Confidence.HIGH:
        return Confidence.LOW  # only its surroundings make it a key, and they say that it guards nothing that matters
    return rule.confidence
