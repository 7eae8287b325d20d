"""Reads rules from TOML: the catalogue's and the user's, by one strict schema."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from .errors import KeyslipError
from .names import name_rule
from .rule import (
    Access,
    Confidence,
    Environment,
    Exposure,
    Level,
    Lifetime,
    LifetimeClass,
    Meaning,
    Nature,
    Pair,
    Rule,
    Scope,
    Signal,
    Successor,
)

CATALOGUE = Path(__file__).parent / "catalogue"
Table = Mapping[str, Any]
E = TypeVar("E", bound=StrEnum)

# What a user's rule may leave out; the catalogue leaves out nothing of these.
# Characters of an anchor, and bytes of a match, at most.
LONGEST_ANCHOR = 256
LONGEST_MATCH = 16 * 1024
USER_DEFAULTS: Table = {"max_length": 256, "exposure": "secret", "title": "User rule"}


@cache
def catalogue() -> tuple[Rule, ...]:
    """Every rule that ships with keyslip, in the order of their files, and the one that follows from their names."""
    rules = tuple(rule for path in sorted(CATALOGUE.glob("*.toml")) for rule in read_rules(path))
    return (*rules, name_rule(rules))


def read_rules(path: Path) -> Iterator[Rule]:
    """The rules of one catalogue file, whose name is the provider's.

    Raises KeyslipError that names file, line and key where the file is not as it should be.
    """
    document = parse_toml(path.read_bytes(), path.name)
    where = Where(path.name, path.read_text(encoding="utf-8"))
    where.known(document, ("rule",), "")
    for table in document.get("rule", []):
        yield make_rule({"provider": path.stem, **table}, where)


def user_rules(tables: Iterable[Table], where: Where) -> Iterator[Rule]:
    """The `[[rule]]` tables of a configuration file; their patterns run under a time limit."""
    for table in tables:
        if not isinstance(table, dict):
            raise where.error("rule", "must be tables", "write [[rule]]")
        yield make_rule({"provider": "user", **USER_DEFAULTS, **table}, where, user=True)


def parse_toml(data: bytes, name: str) -> dict[str, Any]:
    """The tables of a TOML document. Raises KeyslipError that names the file, line and column of a syntax error."""
    try:
        return tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise KeyslipError(f"{name}: not UTF-8 at byte {error.start}", "TOML is UTF-8; save the file as such") from None
    except tomllib.TOMLDecodeError as error:
        raise KeyslipError(f"{name}: not TOML: {error}", "mend the line and column named") from None


class Where:
    """Names the place of a defect in a TOML document: file, line and key."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.splitlines()

    def line(self, key: str, near: str = "") -> int:
        """The line, counted from 1, that assigns `key`: the first after one that holds `near`, else the first of
        all, else that of a table of the name, else line 1."""
        start = next((number for number, line in enumerate(self.lines) if near and near in line), 0)
        name = re.escape(key)
        assigns = re.compile(rf"\s*[\"']?{name}[\"']?\s*=|.*[{{,]\s*{name}\s*=")
        heads = re.compile(rf"\s*\[+\s*(?:[\w\"'-]+\.)*{name}\s*\]")
        for pattern, first in ((assigns, start), (assigns, 0), (heads, 0)):
            for number in range(first, len(self.lines)):
                if pattern.match(self.lines[number]):
                    return number + 1
        return start + 1

    def error(self, key: str, problem: str, hint: str = "", near: str = "") -> KeyslipError:
        return KeyslipError(f"{self.name}, line {self.line(key, near)}: key {key!r} {problem}", hint)

    def known(self, table: Table, names: Iterable[str], near: str) -> None:
        """Raises KeyslipError for the first key that is none of `names`, naming the nearest known one."""
        names = list(names)
        for key in table:
            if key not in names:
                nearest = difflib.get_close_matches(key, names, n=1, cutoff=0.0)
                raise self.error(key, "is unknown", f"did you mean {nearest[0]!r}?" if nearest else "", near)


def make_rule(table: Table, where: Where, *, user: bool = False) -> Rule:
    """One rule from its table. Raises KeyslipError that names file, line and key of what does not fit."""
    near = str(table.get("id", ""))
    where.known(table, RULE_KEYS, near)
    for key in ("id", "title", "anchors", "pattern", "max_length", "exposure"):
        if key not in table:
            raise where.error("id", f"{near!r}: the rule lacks {key!r}", "add it", near)
    read = Reader(where, near, user)
    return Rule(
        id=read.text(table, "id"),
        title=read.text(table, "title"),
        provider=read.text(table, "provider"),
        anchors=tuple(anchor.encode() for anchor in read.anchors(table)),
        pattern=read.pattern(table, "pattern"),
        max_length=read.length(table),
        exposure=read.word(table, "exposure", Exposure, Exposure.SECRET),
        scope=read.scope(table),
        lifetime=read.lifetime(table),
        environment=read.word(table, "environment", Environment, Environment.UNKNOWN),
        default_access=read.word(table, "default_access", Access, Access.FULL),
        legacy=read.flag(table, "legacy"),
        nature=read.word(table, "nature", Nature, Nature.KEY),
        confidence=read.word(table, "confidence", Confidence, Confidence.MEDIUM if user else Confidence.HIGH),
        precedence=read.number(table, "precedence", 50),
        prefix=read.text(table, "prefix"),
        checksum=read.text(table, "checksum"),
        decoder=read.text(table, "decoder"),
        normalize=read.text(table, "normalize"),
        where={fact: read.texts(table["where"], fact) for fact in read.table(table, "where")},
        context=read.pattern(table, "context"),
        signals=read.signals(table),
        pair=read.pair(table),
        min_entropy=read.real(table, "min_entropy"),
        lead=read.number(table, "lead"),
        owner=read.pattern(table, "owner"),
        guessable=read.flag(table, "guessable"),
        evidence=read.text(table, "evidence"),
        successor=read.successor(table),
        env_names=read.texts(table, "env_names"),
        examples=read.texts(table, "examples"),
        non_examples=read.texts(table, "non_examples"),
        references=read.texts(table, "references"),
        user=user,
    )


