"""The HTML report: well formed, one file, safe against what attackers choose, readable by everybody, never too long."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from keyslip.rules.classify import classify
from keyslip.rules.place import Place
from keyslip.rules.rule import Confidence, Nature
from keyslip.rules.severity import Severity
from keyslip.scanner.finding import Finding, Introduced, Location, LocationKind, Subject, Suppression
from keyslip.scanner.report.html import MOST_BYTES, as_html
from keyslip.scanner.scan import Report, Stats
from keyslip.scanner.source.batch import Unread

from tests.support import NOW, RULES, Repository, key, keyslip

VOID = {"meta", "input", "link", "br", "hr", "img"}
KEYS = [rule for rule in RULES.values() if rule.nature is not Nature.HINT]
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "--></style></script><!--",
    "\u202egnp.exe\u2066\x1b[31m\x00",
)


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    parent: Element | None = None
    children: list[Element | str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child

    @property
    def text(self) -> str:
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            each
            for each in self
            if each.tag in tags
            and all(value in (each.attributes.get(at) or "").split() for at, value in wanted.items())
        ]


class Parser(HTMLParser):
    """Every element that opens closes, in order; no attribute stands twice."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = self.at = Element("", {})

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert len(attributes) == len(dict(attributes)), (tag, attributes)
        element = Element(tag, dict(attributes), self.at)
        self.at.children.append(element)
        self.at = self.at if tag in VOID else element

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, dict(attributes), self.at))

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.at.tag, (tag, self.at.tag, self.getpos())
        assert self.at.parent
        self.at = self.at.parent

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def parsed(text: str) -> Element:
    parser = Parser()
    parser.feed(text)
    parser.close()
    assert parser.at is parser.root, parser.at.tag
    return parser.root


def page(report: Report) -> Element:
    return parsed("".join(as_html(report)))


def rows(root: Element) -> list[Element]:
    return [each for each in root.all("tbody") if (each.attributes.get("id") or "").startswith("f-")]


def finding(number: int = 0, **changes: object) -> Finding:
    rule = RULES["github-classic-token"]
    place = Location(f"src/config-{number}.py", 3, 1, 3, 41, LocationKind.HISTORY, Place.SERVER, commit="c" * 40)
    made = Finding(
        id=hashlib.sha256(str(number).encode()).hexdigest(),
        subject=Subject.KEY,
        rule=rule,
        redacted="ghp_abcd…wxyz",
        classification=classify(rule, b"ghp_" + b"x7" * 18, 1_790_000_000),
        severity=Severity.HIGH,
        because="a secret that is restricted, or does not live long",
        in_head=False,
        tracked=True,
        client_side=False,
        locations=[place],
        occurrences=1,
        introduced_by=Introduced("c" * 40, "Ann Author", "2025-06-15T17:06:40+02:00", place.path),
    )
    return replace(made, **changes)


def report(*findings: Finding, unread: tuple[Unread, ...] = (), path: str = "/srv/shop") -> Report:
    return Report(
        {"kind": "repository", "path": path, "head": "a" * 40, "part": "all"},
        1_790_000_000,
        1.5,
        Stats(12, 3_400_000, 5, 7, "vectorscan"),
        unread,
        findings,
    )


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, object]]:
    """A page and the JSON of one scan: a key of every kind, in several places, some gone, one suppressed."""
    repo = Repository(tmp_path_factory.mktemp("html") / "repo")
    repo.commit(**{f"src/{rule.id}.cfg": key(rule.id) for rule in KEYS})
    repo.git("rm", "-rqf", "src")
    for number in range(14):
        repo.write(f"web/{number}/app.tsx", key("stripe-secret-key", 5))
    repo.commit("more", **{"allowed.env": key("github-classic-token", 9).rstrip() + "  # keyslip:allow\n"})
    html, json = repo.path.parent / "r.html", repo.path.parent / "r.json"
    ran = keyslip("scan", repo.path, "-o", html, "-o", json, "--now", NOW)
    assert ran.code == 1, ran.err
    return html.read_text(), __import__("json").loads(json.read_text())


def test_every_finding_is_in_it(real: tuple[str, dict[str, object]]) -> None:
    text, data = real
    root = parsed(text)
    shown = {row.all("p", class_="id")[0].all("code")[0].text: row for row in rows(root)}

    assert set(shown) == {each["id"] for each in data["findings"]}
    for each in data["findings"]:
        words = shown[each["id"]].text
        for part in (each["title"], each["redacted"], each["severity"], each["rule"], each["severity_because"]):
            assert part in words
        for place in each["locations"]:
            assert f"{place['path']}:{place['start_line']}:{place['start_column']}" in words
    assert data["summary"]["by_severity"]["critical"] > 5
    assert any(len(each["locations"]) > 10 for each in data["findings"])


