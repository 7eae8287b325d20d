"""Fly.io's macaroons (`fm2_`): the caveats that narrow them (superfly/macaroon, caveat.go)."""

from __future__ import annotations

from typing import Any

from ..rule import Access, Level
from .base64url import seconds, unpadded
from .decoded import Decoded
from .msgpack import read

# Numbers of the kinds of caveat.
ORGANIZATION, VOLUMES, APPS, VALIDITY, FEATURES, MUTATIONS, MACHINES = 0, 2, 3, 4, 5, 6, 7
READ = 1  # the bit of a mask of actions
LOCATION = "https://api.fly.io"


def fly(key: bytes) -> Decoded | None:
    """Fact `fly.scope`: `organization`, `app` or `unlimited`; expiry from the narrowest window of validity.

    Of a list the first is read: what follows are discharges.
    """
    raw = unpadded(key.partition(b"fm2_")[2].partition(b",")[0].rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_")))
    token = read(raw) if raw else None
    if not isinstance(token, list) or len(token) != 4 or not isinstance(token[2], list):
        return None
    location, flat = token[1], token[2]
    if not isinstance(location, str) or not location.startswith(LOCATION):
        return None
    caveats = [(flat[at], flat[at + 1]) for at in range(0, len(flat) - 1, 2)]
    evidence, ends, starts = ["macaroon of Fly.io"], [], []
    scope, reading = "unlimited", False
    for kind, body in caveats:
        if kind == VALIDITY and isinstance(body, list) and len(body) == 2:
            starts.append(seconds(body[0]))
            ends.append(seconds(body[1]))
        elif kind == ORGANIZATION:
            scope = "organization" if scope == "unlimited" else scope
            reading = reading or _mask(body) == READ
        elif kind in (APPS, VOLUMES, MACHINES):
            scope = "app"
    known = [each for each in ends if each is not None]
    evidence.append(
        {"unlimited": "no caveat limits it", "organization": "caveat: one organisation", "app": "caveat: apps"}[scope]
    )
    if reading:
        evidence.append("caveat: read only")
    return Decoded(
        facts={"fly.scope": scope},
        evidence=tuple(evidence),
        level={"unlimited": Level.ACCOUNT, "organization": Level.ORGANIZATION, "app": Level.RESOURCE}[scope],
        access=Access.READ_ONLY if reading else Access.RESTRICTED if scope == "app" else Access.FULL,
        issued_at=max((each for each in starts if each is not None), default=None),
        expires_at=min(known, default=None),
        proven=True,
    )


def _mask(body: Any) -> int | None:
    """The actions that a caveat of an organisation leaves."""
    last = body[-1] if isinstance(body, list) and body else None
    return last if isinstance(last, int) else None
