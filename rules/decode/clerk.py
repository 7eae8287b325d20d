"""Clerk's publishable keys: the host that they are for."""

from __future__ import annotations

import base64
import re

from .decoded import Decoded

_KEY = re.compile(rb"pk_(?:test|live)_([A-Za-z0-9+/_-]{12,200})={0,2}")
_HOST = re.compile(rb"([a-z0-9](?:[a-z0-9.-]{1,120})[a-z0-9])\$")


def clerk(key: bytes) -> Decoded | None:
    """Fact `clerk.host`: the frontend API's host, which tells the key from Stripe's of the same prefix."""
    match = _KEY.fullmatch(key)
    if match is None or len(match[1]) % 4 == 1:
        return None
    body = match[1].translate(bytes.maketrans(b"+/", b"-_"))
    host = _HOST.fullmatch(base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4)))
    if host is None:
        return None
    name = host[1].decode()
    return Decoded(facts={"clerk.host": name}, evidence=(f"encodes the host {name}",), principal=f"host:{name}", proven=True)
