"""One key, one identity: the same however a file encodes it, and nothing that leads back to the key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from .rule import Rule
from .secret import redact

# Fixed, since an identity must be the same everywhere; scrypt alone makes guessing a password dear.
SCRYPT_SALT = b"keyslip/v1"


def identity(rule: Rule, key: bytes) -> str:
    """64 hexadecimal digits: SHA-256 of the key as its provider would read it, or scrypt where it may be guessed."""
    value = normalized(rule, key)
    if rule.guessable:
        return hashlib.scrypt(value, salt=SCRYPT_SALT, n=2**14, r=8, p=1, dklen=32).hex()
    return hashlib.sha256(value).hexdigest()


def normalized(rule: Rule, key: bytes) -> bytes:
    """The key's bytes as the provider would read them."""
    return NORMALIZERS[rule.normalize](key)


def redacted(rule: Rule, key: bytes) -> str:
    """The key as reports show it: its public prefix (of a PEM block, its first line) and the ends of its body."""
    if rule.normalize == "pem" and (armour := _ARMOUR.match(key)):
        return redact(armour[0] + normalized(rule, key), armour[0], hidden=rule.guessable)
    return redact(key, rule.prefix.encode(), hidden=rule.guessable)


_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]{3,40}-----")


def _pem_body(key: bytes) -> bytes:
    """The base64 body of a PEM block: no armour, no headers, no escapes, no white space."""
    text = key.replace(b"\\r", b"\n").replace(b"\\n", b"\n")
    body = re.sub(rb"-----(?:BEGIN|END)[^-\n]{0,60}-----", b"\n", text)
    body = re.sub(rb"(?m)^[ \t\"'+]*(?:Proc-Type|DEK-Info|Comment|Version|Charset|Hash|MessageID):.*$", b"", body)
    return re.sub(rb"[^A-Za-z0-9+/=]", b"", body)


NORMALIZERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda key: key,
    "lower": lambda key: key.lower(),
    "pem": _pem_body,
}
