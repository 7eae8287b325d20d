"""Armoured private keys: whether what stands between the lines is one, and whether a passphrase guards it.

Formats: X.690 (DER), OpenSSH's PROTOCOL.key, RFC 9580 (OpenPGP packets).
"""

from __future__ import annotations

import base64
import binascii

from .decoded import Decoded

OPENSSH = b"openssh-key-v1\0"
# First bytes of an OpenPGP secret-key packet: tag 5, in the old format with each length type, and in the new one.
PGP = (0x94, 0x95, 0x96, 0x97, 0xC5)
SEQUENCE = 0x30
# Bytes by which a block's length may differ from what it says of itself and still be one that somebody cut or altered.
TOLERATED = 64


def pem(body: bytes) -> Decoded | None:
    """Facts `pem.kind` (der, openssh, pgp) and `pem.encrypted` (yes, no) of a block's base64; None where it holds no
    key: prose and code name the same lines."""
    try:
        raw = base64.b64decode(body + b"=" * (-len(body) % 4))
    except (binascii.Error, ValueError):
        return None
    if raw.startswith(OPENSSH):
        length = int.from_bytes(raw[len(OPENSSH) : len(OPENSSH) + 4])
        cipher = raw[len(OPENSSH) + 4 : len(OPENSSH) + 4 + min(length, 40)].decode("latin-1")
        encrypted = "no" if cipher == "none" else "yes"
        return Decoded(
            facts={"pem.kind": "openssh", "pem.encrypted": encrypted}, evidence=(f"OpenSSH cipher {cipher}",)
        )
    if raw and raw[0] in PGP:
        return Decoded(facts={"pem.kind": "pgp"}, evidence=("an OpenPGP secret-key packet",))
    size = _der_size(raw)
    if size is None or abs(size - len(raw)) > TOLERATED:
        return None
    whole = size == len(raw)
    said = "a DER structure" if whole else "a DER structure that was cut or altered"
    return Decoded(facts={"pem.kind": "der", "pem.encrypted": "no"}, evidence=(said,), doubtful=not whole)


def _der_size(raw: bytes) -> int | None:
    """The bytes that a DER sequence says it has, its head included; None where `raw` begins none."""
    if len(raw) < 4 or raw[0] != SEQUENCE:
        return None
    if raw[1] < 0x80:
        return raw[1] + 2
    octets = raw[1] & 0x7F
    return int.from_bytes(raw[2 : 2 + octets]) + 2 + octets if 1 <= octets <= 3 else None
