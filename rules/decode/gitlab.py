"""GitLab's routable tokens: whose token it is stands in the payload (GitLab's Authn::TokenField)."""

from __future__ import annotations

import re

from ..rule import Level
from .base64url import unpadded
from .decoded import Decoded

_ROUTABLE = re.compile(rb"gl[a-z]{1,16}-(?:t[0-9]_)?([A-Za-z0-9_-]{27,300})(?:\.[0-9a-z]{2})?\.[0-9a-z]{9}")
_FIELD = re.compile(rb"[cgoput]:[0-9a-z]{1,16}")
# The narrowest thing that the payload names is whom the token speaks for.
NAMES = {"u": ("user", Level.USER), "p": ("project", Level.PROJECT), "g": ("group", Level.ORGANIZATION)}


def gitlab(key: bytes) -> Decoded | None:
    """The user, project or group of a routable token; None for the plain ones, which say nothing."""
    match = _ROUTABLE.fullmatch(key)
    raw = unpadded(match[1]) if match else None
    if not raw or raw[-1] >= len(raw):
        return None
    lines = raw[-1 - raw[-1] : -1].split(b"\n")
    if not all(_FIELD.fullmatch(line) for line in lines):
        return None
    fields = {chr(line[0]): str(int(line[2:], 36)) for line in lines}
    evidence = tuple(f"payload names {NAMES[name][0]} {fields[name]}" for name in NAMES if name in fields)
    owner = next((name for name in NAMES if name in fields), None)
    return Decoded(
        facts={f"gitlab.{name}": value for name, value in fields.items()},
        evidence=evidence,
        principal=f"{NAMES[owner][0]}:{fields[owner]}" if owner else None,
        level=NAMES[owner][1] if owner else None,
    )
