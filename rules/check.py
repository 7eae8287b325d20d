"""The catalogue's linter: what a rule says of itself must hold, and its examples must be found."""

from __future__ import annotations

import re
import re._parser as sre_parser  # type: ignore[import-not-found]  # the only way to learn a pattern's width
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .checksum import CHECKSUMS
from .decode import DECODERS
from .identity import NORMALIZERS
from .rule import Exposure, Nature, Rule
from .sample import fill

HOWS = ("api", "guided", "oidc", "attenuate", "none")
SEEDS = 5


@dataclass(frozen=True, slots=True)
class Defect:
    rule: str
    problem: str


def check(rules: Sequence[Rule], others: Sequence[Rule] = ()) -> list[Defect]:
    """The defects of a set of rules that are used together with `others`."""
    counts = Counter(rule.id for rule in (*rules, *others))
    twice = [Defect(name, "the id is used twice") for name, count in counts.items() if count > 1]
    return twice + [Defect(rule.id, problem) for rule in rules for problem in _problems(rule, counts)]


def _problems(rule: Rule, known: Counter[str]) -> Iterator[str]:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.id):
        yield "the id is not words of lower-case letters and digits joined by dashes"
    yield from _pattern_problems(rule)
    for table, name in ((CHECKSUMS, rule.checksum), (DECODERS, rule.decoder), (NORMALIZERS, rule.normalize)):
        if name and name not in table:
            yield f"{name!r} is none of {', '.join(filter(None, table))}"
    if rule.where and not rule.decoder:
        yield "`where` needs a decoder"
    if rule.successor.how not in HOWS:
        yield f"successor.how is {rule.successor.how!r}, not one of {', '.join(HOWS)}"
    for successor in rule.successor.rules:
        if successor not in known:
            yield f"its successor {successor!r} is no rule"
    if rule.user:
        return
    if (
        rule.nature in (Nature.KEY, Nature.NAME)
        and rule.exposure is not Exposure.PUBLISHABLE
        and not rule.successor.summary
    ):
        yield "it does not say what to do next"
    if not rule.examples:
        yield "it has no example"
    yield from _example_problems(rule)


def _pattern_problems(rule: Rule) -> Iterator[str]:
    sources = [("pattern", rule.pattern), ("context", rule.context)]
    sources += [("signal", signal.pattern) for signal in rule.signals]
    sources += [("pair", rule.pair.pattern)] if rule.pair else []
    sources += [("owner", rule.owner)] if rule.owner else []
    if rule.user:  # compiled when they were read; may use what only the engine with the time limit knows
        if rule.pair and "key" not in rule.pair_regex.groupindex:
            yield "pair: has no group `key`"
        return
    for name, source in sources:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                parsed = sre_parser.parse(source.encode())
        except (re.error, FutureWarning, DeprecationWarning) as error:
            yield f"{name}: not a pattern: {error}"
            continue
        longest = parsed.getwidth()[1]
        if name == "pattern" and longest > rule.max_length:
            yield f"a match may be {longest} bytes long, more than max_length {rule.max_length}"
        if name == "pair" and "key" not in parsed.state.groupdict:
            yield "pair: has no group `key`"


def _example_problems(rule: Rule) -> Iterator[str]:
    for form in (*rule.examples, *rule.non_examples):
        try:
            fill(form)
        except (ValueError, KeyError, IndexError) as error:
            yield f"example {form!r} cannot be filled: {error}"
            return
    for form in rule.examples:
        for seed in range(SEEDS):
            text = fill(form, seed).encode()
            match = next((each for each in rule.regex.finditer(text) if _holds_anchor(rule, each)), None)
            if match is None:
                yield f"example {form!r} is not matched around an anchor"
                break
            if len(match[0]) > rule.max_length:
                yield f"example {form!r} is longer than max_length"
                break
    for form in rule.non_examples:
        if any(rule.regex.search(fill(form, seed).encode()) for seed in range(SEEDS)) and not rule.where:
            yield f"counter-example {form!r} is matched"


def _holds_anchor(rule: Rule, match: re.Match[bytes]) -> bool:
    return any(anchor in match[0] for anchor in rule.anchors)
