"""Discord's bot tokens: the first part is base64 of the bot's number."""

from __future__ import annotations

import re

from .base64url import unpadded
from .decoded import Decoded


def discord(key: bytes) -> Decoded | None:
    """Fact `discord.bot`; None where the first part is no number, so the text is no token."""
    raw = unpadded(key.partition(b".")[0])
    if raw is None or not re.fullmatch(rb"\d{17,20}", raw):
        return None
    number = raw.decode("ascii")
    return Decoded(facts={"discord.bot": number}, evidence=(f"names bot {number}",), principal=f"bot:{number}")
