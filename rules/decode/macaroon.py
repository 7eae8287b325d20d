"""PyPI's macaroons: what the holder may upload, and until when (warehouse, macaroons/caveats)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..rule import Access, Level
from .base64url import seconds, unpadded
from .decoded import Decoded

# Field types of the binary format, version 2.
LOCATION, IDENTIFIER = 1, 2
# Tags of PyPI's caveats.
EXPIRATION, PROJECT_NAME, PROJECT_ID, REQUEST_USER, OIDC_PUBLISHER = range(5)
MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Macaroon:
    location: bytes
    identifier: bytes
    caveats: tuple[bytes, ...]


def macaroon(key: bytes) -> Decoded | None:
    """A `pypi-` token's caveats; without one that names projects the token speaks for its whole account."""
    raw = unpadded(key.partition(b"-")[2])
    parsed = parse(raw) if raw else None
    if parsed is None:
        return None
    host = parsed.location.decode("ascii", "replace")
    evidence = [f"macaroon for {host}"]
    projects: list[str] | None = None  # names that every caveat allows; None while none is named
    facts = {"macaroon.location": host, "macaroon.scope": "account"}
    expires = issued = None
    for caveat in parsed.caveats:
        tag, value = _meaning(caveat)
        if tag == EXPIRATION:
            if expires is None or (seconds(value[0]) or expires) < expires:  # the earliest of them holds
                expires, issued = seconds(value[0]), seconds(value[1])
        elif tag in (PROJECT_NAME, PROJECT_ID):
            facts["macaroon.scope"] = "project"
            if tag == PROJECT_NAME:
                allowed = [name for name in value if isinstance(name, str)]
                projects = allowed if projects is None else [name for name in projects if name in allowed]
            evidence.append(f"caveat: only {len(value)} project{'s' if len(value) != 1 else ''}")
        elif tag == OIDC_PUBLISHER:
            evidence.append("caveat: minted by trusted publishing")
            facts["macaroon.scope"] = "project"
        elif tag is None:
            evidence.append("a caveat that keyslip does not know")
    whole = facts["macaroon.scope"] == "account"
    named = tuple(f"upload:{name}" for name in (projects or ())[:MOST_NAMES])
    if whole:
        evidence.append("no caveat limits it to projects")
    if expires is not None:
        facts["macaroon.expires"] = "present"
        evidence.append("caveat: expires")
    return Decoded(
        facts=facts,
        evidence=tuple(evidence),
        principal=f"project:{projects[0]}" if projects and len(projects) == 1 else None,
        level=Level.ACCOUNT if whole else Level.PROJECT,
        access=Access.FULL if whole else Access.RESTRICTED,
        permissions=("upload",) if whole or not named else named,
        issued_at=issued,
        expires_at=expires,
        proven=True,
    )


def parse(raw: bytes) -> Macaroon | None:
    """A macaroon of the binary format, version 2; None where `raw` is none."""
    if not raw or raw[0] != 2:
        return None
    try:
        header, at = _section(raw, 1)
        caveats = []
        while raw[at]:
            section, at = _section(raw, at)
            caveats.append(section.get(IDENTIFIER, b""))
    except (IndexError, ValueError):
        return None
    if IDENTIFIER not in header:
        return None
    return Macaroon(header.get(LOCATION, b""), header[IDENTIFIER], tuple(caveats))


def _section(raw: bytes, at: int) -> tuple[dict[int, bytes], int]:
    fields: dict[int, bytes] = {}
    while True:
        kind, at = _varint(raw, at)
        if kind == 0:
            return fields, at
        length, at = _varint(raw, at)
        if at + length > len(raw):
            raise ValueError("a field reaches over the end")
        fields[kind] = raw[at : at + length]
        at += length


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    number = 0
    for shift in range(0, 35, 7):
        byte = raw[at]
        at += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at
    raise ValueError("a number without end")


def _meaning(caveat: bytes) -> tuple[int | None, list[Any]]:
    """A caveat's tag and values, the older dictionary forms as today's lists; None for what PyPI never wrote."""
    try:
        value = json.loads(caveat)
    except (ValueError, RecursionError):
        return None, []
    if isinstance(value, list) and len(value) >= 2 and isinstance(value[0], int):
        inner = value[1]
        if value[0] == EXPIRATION:
            return EXPIRATION, [value[1], value[2] if len(value) > 2 else None]
        return value[0], inner if isinstance(inner, list) else [inner]
    if isinstance(value, dict):
        if "exp" in value:
            return EXPIRATION, [value["exp"], value.get("nbf")]
        permissions = value.get("permissions")
        if permissions == "user":
            return REQUEST_USER, []
        if isinstance(permissions, dict) and isinstance(permissions.get("projects"), list):
            return PROJECT_NAME, permissions["projects"]
        if isinstance(value.get("project_ids"), list):
            return PROJECT_ID, value["project_ids"]
    return None, []
