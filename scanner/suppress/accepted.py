"""Findings that another scanner's files accept: by the digest of the key, or by the place."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...rules.errors import KeyslipError
from ..finding import Location, LocationKind

# Read from the root of what is scanned; each in the form that its first words say.
NAMES = (".gitleaksignore", ".betterleaksignore", ".secrets.baseline")

_DIGEST = re.compile(r"[0-9a-f]{64}")
_COMMIT = re.compile(r"[0-9a-f]{40,64}")


@dataclass(frozen=True, slots=True)
class Place:
    """A line that somebody accepted; in any commit where `commit` is empty."""

    path: str
    line: int
    commit: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """Accepted keys by digest (SHA-1 or SHA-256, hexadecimal), and accepted places; each with the file that says so."""

    digests: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[Place, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.digests or self.places)

    def reason(self, keys: Iterable[bytes], locations: Sequence[Location]) -> str:
        """Which file accepts a key, itself or at every place that it stands in; empty where none does."""
        if self.digests:
            for key in keys:
                for digest in (hashlib.sha256(key).hexdigest(), hashlib.sha1(key, usedforsecurity=False).hexdigest()):
                    if digest in self.digests:
                        return self.digests[digest]
        if not self.places:
            return ""
        named = {each.blob: file for each in locations if (file := self._at(each)) and each.blob}
        # A file of the working tree is accepted with the committed content that it holds.
        held = (each.blob if each.kind is LocationKind.WORKTREE else None for each in locations)
        files = [self._at(each) or named.get(blob or "", "") for each, blob in zip(locations, held, strict=True)]
        return files[0] if files and all(files) else ""

    def _at(self, location: Location) -> str:
        if location.path is None:
            return ""
        anywhere = self.places.get(Place(location.path, location.start_line), "")
        return anywhere or self.places.get(Place(location.path, location.start_line, location.commit or "-"), "")


def merged(several: Iterable[Accepted]) -> Accepted:
    digests: dict[str, str] = {}
    places: dict[Place, str] = {}
    for each in several:
        digests |= each.digests
        places |= each.places
    return Accepted(digests, places)


def parse(data: bytes, name: str) -> Accepted:
    """What a file accepts: a gitleaks report, a detect-secrets baseline, or a list of fingerprints.

    Raises KeyslipError where it is none of these.
    """
    text = data.decode("utf-8", "replace").lstrip("\ufeff")
    if text.lstrip()[:1] not in ("[", "{"):
        return _fingerprints(text, name)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise KeyslipError(f"{name}: not JSON: {error}", "give a gitleaks or detect-secrets report") from None
    if isinstance(document, list):
        return _gitleaks_report(document, name)
    if isinstance(document.get("results"), dict):
        return _detect_secrets(document["results"], name)
    raise KeyslipError(f"{name}: neither a gitleaks report nor a detect-secrets baseline", "give one of these")


def _fingerprints(text: str, name: str) -> Accepted:
    """`.gitleaksignore`: `[commit:]path:rule:line` a line; the rule is another scanner's and does not count here.
    Betterleaks 2: the SHA-256 of the key."""
    digests, places = {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        entry = line.strip().replace("\\", "/")
        if not entry or entry.startswith("#"):
            continue
        if _DIGEST.fullmatch(entry):
            digests[entry] = name
            continue
        head, _, line_number = entry.rpartition(":")
        place, _, _ = head.rpartition(":")
        commit, _, rest = place.partition(":")
        if not line_number.isdecimal() or not place:
            raise KeyslipError(
                f"{name}, line {number}: no fingerprint", "write commit:path:rule:line or path:rule:line"
            )
        if rest and _COMMIT.fullmatch(commit):
            places[Place(rest, int(line_number), commit)] = name
        else:
            places[Place(place, int(line_number))] = name
    return Accepted(digests, places)


def _gitleaks_report(findings: Sequence[Any], name: str) -> Accepted:
    """A report that gitleaks wrote: the key itself, or with `--redact` its place."""
    digests, places = {}, {}
    for each in findings:
        if not isinstance(each, dict) or not isinstance(each.get("File"), str):
            raise KeyslipError(f"{name}: an entry is no gitleaks finding", "give a report written with -f json")
        secret = each.get("Secret")
        if isinstance(secret, str) and secret and not re.search(r"REDACTED|\.\.\.$|…", secret):
            digests[hashlib.sha256(secret.encode()).hexdigest()] = name
        elif isinstance(each.get("StartLine"), int):
            places[Place(each["File"], each["StartLine"], str(each.get("Commit") or ""))] = name
    return Accepted(digests, places)


def _detect_secrets(results: Mapping[str, Any], name: str) -> Accepted:
    """`.secrets.baseline` of detect-secrets: the SHA-1 of each key."""
    entries = (each for found in results.values() if isinstance(found, list) for each in found)
    hashes = (each.get("hashed_secret") for each in entries if isinstance(each, dict))
    return Accepted({each: name for each in hashes if isinstance(each, str)})
