"""Keys where we would print them as something else: in a file's name, an author's, a branch's, in what git says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from ..rules.identity import redacted
from ..rules.load import catalogue
from ..rules.rule import Nature
from .engine import make_engine
from .finding import Finding, Location
from .match import Matcher
from .resident import Resident
from .search import Search
from .source.batch import Unread

# What may be printed: the name of a variable, or what only helps to classify.
SHOWN = (Nature.NAME, Nature.HINT)


def masks(texts: Iterable[str | None], search: Search) -> dict[str, str]:
    """Those of the texts that hold a key, each with what may be printed instead."""
    unique = sorted({text for text in texts if text})
    joined = "\n".join(unique).encode("utf-8", "surrogateescape")
    engine = make_engine(search.choice, search.literals, len(joined))
    if not engine.hits(joined):
        return {}
    matcher = Matcher(search.rules, search.literals)
    found = {}
    for text in unique:
        data = text.encode("utf-8", "surrogateescape")
        matches = [
            match
            for match in matcher.matches(Resident(data, 0, len(data)), engine.hits(data))
            if match.rule.nature not in SHOWN
        ]
        if matches:
            for match in sorted(matches, key=lambda each: -each.start):
                shown = redacted(match.rule, match.key.reveal()).encode()
                data = data[: match.start] + shown + data[match.end :]
            found[text] = data.decode("utf-8", "surrogateescape")
    return found


def masked(findings: Sequence[Finding], search: Search) -> list[Finding]:
    """The findings without a key in any path, author or ref."""
    texts = (text for each in findings for place in each.locations for text in (place.path, place.author, *place.refs))
    found = masks(texts, search)
    return [_finding(each, found) for each in findings] if found else list(findings)


def unread_masked(unread: Sequence[Unread], search: Search) -> list[Unread]:
    """What could not be read, without a key in its name or in the reason."""
    found = masks((text for each in unread for text in (each.what, each.why)), search)
    return [replace(each, what=found.get(each.what, each.what), why=found.get(each.why, each.why)) for each in unread]


def target_masked(target: Mapping[str, object], search: Search) -> dict[str, object]:
    """What was scanned, without a key in its path."""
    found = masks((text for text in target.values() if isinstance(text, str)), search)
    return {name: found.get(value, value) if isinstance(value, str) else value for name, value in target.items()}


def without_keys(texts: Sequence[str]) -> Iterator[str]:
    """The texts without a key of any known kind: for lines that repeat what somebody typed or wrote down."""
    found = masks(texts, Search(catalogue())) if any(texts) else {}
    return (found.get(text, text) for text in texts)


def reasons_masked(findings: Sequence[Finding]) -> list[Finding]:
    """The findings with no key in the reason why one is suppressed: people write down which key they replaced."""
    reasons = without_keys([each.suppressed.reason if each.suppressed else "" for each in findings])
    return [
        replace(each, suppressed=replace(each.suppressed, reason=reason)) if each.suppressed else each
        for each, reason in zip(findings, reasons, strict=True)
    ]


def _finding(finding: Finding, found: Mapping[str, str]) -> Finding:
    first = finding.introduced_by
    return replace(
        finding,
        locations=[_location(each, found) for each in finding.locations],
        introduced_by=first and replace(first, path=_shown(first.path, found), author=_shown(first.author, found)),
    )


def _location(place: Location, found: Mapping[str, str]) -> Location:
    refs = tuple(found.get(ref, ref) for ref in place.refs)
    return replace(place, path=_shown(place.path, found), author=_shown(place.author, found), refs=refs)


def _shown(text: str | None, found: Mapping[str, str]) -> str | None:
    return found.get(text, text) if text else text
