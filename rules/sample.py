"""Makes key-shaped text at run time, so that no key-shaped text need stand in the repository."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import struct
from collections.abc import Callable
from functools import lru_cache
from random import Random

from .alphabet import ALPHABETS, BASE64URL, b64url, characters, uuid
from .checksum import BASE62, cask_checksums, crc_base62, gitlab_tail, in_base, supabase_checksum
from .decode.jwt import PUBLIC_SECRETS
from .forge import FORGERS, ISSUED

# A project reference of the right shape; the samples that hold one hold this one.
REF = "abcdefghijklmnopqrst"
TEN_YEARS = 315_576_000

_FIELD = re.compile(r"\{\{|\}\}|\{([^{}]*)\}")


@lru_cache(maxsize=1024)
def fill(form: str, seed: int = 0) -> str:
    """Fills a form; the same form and seed give the same text.

    Fields: `{base62:20}` and the like for so many characters of an alphabet, `{uuid}`, `{make:NAME:ARGUMENT...}` for
    keys with a structure; `{{` and `}}` for braces. Raises ValueError for an unknown field.
    """
    random = Random(f"{form}/{seed}")  # noqa: S311 - reproducible, and never a real key

    def field(match: re.Match[str]) -> str:
        if match[1] is None:
            return match[0][0]
        name, *arguments = match[1].split(":")
        if name == "make":
            if not arguments or arguments[0] not in MAKERS:
                raise ValueError(f"nothing makes {match[1]!r}")
            return MAKERS[arguments[0]](random, *arguments[1:])
        if name == "uuid":
            return uuid(random)
        if name not in ALPHABETS:
            raise ValueError(f"no such alphabet: {name!r}")
        return characters(random, ALPHABETS[name], int(arguments[0]))

    return _FIELD.sub(field, form)


def _crc_token(random: Random) -> str:
    """The 36 characters after the prefix of GitHub's and npm's tokens."""
    body = characters(random, ALPHABETS["base62"], 30)
    return body + crc_base62(body.encode()).decode()


def _gitlab_routable(random: Random, prefix: str = "glpat-") -> str:
    fields = b"o:1\nu:" + characters(random, ALPHABETS["alnum"].replace("0", ""), 3).encode()
    raw = random.randbytes(16) + fields + bytes([len(fields)])
    payload = b64url(raw).encode()
    head = prefix.encode() + payload
    return (head + gitlab_tail(head, payload)).decode()


def signed(header: dict[str, object], body: bytes, secret: bytes) -> str:
    """A JWT over exactly these bytes of payload."""
    head = b64url(json.dumps(header, separators=(",", ":")).encode()) + "." + b64url(body)
    return f"{head}.{b64url(hmac.new(secret, head.encode(), hashlib.sha256).digest())}"


def _jwt(random: Random, **claims: object) -> str:
    body = json.dumps(claims, separators=(",", ":")).encode()
    return signed({"alg": "HS256", "typ": "JWT"}, body, random.randbytes(32))


def _supabase_jwt(random: Random, role: str, kind: str = "hosted") -> str:
    header: dict[str, object] = {"alg": "HS256", "typ": "JWT"}
    local, docker = PUBLIC_SECRETS
    issued = ISSUED + random.randrange(10**6)
    if kind == "hosted":
        return _jwt(random, iss="supabase", ref=REF, role=role, iat=issued, exp=issued + TEN_YEARS)
    if kind == "self-hosted":
        return _jwt(random, role=role, iss="supabase", iat=issued, exp=issued + TEN_YEARS // 2)
    if kind == "cli":
        claims = {"iss": "supabase-demo", "role": role, "exp": 1983812996}
        return signed(header, json.dumps(claims, separators=(",", ":")).encode(), local)
    if kind == "docker":  # pretty-printed, so that the second segment starts otherwise than with an open brace alone
        claims = {"role": role, "iss": "supabase-demo", "iat": 1641769200, "exp": 1799535600}
        body = "{ " + json.dumps(claims, indent=4)[2:]
        return signed(header, body.encode(), docker)
    raise ValueError(f"no such kind of Supabase JWT: {kind!r}")


def _supabase_session(random: Random) -> str:
    issued = ISSUED + random.randrange(10**6)
    iss = f"https://{REF}.supabase.co/auth/v1"
    return _jwt(
        random, iss=iss, sub=uuid(random), aud="authenticated", role="authenticated", iat=issued, exp=issued + 3600
    )


def _session(random: Random) -> str:
    return _jwt(random, sub=str(random.randrange(10**9)), iat=ISSUED, exp=ISSUED + 3600)


def _supabase_key(random: Random, kind: str, ref: str = REF) -> str:
    body = f"sb_{kind}_{characters(random, BASE64URL, 22)}"
    return f"{body}_{supabase_checksum(body.encode(), ref).decode()}"


def _nuget_v4(random: Random) -> str:
    base32 = ALPHABETS["lower"] + "234567"
    return (
        f"oy2{random.choice(base32[:16])}{characters(random, base32, 15)}{random.choice('aq')}"
        f"{characters(random, base32, 11)}"
        f"{random.choice('eu')}{random.choice(base32[1::2])}{random.choice(base32[:16])}"
        f"{characters(random, base32, 11)}"
        f"{random.choice('aeimquy4')}"
    )


def _nuget_v5(random: Random, days: str = "365") -> str:
    units = in_base(int(days) * 288, BASE62, 3)
    owner = in_base(random.randrange(10**6), BASE62, 6)
    body = characters(random, ALPHABETS["base62"], 52) + f"JQQJ99CEN5P{owner}AKAL{units}NUGT"
    return body + cask_checksums(body.encode())[0].decode()


def _macaroon(random: Random, *caveats: str, location: str = "pypi.org") -> str:
    def field(kind: int, data: bytes) -> bytes:
        length = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 127 | 128, len(data) >> 7])
        return bytes([kind]) + length + data

    raw = b"\x02" + field(1, location.encode()) + field(2, uuid(random).encode()) + b"\0"
    for caveat in caveats:
        raw += field(2, caveat.encode()) + b"\0"
    return "pypi-" + b64url(raw + b"\0" + field(6, random.randbytes(32)))


def _pypi(random: Random, scope: str = "account", location: str = "pypi.org") -> str:
    caveats = {
        "account": [json.dumps([3, uuid(random)])],
        "project": [json.dumps([1, ["sampleproject"]]), json.dumps([2, [uuid(random)]])],
        "expiring": [json.dumps([1, ["sampleproject"]]), json.dumps([0, ISSUED + 900, ISSUED])],
    }
    return _macaroon(random, *caveats[scope], location=location)


def _pem(random: Random, label: str = "RSA PRIVATE KEY", size: str = "1190", joint: str = "\n") -> str:
    """An armoured block of random bytes whose first bytes are those of a real one."""
    first = b"\x30\x82" + struct.pack(">H", int(size) - 4)
    if "OPENSSH" in label:
        cipher = b"aes256-ctr" if label.endswith("+encrypted") else b"none"
        first = b"openssh-key-v1\0" + struct.pack(">I", len(cipher)) + cipher
    elif "PGP" in label:
        first = b"\x95"
    elif int(size) < 128:
        first = bytes([0x30, int(size) - 2])
    text = base64.b64encode(first + random.randbytes(int(size) - len(first))).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    header = ["Proc-Type: 4,ENCRYPTED", f"DEK-Info: AES-128-CBC,{characters(random, ALPHABETS['HEX'], 32)}", ""]
    inner = [*(header if label.endswith("KEY+encrypted") and "OPENSSH" not in label else []), *lines]
    name = label.removesuffix("+encrypted")
    return joint.join([f"-----BEGIN {name}-----", *inner, f"-----END {name}-----", ""])


def _putty(random: Random) -> str:
    lines = [base64.b64encode(random.randbytes(48)).decode() for _ in range(14)]
    head = ["PuTTY-User-Key-File-2: ssh-rsa", "Encryption: none", "Comment: rsa-key", "Public-Lines: 6", *lines[:6]]
    return "\r\n".join(
        [*head, "Private-Lines: 8", *lines[6:], f"Private-MAC: {characters(random, ALPHABETS['hex'], 40)}"]
    )


def _service_account(random: Random, style: str = "lines") -> str:
    project = f"project-{characters(random, ALPHABETS['digits'], 6)}"
    about = {
        "type": "service_account",
        "project_id": project,
        "private_key_id": characters(random, ALPHABETS["hex"], 40),
        "private_key": _pem(random, "PRIVATE KEY", "1218"),
        "client_email": f"robot@{project}.iam.gserviceaccount.com",
        "client_id": characters(random, ALPHABETS["digits"], 21),
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    return json.dumps(about, indent=2 if style == "lines" else None)


def _aws_secret(random: Random) -> str:
    return characters(random, ALPHABETS["base64"], 39).replace("//", "a/") + "q"


def _github_app(random: Random) -> str:
    return (
        f"ghs_{characters(random, ALPHABETS['digits'], 6)}_{_jwt(random, iss='github', iat=ISSUED, exp=ISSUED + 3600)}"
    )


MAKERS: dict[str, Callable[..., str]] = {
    **FORGERS,
    "aws-secret": _aws_secret,
    "crc-token": _crc_token,
    "github-app": _github_app,
    "gitlab-routable": _gitlab_routable,
    "jwt": lambda random, *claims: _jwt(random, **dict(claim.split("=", 1) for claim in claims)),
    "nuget-v4": _nuget_v4,
    "nuget-v5": _nuget_v5,
    "pem": _pem,
    "putty": _putty,
    "pem-escaped": lambda random, label: _pem(random, label, joint="\\n"),
    "pypi": _pypi,
    "pypi-test": lambda random: _pypi(random, location="test.pypi.org"),
    "service-account": _service_account,
    "session": _session,
    "supabase-jwt": _supabase_jwt,
    "supabase-key": _supabase_key,
    "supabase-session": _supabase_session,
    "supabase-public-secret": lambda random, which="0": list(PUBLIC_SECRETS)[int(which)].decode(),
}
