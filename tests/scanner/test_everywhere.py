"""One key of every rule in every kind of place: each is found, with commit, path, line, ref kind and classification."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from keyslip.rules.classify import classify
from keyslip.rules.identity import identity
from keyslip.rules.rule import Nature, Rule

from tests.support import RULES, Repository, key, scan

KEYS = [rule for rule in RULES.values() if rule.nature is not Nature.HINT]
PLACES = ("head", "deleted", "merge", "dangling", "stash", "tag", "pull", "base64", "utf16")


@dataclass(frozen=True)
class Planted:
    """Where the keys of one place were put."""

    commit: str | None
    kind: str
    refs: str
    in_head: bool = False
    encoding: str | None = None


@dataclass(frozen=True)
class World:
    report: dict[str, Any]
    planted: dict[str, Planted]


def path_of(place: str, rule: Rule) -> str:
    return f"src/{place}/{rule.id}.cfg"


def text_of(place: str, rule: Rule) -> str:
    """Two lines before the key, so that line numbers can be wrong."""
    return f"# {place}\n\n{key(rule.id, PLACES.index(place) + 1)}\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    repo = Repository(tmp_path_factory.mktemp("everywhere") / "repo")
    planted: dict[str, Planted] = {}

    def plant(place: str) -> None:
        for rule in KEYS:
            text = text_of(place, rule)
            if place == "base64":
                body = base64.b64encode(text.split("\n", 2)[2].strip().encode()).decode()
                repo.write(path_of(place, rule), f"# {place}\n\ndata: {body}\n")
            elif place == "utf16":
                repo.write(path_of(place, rule), text.encode("utf-16"))
            else:
                repo.write(path_of(place, rule), text)

    repo.commit("first", **{"README": "nothing here\n"})
    plant("deleted")
    planted["deleted"] = Planted(repo.commit("add"), "history", "branch")
    repo.git("rm", "-rqf", "src/deleted")
    repo.commit("delete")

    repo.git("checkout", "-q", "-b", "side", "HEAD~1")
    repo.commit("side", **{"side.txt": "side\n"})
    repo.git("checkout", "-q", "main")
    repo.git("merge", "-q", "--no-ff", "--no-commit", "side")
    plant("merge")  # in no parent: only the merge itself brings it
    planted["merge"] = Planted(repo.commit("merge"), "history", "branch")
    repo.git("rm", "-rqf", "src/merge")
    repo.commit("unmerge")

    plant("dangling")
    planted["dangling"] = Planted(repo.commit("lost"), "history", "unreachable")
    repo.git("reset", "-q", "--hard", "HEAD~1")

    plant("pull")
    planted["pull"] = Planted(repo.commit("pull"), "history", "pull")
    repo.git("update-ref", "refs/pull/7/head", "HEAD")
    repo.git("reset", "-q", "--hard", "HEAD~1")

    plant("stash")
    repo.git("add", "-A")
    repo.git("stash", "push", "-q", "-m", "work")
    planted["stash"] = Planted(repo.git("rev-parse", "refs/stash^2"), "history", "stash")

    for rule in KEYS:
        repo.git(
            "tag",
            "-a",
            "-F",
            "-",
            f"tag-{rule.id}",
            stdin=text_of("tag", rule).replace("# tag\n\n", "tag\n\n").encode(),
        )
    planted["tag"] = Planted(repo.git("rev-parse", "HEAD"), "message", "tag")

    for place in ("head", "base64", "utf16"):
        plant(place)
    head = repo.commit("head")
    planted["head"] = Planted(head, "history", "branch", in_head=True)
    planted["base64"] = Planted(head, "history", "branch", in_head=True, encoding="base64")
    planted["utf16"] = Planted(head, "history", "branch", in_head=True, encoding="utf-16le")
    repo.git("reflog", "expire", "--expire=now", "--all", check=False)
    report = scan(repo.path)
    return World(report, planted)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("rule", KEYS, ids=lambda rule: rule.id)
def test_found(world: World, rule: Rule, place: str) -> None:
    planted = world.planted[place]
    path = None if place == "tag" else path_of(place, rule)
    holding = [
        (finding, location)
        for finding in world.report["findings"]
        for location in finding["locations"]
        if finding["rule"] == rule.id
        and location["kind"] == planted.kind
        and (location["path"] == path if path else location["refs"] == [f"refs/tags/tag-{rule.id}"])
    ]

    assert len(holding) == 1, [f["rule"] for f in world.report["findings"] for x in f["locations"] if x["path"] == path]
    finding, location = holding[0]
    assert location["commit"] == planted.commit
    assert planted.refs in location["ref_kinds"]
    assert location["encoding"] == planted.encoding
    once = key(rule.id, 1) != key(rule.id, 2)  # else one published value that stands in all the places
    assert finding["in_head"] is (planted.in_head or not once)
    expected = line_of(place, rule)
    if place != "base64":  # a key inside an encoded text has the encoded text's place
        assert location["start_line"] == expected
    assert location["author"] == "Ann Author"
    if once:
        assert finding["introduced_by"]["commit"] == planted.commit
    assert finding["classification"]["exposure"] == rule.exposure


def line_of(place: str, rule: Rule) -> int:
    """The line on which the example's key starts, the text's own lines counted (a tag has headers before it)."""
    text = text_of(place, rule)
    if place == "tag":
        text = "object\ntype\ntag\ntagger\n\n" + text
    match = rule.regex.search(text.encode())
    assert match
    start = match.start()
    if rule.pair:
        partner = rule.pair_regex.search(text.encode())
        assert partner
        start = partner.start("key")
    elif "key" in match.re.groupindex:
        start = match.start("key")
    return text.encode()[:start].count(b"\n") + 1


def test_same_id_however_encoded(tmp_path: Path) -> None:
    rule = RULES["github-classic-token"]
    text = key(rule.id)
    (tmp_path / "plain").write_text(text)
    (tmp_path / "wide").write_bytes(text.encode("utf-16-be"))
    (tmp_path / "powershell").write_bytes(base64.b64encode(text.encode("utf-16-le")))

    found = scan(tmp_path)["findings"]

    assert [each["id"] for each in found] == [identity(rule, text.partition("=")[2].encode())]
    places = {each["path"]: each["encoding"] for each in found[0]["locations"]}
    assert places == {
        "plain": None,
        "wide": "utf-16be",
        "powershell": "base64+utf-16le",
    }


def test_no_rule_classifies_without_evidence() -> None:
    for rule in KEYS:
        match = rule.regex.search(key(rule.id).encode())
        assert match
        group = match["key"] if "key" in match.re.groupindex else match[0]
        assert classify(rule, group, now=1_790_000_000).evidence, rule.id
