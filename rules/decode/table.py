"""Every decoder by the name that a rule of the catalogue gives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from .aws import aws
from .cask import cask
from .clerk import clerk
from .database import database
from .decoded import Decoded
from .discord import discord
from .fly import fly
from .github_app import github_app
from .gitlab import gitlab
from .grafana import grafana
from .halves import algolia, twilio
from .his import his
from .jwt import jwt
from .macaroon import macaroon
from .mapbox import mapbox
from .pem import pem
from .sas import sas
from .sentry import sentry
from .slack import slack

DECODERS: dict[str, Callable[[bytes], Decoded | None]] = {
    "algolia": algolia,
    "aws": aws,
    "cask": cask,
    "clerk": clerk,
    "database": database,
    "discord": discord,
    "fly": fly,
    "github-app": github_app,
    "gitlab": gitlab,
    "grafana": grafana,
    "his": his,
    "jwt": jwt,
    "macaroon": macaroon,
    "pem": pem,
    "mapbox": mapbox,
    "sas": sas,
    "sentry": sentry,
    "slack": slack,
    "twilio": twilio,
}


@lru_cache(maxsize=256)  # several rules ask the same of one key
def decode(name: str, key: bytes) -> Decoded | None:
    """What the decoder `name` reads out of a key; None where the key says nothing. Never raises on a key's bytes."""
    return DECODERS[name](key)