def test_needs_nothing_else(real: tuple[str, dict[str, object]]) -> None:
    text, _ = real
    root = parsed(text)
    known = {url for rule in KEYS for url in rule.references}
    links = [each.attributes["href"] or "" for each in root.all("a")]

    assert not [each for each in root if "src" in each.attributes or each.tag in ("link", "img", "iframe", "object")]
    assert any(link.startswith("https://") for link in links)
    assert all(link.startswith("#") or link in known for link in links)
    assert not re.search(r"url\(|@import|fetch\(|XMLHttp|localStorage|innerHTML", text)
    assert not [name for each in root for name in each.attributes if name.startswith("on") or name == "style"]


def test_policy_lets_only_its_own_style_and_script_in(real: tuple[str, dict[str, object]]) -> None:
    root = parsed(real[0])
    policy = next(each for each in root.all("meta") if each.attributes.get("http-equiv") == "Content-Security-Policy")
    said = dict(part.strip().split(" ", 1) for part in (policy.attributes["content"] or "").split(";"))

    assert said["default-src"] == "'none'"
    for tag in ("style", "script"):
        (element,) = root.all(tag)
        digest = base64.b64encode(hashlib.sha256(element.text.encode()).digest()).decode()
        assert said[f"{tag}-src"] == f"'sha256-{digest}'"


def test_everybody_can_use_it(real: tuple[str, dict[str, object]]) -> None:
    root = parsed(real[0])
    ids = Counter(each.attributes["id"] for each in root if "id" in each.attributes)
    levels = [int(each.tag[1]) for each in root.all("h1", "h2", "h3", "h4")]
    table = next(each for each in root.all("table") if each.attributes.get("id") == "table")

    assert root.all("html")[0].attributes["lang"] == "en-GB"
    assert root.all("title")[0].text
    assert max(ids.values()) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(each.attributes.get("scope") in ("col", "row") for each in root.all("th"))
    assert all(each.all("caption") for each in root.all("table"))
    assert all(control.parent and control.parent.tag == "label" for control in root.all("input", "select"))
    sorters = table.all("thead")[0].all("th")
    assert all(each.all("button") for each in sorters)
    assert [each.attributes["aria-sort"] for each in sorters] == ["descending"] + ["none"] * 7
    assert next(each for each in root.all("p") if each.attributes.get("role") == "status")
    for svg in root.all("svg"):
        assert svg.attributes["role"] == "img"
        assert all(ids[name] == 1 for name in (svg.attributes["aria-labelledby"] or "").split())
        assert svg.parent and svg.parent.all("table")
    for each in root:
        assert (each.attributes.get("aria-labelledby") or "").split() == [
            name for name in (each.attributes.get("aria-labelledby") or "").split() if name in ids
        ]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_colours_have_contrast(theme: int) -> None:
    style = page(report(finding())).all("style")[0].text
    pairs = re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)", style)
    colours = {name: luminance((light, dark)[theme]) for name, light, dark in pairs}

    def contrast(one: str, other: str) -> float:
        high, low = max(colours[one], colours[other]), min(colours[one], colours[other])
        return (high + 0.05) / (low + 0.05)

    grounds = ("ground", "sheet", "tint")
    texts = [(text, ground) for text in ("ink", "quiet", "accent") for ground in grounds] + [("warn-ink", "warn")]
    texts += [(f"on-{name}", name) for name in colours if f"on-{name}" in colours]
    graphics = [(level.value, "sheet") for level in Severity] + [("accent", "sheet"), ("strong", "sheet")]
    assert len(texts) > 20
    assert {pair: contrast(*pair) for pair in texts if contrast(*pair) < 4.5} == {}
    assert {pair: contrast(*pair) for pair in graphics if contrast(*pair) < 3} == {}


@pytest.mark.parametrize("text", HOSTILE)
def test_what_attackers_choose_is_only_text(text: str) -> None:
    calm = finding()
    about = replace(calm.classification, principal=text, evidence=(text,))
    rule = replace(
        calm.rule,
        title=text,
        provider=text,
        id=text,
        references=(text, f"https://{text}/"),
        successor=replace(calm.rule.successor, summary=text, rules=(text,)),
    )
    place = replace(calm.locations[0], path=text, author=text, date=text, refs=(text,), refs_total=2, encoding=text)
    hostile = replace(
        calm,
        rule=rule,
        redacted=text,
        because=text,
        classification=about,
        locations=[place] * 12,
        introduced_by=Introduced(text, text, text, text),
        suppressed=Suppression("inline", text),
    )
    first = page(report(calm, path="/srv/x"))
    root = page(
        report(hostile, replace(hostile, suppressed=None), unread=(Unread(text, text, 2),), path=f"/srv/{text}")
    )

    assert {each.tag for each in root} <= {each.tag for each in first} | {"strong", "section", "details"}
    assert not [name for each in root for name in each.attributes if name.startswith("on")]
    assert all((each.attributes["href"] or "").startswith(("#", "https://")) for each in root.all("a"))
    assert len(root.all("script")) == 1
    whole = root.text
    assert not set(whole) & set("\u202e\u2066\x1b\x00")
    assert "49" not in [part.text for part in root.all("code")]


