"""The public halves of two-part credentials: whose key it is."""

from __future__ import annotations

from .decoded import Decoded


def algolia(identifier: bytes) -> Decoded:
    """The application that an Algolia key belongs to."""
    name = identifier.decode("latin-1")
    return Decoded(evidence=(f"beside application {name}",), principal=f"application:{name}")


def twilio(identifier: bytes) -> Decoded:
    """The account or API key that a Twilio secret belongs to, by the beginning of its SID."""
    name = identifier[:6].decode("latin-1") + "…"
    kind = "account" if name.startswith("AC") else "key"
    return Decoded(evidence=(f"beside {kind} {name}",), principal=f"{kind}:{name}")
