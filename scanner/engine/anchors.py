"""Every literal that the automaton looks for: each anchor as it stands, in UTF-16 and in base64."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...rules.rule import Rule

# Shorter base64 forms would hit ordinary text too often to be worth a look.
SHORTEST_BASE64 = 4


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
    for anchor, users in anchors.items():
        for text, form, phase in forms(anchor):
            made.setdefault((text, form, phase), set()).update(users)
    return tuple(Literal(text, form, tuple(sorted(users)), phase) for (text, form, phase), users in made.items())


def forms(anchor: bytes) -> Iterator[tuple[bytes, Form, int]]:
    """An anchor as (text, form, phase): plain, UTF-16 of either byte order, and base64 of the plain text and of its
    UTF-16LE (as PowerShell encodes commands), in all three alignments."""
    yield anchor, Form.PLAIN, 0
    wide = b"\0".join(anchor[n : n + 1] for n in range(len(anchor)))  # no outer NUL: stands in LE and in BE text
    yield wide, Form.UTF16, 0
    for text in (anchor, wide + b"\0"):
        for encoded, phase in _base64_cores(text):
            yield encoded, Form.BASE64, phase
            if b"+" in encoded or b"/" in encoded:
                yield encoded.translate(bytes.maketrans(b"+/", b"-_")), Form.BASE64, phase


def _base64_cores(text: bytes) -> Iterable[tuple[bytes, int]]:
    """The characters of base64 that `text` alone decides, for each alignment, with the phase of the first."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + text)
        first = -(-before * 8 // 6)
        last = (before + len(text)) * 8 // 6
        if last - first >= SHORTEST_BASE64:
            yield encoded[first:last], first % 4