RULE_KEYS = tuple(
    {"nature": "nature", "signals": "signal"}.get(each.name, each.name) for each in fields(Rule) if each.name != "user"
)


class Reader:
    """Takes typed values out of a rule's table, or says what is wrong with them."""

    def __init__(self, where: Where, near: str, user: bool = False) -> None:
        self.where = where
        self.near = near
        self.user = user

    def value(self, table: Table, key: str, kinds: tuple[type, ...], expected: str, default: Any) -> Any:
        value = table.get(key, default)
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise self.where.error(key, f"must be {expected}", f"it is {type(value).__name__} now", self.near)
        return value

    def text(self, table: Table, key: str) -> str:
        return str(self.value(table, key, (str,), "a string", ""))

    def texts(self, table: Table, key: str) -> tuple[str, ...]:
        value = table.get(key, ())
        if isinstance(value, str):
            value = [value]
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
            raise self.where.error(key, "must be a list of strings", "", self.near)
        return tuple(value)

    def number(self, table: Table, key: str, default: int = 0) -> int:
        return int(self.value(table, key, (int,), "a whole number", default))

    def real(self, table: Table, key: str) -> float:
        return float(self.value(table, key, (int, float), "a number", 0.0))

    def flag(self, table: Table, key: str) -> bool:
        return bool(self.value(table, key, (bool,), "true or false", False))

    def table(self, table: Table, key: str) -> Table:
        value: Table = self.value(table, key, (dict,), "a table", {})
        return value

    def word(self, table: Table, key: str, words: Callable[[str], E] | type[E], default: E) -> E:
        value = table.get(key, default)
        try:
            return words(value)
        except ValueError:
            known = ", ".join(word.value for word in type(default))
            raise self.where.error(key, f"is {value!r}", f"it must be one of {known}", self.near) from None

    def anchors(self, table: Table) -> tuple[str, ...]:
        anchors = self.texts(table, "anchors")
        if not anchors or not all(3 <= len(anchor) <= LONGEST_ANCHOR for anchor in anchors):
            raise self.where.error("anchors", f"must name literals of 3 to {LONGEST_ANCHOR} characters", "", self.near)
        return anchors

    def pattern(self, table: Table, key: str) -> str:
        """A pattern as it stands; one that a user wrote is compiled at once, to say where it is wrong."""
        text = self.text(table, key)
        if self.user and text:
            import regex  # the engine that runs users' patterns; not needed without them

            try:
                regex.compile(text.encode())
            except regex.error as error:
                raise self.where.error(key, f"is no pattern: {error}", "mend it", self.near) from None
        return text

    def length(self, table: Table) -> int:
        length = self.number(table, "max_length")
        if not 0 < length <= LONGEST_MATCH:  # windows over large files keep that much at hand
            raise self.where.error("max_length", f"must be 1 to {LONGEST_MATCH} bytes", "", self.near)
        return length

    def tables(self, table: Table, key: str) -> list[Table]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise self.where.error(key, "must be tables", f"write [[rule.{key}]]", self.near)
        return value

    def scope(self, table: Table) -> Scope:
        scope = self.table(table, "scope")
        self.where.known(scope, ("level", "access", "permissions"), self.near)
        return Scope(
            level=self.word(scope, "level", Level, Level.UNKNOWN),
            access=self.word(scope, "access", Access, Access.UNKNOWN),
            permissions=self.texts(scope, "permissions"),
        )

    def lifetime(self, table: Table) -> Lifetime:
        lifetime = self.table(table, "lifetime")
        self.where.known(lifetime, ("class", "longest"), self.near)
        return Lifetime(
            kind=self.word(lifetime, "class", LifetimeClass, LifetimeClass.UNKNOWN),
            longest=self.number(lifetime, "longest") or None,
        )

    def signals(self, table: Table) -> tuple[Signal, ...]:
        signals = []
        for signal in self.tables(table, "signal"):
            self.where.known(signal, ("means", "evidence", "pattern", "paths"), self.near)
            signals.append(
                Signal(
                    means=self.word(signal, "means", Meaning, Meaning.CLIENT),
                    evidence=self.text(signal, "evidence"),
                    pattern=self.pattern(signal, "pattern"),
                    paths=self.texts(signal, "paths"),
                )
            )
        return tuple(signals)

    def pair(self, table: Table) -> Pair | None:
        pair = self.table(table, "pair")
        self.where.known(pair, ("pattern", "within", "min_entropy", "names"), self.near)
        if not pair:
            return None
        return Pair(
            self.pattern(pair, "pattern"),
            self.number(pair, "within", 400),
            self.real(pair, "min_entropy"),
            self.pattern(pair, "names"),
        )

    def successor(self, table: Table) -> Successor:
        successor = self.table(table, "successor")
        self.where.known(successor, ("rules", "how", "summary"), self.near)
        return Successor(
            rules=self.texts(successor, "rules"),
            how=self.text(successor, "how") or "none",
            summary=self.text(successor, "summary"),
        )
