"""Azure's shared access signatures: rights and expiry stand in the address, in clear.

Fields: learn.microsoft.com, "Create a service SAS", "Create an account SAS", and for Service Bus and Event Hubs
"Shared Access Signatures".
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from urllib.parse import unquote

from ..rule import Access, Level
from .decoded import Decoded

RIGHTS = {
    "r": "read",
    "a": "add",
    "c": "create",
    "w": "write",
    "d": "delete",
    "x": "delete versions",
    "y": "delete for ever",
    "l": "list",
    "t": "tags",
    "f": "filter",
    "m": "move",
    "e": "execute",
    "o": "change the owner",
    "p": "permissions",
    "u": "update",
    "i": "immutability",
}
READING = frozenset("rlfe")
WRITING = frozenset("acwu")
# What sr names: one blob or file, or all that a container, share, directory or namespace holds.
RESOURCES = {
    "b": "one blob",
    "bv": "one version of a blob",
    "bs": "one snapshot of a blob",
    "c": "one container",
    "d": "one directory",
    "f": "one file",
    "s": "one share",
}
_VERSION = re.compile(r"20\d\d-\d\d-\d\d")
_HOST = re.compile(r"https?://([A-Za-z0-9.-]{3,253})[:/]")


def sas(key: bytes) -> Decoded | None:
    """Fact `sas.kind`: `storage`, `trigger` (Logic Apps) or `bus` (Service Bus, Event Hubs, IoT); None for any other
    signed address."""
    text = key.decode("latin-1").replace("&amp;", "&").replace("\\u0026", "&")
    query = re.split(r"\?|SharedAccessSignature[ =]", text)[-1]
    fields = {name: unquote(value) for name, _, value in (part.partition("=") for part in query.split("&"))}
    if not fields.get("sig"):
        return None
    if "sr" in fields and "se" in fields and "sv" not in fields:
        return _bus(fields)
    if fields.get("sp", "").startswith("/triggers/"):
        host = _HOST.match(text)
        return Decoded(
            facts={"sas.kind": "trigger"},
            evidence=("signature of a workflow's trigger", "it has no expiry"),
            principal=f"host:{host[1].lower()}" if host else None,
            level=Level.RESOURCE,
            access=Access.WRITE_ONLY,
            permissions=("start one workflow",),
            body=fields["sig"].encode(),
        )
    if _VERSION.fullmatch(fields.get("sv", "")) and ("sp" in fields or "si" in fields):
        return _storage(fields, text)
    return None


def _storage(fields: dict[str, str], text: str) -> Decoded:
    letters = [letter for letter in fields.get("sp", "") if letter in RIGHTS]
    account = "ss" in fields or "srt" in fields
    kind = "user delegation" if "skoid" in fields else "account" if account else "service"
    evidence = [f"SAS of the {kind} kind"]
    if letters:
        evidence.append(f"sp={''.join(letters)}")
    if resource := RESOURCES.get(fields.get("sr", "")):
        evidence.append(f"sr={fields['sr']}: {resource}")
    expires = moment(fields.get("se", ""))
    if "si" in fields:
        evidence.append("a stored policy may say more or end it")
    host = _HOST.match(text)
    return Decoded(
        facts={"sas.kind": "storage"},
        evidence=tuple(evidence),
        principal=f"host:{host[1].lower()}" if host else None,
        level=Level.ACCOUNT if account else Level.RESOURCE,
        access=_access(letters),
        permissions=tuple(RIGHTS[letter] for letter in letters),
        issued_at=moment(fields.get("st", "")),
        expires_at=expires,
        body=fields["sig"].encode(),
    )


def _bus(fields: dict[str, str]) -> Decoded | None:
    if not fields["se"].isdecimal():
        return None
    policy = fields.get("skn", "")
    evidence = ["signature of a Service Bus, Event Hubs or IoT resource"]
    if policy == "RootManageSharedAccessKey":
        evidence.append("skn names the policy that manages the namespace")
    return Decoded(
        facts={"sas.kind": "bus"},
        evidence=tuple(evidence),
        level=Level.RESOURCE,
        access=Access.FULL if policy == "RootManageSharedAccessKey" else Access.RESTRICTED,
        expires_at=int(fields["se"]) if len(fields["se"]) <= 11 else None,
        body=fields["sig"].encode(),
    )


def _access(letters: list[str]) -> Access | None:
    if not letters:
        return None
    if READING.issuperset(letters):
        return Access.READ_ONLY
    if WRITING.issuperset(letters):
        return Access.WRITE_ONLY
    return Access.FULL if {"r", "w", "d"} <= set(letters) else Access.RESTRICTED


def moment(text: str) -> int | None:
    """Seconds since 1970 of a time as `st` and `se` write it (UTC, to the day, minute or second); None where it is
    none."""
    for form in ("%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%MZ", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S.%fZ"):
        try:
            return int(datetime.strptime(text, form).replace(tzinfo=UTC).timestamp())
        except ValueError:
            continue
    return None
