"""GitHub's stateless installation tokens: `ghs_<app>_<JWT>`."""

from __future__ import annotations

from .decoded import Decoded
from .jwt import jwt


def github_app(key: bytes) -> Decoded | None:
    """The expiry of a stateless installation token; None for the opaque ones."""
    fields = key.split(b"_", 2)
    inner = jwt(fields[2]) if len(fields) == 3 else None
    if inner is None:
        return None
    return Decoded(evidence=inner.evidence, issued_at=inner.issued_at, expires_at=inner.expires_at)
