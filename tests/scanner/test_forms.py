"""The forms in which people write keys down: escaped, wrapped, quoted, pretty-printed, in pairs."""

from __future__ import annotations

import base64
import json
import textwrap
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from keyslip.rules.decode import decode
from keyslip.rules.load import catalogue
from keyslip.rules.sample import fill, signed
from keyslip.scanner.engine import EngineChoice, literals, make_engine
from keyslip.scanner.match import Match, Matcher
from keyslip.scanner.resident import Resident

from tests.support import RULES, key

TOKEN = fill("ghp_{make:crc-token}")
LITERALS = literals(catalogue())
ENGINE = make_engine(EngineChoice.AHOCORASICK, LITERALS)


def matches(text: str | bytes) -> list[Match]:
    data = text.encode() if isinstance(text, str) else text
    found = Matcher(catalogue(), LITERALS).matches(Resident(data, 0, len(data)), ENGINE.hits(data))
    return [each for each in found if each.rule.nature != "hint"]


def rules(text: str | bytes) -> list[str]:
    return [each.rule.id for each in matches(text)]


@pytest.mark.parametrize("before", [r'"\n', r"\t", r"\u003d", "%3D", "Bearer%20", r"\x3d", "=", '"', " "])
@pytest.mark.parametrize("rule", ["github-classic-token", "stripe-secret-key", "supabase-service-role-jwt"])
def test_escapes_may_stand_before(before: str, rule: str) -> None:
    text = {
        "github-classic-token": TOKEN,
        "stripe-secret-key": fill("sk_live_{base62:99}"),
        "supabase-service-role-jwt": fill("{make:supabase-jwt:service_role}"),
    }[rule]
    assert rules(before + text) == [rule]


@pytest.mark.parametrize("before", ["x", "_", "9", r"\q", "%3"])
def test_words_may_not(before: str) -> None:
    assert rules(before + TOKEN) == []


@pytest.mark.parametrize("indent", [None, 2, 4, "\t"])
def test_pretty_printed_jwt(indent: int | str | None) -> None:
    claims = {"role": "service_role", "iss": "supabase", "iat": 1_700_000_000, "exp": 2_000_000_000}
    text = json.dumps(claims, indent=indent)
    for line_end in ("\n", "\r\n"):
        token = signed({"alg": "HS256", "typ": "JWT"}, text.replace("\n", line_end).encode(), b"x" * 32)
        assert rules(token) == ["supabase-service-role-jwt"]


@pytest.mark.parametrize("width", [64, 76])
@pytest.mark.parametrize("indent", ["", "    "])
@pytest.mark.parametrize("padding", range(0, 60, 3))
def test_wrapped_base64(width: int, indent: str, padding: int) -> None:
    """Wherever in a line it starts, unless the line's end cuts the anchor itself."""
    text = base64.b64encode(b"x" * padding + b" " + TOKEN.encode() + b" " + b"y" * 80).decode()
    column = (padding + 1) * 4 // 3 % width
    found = rules("data: |\n" + textwrap.indent("\n".join(textwrap.wrap(text, width)), indent))
    assert found == ["github-classic-token"] or column + 7 > width


PEM = key("privatekey-pkcs8")
LINES = PEM.strip().split("\n")


@pytest.mark.parametrize(
    "text",
    [
        PEM,
        PEM.replace("\n", "\r\n"),
        PEM.replace("\n", r"\n"),
        PEM.replace("\n", r"\\n"),
        PEM.replace("\n", r"\r\n"),
        PEM.replace("\n", " "),
        PEM.replace("\n", "%0A"),
        PEM.replace("\n", "<br>"),
        PEM.replace("\n", r"\u000a"),
        textwrap.indent(PEM, "    "),
        textwrap.indent(PEM, "+"),
        textwrap.indent(PEM, "-"),
        textwrap.indent(PEM, "# "),
        textwrap.indent(PEM, "// "),
        " +\n".join(f'"{line}\\n"' for line in LINES),
        "\n".join(f'b"{line}\\n"' for line in LINES),
        "\n".join(f'echo "{line}" >> key' for line in LINES),
        ",\n".join(f"'{line}'" for line in LINES),
        json.dumps({"key": PEM}),
    ],
)
def test_one_private_key_however_written(text: str) -> None:
    from keyslip.rules.identity import identity

    (match,) = matches(text)
    assert match.rule.id == "privatekey-pkcs8"
    assert identity(match.rule, match.key.reveal()) == identity(match.rule, PEM.encode())


@pytest.mark.parametrize("gap", [1, 300, 900, 1500, 2000, 2600, 4000])
@pytest.mark.parametrize("encoding", ["base64", "utf-16-le", "utf-16-be"])
def test_long_key_soon_after_a_short_one(gap: int, encoding: str) -> None:
    long = replace(RULES["github-classic-token"], id="long", anchors=(b"longkey_",), prefix="longkey_")
    long = replace(long, pattern="longkey_[a-z]{2500}", max_length=2508, checksum=None)
    some = (RULES["github-classic-token"], long)
    text = f"{TOKEN}{' ' * gap}longkey_{'abcde' * 500}\n".encode()
    data = base64.b64encode(text) if encoding == "base64" else text.decode().encode(encoding)
    forms = literals(some)
    hits = make_engine(EngineChoice.AHOCORASICK, forms).hits(data)
    found = Matcher(some, forms).matches(Resident(data, 0, len(data)), hits)
    assert [each.rule.id for each in found] == ["github-classic-token", "long"]


