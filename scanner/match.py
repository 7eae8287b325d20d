"""From anchor hits to matches: the rule's pattern in a bounded window, then what the surroundings say."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..rules.decode import decode
from ..rules.identity import normalized
from ..rules.public import entropy
from ..rules.rule import Meaning, Nature, Rule
from ..rules.secret import Secret
from ..rules.timed import OutOfTimeError
from .candidate import Candidate, outward, settle
from .engine import Engine, EngineChoice, Form, Literal, make_engine
from .engine.encodings import ALPHABETS, Covered, Unwrapped, unwrap_base64, unwrap_utf16
from .name import name_before
from .pair import pairs
from .resident import Buffer, Locator, Position, Resident
from .suppress.inline import allowed_by

# Bytes on either side of a match that may say how it is used.
SURROUNDINGS = 2000
# UTF-16 in base64, say; deeper nesting hides nothing that a person put there by habit.
DEEPEST = 2
WORD = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# Seconds that an item's matches may take, and so many more for each of its bytes; and hits between two looks at that.
TIME_AT_LEAST = 5.0
TIME_PER_BYTE = 1e-6
LOOK = 256
# Bytes that may be decoded of an item: some, and so many times its size. Text can be made in which every few bytes
# begin another stretch to decode.
DECODED_AT_LEAST = 1 << 20
DECODED_TIMES = 16


@dataclass(frozen=True, slots=True)
class Match:
    """A key, where it stands in its file or object, and what stands around it.

    `start` and `end` are byte offsets in the object; `spans` all the stretches that the match takes up (a pair has
    two); `name` is the variable it is assigned to; `encoding` says how the file holds it, outermost first.
    """

    rule: Rule
    key: Secret
    start: int
    end: int
    spans: tuple[tuple[int, int], ...]
    first: Position
    last: Position
    name: str = ""
    identifier: str = ""
    stage: str = ""
    owner: str = ""
    encoding: str | None = None
    meanings: tuple[tuple[Meaning, str], ...] = ()
    allowed: str = ""  # the comment that accepts it


class Matcher:
    """Confirms anchor hits. One for each thread."""

    def __init__(self, rules: Sequence[Rule], literals: Sequence[Literal]) -> None:
        self._rules = rules
        self._literals = literals
        self._reference: Engine | None = None
        self.timeouts: dict[str, int] = {}
        self._deadline = 0.0
        self._decoded = self._allowance = 0  # bytes decoded of what is at hand, and how many may be

    def matches(self, part: Resident, hits: Iterable[tuple[int, int]]) -> list[Match]:
        """The matches around `hits` ((end, literal) within `part`), overlaps settled, in the order of the text."""
        self._deadline = time.monotonic() + TIME_AT_LEAST + TIME_PER_BYTE * (part.end - part.start)
        self._decoded, self._allowance = 0, DECODED_AT_LEAST + DECODED_TIMES * (part.end - part.start)
        found = settle(self._found(part.data, part.start, part.end, hits, 0))
        locator = Locator(part)
        return [self._placed(part, locator, each) for each in sorted(found, key=lambda each: each.start)]

    def _placed(self, part: Resident, locator: Locator, each: Candidate) -> Match:
        wide = each.encoding is not None and each.encoding.startswith("utf-16")
        move = part.offset - part.start
        return Match(
            rule=each.rule,
            key=Secret(each.key),
            start=each.start + move,
            end=each.end + move,
            spans=tuple((start + move, end + move) for start, end in each.spans),
            first=locator.position(each.start, wide),
            last=locator.position(each.end, wide),
            name=each.name,
            identifier=each.identifier,
            stage=each.stage,
            owner=each.owner,
            encoding=each.encoding,
            meanings=each.meanings,
            allowed=allowed_by(part, each.start, each.end),
        )

    def _found(
        self, data: Buffer, low: int, high: int, hits: Iterable[tuple[int, int]], depth: int
    ) -> Iterator[Candidate]:
        reached: dict[int, int] = {}  # by rule: the end of its last match, so that one key is confirmed once
        halves: dict[int, list[Candidate]] = {}  # by rule: identifiers whose secret is still to be found
        unwrapped: set[tuple[int, int, int]] = set()
        covered: dict[tuple[int, bytes], Covered] = {}
        for number, (end, index) in enumerate(hits):
            if number % LOOK == LOOK - 1 and time.monotonic() > self._deadline > 0.0:
                self.timeouts["anchors without end"] = self.timeouts.get("anchors without end", 0) + 1
                self._deadline = -1.0
            if self._deadline < 0.0:
                break
            literal = self._literals[index]
            start = end - len(literal.text)
            if start < low or end > high:
                continue
            if literal.form is Form.PLAIN:
                for rule in literal.rules:
                    if end <= reached.get(rule, -1):
                        continue
                    for found in self._confirmed(self._rules[rule], literal.text, data, low, high, start, end):
                        reached[rule] = found.spans[0][1]
                        if found.rule.pair:
                            halves.setdefault(rule, []).append(found)
                        else:
                            yield found
            elif depth < DEEPEST:
                yield from self._encoded(literal, data, low, high, start, end, depth, unwrapped, covered)
        for each in halves.values():
            yield from _completed(each, data, low, high)

    def _confirmed(
        self, rule: Rule, anchor: bytes, data: Buffer, low: int, high: int, start: int, end: int
    ) -> Iterator[Candidate]:
        """The match of `rule` that holds its anchor at `start` to `end`, if there is one."""
        try:
            match = _holding(rule, rule.reach_before(anchor), data, low, high, start, end)
            found = self._considered(rule, data, low, high, match) if match else None
        except OutOfTimeError:
            self.timeouts[f"rule {rule.id}"] = self.timeouts.get(f"rule {rule.id}", 0) + 1
            return
        if found:
            yield found

    def _considered(self, rule: Rule, data: Buffer, low: int, high: int, match: re.Match[bytes]) -> Candidate | None:
        """The match, unless entropy, decoder or surroundings speak against it."""
        group: int | str = "key" if "key" in rule.regex.groupindex else 0
        if match[group] is None:  # a group that took no part
            return None
        whole, span, key = match.span(), match.span(group), bytes(match[group])
        if rule.min_entropy and entropy(key) < rule.min_entropy:
            return None
        if rule.where and not _holds(rule, key):
            return None
        near = (max(low, whole[0] - SURROUNDINGS), min(high, whole[1] + SURROUNDINGS))
        if rule.context and not rule.context_regex.search(data, *near):
            return None
        # What its own line says of a key counts more than what stands somewhere near: files hold many keys.
        meanings = _meanings(rule, data, *_line(data, near, whole)) or _meanings(rule, data, *near)
        stage = bytes(match["environment"] or b"").decode("latin-1") if "environment" in rule.regex.groupindex else ""
        name = key.decode("latin-1") if rule.nature is Nature.NAME else name_before(data, low, span[0])
        return Candidate(rule, key, *span, (whole,), name, "", stage, _owner(rule, data, whole, near), meanings)

    def _encoded(
        self,
        literal: Literal,
        data: Buffer,
        low: int,
        high: int,
        start: int,
        end: int,
        depth: int,
        unwrapped: set[tuple[int, int, int]],
        covered: dict[tuple[int, bytes], Covered],
    ) -> Iterator[Candidate]:
        """Decodes the run around an encoded anchor once, and looks for every anchor in what comes out.

        `covered` says, by alignment and alphabet, what was decoded last.
        """
        wide = literal.form is Form.UTF16
        alignment = -1 - start % 2 if wide else (start - literal.phase) % 4
        reach = max(self._rules[number].max_length for number in literal.rules) + SURROUNDINGS // 4
        for alphabet in (b"",) if wide else ALPHABETS:
            text: Unwrapped | None
            before = covered.get((alignment, alphabet))
            if before and before.holds(start, end, reach):
                continue
            if wide:
                text = unwrap_utf16(data, low, high, start, end, reach)
            else:
                text = unwrap_base64(data, low, high, start, literal.phase, reach, alphabet)
            if text is None:
                continue
            if isinstance(text.places, range):
                covered[alignment, alphabet] = Covered(text, start, reach)
            if text.run in unwrapped:
                continue
            unwrapped.add(text.run)
            self._decoded += len(text.data)
            if self._decoded > self._allowance:
                self.timeouts["encoded text"] = self.timeouts.get("encoded text", 0) + 1
                return
            if self._reference is None:
                self._reference = make_engine(EngineChoice.AHOCORASICK, self._literals)
            inner = self._found(text.data, 0, len(text.data), self._reference.hits(text.data), depth + 1)
            outer_name = name_before(data, low, text.run[0])
            yield from (outward(each, text, outer_name) for each in settle(inner))


def _holding(
    rule: Rule, before: int, data: Buffer, low: int, high: int, start: int, end: int
) -> re.Match[bytes] | None:
    """The first match of the rule that holds the bytes `start` to `end` and starts at most `before` bytes earlier."""
    limit = min(high, end + rule.max_length)
    if rule.lead and before:  # a lead is one word: look no further back than that
        word = bytes(data[max(low, start - before) : start])
        for place in range(start - len(word) + len(word.rstrip(WORD)), start):
            match: re.Match[bytes] | None = rule.regex.match(data, place, limit)
            if match and match.end() >= end:
                return match
        return None
    if before == 0:
        # What stands before is seen by look-behinds all the same.
        match = rule.regex.match(data, start, limit)
        return match if match and match.end() >= end else None
    for match in rule.regex.finditer(data, max(low, start - before), limit):
        if match.start() > start:
            return None
        if match.end() >= end:
            return match
    return None


def _completed(halves: Sequence[Candidate], data: Buffer, low: int, high: int) -> Iterator[Candidate]:
    """The identifiers that have their secret near them, as matches of the secret."""
    rule = halves[0].rule
    if rule.pair is None:
        raise ValueError(f"{rule.id} has no pair")
    by_span = {(each.start, each.end): each for each in halves}
    for span, match in pairs(rule.pair, rule.pair_regex, data, low, high, list(by_span)):
        start, end = match.span("key")
        half = by_span[span]
        yield replace(
            half,
            key=bytes(match["key"]),
            start=start,
            end=end,
            spans=(*half.spans, (start, end)),
            name=name_before(data, low, start),
            identifier=half.key.decode("latin-1"),
        )


def _meanings(rule: Rule, data: Buffer, low: int, high: int) -> tuple[tuple[Meaning, str], ...]:
    """What the rule's signals make of the text between two offsets."""
    return tuple(
        (signal.means, signal.evidence)
        for signal, pattern in zip(rule.signals, rule.signal_regexes, strict=True)
        if pattern and pattern.search(data, low, high)
    )


