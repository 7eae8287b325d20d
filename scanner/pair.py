"""Two-part credentials: which secret belongs to which identifier."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from ..rules.public import entropy
from ..rules.rule import Pair, Pattern
from .candidate import overlaps
from .name import name_before
from .resident import Buffer

Span = tuple[int, int]
Pairing = tuple[Span, re.Match[bytes]]


def pairs(
    pair: Pair, regex: Pattern, data: Buffer, low: int, high: int, identifiers: Sequence[Span]
) -> Iterator[Pairing]:
    """Each identifier with its secret, one to one; those that have none are left out.

    Where as many secrets as identifiers stand together, the first belongs to the first, and so on; else the nearest.
    """
    spans = sorted(set(identifiers))
    secrets = _secrets(pair, regex, data, low, high, spans)
    for ids, candidates in _together(spans, secrets, pair.within):
        near = list(zip(ids, candidates, strict=False))
        if len(ids) == len(candidates) and all(_distance(span, match) <= pair.within for span, match in near):
            yield from near
            continue
        taken: set[Span] = set()
        for span, match in sorted(_close(ids, candidates, pair.within), key=lambda each: _distance(*each)):
            if not {span, match.span("key")} & taken:
                taken |= {span, match.span("key")}
                yield span, match


def _secrets(
    pair: Pair, regex: Pattern, data: Buffer, low: int, high: int, identifiers: Sequence[Span]
) -> list[re.Match[bytes]]:
    """What could be a secret near one of the identifiers, in the order of the text."""
    found: dict[Span, re.Match[bytes]] = {}
    for start, end in identifiers:
        for match in regex.finditer(data, max(low, start - pair.within), min(high, end + pair.within)):
            span = match.span("key")
            if overlaps(identifiers, span):
                continue
            name = name_before(data, low, span[0])
            if pair.names and name and not re.search(pair.names, name):
                continue  # a credential of its own, by its name
            if entropy(bytes(match["key"])) >= pair.min_entropy:
                found[span] = match
    return [found[span] for span in sorted(found)]


def _together(
    identifiers: Sequence[Span], secrets: Sequence[re.Match[bytes]], within: int
) -> Iterator[tuple[list[Span], list[re.Match[bytes]]]]:
    """Runs of identifiers and secrets with no larger gap than `within` bytes."""
    ids: list[Span] = []
    candidates: list[re.Match[bytes]] = []
    last = 0
    everything: list[tuple[Span, re.Match[bytes] | None]] = [(span, None) for span in identifiers]
    everything += [(match.span("key"), match) for match in secrets]
    for span, match in sorted(everything, key=lambda each: each[0]):
        if span[0] - last > within and ids:
            yield ids, candidates
            ids, candidates = [], []
        if match:
            candidates.append(match)
        else:
            ids.append(span)
        last = span[1]
    if ids:
        yield ids, candidates


def _close(ids: Sequence[Span], candidates: Sequence[re.Match[bytes]], within: int) -> Iterator[Pairing]:
    """What is near enough to belong together; a hostile file holds thousands of both."""
    starts = [match.start("key") for match in candidates]
    longest = max((match.end("key") - match.start("key") for match in candidates), default=0)
    for start, end in ids:
        first = bisect_left(starts, start - within - longest)
        for match in candidates[first : bisect_right(starts, end + within)]:
            if _distance((start, end), match) <= within:
                yield (start, end), match


def _distance(identifier: Span, secret: re.Match[bytes]) -> int:
    start, end = secret.span("key")
    return start - identifier[1] if start >= identifier[1] else identifier[0] - end
