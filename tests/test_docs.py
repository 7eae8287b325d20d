"""The documentation: every option and field is in it, and its links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest
from keyslip.__main__ import keyslip
from keyslip.rules.rule import Rule

from tests.support import Repository, key, scan

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]
TEXT = "\n".join(page.read_text() for page in PAGES)


def options() -> Iterator[tuple[str, str]]:
    context = click.Context(keyslip)
    for name in keyslip.list_commands(context):
        command = keyslip.get_command(context, name)
        assert command is not None
        commands = command.commands.values() if isinstance(command, click.Group) else [command]
        for each in commands:
            for option in each.params:
                if isinstance(option, click.Option):
                    yield name, max(option.opts, key=len)


@pytest.mark.parametrize(("command", "option"), sorted(set(options())))
def test_option_is_documented(command: str, option: str) -> None:
    assert f"`{option}" in TEXT or f" {option} " in TEXT, command


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in link:
            assert (page.parent / link).exists(), link


def names(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield name
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)


def test_json_fields_are_documented(repo: Repository) -> None:
    repo.commit(**{"a.env": key("github-classic-token")})
    report = scan(repo.path)
    report["summary"] = {}
    page = (ROOT / "docs" / "json.md").read_text()

    assert {name for name in names(report) if f"`{name}`" not in page} == {
        *(name for name in ("summary",) if f"`{name}`" not in page)
    }


def test_rule_fields_are_documented() -> None:
    page = (ROOT / "docs" / "adding-a-rule.md").read_text()

    assert [field.name for field in fields(Rule) if f"`{field.name}" not in page] == []


@pytest.mark.parametrize("page", ["classification.md", "catalogue.md"])
def test_tables_are_those_of_the_code(page: str) -> None:
    """`python docs/generate.py` mends it."""
    spec = importlib.util.spec_from_file_location("generate", ROOT / "docs" / "generate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = (ROOT / "docs" / page).read_text()

    assert module.generated(page, text) == text