@pytest.mark.parametrize(
    "text",
    [
        'pem.replace("-----BEGIN PRIVATE KEY-----", "").replaceAll("\\\\s", "")'
        '.replaceAll("\\\\n", "").replace("-----END PRIVATE KEY-----", "")',
        "A file starts with -----BEGIN RSA PRIVATE KEY----- and then, after lines of base64 text of the key itself, "
        "it ends with -----END RSA PRIVATE KEY----- as RFC 7468 has it.",
        "-----BEGIN PRIVATE KEY-----\nthe key that you have got from the console goes here\n-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----\n" + "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n" * 4 + "...\n-----END PRIVATE KEY-----",
    ],
)
def test_what_is_no_private_key(text: str) -> None:
    assert rules(text) == []


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        ("{make:pem:PRIVATE KEY:48}", "privatekey-pkcs8"),  # Ed25519
        ("{make:pem:EC PRIVATE KEY:51}", "privatekey-ec"),  # without its public half
        ("{make:pem:OPENSSH PRIVATE KEY+encrypted:411}", "privatekey-openssh-encrypted"),
        ("{make:pem-escaped:RSA PRIVATE KEY+encrypted}", "privatekey-encrypted"),
    ],
)
def test_kinds_of_private_keys(form: str, rule: str) -> None:
    assert rules(fill(form)) == [rule]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("NEXT_PUBLIC_X={}", "NEXT_PUBLIC_X"),
        ('process.env.NEXT_PUBLIC_X = "{}"', "NEXT_PUBLIC_X"),
        ("const k = process.env.NEXT_PUBLIC_X || '{}'", "NEXT_PUBLIC_X"),
        ('import.meta.env.VITE_X ?? "{}"', "VITE_X"),
        ("ENV NEXT_PUBLIC_X {}", "NEXT_PUBLIC_X"),
        ("export NEXT_PUBLIC_X='{}'", "NEXT_PUBLIC_X"),
        ("'process.env.VITE_X': JSON.stringify('{}')", "VITE_X"),
        ("- name: VITE_X\n  value: {}", "VITE_X"),
        ('os.environ["X_KEY"] = "{}"', "X_KEY"),
        ('os.getenv("X_KEY", "{}")', "X_KEY"),
        ("see {}", ""),
    ],
)
def test_names(line: str, name: str) -> None:
    (match,) = matches(line.replace("{}", TOKEN))
    assert match.name == name


def aws(seed: int) -> tuple[str, str]:
    return fill("AKIA{base32:16}", seed), fill("{make:aws-secret}", seed)


(ID1, SECRET1), (ID2, SECRET2) = aws(1), aws(2)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"id={ID1}\nsecret={SECRET1}\n\nid={ID2}\nsecret={SECRET2}", {(ID1, SECRET1), (ID2, SECRET2)}),
        (f"secret={SECRET1}\nid={ID1}\n\nsecret={SECRET2}\nid={ID2}", {(ID1, SECRET1), (ID2, SECRET2)}),
        (f"ids={ID1},{ID2}\nsecrets={SECRET1},{SECRET2}", {(ID1, SECRET1), (ID2, SECRET2)}),
        (f"old id={ID1}\n{'#' * 60}\nid={ID2}\nsecret={SECRET2}", {(ID2, SECRET2)}),
        (f"id={ID1}\nCLOUDFLARE_API_TOKEN={fill('{base62:40}', 7)}\nsecret={SECRET1}", {(ID1, SECRET1)}),
        (f"id={ID1}\nCLOUDFLARE_API_TOKEN={fill('{base62:40}', 7)}", set()),
        (f"User,Access key ID,Secret access key\nann,{ID1},{SECRET1}", {(ID1, SECRET1)}),
        (f"id={ID1}\n{'#' * 600}\nsecret={SECRET1}", set()),
    ],
)
def test_pairs(text: str, expected: set[tuple[str, str]]) -> None:
    found = {(each.identifier, each.key.reveal().decode()) for each in matches(text) if each.identifier}
    assert found == expected
    # No id is lost: those without a secret are still identifiers.
    lone = {each.key.reveal().decode() for each in matches(text) if each.rule.id == "aws-access-key-id"}
    assert lone | {identifier for identifier, _ in expected} == {each for each in (ID1, ID2) if each in text}


def test_attenuation_only_narrows() -> None:
    caveats = [json.dumps(each) for each in ([1, ["a", "b"]], [1, ["b"]], [0, 2_000, 1_000], [0, 9_000, 1_000])]
    from keyslip.rules.sample import _macaroon

    decoded = decode("macaroon", _macaroon(Random(1), *caveats).encode())
    assert decoded
    assert decoded.expires_at == 2_000
    assert decoded.principal == "project:b"


def test_own_line_counts_more_than_its_surroundings(tmp_path: Path) -> None:
    maps, gemini = fill("AIzaSy{base62:33}", 1), fill("AIzaSy{base62:33}", 2)
    one, two = matches(f"NEXT_PUBLIC_GOOGLE_MAPS_API_KEY={maps}\nGEMINI_API_KEY={gemini}\n")
    assert {meaning.value for meaning, _ in one.meanings} == {"client"}
    assert {meaning.value for meaning, _ in two.meanings} == {"secret"}
