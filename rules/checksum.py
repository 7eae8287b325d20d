"""Checksums that issuers build into their keys: proof, without the network, that a key is no random text."""

from __future__ import annotations

import base64
import hashlib
import re
import string
import struct
import zlib
from collections.abc import Callable

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
BASE36 = string.digits + string.ascii_lowercase
BASE32 = string.ascii_lowercase + "234567"

# Marvin32 seed of Microsoft's keys (security-utilities, IdentifiableSecrets.cs).
HISV2_SEED = int.from_bytes(b"0tluafeD", "little")
# By marker: its place in the text, the text's length, and the seeds of the rights that such keys have.
HIS: dict[str, tuple[int, int, tuple[str, ...]]] = {
    "+ASt": (76, 88, ("Default0",)),
    "ACDb": (76, 88, ("MastRO00", "MastRW00")),
    "+ABa": (76, 88, ("AbAcct00",)),
    "APIM": (76, 88, ("Tenant00", "IoTHub00", "Gatewy00", "GitKey00")),
    "+ASb": (33, 44, ("Send0000", "Listen00", "Manage00")),
    "+AEh": (33, 44, ("Send0000", "Listen00", "Manage00")),
    "+ARm": (33, 44, ("Send0000", "Listen00", "Manage00")),
    "AIoT": (33, 44, ("IoTHub00", "Device00", "DpsKey00")),
    "AzCa": (33, 44, ("Access00",)),
    "AzSe": (42, 52, ("Query000", "PAdmin00")),
    "+ACR": (42, 52, ("ACRDflt0",)),
    "AzFu": (44, 56, ("Functi00", "System00", "Master00")),
}
# What stands for the project's reference in the checksum of a self-hosted Supabase stack's keys.
SELF_HOSTED = "supabase-self-hosted"

_CRC_BASE62 = re.compile(rb"(?:gh[oprsu]|npm)_[0-9A-Za-z]{36}")
_SUPABASE = re.compile(rb"(sb_(?:publishable|secret)_[A-Za-z0-9_-]{22})_([A-Za-z0-9_-]{8})")
_CASK = re.compile(rb"[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9][A-L][A-Za-z0-9]{20}[A-Za-z0-9+/]{4}(?:[A-Za-z0-9]{2}==)?")
_NUGET_V4 = re.compile(rb"oy2[a-p][a-z2-7]{15}[aq][a-z2-7]{11}[eu][bdfhjlnprtvxz357][a-p][a-z2-7]{11}[aeimquy4]")
_ROUTABLE = re.compile(
    rb"gl[a-z]{1,16}-(?P<partition>t[0-9]_)?(?P<payload>[A-Za-z0-9_-]{27,300})"
    rb"\.01\.(?P<length>[0-9a-z]{2})(?P<crc>[0-9a-z]{7})"
)


def in_base(number: int, alphabet: str, width: int) -> str:
    """`number` in the base of `alphabet`, filled up on the left with the alphabet's first character."""
    digits = ""
    while number:
        number, digit = divmod(number, len(alphabet))
        digits = alphabet[digit] + digits
    return digits.rjust(width, alphabet[0])


def crc_base62(body: bytes) -> bytes:
    """The six characters that GitHub and npm append to the 30 of a token's body."""
    return in_base(zlib.crc32(body), BASE62, 6).encode()


def github_holds(key: bytes) -> bool:
    """GitHub's classic tokens and npm's: CRC32 of the body in base62 (checked on a published token of each)."""
    body = key.partition(b"_")[2]
    return _CRC_BASE62.fullmatch(key) is not None and body[30:] == crc_base62(body[:30])


def gitlab_holds(key: bytes) -> bool:
    """GitLab's versioned routable tokens: the payload's length and the CRC32 of all before, in base36."""
    match = _ROUTABLE.fullmatch(key)
    if match is None or int(match["crc"], 36) != zlib.crc32(key[:-7]):
        return False
    # A payload may itself begin as a partition does.
    return int(match["length"], 36) in (len(match["payload"]), len(match["payload"]) + len(match["partition"] or b""))


def gitlab_tail(key: bytes, payload: bytes) -> bytes:
    """What follows the payload of a routable token that begins with `key`."""
    head = key + b".01." + in_base(len(payload), BASE36, 2).encode()
    return head[len(key) :] + in_base(zlib.crc32(head), BASE36, 7).encode()


def cask_checksums(body: bytes) -> tuple[bytes, bytes]:
    """The two spellings of the four characters that follow the first 80 of a CASK key: base62 and base64."""
    check = struct.pack("<I", marvin32(base64.b64decode(body), HISV2_SEED))
    base62 = in_base(int.from_bytes(check, "big"), BASE62, 0).ljust(6, "0")[:4]
    return base62.encode(), base64.b64encode(check[:3])


