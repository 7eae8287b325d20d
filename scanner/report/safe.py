"""Makes text that an attacker chose (paths, authors, messages) safe to show: on a terminal, in Markdown, in a table of
cells, in a workflow's log, in XML."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

# Characters of one text that a report for people or their services shows; both ends of a longer one stay.
MOST_SHOWN = 300


def printable(text: str) -> str:
    """The text with everything that could move the cursor, change colours or reorder characters made visible."""
    if text.isprintable():
        return text
    return "".join(char if _is_plain(char) else _escaped(char) for char in text)


def _is_plain(char: str) -> bool:
    # Cc: control; Cf: format, among them bidirectional overrides; Cs: surrogates; Zl, Zp: line and paragraph ends.
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def shortened(text: str, most: int = MOST_SHOWN) -> str:
    """The text, printable and of at most `most` characters: of a longer one, both ends."""
    if len(text) > most:  # first: an attacker's megabyte is not worth escaping
        half = most // 2
        text = f"{text[:half]}…{text[1 + half - most :]}"
    shown = printable(text)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


# What a spreadsheet takes for the start of a formula, full-width forms included:
# https://owasp.org/www-community/attacks/CSV_Injection
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: what could begin one gets an apostrophe in front."""
    shown = printable(text)
    return f"'{shown}" if text.startswith(_FORMULA) else shown


# All that Markdown (and GitHub's autolinks, which a dot after www starts) could read as more than text. As an entity
# a character never has a meaning: https://spec.commonmark.org/0.31.2/#entity-and-numeric-character-references
_MARKUP = re.compile(r"[\\`*_{}\[\]<>|&!:~^$\"'@#]|(?<=www)\.", re.IGNORECASE)
# Mentions, references and formulas are sought after the Markdown is rendered, but never inside code:
# https://github.com/gjtorikian/html-pipeline (MentionFilter), https://docs.gitlab.com/user/markdown/
_RENDERED = re.compile(r"[@#$]|(?<=\bGH)-(?=\d)", re.IGNORECASE)


@lru_cache(maxsize=1024)  # a rule's own words come with each of its findings
def markdown(text: str, most: int = MOST_SHOWN) -> str:
    """Text of one line that Markdown shows as it is: no link, image, HTML, cell border, mention or reference."""
    return "".join(
        f"<code>{_entity(char)}</code>" if is_reference else _MARKUP.sub(lambda found: _entity(found[0]), char)
        for char, is_reference in _split(shortened(text, most))
    )


def _split(text: str) -> list[tuple[str, bool]]:
    parts: list[tuple[str, bool]] = []
    end = 0
    for found in _RENDERED.finditer(text):
        parts += [(text[end : found.start()], False), (found[0], True)]
        end = found.end()
    return [*parts, (text[end:], False)]


def markdown_code(text: str, most: int = MOST_SHOWN) -> str:
    """Text as code in Markdown, also in a cell of a table, where a backtick or pipe would end a code span."""
    # The comment keeps a@b from being taken for an address and linked.
    inner = _MARKUP.sub(
        lambda found: f"{'<!-- -->' if found[0] == '@' else ''}{_entity(found[0])}", shortened(text, most)
    )
    return f"<code>{inner}</code>"


def _entity(char: str) -> str:
    return f"&#{ord(char)};"


_LINK = re.compile(r"https://[A-Za-z0-9.-]+(?::\d+)?(?:/[A-Za-z0-9._~/%?=&+#,-]*)?")


@lru_cache(maxsize=1024)
def link(url: str) -> str | None:
    """The address, if it is a plain https one that needs no escaping but that of HTML; else None."""
    return url if _LINK.fullmatch(url) and len(url) <= MOST_SHOWN else None


def command_data(text: str) -> str:
    """The message of a workflow command: https://github.com/actions/toolkit (packages/core/src/command.ts)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def command_property(text: str) -> str:
    """A property of a workflow command, which a colon or comma would end."""
    return command_data(text).replace(":", "%3A").replace(",", "%2C")


def xml(text: str, most: int = MOST_SHOWN) -> str:
    """Text for an element or a quoted attribute; what XML 1.0 does not allow at all is made visible."""
    return html.escape(shortened(text, most))
