"""Every literal that the automaton looks for: each anchor as it stands, in UTF-16 and in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...rules.rule import Rule

# Shorter base64 forms would hit ordinary text too often to be worth a look, and slow the search down.
SHORTEST_BASE64 = 5
# What the names of keys have in common. A kind that only a name gives away is looked for by that name in plain text;
# in encoded text one of these leads to it, since whatever is decoded is searched for every anchor. Hundreds of encoded
# names would slow the search of all text by a third.
NAME_PARTS = (
    *(b"API_KEY", b"api_key", b"ApiKey", b"apiKey", b"apikey", b"api-key", b"ApplicationKey", b"APP_KEY", b"app_key"),
    *(b"_TOKEN", b"_token", b"Token", b"SECRET", b"secret", b"Secret", b"ACCESS", b"Access", b"access"),
    *(b"ADMIN_KEY", b"AccountKey", b"ACCOUNT_SID", b"account_sid", b"DEVOPS", b"LICENSE_KEY", b"license_key"),
    *(b"LicenseKey", b"PRIVATE_KEY", b"private_key"),
)


class Form(StrEnum):
    """How the surroundings of a hit are to be read."""

    PLAIN = ""
    UTF16 = "utf-16"
    BASE64 = "base64"


@dataclass(frozen=True, slots=True)
class Literal:
    """Bytes to look for. `rules` are indexes of the rules to try; `phase` is the place of the first character in
    its base64 group of four."""

    text: bytes
    form: Form
    rules: tuple[int, ...]
    phase: int = 0


def literals(rules: Sequence[Rule]) -> tuple[Literal, ...]:
    """All forms of all anchors, each literal once, in a fixed order."""
    anchors: dict[bytes, list[int]] = {}
    for index, rule in enumerate(rules):
        for anchor in rule.anchors:
            users = anchors.setdefault(anchor, [])
            if index not in users:
                users.append(index)
    made: dict[tuple[bytes, Form, int], set[int]] = {}
    by_name: set[int] = set()
    for anchor, users in anchors.items():
        made.setdefault((anchor, Form.PLAIN, 0), set()).update(users)
        named = [user for user in users if rules[user].is_named(anchor)]
        by_name.update(named)
        held = set(users) - set(named)
        if held:
            for each in encoded(anchor):
                made.setdefault(each, set()).update(held)
    if by_name:
        for part in NAME_PARTS:
            for each in encoded(part):
                made.setdefault(each, set()).update(by_name)
    return tuple(Literal(text, form, tuple(sorted(users)), phase) for (text, form, phase), users in made.items())


def encoded(anchor: bytes) -> Iterator[tuple[bytes, Form, int]]:
    """An anchor as (text, form, phase): in UTF-16 of either byte order, and base64 of the plain text and of its
    UTF-16LE (as PowerShell encodes commands), in all three alignments."""
    wide = b"\0".join(anchor[n : n + 1] for n in range(len(anchor)))  # no outer NUL: stands in LE and in BE text
    yield wide, Form.UTF16, 0
    for text in (anchor, wide + b"\0"):
        for core, phase in _base64_cores(text):
            yield core, Form.BASE64, phase
            if b"+" in core or b"/" in core:
                yield core.translate(bytes.maketrans(b"+/", b"-_")), Form.BASE64, phase


def _base64_cores(text: bytes) -> Iterator[tuple[bytes, int]]:
    """The characters of base64 that `text` alone decides, for each alignment, with the phase of the first.

    A core that is too short gets one more character where only two are possible: the next byte, being ASCII, begins
    with 00 or 01. A text of three bytes has no better core than its four characters.
    """
    for before in range(3):
        first = -(-before * 8 // 6)
        last, left = divmod((before + len(text)) * 8, 6)
        if last - first >= SHORTEST_BASE64 or (last - first == 4 and left == 0 and len(text) == 3):
            yield base64.b64encode(b"\0" * before + text)[first:last], first % 4
        elif last - first == SHORTEST_BASE64 - 1 and left == 4:
            for following in (b"0", b"A"):
                yield base64.b64encode(b"\0" * before + text + following)[first : last + 1], first % 4
