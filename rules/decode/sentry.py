"""Sentry's tokens of an organisation (`sntrys_<JSON>_<secret>`) and the addresses that clients report to."""

from __future__ import annotations

import re

from .base64url import json_object, seconds
from .decoded import Decoded

_DSN = re.compile(rb"https://[0-9a-f]{32}(?::[0-9a-f]{32})?@(?:o(\d{1,20})\.)?")


def sentry(key: bytes) -> Decoded | None:
    """Fact `sentry.org`; the organisation as principal, and for tokens the time of issue."""
    if dsn := _DSN.match(key):
        return Decoded(principal=f"organization:{dsn[1].decode()}") if dsn[1] else None
    payload = json_object(key.removeprefix(b"sntrys_").rpartition(b"_")[0].rstrip(b"="))
    name = payload.get("org") if payload else None
    if payload is None or not isinstance(name, str):
        return None
    shown = re.sub(r"[^\w.-]", "?", name)[:64]
    return Decoded(
        facts={"sentry.org": shown},
        evidence=(f"payload names organisation {shown}",),
        principal=f"organization:{shown}",
        issued_at=seconds(payload.get("iat")),
        proven=True,
    )