def _owner(rule: Rule, data: Buffer, whole: tuple[int, int], near: tuple[int, int]) -> str:
    """Whom the key, or else what stands around it, names: `project:abc`; empty where nobody is named."""
    if not rule.owner:
        return ""
    match = rule.owner_regex.search(data, *whole) or rule.owner_regex.search(data, *near)
    named = ((name, value) for name, value in match.groupdict().items() if value) if match else iter(())
    name, value = next(named, ("", b""))
    return f"{name.replace('_', '-')}:{bytes(value).decode('latin-1')}" if name else ""


def _line(data: Buffer, near: tuple[int, int], whole: tuple[int, int]) -> tuple[int, int]:
    """The bounds of the lines that a match stands on, at most as far as its surroundings."""
    first = data.rfind(b"\n", near[0], whole[0]) + 1 or near[0]
    last = data.find(b"\n", whole[1], near[1])
    return first, last if last >= 0 else near[1]


def _holds(rule: Rule, key: bytes) -> bool:
    """Whether what the key says about itself meets the rule's conditions."""
    decoded = decode(rule.decoder, normalized(rule, key))
    if decoded is None:
        return False
    for fact, values in rule.where.items():
        value = decoded.facts.get(fact)
        if value is None:
            if "!" not in values:
                return False
        elif "*" not in values and value not in values:
            return False
    return True
