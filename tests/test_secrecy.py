"""No key leaves keyslip: not in reports, errors, temporary files or arguments."""

from __future__ import annotations

import base64
import html
import re
import traceback
from pathlib import Path

import pytest
from keyslip.rules.rule import Nature
from keyslip.rules.secret import MASK, Secret, redact
from keyslip.scanner.commands.output import Format

from tests.support import RULES, Repository, key, keyslip

KEYS = [
    rule
    for rule in RULES.values()
    if rule.nature not in (Nature.HINT, Nature.NAME) and rule.id != "supabase-public-jwt-secret"
]
# Longer than anything that a report may show of a key: its prefix and four characters.
PIECE = 12


def bodies() -> dict[str, list[str]]:
    """Of every planted key the pieces of its body that no output may hold."""
    pieces: dict[str, list[str]] = {}
    for rule in KEYS:
        match = rule.regex.search(key(rule.id).encode())
        assert match
        if rule.pair:
            match = rule.pair_regex.search(key(rule.id).encode(), match.end())
            assert match
        body = (match["key"] if "key" in match.re.groupindex else match[0]).decode().removeprefix(rule.prefix)
        middle = len(body) // 2
        pieces[rule.id] = [body[middle - PIECE // 2 : middle + PIECE // 2]]
    return pieces


@pytest.fixture
def leaky(repo: Repository) -> Repository:
    repo.commit(**{f"{rule.id}.cfg": key(rule.id) for rule in KEYS})
    repo.commit("see " + " ".join(key(rule.id) for rule in KEYS if "\n" not in key(rule.id)))
    for rule in KEYS:
        repo.write(f"{rule.id}.b64", base64.b64encode(key(rule.id).encode()))
    repo.git("add", "-A")
    return repo


@pytest.mark.parametrize(
    "arguments",
    [
        *(["scan", "-vv", "-f", each.value] for each in Format),
        ["scan", "-v", "--staged"],
        ["scan", "-v", "--range", "HEAD~1..HEAD"],
        ["baseline", "create", "-b", "new.toml"],
        ["explain"],
        ["explain", "-f", "json"],
    ],
    ids=" ".join,
)
def test_no_key_in_outputs(leaky: Repository, tmp_path: Path, arguments: list[str]) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    stdin = "\n\n".join(key(rule.id) for rule in KEYS).encode() if arguments[0] == "explain" else b""

    ran = keyslip(*arguments, cwd=leaky.path, stdin=stdin, env={"TMPDIR": str(temporary)})

    left = [path.read_text(errors="replace") for path in temporary.rglob("*") if path.is_file()]
    new = leaky.path / "new.toml"
    text = "\n".join([ran.out, ran.err, *left, new.read_text() if new.exists() else ""])
    text += html.unescape(text) + re.sub("<[^>]*>", "", html.unescape(text))  # escaping must not hide a key from us
    assert ran.code in (0, 1), ran.err
    assert len(ran.out) > 20
    assert [name for name, pieces in bodies().items() if any(piece in text for piece in pieces)] == []
    assert left == []


def test_secret_shows_a_mask() -> None:
    secret = Secret(b"x" * 40)
    try:
        raise ValueError(secret)
    except ValueError:
        shown = traceback.format_exc()
    assert {repr(secret), str(secret), f"{secret}", f"{secret:>8}".strip()} == {MASK}
    assert "xxxx" not in shown
    with pytest.raises(TypeError):
        __import__("pickle").dumps(secret)


@pytest.mark.parametrize(("length", "ends"), [(15, 0), (16, 2), (31, 3), (32, 4), (400, 4)])
def test_redaction(length: int, ends: int) -> None:
    body = bytes(range(0x41, 0x41 + 26)) * 20
    shown = redact(b"pre_" + body[:length], b"pre_")
    assert shown == f"pre_{body[:ends].decode()}…{body[length - ends : length].decode()}"
    assert redact(body[:length], b"", hidden=True) == "…"


@pytest.mark.parametrize(
    "arguments",
    [
        ["explain", "{key}"],
        ["scan", "{key}"],
        ["scan", "--range", "{key}..HEAD"],
        ["scan", "--since", "{key}"],
        ["scan", "--rule", "{key}"],
        ["scan", "--now", "{key}"],
        ["scan", "--log-opts", "--{key}"],
        ["scan", "-c", "{key}.toml"],
        ["scan", "-b", "{key}.toml"],
        ["{key}"],
        ["rules", "show", "{key}"],
    ],
    ids=" ".join,
)
def test_no_key_in_errors(repo: Repository, arguments: list[str]) -> None:
    secret = key("github-classic-token")
    repo.commit(a="1\n")
    ran = keyslip(*(each.format(key=secret) for each in arguments), cwd=repo.path)
    assert ran.code == 2
    assert ran.err.startswith("keyslip: error: ")
    assert secret[20:32] not in ran.out + ran.err


@pytest.mark.parametrize("form", [each.value for each in Format])
def test_no_key_in_reasons_and_places(tmp_path: Path, form: str) -> None:
    secret = key("github-classic-token")
    repo = Repository(tmp_path / secret)
    repo.commit(**{"a.env": key("stripe-secret-key")})
    assert keyslip("baseline", "create", "--reason", f"instead of {secret}", cwd=repo.path).code == 0
    ran = keyslip("scan", repo.path, "-f", form)
    assert secret[20:32] not in ran.out + ran.err
