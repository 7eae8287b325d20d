"""Markdown, rendered: what an attacker wrote stays text, and a comment takes it all."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from keyslip.rules.severity import Severity
from keyslip.scanner.report.markdown import MOST_CHARACTERS, as_markdown
from keyslip.scanner.report.safe import markdown, markdown_code
from keyslip.scanner.source.batch import Unread
from markdown_it import MarkdownIt

from tests.reports import HOSTILE, finding, gone, history, hostile, location, many, render, report, suppressed

OURS = {"h3", "h4", "p", "table", "thead", "tbody", "tr", "th", "td", "code", "a", "strong", "details", "summary"}
OURS |= {"ul", "li"}


class Page(HTMLParser):
    """A page's tags, the addresses it links to, and its text outside code."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.prose = ""
        self.code = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]
        assert {name for name, _ in attrs} <= {"href"}
        self.code += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self.code -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.prose += "\ufffc" if self.code else data


def page(text: str) -> Page:
    return Page(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))


def rows(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(("| critical", "| high", "| medium", "| low"))]


def test_table() -> None:
    made = report(finding(1, location(), history()), gone(2), finding(3, severity=Severity.NOTE), suppressed(4))
    text = render(as_markdown, made)

    assert text.startswith("### keyslip: 2 critical, 1 note\n")
    assert "1 note (public, expired or placeholder) not listed. 1 suppressed." in " ".join(text.splitlines())
    first, second = rows(text)
    assert "in HEAD: <code>src/a.env&#58;3</code> and 1 more place" in first
    assert "only in history" in second
    read = page(text)
    assert read.tags.count("td") == 2 * 5
    assert {link.split("/")[2] for link in read.links} == {"docs.github.com"}


def test_clean() -> None:
    assert render(as_markdown, report()) == "### keyslip: no keys found\n\nRead 2.0 MB in 1.5 s.\n\n"


def test_incomplete() -> None:
    text = render(as_markdown, report(incomplete=[Unread(f"f{n}", "unreadable", 2) for n in range(500)]))
    assert "**Not everything could be read: see below.**" in text
    listed = text.count("unreadable (2x)")
    assert f"- and {500 - listed} more\n" in text


@pytest.mark.parametrize("count", [60, 400, 5000])
def test_a_comment_holds_it(count: int) -> None:
    text = render(as_markdown, many(count))

    assert len(text) <= MOST_CHARACTERS
    expected = count * 4 // 5  # the mildest fifth are notes
    left = re.search(r"Left out, as a comment has no room for more: (\d+) milder findings", text)
    assert len(rows(text)) + int(left[1] if left else 0) == expected
    assert ("Left out" in text) == (count > 60)
    assert page(text).tags.count("details") == 1


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile(text: str) -> None:
    written = render(as_markdown, hostile(text))
    read = page(written)

    assert len(written) <= MOST_CHARACTERS
    assert set(read.tags) <= OURS
    assert read.tags.count("td") == 4 * 5
    assert set(read.links) <= {"https://docs.github.com/x"}
    # GitHub and GitLab seek these in the rendered text, and never in code.
    assert not re.search(r"[@#$]\w|GH-\d", read.prose)
    # These in the source: https://github.github.com/gfm/#autolinks-extension-
    assert not re.search(r"www\.|://(?!docs\.github\.com/x\))", written)
    assert all(char.isprintable() or char == "\n" for char in written)


@pytest.mark.parametrize("text", ["a|b", "`a`", "<b>", "a@b.c", "a\\|b", "&lt;", "*a* _b_", "![a](b)", "#1", "GH-1"])
def test_escaping_shows_the_text(text: str) -> None:
    """However it is escaped, a reader sees what stood there."""
    for escape in (markdown, markdown_code):
        html = MarkdownIt("commonmark", {"html": True}).enable("table").render(f"| a |\n|-|\n| {escape(text)} |\n")
        seen: list[str] = []
        parser = HTMLParser()
        parser.handle_data = seen.append  # type: ignore[method-assign]
        parser.feed(html.partition("<td>")[2].partition("</td>")[0])
        assert "".join(seen) == text
