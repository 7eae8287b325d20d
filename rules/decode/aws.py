"""AWS access key ids: the account's number stands in their base32."""

from __future__ import annotations

import base64
import binascii

from .decoded import Decoded

# Bits of the first 48 that hold the account's number.
ACCOUNT_BITS = 0x7FFFFFFFFF80
KINDS = {
    "AKIA": "a user's long-lived key",
    "ASIA": "temporary credentials",
    "ABIA": "a bearer token",
    "ACCA": "a context credential",
}


def aws(key: bytes) -> Decoded | None:
    """Facts `aws.kind` (the first four letters); the account as principal."""
    try:
        raw = base64.b32decode(key[4:])
        kind = key[:4].decode("ascii")
    except (binascii.Error, ValueError):
        return None
    if len(key) != 20:
        return None
    account = f"{(int.from_bytes(raw[:6], 'big') & ACCOUNT_BITS) >> 7:012d}"
    evidence = [f"key id of account {account}"]
    if kind in KINDS:
        evidence.append(f"prefix {kind}: {KINDS[kind]}")
    return Decoded(facts={"aws.kind": kind}, evidence=tuple(evidence), principal=f"account:{account}")
