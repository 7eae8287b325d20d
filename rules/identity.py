"""One key, one identity: the same however a file encodes it, and nothing that leads back to the key."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from .rule import Nature, Rule
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
    if rule.nature is Nature.NAME:
        return key.decode("latin-1")
    return redact(key, rule.prefix.encode(), hidden=rule.guessable)


_ARMOUR = re.compile(rb"-----BEGIN [A-Z0-9 ]{3,40}-----")
_LINE_END = re.compile(rb"\\{1,3}r|\\{1,3}n|\\u000[aAdD]|%0[aAdD]|<br ?/?>|&#1[03];|[\r\n]")
_HEADER = re.compile(rb"(?:Proc-Type|DEK-Info|Comment|Version|Charset|Hash|MessageID|User-ID|X-[\w-]{1,20}): ")
_RUN = re.compile(rb"[A-Za-z0-9+/=]+")
_BEGIN = re.compile(rb"^-----BEGIN [^-\n]{0,60}-----")
# Characters of a whole line of base64 at least; shorter ones only end a block.
SHORTEST = 16


def _pem_body(key: bytes) -> bytes:
    """The base64 body of a PEM block: no armour, no headers, no escapes, no white space; of each line the longest run
    of base64, since quotes, comment marks, joining signs and names of functions stand around it in programs."""
    inner, _, _ = _BEGIN.sub(b"", key).partition(b"-----END")
    lines = _LINE_END.split(inner)
    if len(_longest(lines[-1])) < SHORTEST and len(lines) > 1:
        lines.pop()  # what stands before the last line of armour: `echo "`, `b"`
    filled = [line for line in lines if line.strip()]
    if len(filled) == 1:  # in one line, with spaces for line ends
        filled = filled[0].split()
    return b"".join(_longest(line) for line in filled if not _HEADER.search(line))


def _longest(line: bytes) -> bytes:
    """The longest run of base64 in a line, the last of several; empty where all are short."""
    longest = max(reversed(_RUN.findall(line)), key=len, default=b"")
    if len(longest) % 4 == 1 and longest.startswith(b"+"):  # a diff's mark: no line of base64 has such a length
        longest = longest[1:]
    return longest if len(longest) >= 4 else b""


NORMALIZERS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda key: key,
    "lower": lambda key: key.lower(),
    "pem": _pem_body,
}
