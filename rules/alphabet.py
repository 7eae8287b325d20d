"""The alphabets that keys are written in, and random text of them."""

from __future__ import annotations

import base64
import string
from random import Random

BASE64URL = string.ascii_letters + string.digits + "-_"
ALPHABETS = {
    "base62": string.digits + string.ascii_letters,
    "base64url": BASE64URL,
    "base64": string.ascii_letters + string.digits + "+/",
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": string.digits,
    "lower": string.ascii_lowercase,
    "upper": string.ascii_uppercase,
    "letters": string.ascii_letters,
    "alnum": string.ascii_lowercase + string.digits,
    "ALNUM": string.ascii_uppercase + string.digits,
    "base32": string.ascii_uppercase + "234567",
    "lower32": string.ascii_lowercase + "234567",
}


def characters(random: Random, alphabet: str, length: int) -> str:
    """So many random characters of an alphabet."""
    return "".join(random.choice(alphabet) for _ in range(length))


def uuid(random: Random) -> str:
    """A version 4 UUID."""
    text = characters(random, ALPHABETS["hex"], 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def b64url(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
