"""Every decoder by the name that a rule of the catalogue gives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .aws import aws
from .cask import cask
from .decoded import Decoded
from .github_app import github_app
from .gitlab import gitlab
from .jwt import jwt
from .macaroon import macaroon
from .pem import pem
from .slack import slack

DECODERS: dict[str, Callable[[bytes], Decoded | None]] = {
    "aws": aws,
    "cask": cask,
    "github-app": github_app,
    "gitlab": gitlab,
    "jwt": jwt,
    "macaroon": macaroon,
    "pem": pem,
    "slack": slack,
}


@lru_cache(maxsize=256)  # several rules ask the same of one key
def decode(name: str, key: bytes) -> Decoded | None:
    """What the decoder `name` reads out of a key; None where the key says nothing. Never raises on a key's bytes."""
    return DECODERS[name](key)
