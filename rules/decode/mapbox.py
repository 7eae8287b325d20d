"""Mapbox's tokens: base64 of a JSON object that names the user, and for temporary ones scopes and expiry."""

from __future__ import annotations

import re

from ..rule import Access
from .base64url import json_object, seconds
from .decoded import Decoded

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
MOST_SCOPES = 20


def mapbox(key: bytes) -> Decoded | None:
    """Fact `mapbox.user`; None where the payload names none, so the text is no Mapbox token."""
    fields = key.split(b".")
    payload = json_object(fields[1]) if len(fields) == 3 else None
    user = payload.get("u") if payload else None
    if payload is None or not isinstance(user, str) or not _NAME.fullmatch(user):
        return None
    scopes = payload.get("scopes")
    named = [each for each in scopes if isinstance(each, str)] if isinstance(scopes, list) else []
    shown = tuple(re.sub(r"[^\w:.-]", "?", each)[:40] for each in named[:MOST_SCOPES])
    return Decoded(
        facts={"mapbox.user": user},
        evidence=(f"payload names user {user}",),
        principal=f"user:{user}",
        access=Access.RESTRICTED if shown else None,
        permissions=shown,
        issued_at=seconds(payload.get("iat")),
        expires_at=seconds(payload.get("exp")),
        proven=True,
    )
