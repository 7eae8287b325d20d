"""Clerk's publishable keys: base64 of the frontend's host and a dollar sign."""

from __future__ import annotations

import re

from .base64url import unpadded
from .decoded import Decoded

_HOST = re.compile(rb"([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})\$")


def clerk(key: bytes) -> Decoded | None:
    """Fact `clerk.host`; None where no host stands in the key (Stripe's keys begin alike)."""
    raw = unpadded(key.split(b"_", 2)[-1].rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_")))
    match = _HOST.fullmatch(raw) if raw else None
    if match is None:
        return None
    host = match[1].decode("ascii")
    return Decoded(facts={"clerk.host": host}, evidence=(f"names host {host}",), principal=f"host:{host}", proven=True)
