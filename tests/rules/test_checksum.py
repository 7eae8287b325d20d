"""Checksums: hold for what their makers write, and for nothing that differs in a character."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from keyslip.rules.checksum import CHECKSUMS, in_base, marvin32, supabase_belongs
from keyslip.rules.sample import REF, fill

FORMS = {
    "github": "ghp_{make:crc-token}",
    "npm": "npm_{make:crc-token}",
    "gitlab": "{make:gitlab-routable}",
    "cask": "{make:nuget-v5}",
}
seeds = st.integers(0, 10**6)
WORD = string.ascii_letters + string.digits


def changed(key: str, at: int, to: str) -> str:
    return key[:at] + to + key[at + 1 :]


@pytest.mark.parametrize("name", FORMS)
@given(seed=seeds, where=st.floats(0, 0.999), to=st.sampled_from(WORD))
def test_one_character_breaks_it(name: str, seed: int, where: float, to: str) -> None:
    key = fill(FORMS[name], seed)
    at = int(len(key) * where)
    other = changed(key, at, to)

    assert CHECKSUMS[name](key.encode())
    assert CHECKSUMS[name](other.encode()) is (other == key or _other_spelling(name, key, other))


def _other_spelling(name: str, key: str, other: str) -> bool:
    """The first four characters of a GitHub or npm key are its kind, and outside the checksum."""
    return name in ("github", "npm") and key[4:] == other[4:] and other[:4] in _PREFIXES


_PREFIXES = {f"gh{kind}_" for kind in "oprsu"} | {"npm_"}


def test_published_tokens() -> None:
    """The vector of GitHub's article on its token format, put together here so that it does not stand anywhere."""
    body = "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ"
    assert CHECKSUMS["github"](f"ghp_{body}0mLq17".encode())
    assert not CHECKSUMS["github"](f"ghp_{body}0mLq18".encode())


@given(seeds)
def test_nuget_v4_knows_its_own(seed: int) -> None:
    key = fill("{make:nuget-v4}", seed)
    assert CHECKSUMS["nuget-v4"](key.encode())
    assert CHECKSUMS["nuget-v4"](key.upper().encode())


def test_nuget_v4_refuses_chance() -> None:
    kept = sum(CHECKSUMS["nuget-v4"](fill("oy2a{base32:42}", seed).lower().encode()) for seed in range(4000))
    assert kept <= 5  # one in 8,000 is expected


@given(seeds)
def test_supabase_keys_know_their_project(seed: int) -> None:
    other = fill("{lower:20}", seed)
    for kind in ("publishable", "secret"):
        key = fill(f"{{make:supabase-key:{kind}}}", seed).encode()
        assert supabase_belongs(key, REF)
        assert not supabase_belongs(key, other)


# Published vectors of Marvin32 (dotnet/runtime, MarvinTests.cs): data, both halves of the hash as one number.
SEED = 0x004FB61A001BDBCC
VECTORS = {
    "": 0x30ED35C100CD3C7D,
    "af": 0x48E73FC77D75DDC1,
    "e70f": 0xB5F6E1FC485DBFF8,
    "37f495": 0xF0B07C789B8CF7E8,
    "8642dc59": 0x7008F2E87E9CF556,
}


@pytest.mark.parametrize(("data", "halves"), VECTORS.items())
def test_marvin_published(data: str, halves: int) -> None:
    assert marvin32(bytes.fromhex(data), SEED) == (halves >> 32) ^ (halves & 0xFFFFFFFF)


def test_marvin_is_of_32_bits_and_depends_on_every_byte() -> None:
    data = bytes(range(21))
    base = marvin32(data, SEED)
    others = {marvin32(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :], SEED) for at in range(len(data))}
    assert 0 <= base < 1 << 32
    assert len(others | {base}) == len(data) + 1


@given(st.integers(0, 10**12), st.integers(1, 12))
def test_in_base_is_read_back(number: int, width: int) -> None:
    text = in_base(number, string.digits, width)
    assert int(text) == number
    assert len(text) >= width


@pytest.mark.parametrize("name", CHECKSUMS)
@given(data=st.binary(max_size=120))
def test_no_bytes_break_them(name: str, data: bytes) -> None:
    assert CHECKSUMS[name](data) in (True, False)
