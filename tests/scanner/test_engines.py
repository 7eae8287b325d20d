"""The engines: identical hits, and the same findings whatever the text is cut into."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keyslip.rules.load import catalogue
from keyslip.rules.rule import Nature
from keyslip.rules.sample import fill
from keyslip.scanner.engine import EngineChoice, literals, make_engine
from keyslip.scanner.match import Matcher
from keyslip.scanner.resident import Resident
from keyslip.scanner.search import search_batch
from keyslip.scanner.source.batch import Item, Kind, whole
from keyslip.scanner.source.window import windows

LITERALS = literals(catalogue())
ENGINES = [make_engine(choice, LITERALS) for choice in (EngineChoice.AHOCORASICK, EngineChoice.VECTORSCAN)]
EXAMPLES = [form for rule in catalogue() if rule.nature is not Nature.HINT for form in rule.examples]
CASES = 10_000

# Texts built from what the engines look for, pieces of it, keys, and bytes that mean nothing.
piece = st.one_of(
    st.sampled_from([literal.text for literal in LITERALS]),
    st.sampled_from([literal.text[:-1] for literal in LITERALS]),
    st.tuples(st.sampled_from(EXAMPLES), st.integers(0, 9)).map(lambda each: fill(*each).encode()),
    st.binary(max_size=12),
    st.sampled_from([b"\n", b"\0", b" ", b'"', b"=", b"\xff"]),
)
text = st.lists(piece, max_size=12).map(b"".join)


@settings(max_examples=CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text)
def test_identical(data: bytes) -> None:
    reference, bulk = ENGINES

    assert reference.hits(data) == bulk.hits(data)


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.lists(piece, min_size=1, max_size=12).map(b"".join), st.integers(0, 200_000))
def test_windows_change_nothing(data: bytes, filler: int) -> None:
    """A text read through a small buffer gives the matches that it gives as a whole, at the same places."""
    data = b"x\n" * (filler // 2) + data + b"\n" + b"y" * filler
    expected = [described(match) for match in found_whole(data)]

    stream = io.BytesIO(data)
    matcher = Matcher(catalogue(), LITERALS)
    batches = windows(Item(Kind.STDIN), lambda view: stream.readinto(view), bytearray(160 * 1024))
    cut = [match for batch in batches for _, match in search_batch(batch, ENGINES[1], matcher)]

    assert [described(match) for match in cut] == expected


def found_whole(data: bytes):
    batch = whole(Item(Kind.STDIN), data)
    return [match for _, match in search_batch(batch, ENGINES[0], Matcher(catalogue(), LITERALS))]


def described(match):
    return match.rule.id, match.key, match.start, match.end, match.first, match.last, match.encoding, match.name


def test_no_match_across_two_items() -> None:
    key = fill("ghp_{make:crc-token}").encode()
    data = key[:20] + key[20:]
    matcher = Matcher(catalogue(), LITERALS)
    hits = ENGINES[0].hits(data)

    assert matcher.matches(Resident(data, 0, len(data)), hits)
    assert not matcher.matches(Resident(data, 0, 20), hits)
    assert not matcher.matches(Resident(data, 20, len(data)), hits)
    assert not matcher.matches(Resident(data, 2, len(data)), hits)


@pytest.mark.parametrize("line", [0, 1, 7])
@pytest.mark.parametrize("before", ["", "é", "日本語 ", "\t"])
def test_lines_and_columns_count_characters(line: int, before: str) -> None:
    key = fill("ghp_{make:crc-token}")
    data = ("zeile\n" * line + before + key).encode()

    (match,) = found_whole(data)

    assert (match.first.line, match.first.column) == (line + 1, len(before) + 1)
    assert (match.last.line, match.last.column) == (line + 1, len(before) + 41)


def test_wrapped_base64() -> None:
    import base64

    lines = base64.encodebytes(b"token: " + fill("ghp_{make:crc-token}").encode() + b" and more text behind it")
    indented = b"data:\n  secret: |\n" + b"".join(b"    " + line for line in lines.splitlines(keepends=True))

    for data in (lines, indented, lines.replace(b"\n", b"\r\n")):
        assert [match.rule.id for match in found_whole(data)] == ["github-classic-token"]


def test_many_matches_in_one_line_are_fast() -> None:
    """A hundred thousand matches in one line take seconds, not hours."""
    rng = random.Random(7)
    keys = [fill("npm_{make:crc-token}", rng.randrange(50)) for _ in range(20_000)]

    found = found_whole(" ".join(keys).encode())

    assert len(found) == 20_000
