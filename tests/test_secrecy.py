"""No key leaves keyslip: not in reports, errors, temporary files or arguments."""

from __future__ import annotations

import base64
import traceback
from pathlib import Path

import pytest
from keyslip.rules.rule import Nature
from keyslip.rules.secret import MASK, Secret, redact

from tests.support import RULES, Repository, key, keyslip

KEYS = [rule for rule in RULES.values() if rule.nature is not Nature.HINT and rule.id != "supabase-public-jwt-secret"]
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
        ["scan", "-vv"],
        ["scan", "-vv", "-f", "json"],
        ["scan", "-vv", "-f", "jsonl"],
        ["scan", "-f", "html"],
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
