"""`keyslip rules`: the catalogue, listed, shown and checked."""

from __future__ import annotations

import difflib
import json
from pathlib import Path

import click

from ...rules.check import check
from ...rules.errors import KeyslipError
from ...rules.load import catalogue
from ...rules.rule import Nature, Rule
from ..config import load


@click.group("rules")
def command() -> None:
    """List, show and check the rules: one for each kind of key."""


@command.command("list")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text")
def list_rules(form: str) -> int:
    """Every rule of the catalogue."""
    rules = [rule for rule in catalogue() if rule.nature is not Nature.HINT]
    if form == "json":
        click.echo(json.dumps([_described(rule) for rule in rules], indent=2))
        return 0
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        click.echo(f"{rule.id:<{width}}  {rule.exposure:<12} {rule.title}")
    providers = len({rule.provider for rule in rules})
    click.echo(f"{len(rules)} rules, {providers} providers")
    return 0


@command.command("show")
@click.argument("rule_id")
def show(rule_id: str) -> int:
    """All that is known of one kind of key."""
    rules = {rule.id: rule for rule in catalogue()}
    if rule_id not in rules:
        nearest = difflib.get_close_matches(rule_id, rules, n=1, cutoff=0.0)[0]
        raise KeyslipError(f"no such rule: {rule_id!r}", f"did you mean {nearest!r}? `keyslip rules list` has all")
    for label, value in _described(rules[rule_id]).items():
        click.echo(f"{label:>15}  {', '.join(value) if isinstance(value, list) else value}")
    return 0


@command.command("check")
@click.option("-c", "--config", type=click.Path(path_type=Path), help="Check the rules of this configuration too.")
def check_rules(config: Path | None) -> int:
    """Checks the catalogue: schema, ids, patterns, lengths, anchors, examples, counter-examples. Exits with 1 for a
    defect."""
    own = load(config, Path(), None, None).own_rules if config else ()
    defects = check([*catalogue(), *own])
    for defect in defects:
        click.echo(f"{defect.rule}: {defect.problem}")
    count = len(catalogue()) + len(own)
    click.echo(f"{count} rules checked, {len(defects)} defect{'' if len(defects) == 1 else 's'}")
    return 1 if defects else 0


def _described(rule: Rule) -> dict[str, str | list[str]]:
    return {
        "id": rule.id,
        "title": rule.title,
        "provider": rule.provider,
        "nature": rule.nature.value,
        "exposure": rule.exposure.value,
        "scope": rule.scope.level.value,
        "access": rule.scope.access.value,
        "lifetime": rule.lifetime.kind.value,
        "legacy": "yes" if rule.legacy else "no",
        "confidence": rule.confidence.value,
        "checksum": rule.checksum or "none",
        "anchors": [anchor.decode() for anchor in rule.anchors],
        "pattern": rule.pattern,
        "names": list(rule.env_names),
        "successor rules": list(rule.successor.rules),
        "how": rule.successor.how,
        "next": rule.successor.summary,
        "references": list(rule.references),
    }
