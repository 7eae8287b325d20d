"""The templates: everything that comes out of them is escaped, and shows what would otherwise be invisible."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ..safe import printable

FOLDER = Path(__file__).parent


class Pieces(NamedTuple):
    """How one finding is drawn: whole, or as a row alone."""

    whole: Callable[..., Markup]
    row: Callable[..., Markup]


def page_parts(**values: Any) -> Iterator[str]:
    """The page. The policy in its head lets the browser use its own style and script, and nothing from elsewhere."""
    style, script = _asset("report.css"), _asset("report.js")
    page = _environment().get_template("page.html")
    yield from page.generate(**values, style=style, script=script, policy=_policy(style, script))


def pieces() -> Pieces:
    module: Any = _environment().get_template("finding.html").module
    return Pieces(module.whole, module.row)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        finalize=_visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _visible(value: object) -> object:
    """Paths, authors and titles are an attacker's choice: no character of theirs may hide or reorder others."""
    return printable(str(value)) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _asset(name: str) -> Markup:
    return Markup((FOLDER / name).read_text(encoding="utf-8"))  # noqa: S704  # our own file


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
