"""Base64 as tokens use it: URL-safe and without padding."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any


def unpadded(text: bytes) -> bytes | None:
    """The decoded bytes, None where `text` is no base64."""
    try:
        return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def json_object(text: bytes) -> dict[str, Any] | None:
    """The JSON object that `text` encodes, None where it does not."""
    data = unpadded(text)
    if data is None:
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def seconds(value: object) -> int | None:
    """A time claim in seconds since 1970, None where it is no sensible number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 <= value < 1e11 else None
