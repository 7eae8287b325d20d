"""What all decoders need: base64url and JSON that never raise, and text fit to be shown."""

from __future__ import annotations

import base64
import json
import math
import re
from typing import Any

# No honest token is longer; longer ones say nothing.
LONGEST = 16_384
# The last second of the year 9999, the last that a calendar has.
LAST_SECOND = 253_402_300_799

_BASE64URL = re.compile(rb"[A-Za-z0-9_-]*")
_PLAIN = re.compile(r"[A-Za-z0-9._:/+-]{1,80}")


def base64url(text: bytes) -> bytes | None:
    """The bytes that unpadded base64url stands for; None where it is none."""
    if len(text) > LONGEST or len(text) % 4 == 1 or not _BASE64URL.fullmatch(text):
        return None
    return base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))


def json_value(text: bytes | None) -> Any:
    """What a JSON text holds; None where it is none, or too deep or long to be honest."""
    if text is None or len(text) > LONGEST:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def seconds(value: object) -> int | None:
    """A time in seconds since 1970; None where the value is no number or none that a calendar has."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(value) if 0 <= value <= LAST_SECOND else None


def plain(value: object) -> str | None:
    """The text, if it is short and of harmless characters: no address, no control character, no markup."""
    return value if isinstance(value, str) and _PLAIN.fullmatch(value) else None


def duration(span: int) -> str:
    """A time span in its largest fitting unit: 10y, 30d, 12h, 15min."""
    for size, unit in ((31_536_000, "y"), (86_400, "d"), (3_600, "h"), (60, "min")):
        if span >= size:
            return f"{span // size}{unit}"
    return f"{max(span, 0)}s"
