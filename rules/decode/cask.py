"""Microsoft's CASK frame: NuGet V5 keys tell owner, creation and lifetime; Azure keys their service.

Layout: microsoft/security-utilities and NuGetGallery's ApiKeyV5.cs.
"""

from __future__ import annotations

from datetime import UTC, datetime

from ..checksum import BASE62, cask_holds
from ..rule import Environment
from .decoded import Decoded

UPPER_LOWER_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FIRST_YEAR = 2024
LIFETIME_UNIT = 300  # seconds
ENVIRONMENTS = {"P": Environment.LIVE, "I": Environment.TEST, "D": Environment.TEST, "L": Environment.LOCAL}
NUGET = "NUGT"


def cask(key: bytes) -> Decoded | None:
    """Facts `cask.provider` (four letters) and, for NuGet, owner, issue and expiry."""
    if len(key) not in (84, 88) or key[52:57] != b"JQQJ9":
        return None
    text = key.decode("latin-1")
    provider = text[76:80]
    proven = cask_holds(key)
    facts = {"cask.provider": provider, "cask.kind": text[57]}
    if provider != NUGET:
        return Decoded(facts=facts, evidence=(f"CASK provider {provider}",), proven=proven)
    issued = _created(text)
    units = _number(text[73:76])
    owner = _number(text[63:69])
    evidence = ["CASK provider NUGT", "long-term key" if text[72] == "L" else "short-term key"]
    if owner is not None:
        evidence.append(f"CASK owner {owner}")
    return Decoded(
        facts=facts,
        evidence=tuple(evidence),
        principal=f"user:{owner}" if owner is not None else None,
        issued_at=issued,
        expires_at=issued + units * LIFETIME_UNIT if issued is not None and units else None,
        environment=ENVIRONMENTS.get(text[62]),
        proven=proven,
    )


def _created(text: str) -> int | None:
    """Seconds since 1970 at which the key was made; None where the characters name no date."""
    year, month = UPPER_LOWER_DIGITS.find(text[58]), UPPER_LOWER_DIGITS.find(text[59])
    day, hour, minute = (UPPER_LOWER_DIGITS.find(char) for char in text[69:72])
    try:
        moment = datetime(FIRST_YEAR + year, month + 1, day + 1, hour, minute, tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp())


def _number(text: str) -> int | None:
    number = 0
    for char in text:
        digit = BASE62.find(char)
        if digit < 0:
            return None
        number = number * 62 + digit
    return number