def cask_holds(key: bytes) -> bool:
    """Microsoft's CASK frame (NuGet V5, Azure): Marvin32 of the first 80 characters' bytes."""
    return _CASK.fullmatch(key) is not None and key[80:84] in cask_checksums(key[:80])


def nuget_v4_holds(key: bytes) -> bool:
    """NuGet's V4 keys have no checksum, but "v4" in front and a version 4 GUID behind: six constraints that about
    one in 8,000 random texts of the same beginning meets."""
    return _NUGET_V4.fullmatch(key.lower()) is not None


def marvin32(data: bytes, seed: int) -> int:
    """The 32 bits of Marvin32, the hash that Microsoft's key formats use; `seed` has 64 bits."""
    low, high = seed & 0xFFFFFFFF, seed >> 32
    whole = len(data) // 4 * 4
    tail = (data[whole:] + b"\x80").ljust(4, b"\0")
    for index in range(0, whole, 4):
        low, high = _mix(low + int.from_bytes(data[index : index + 4], "little"), high)
    low, high = _mix(*_mix(low + int.from_bytes(tail, "little"), high))
    return low ^ high


def _mix(low: int, high: int) -> tuple[int, int]:
    low &= 0xFFFFFFFF
    high ^= low
    low = (_rotate(low, 20) + high) & 0xFFFFFFFF
    high = _rotate(high, 9) ^ low
    low = (_rotate(low, 27) + high) & 0xFFFFFFFF
    return low, _rotate(high, 19)


def _rotate(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & 0xFFFFFFFF


def supabase_checksum(body: bytes, ref: str) -> bytes:
    """The eight characters that end the `sb_` key beginning with `body` of the project `ref`."""
    digest = hashlib.sha256(ref.encode() + b"|" + body).digest()
    return base64.urlsafe_b64encode(digest)[:8]


def supabase_belongs(key: bytes, ref: str) -> bool:
    """Whether a publishable or secret Supabase key was made for the project `ref`, or for SELF_HOSTED.

    A key that fits none of the references at hand is not disproved by that.
    """
    match = _SUPABASE.fullmatch(key)
    return match is not None and match[2] == supabase_checksum(match[1], ref)


def cloudflare_holds(key: bytes) -> bool:
    """Cloudflare's `cfk_`, `cfut_` and `cfat_` keys: 40 characters, then their CRC32 as hexadecimal digits. The
    provider documents that there is a checksum; which one was found by computing one published token's."""
    body = key.partition(b"_")[2]
    return len(body) == 48 and body[40:] == b"%08x" % zlib.crc32(body[:40])


def grafana_holds(key: bytes) -> bool:
    """Grafana's service account tokens: CRC32 of all before the last underscore, low byte first (grafana/grafana,
    pkg/components/satokengen)."""
    head, _, check = key.rpartition(b"_")
    return check == struct.pack("<I", zlib.crc32(head)).hex().encode()


def zuplo_holds(key: bytes) -> bool:
    """Zuplo's API keys: `zpka_`, 32 characters, and their CRC32 as hexadecimal digits."""
    fields = key.split(b"_")
    return len(fields) == 3 and fields[2] == b"%08x" % zlib.crc32(fields[1])


def his_right(key: bytes) -> tuple[str, str | None] | None:
    """Marker and seed of a Microsoft key whose checksum tells its right (security-utilities,
    IdentifiableMetadata.cs): the last four bytes are Marvin32 of the rest, and the seed names the right.

    The seed is None where none of the marker's fits; the whole is None where the key has no marker in its place.
    """
    text = key.translate(bytes.maketrans(b"-_", b"+/"))
    for marker, (offset, length, seeds) in HIS.items():
        if len(text) == length and text[offset : offset + 4] == marker.encode():
            try:
                raw = base64.b64decode(text, validate=True)
            except ValueError:
                return None
            fits = (seed for seed in seeds if struct.pack("<I", marvin32(raw[:-4], his_seed(seed))) == raw[-4:])
            return marker, next(fits, None)
    return None


def his_seed(name: str) -> int:
    """The number that a seed of eight characters stands for."""
    return int.from_bytes(name.encode(), "big")


def his_holds(key: bytes) -> bool:
    """Microsoft's identifiable keys of the first version: one of the marker's seeds fits."""
    found = his_right(key)
    return found is not None and found[1] is not None


CHECKSUMS: dict[str, Callable[[bytes], bool]] = {
    "github": github_holds,
    "npm": github_holds,
    "gitlab": gitlab_holds,
    "cask": cask_holds,
    "cloudflare": cloudflare_holds,
    "grafana": grafana_holds,
    "his": his_holds,
    "nuget-v4": nuget_v4_holds,
    "zuplo": zuplo_holds,
}
