"""Grafana Cloud's access policy tokens and the old API keys: base64 of a JSON object."""

from __future__ import annotations

import re

from .base64url import json_object
from .decoded import Decoded


def grafana(key: bytes) -> Decoded | None:
    """Fact `grafana.name` (what its maker called it); the organisation's number as principal."""
    text = key.removeprefix(b"glc_").rstrip(b"=").translate(bytes.maketrans(b"+/", b"-_"))
    payload = json_object(text)
    if payload is None or not isinstance(payload.get("k"), str) or "n" not in payload:
        return None
    number = str(payload.get("o", payload.get("id", "")))
    name = re.sub(r"[^\w.-]", "?", str(payload["n"]))[:64]
    known = number.isdecimal() and len(number) < 20
    return Decoded(
        facts={"grafana.name": name},
        evidence=(f"payload names {name}",),
        principal=f"organization:{number}" if known else None,
        proven=True,
    )
