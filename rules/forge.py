"""Makes keys with a structure, at run time, for the forms of the catalogue: checksums hold, payloads decode."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable
from random import Random
from urllib.parse import quote

from .alphabet import ALPHABETS, b64url, characters
from .checksum import BASE62, HIS, cask_checksums, his_seed, marvin32

ISSUED = 1_700_000_000


def his_key(random: Random, marker: str, seed: str) -> str:
    """A Microsoft key of the first version with the checksum of `seed`."""
    offset = HIS[marker][0]
    url = marker == "AzFu"
    plain = marker in ("AzFu", "AzSe")  # kinds of letters and digits only, so that some tries fail
    while True:
        text = characters(random, ALPHABETS["base62" if plain else "base64"], offset) + marker
        text += "A" * (-len(text) % 4)  # the bits that fill the last byte are none
        raw = base64.b64decode(text)[: -(-(offset + 4) * 6 // 8)]
        key = base64.b64encode(raw + struct.pack("<I", marvin32(raw, his_seed(seed)))).decode()
        if not plain or key.rstrip("=").isalnum():
            return key.replace("+", "-").replace("/", "_") if url else key


def cask_key(random: Random, provider: str) -> str:
    """A key of Microsoft's CASK frame for one of its services."""
    body = characters(random, ALPHABETS["base62"], 52) + "JQQJ99CEAAAAAAAAAAAA" + characters(random, BASE62, 4)
    body += provider
    return body + cask_checksums(body.encode())[0].decode()


def storage_sas(random: Random, rights: str = "rl", resource: str = "c", expiry: str = "2035-01-01T00:00:00Z") -> str:
    """The query of a shared access signature of Azure Storage; `account` as resource makes one of an account."""
    about = "ss=b&srt=sco" if resource == "account" else f"sr={resource}"
    return f"spr=https&sv=2022-11-02&{about}&sp={rights}&se={quote(expiry)}&sig={_signature(random)}"


def bus_sas(random: Random) -> str:
    """A shared access signature of Service Bus."""
    name = characters(random, ALPHABETS["lower"], 6)
    return (
        f"SharedAccessSignature sr=sb%3a%2f%2f{name}.servicebus.windows.net%2fqueue&sig={_signature(random)}"
        "&se=2051222400&skn=RootManageSharedAccessKey"
    )


def _signature(random: Random) -> str:
    return quote(base64.b64encode(random.randbytes(32)).decode(), safe="")


def clerk(random: Random, host: str = "") -> str:
    """What follows `pk_live_`: the frontend's host."""
    host = host or f"{characters(random, ALPHABETS['lower'], 12)}.clerk.accounts.dev"
    return base64.b64encode(f"{host}$".encode()).decode().rstrip("=")


def mapbox(random: Random, kind: str) -> str:
    """A token of Mapbox: `pk`, `sk`, or `tk` with scopes and an hour to live."""
    payload: dict[str, object] = {"u": "sampleuser", "a": characters(random, ALPHABETS["alnum"], 25)}
    if kind == "tk":
        payload |= {"scopes": ["styles:read"], "iat": ISSUED, "exp": ISSUED + 3600}
    return f"{kind}.{_payload(payload)}.{characters(random, ALPHABETS['base62'], 22)}"


def sentry(random: Random) -> str:
    """A token of an organisation at Sentry."""
    payload = {"iat": ISSUED, "url": "https://sentry.io", "region_url": "https://us.sentry.io", "org": "sample"}
    text = base64.b64encode(json.dumps(payload, separators=(",", ":")).encode()).decode()
    return f"sntrys_{text}_{characters(random, ALPHABETS['base64'], 43)}"


def grafana(random: Random) -> str:
    """A service account's token at Grafana."""
    head = "glsa_" + characters(random, ALPHABETS["base62"], 32)
    return f"{head}_{struct.pack('<I', zlib.crc32(head.encode())).hex()}"


def grafana_cloud(random: Random) -> str:
    """An access policy's token at Grafana Cloud."""
    payload = {"o": str(random.randrange(10**5, 10**6)), "n": "agent", "k": characters(random, BASE62, 24)}
    return "glc_" + _padded(payload | {"m": {"r": "us"}})


def grafana_old(random: Random) -> str:
    """An API key of old Grafanas."""
    return _padded({"k": characters(random, BASE62, 32), "n": "agent", "id": 1})


def hex_checked(random: Random, prefix: str, length: str) -> str:
    """A prefix, a body, and the body's CRC32 as hexadecimal digits: Cloudflare's form."""
    body = characters(random, ALPHABETS["base62"], int(length))
    return f"{prefix}{body}{zlib.crc32(body.encode()):08x}"


def zuplo(random: Random) -> str:
    """An API key of Zuplo."""
    body = characters(random, ALPHABETS["base62"], 32)
    return f"zpka_{body}_{zlib.crc32(body.encode()):08x}"


def discord(random: Random) -> str:
    """A bot's token at Discord."""
    number = "1" + characters(random, ALPHABETS["digits"], 18)
    tail = characters(random, ALPHABETS["base64url"], 37) + "a"
    return f"{b64url(number.encode())}.{characters(random, ALPHABETS['base62'], 6)}.{tail}"


def fly(random: Random, scope: str = "organization", days: str = "7300") -> str:
    """A macaroon of Fly.io of one organisation, or of one of its apps, that ends so many days after ISSUED."""
    window = b"\x92\xce" + struct.pack(">I", ISSUED) + b"\xce" + struct.pack(">I", ISSUED + int(days) * 86400)
    caveats = [b"\x04" + window, b"\x00\x92\xce" + struct.pack(">I", random.randrange(10**6)) + b"\x1f"]
    if scope == "app":
        caveats.append(b"\x03\x91\x81\xce" + struct.pack(">I", random.randrange(10**6)) + b"\x1f")
    location = b"https://api.fly.io/v1"
    raw = b"\x94\x93\xc4\x10" + random.randbytes(16) + b"\xc4\x10" + random.randbytes(16) + b"\xc2"
    raw += bytes([0xA0 | len(location)]) + location + bytes([0x90 | 2 * len(caveats)]) + b"".join(caveats)
    return "fm2_" + base64.b64encode(raw + b"\xc4\x20" + random.randbytes(32)).decode()


def _payload(payload: dict[str, object]) -> str:
    return b64url(json.dumps(payload, separators=(",", ":")).encode())


def _padded(payload: dict[str, object]) -> str:
    return base64.b64encode(json.dumps(payload, separators=(",", ":")).encode()).decode()


FORGERS: dict[str, Callable[..., str]] = {
    "bus-sas": bus_sas,
    "cask": cask_key,
    "clerk": clerk,
    "discord": discord,
    "fly": fly,
    "grafana": grafana,
    "grafana-cloud": grafana_cloud,
    "grafana-old": grafana_old,
    "hex-checked": hex_checked,
    "his": his_key,
    "mapbox": mapbox,
    "sentry": sentry,
    "storage-sas": storage_sas,
    "zuplo": zuplo,
}