def test_links_of_user_rules_are_left_out() -> None:
    """A configuration file may be the scanned repository's own."""
    rule = replace(RULES["github-classic-token"], user=True, references=("https://evil.example/",))
    assert "evil.example" not in "".join(as_html(report(finding(rule=rule))))


@pytest.mark.parametrize("findings", [(), (finding(),)], ids=["clean", "leak"])
def test_incomplete_comes_first(findings: tuple[Finding, ...]) -> None:
    root = page(report(*findings, unread=(Unread("LFS pointers", "kept elsewhere", 1234),)))
    header = root.all("header")[0]

    assert "Not everything was read" in header.text
    assert "LFS pointers 1,234× kept elsewhere" in header.text
    assert findings or "not everything was read" in header.all("p", class_="verdict")[0].text


def test_clean() -> None:
    root = page(report())

    assert root.all("p", class_="verdict")[0].text == "No leaked keys found."
    assert not root.all("section", class_="unread")
    assert not root.all("svg")
    assert "No keys found." in root.all("main")[0].text


def test_suppressed_are_marked_last_and_not_counted() -> None:
    root = page(report(finding(1, suppressed=Suppression("baseline", "rotated in May")), finding(2)))
    shown, hidden = rows(root)

    assert "suppressed" not in (shown.attributes.get("data-is") or "")
    assert "suppressed" in (hidden.attributes["data-is"] or "").split()
    assert "Suppressed by baseline: rotated in May" in hidden.text
    assert root.all("p", class_="verdict")[0].text == "1 leaked key: 1 high."
    assert any(each.attributes.get("name") == "suppressed" for each in root.all("input"))


@pytest.mark.parametrize("count", [3_000, 100_000])
def test_never_too_long(count: int) -> None:
    """The worst in full, the next as rows, the rest counted; paths as long as they get."""
    levels = list(Severity)
    base = [finding(number, locations=finding(number).locations * 30) for number in range(1000)]
    long = replace(base[0].locations[0], path="ünï/" * 1000, author="a" * 9000)
    base[0] = replace(base[0], locations=[long] * 200)
    findings = [
        replace(base[number % 1000], id=f"{number:064x}", severity=levels[number * 5 // count])
        for number in range(count)
    ]
    started = time.process_time()
    text = "".join(as_html(report(*findings, unread=tuple(Unread("x" * 5000, "y" * 5000) for _ in range(300)))))
    took = time.process_time() - started
    root = parsed(text)
    drawn = rows(root)
    whole = [row for row in drawn if row.all("details")]
    said = root.all("p", class_="few")[0].text.replace(",", "")

    assert MOST_BYTES * 0.95 < len(text.encode()) <= MOST_BYTES
    assert took < 10
    assert drawn[: len(whole)] == whole
    assert 100 < len(whole) < len(drawn)
    assert f"Of {count} findings the worst {len(whole)} are here in full the next {len(drawn) - len(whole)}" in said
    assert f"{count - len(drawn)} more are in the JSON report" in said


@pytest.mark.parametrize(
    ("dates", "columns"),
    [
        (["2025-06-15T00:00:00Z", "2025-08-01T00:00:00Z"], ["2025-06", "2025-08"]),
        (["2010-01-01T00:00:00Z", "2025-08-01T00:00:00Z"], ["2010", "2025"]),
        (["0000-01-01T00:00:00Z", "9999-12-01T00:00:00Z"], ["9970", "9999"]),
        (["2025-99-01", "yesterday", None], []),
    ],
)
def test_time(dates: list[str | None], columns: list[str]) -> None:
    made = [finding(at, introduced_by=Introduced("c" * 40, None, date, None)) for at, date in enumerate(dates)]
    figures = page(report(*made)).all("figure", class_="wide")

    assert [each.text for figure in figures for each in figure.all("tbody")[0].all("th")] == columns


def test_headline_numbers() -> None:
    about = finding().classification
    made = [
        finding(1, in_head=True),
        finding(2, client_side=True, classification=replace(about, confidence=Confidence.LOW)),
        finding(3, in_head=True, severity=Severity.NOTE),
    ]
    numbers = [each.text for each in page(report(*made)).all("ul", class_="numbers")[0].all("b")]

    assert numbers == ["1", "2", "1", "2"]


def test_format_is_guessed(tmp_path: Path) -> None:
    (tmp_path / "a.env").write_text(key("github-classic-token"))
    for name in ("report.html", "report.htm"):
        assert keyslip("scan", tmp_path / "a.env", "-o", tmp_path / name).code == 1
        assert (tmp_path / name).read_text().startswith("<!doctype html>\n")
