"""Makes text that an attacker chose (paths, authors, messages) safe to print on a terminal."""

from __future__ import annotations

import unicodedata


def printable(text: str) -> str:
    """The text with everything that could move the cursor, change colours or reorder characters made visible."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(char if _is_plain(char) else _escaped(char) for char in text)


def _is_plain(char: str) -> bool:
    # Cc: control; Cf: format, among them bidirectional overrides; Cs: surrogates; Zl, Zp: line and paragraph ends.
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
