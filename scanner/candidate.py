"""What an anchor led to, before it is placed: which of several that overlap is the key."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from ..rules.rule import Meaning, Nature, Rule
from .engine.encodings import Unwrapped


@dataclass(frozen=True, slots=True)
class Candidate:
    """A match before it is placed: offsets in the text it was found in."""

    rule: Rule
    key: bytes = field(repr=False)
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    name: str
    identifier: str = field(repr=False)
    stage: str
    owner: str
    meanings: tuple[tuple[Meaning, str], ...]
    encoding: str | None = None


def outward(each: Candidate, text: Unwrapped, name: str) -> Candidate:
    """A match in decoded text as a match in the text that holds the encoding."""
    return replace(
        each,
        start=text.place(each.start),
        end=text.place(each.end - 1) + text.width,
        spans=tuple((text.place(start), text.place(end - 1) + text.width) for start, end in each.spans),
        name=each.name or name,
        encoding=f"{text.encoding}+{each.encoding}" if each.encoding else text.encoding,
    )


def settle(found: Iterable[Candidate]) -> list[Candidate]:
    """Of matches that overlap only the one of highest precedence, then the longest; hints take part in nothing."""
    ranked = sorted(found, key=lambda each: (-each.rule.precedence, each.start - each.end, each.start))
    kept: list[Candidate] = []
    taken: list[tuple[int, int]] = []
    seen: set[tuple[str, int, int]] = set()
    for each in ranked:
        place = (each.rule.id, each.start, each.end)
        if place in seen:
            continue
        seen.add(place)
        if each.rule.nature not in (Nature.HINT, Nature.NAME):  # these take nothing from a key
            if any(overlaps(taken, span) for span in each.spans):
                continue
            for span in each.spans:
                insort(taken, span)
        kept.append(each)
    return kept


def overlaps(taken: Sequence[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether `span` shares a byte with one of the disjoint, sorted `taken` spans."""
    index = bisect_right(taken, span)
    before = index > 0 and taken[index - 1][1] > span[0]
    return before or (index < len(taken) and taken[index][0] < span[1])
