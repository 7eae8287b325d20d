"""Writes the tables of the documentation that the code decides: `python docs/generate.py`; a test holds them to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from keyslip.rules.load import catalogue
from keyslip.rules.rule import Nature
from keyslip.rules.severity import CAPS, LINES

DOCS = Path(__file__).parent


def severity() -> Iterator[str]:
    yield "| what | severity |"
    yield "|---|---|"
    for line in LINES:
        yield f"| {line.says} | `{line.severity}` |"


def caps() -> Iterator[str]:
    yield "| what | at most |"
    yield "|---|---|"
    for line in CAPS:
        yield f"| {line.says} | `{line.severity}` |"


def kinds() -> Iterator[str]:
    rules = [rule for rule in catalogue() if rule.nature is not Nature.HINT]
    yield f"{len(rules)} kinds of keys of {len({rule.provider for rule in rules})} providers."
    yield ""
    yield "| rule | what | exposure | reaches | lives | next |"
    yield "|---|---|---|---|---|---|"
    for rule in rules:
        summary = rule.successor.summary.replace("|", "\\|")
        reach = f"{rule.scope.level}, {rule.scope.access}"
        yield f"| `{rule.id}` | {rule.title} | {rule.exposure} | {reach} | {rule.lifetime.kind} | {summary} |"


# A page, the name of the block in it, and what makes its lines.
BLOCKS: tuple[tuple[str, str, Callable[[], Iterator[str]]], ...] = (
    ("classification.md", "severity", severity),
    ("classification.md", "caps", caps),
    ("catalogue.md", "kinds", kinds),
)


def generated(page: str, text: str) -> str:
    """The text of a page with its blocks written anew."""
    for name, block, make in BLOCKS:
        if name == page:
            pattern = re.compile(rf"(<!-- {block} -->\n).*?(<!-- end -->)", re.DOTALL)
            body = "\n".join(make())
            text = pattern.sub(lambda match: f"{match[1]}{body}\n{match[2]}", text)  # noqa: B023 - used at once
    return text


if __name__ == "__main__":
    for page in sorted({name for name, _, _ in BLOCKS}):
        path = DOCS / page
        path.write_text(generated(page, path.read_text(encoding="utf-8")), encoding="utf-8")
