"""JSON Web Tokens (RFC 7519): claims read, never trusted; the two published Supabase secrets recognised."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

from ..rule import Environment
from .base64url import json_object, seconds, unpadded
from .decoded import Decoded

# The JWT secrets of every local stack: supabase/cli, and docker/.env.example. Whoever knows them can mint any role,
# so a token signed with one protects nothing that matters. Split, so that this file holds neither.
PUBLIC_SECRETS = {
    b"super-secret-" + b"jwt-token-with-at-least-32-characters-long": "the local Supabase stack",
    b"your-super-secret-" + b"jwt-token-with-at-least-32-characters-long": "Supabase's docker/.env.example",
}
# The secrets that jwt.io signs its samples with, and others that tutorials use.
SAMPLE_SECRETS = {
    b"your-256-bit-secret": "jwt.io",
    b"a-string-secret-at-least-256-bits-long": "jwt.io",
    b"secret": "many a tutorial",
}
REF = re.compile(r"[a-z]{20}")
LONGEST = 16384
YEAR = 31_557_600
DAY = 86400
# Claims whose values name kinds and issuers, not people.
SHOWN = ("alg", "iss", "role", "ref", "aud", "type", "typ", "token_use", "aal")


def jwt(key: bytes) -> Decoded | None:
    """Facts `jwt.<claim>` of header and payload, as text; claims about people only as present or absent."""
    parts = key.split(b".")
    if len(parts) != 3 or len(key) > LONGEST:
        return None
    header, payload, signature = json_object(parts[0]), json_object(parts[1]), unpadded(parts[2])
    if header is None or payload is None or signature is None or not isinstance(header.get("alg"), str):
        return None
    facts = {f"jwt.{name}": _shown(name, value) for name, value in (header | payload).items() if value is not None}
    issued, expires = seconds(payload.get("iat")), seconds(payload.get("exp"))
    evidence = [f"jwt {name}={facts[f'jwt.{name}']}" for name in ("role", "iss") if f"jwt.{name}" in facts]
    if issued is not None and expires is not None:
        evidence.append(f"jwt exp-iat={_span(expires - issued)}")
    elif expires is None:
        evidence.append("jwt has no exp")
    public = _public(parts, signature, header)
    ref = payload.get("ref")
    principal = f"project:{ref}" if isinstance(ref, str) and REF.fullmatch(ref) else None
    return Decoded(
        facts=facts,
        evidence=tuple(evidence),
        principal=principal,
        issued_at=issued,
        expires_at=expires,
        endless=expires is None,
        environment=Environment.LOCAL if public else None,
        public=public,
        proven=principal is not None and payload.get("iss") == "supabase",
    )


def _shown(name: str, value: Any) -> str:
    if name in SHOWN and isinstance(value, str):
        return re.sub(r"[^\w.:/@-]", "?", value)[:80]
    return "present"


def _span(length: int) -> str:
    if length >= YEAR:
        return f"{length / YEAR:.0f}y"
    return f"{length / DAY:.0f}d" if length >= DAY else f"{length / 3600:.1f}h"


def _public(parts: list[bytes], signature: bytes, header: dict[str, Any]) -> str | None:
    """Which published secret signed the token, None where none did. An issuer's name alone is no proof."""
    if header.get("alg") != "HS256":
        return None
    for secret, name in (PUBLIC_SECRETS | SAMPLE_SECRETS).items():
        mac = hmac.new(secret, parts[0] + b"." + parts[1], hashlib.sha256).digest()
        if hmac.compare_digest(mac, signature):
            return f"signed with the published JWT secret of {name}"
    return None
