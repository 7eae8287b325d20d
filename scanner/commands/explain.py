"""`keyslip explain`: what one key, or each key of a text, may do."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import click

from ...rules.errors import KeyslipError
from ...rules.load import catalogue
from ...rules.rule import Nature
from ..report.json import classification
from ..report.safe import printable
from ..report.words import lives, may, next_step
from ..request import Request
from ..scan import scan
from .options import the_time

# Bytes; a key, or a file that somebody pasted.
LARGEST = 64 << 20


@click.command("explain")
@click.option("-f", "--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--now", metavar="TIME", help="Judge expiry by this time (RFC 3339); also SOURCE_DATE_EPOCH.")
def command(form: str, now: str | None) -> int:
    """Reads a key or a text from standard input and says what each key in it may do.

    A key never goes into an argument: arguments are seen by every process and kept by shells. Exits with 1 when there
    is no key.
    """
    if sys.stdin.isatty():
        click.echo("Paste a key, then end the input (Ctrl-D):", err=True)
    text = sys.stdin.buffer.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise KeyslipError("the text is too long to explain", "use `keyslip scan --stdin` for whole files")
    if not text.strip():
        raise KeyslipError("nothing to explain", "give a key on standard input: keyslip explain < file")
    report = scan(Request(root=Path(), now=the_time(now), stdin=io.BytesIO(text), rules=catalogue()))
    if form == "json":
        keys = [
            {
                "rule": each.rule.id,
                "provider": each.rule.provider,
                "title": each.rule.title,
                "id": each.id,
                "redacted": each.redacted,
                "classification": classification(each.classification),
                "severity": each.severity.value,
                "severity_because": each.because,
                "next": next_step(each.rule, each.classification),
                "successor": {
                    "rules": list(each.rule.successor.rules),
                    "how": each.rule.successor.how,
                    "summary": each.rule.successor.summary,
                },
                "references": list(each.rule.references),
            }
            for each in report.findings
        ]
        click.echo(json.dumps({"schema": "keyslip/explain/v1", "keys": keys}, indent=2))
    elif not report.findings:
        count = sum(rule.nature is not Nature.HINT for rule in catalogue())
        click.echo(f"No key of the {count} known kinds. `keyslip rules list` has them all.")
    else:
        for each in report.findings:
            about = each.classification
            click.echo(f"{each.rule.title}  {printable(each.redacted)}")
            rows = [
                ("kind", each.rule.id),
                ("may", may(about)),
                ("lifetime", lives(about)),
                ("because", f"{'; '.join(about.evidence)} ({about.confidence} confidence)"),
                ("severity", f"{each.severity}: {each.because}"),
                ("next", next_step(each.rule, about)),
                *(("see", link) for link in each.rule.references),
            ]
            for label, value in rows:
                click.echo(f"  {label:>9}  {printable(value)}")
    return 0 if report.findings else 1
