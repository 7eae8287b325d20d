"""`keyslip.toml`, or `[tool.keyslip]` in pyproject.toml: read strictly, and only from where it may be believed."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ..rules.errors import KeyslipError
from ..rules.load import Where, parse_toml, user_rules
from ..rules.rule import Rule
from ..rules.severity import Severity
from .finding import Finding
from .git import Git

NAMES = ("keyslip.toml", "pyproject.toml")
# Bytes; a configuration is written by hand.
LARGEST = 1 << 20


@dataclass(frozen=True, slots=True)
class Override:
    """A severity set by the user for a rule, wherever it stands or only where every place fits `path` (a glob)."""

    rule: str
    severity: Severity
    path: str = "*"


@dataclass(frozen=True, slots=True)
class Config:
    """What a configuration file may set; flags come on top."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    rules: Sequence[str] = ()
    disabled_rules: Sequence[str] = ()
    max_file_size: int = 0
    own_rules: Sequence[Rule] = ()
    overrides: Sequence[Override] = ()


def load(explicit: Path | None, root: Path, git: Git | None, base: str | None) -> Config:
    """The configuration that holds: the `explicit` file, else the repository's own.

    With `base` the repository's file is read from that commit: a change under review cannot set its own rules.
    Raises KeyslipError that names file, line and key of what does not fit.
    """
    if explicit is not None:
        try:
            return parse(explicit.read_bytes(), str(explicit), explicit.name == "pyproject.toml")
        except OSError as error:
            raise KeyslipError(f"{explicit}: {error.strerror}", "name a readable file after --config") from None
    for name in NAMES:
        data = at_commit(git, base, name) if git and base else _in_tree(root / name)
        if data is None:
            continue
        if name == "pyproject.toml":
            if b"keyslip" not in data or not _has_section(data):
                continue
            return parse(data, name, True)
        return parse(data, name, False)
    return Config()


def _has_section(data: bytes) -> bool:
    tool = parse_toml(data, "pyproject.toml").get("tool")
    return isinstance(tool, dict) and "keyslip" in tool


def _in_tree(path: Path) -> bytes | None:
    """A regular file's bytes; links are not followed, since they may lead out of the root."""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            return None
        if about.st_size > LARGEST:
            raise KeyslipError(f"{path}: larger than {LARGEST} bytes", "a configuration is smaller than that")
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyslipError(f"{path}: {error.strerror}", "make it readable, or name another with --config") from None


def at_commit(git: Git, commit: str, name: str) -> bytes | None:
    """A file's content at a commit; None when it has none, or a link."""
    record = git.run("ls-tree", "-z", "--full-tree", commit, "--", name)
    about = record.partition(b"\t")[0].split(b" ")
    if len(about) != 3 or about[0] not in (b"100644", b"100755"):
        return None
    return git.run("cat-file", "blob", about[2].decode("ascii"))[:LARGEST]


def parse(data: bytes, name: str, in_pyproject: bool) -> Config:
    """A configuration from its text."""
    document: Mapping[str, Any] = parse_toml(data, name)
    where = Where(name, data.decode("utf-8"))
    if in_pyproject:
        tool = document.get("tool", {})
        document = tool.get("keyslip", {}) if isinstance(tool, dict) else {}
        if not isinstance(document, dict):
            raise where.error("keyslip", "must be a table", "write [tool.keyslip]")
    where.known(document, ("scan", "policy", "rule"), "")
    scan = _table(document, "scan", where)
    where.known(scan, ("include", "exclude", "rules", "disabled-rules", "max-file-size"), "")
    policy = _table(document, "policy", where)
    where.known(policy, ("severity",), "")
    size = scan.get("max-file-size", 0)
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise where.error("max-file-size", "must be a number of bytes, 0 for no limit")
    own = document.get("rule", [])
    if not isinstance(own, list):
        raise where.error("rule", "must be tables", "write [[rule]]")
    return Config(
        include=_texts(scan, "include", where),
        exclude=_texts(scan, "exclude", where),
        rules=_texts(scan, "rules", where),
        disabled_rules=_texts(scan, "disabled-rules", where),
        max_file_size=size,
        own_rules=tuple(user_rules(own, where)),
        overrides=tuple(_overrides(policy, where)),
    )


def _table(document: Mapping[str, Any], key: str, where: Where) -> Mapping[str, Any]:
    value = document.get(key, {})
    if not isinstance(value, dict):
        raise where.error(key, "must be a table", f"write [{key}]")
    return value


def _texts(table: Mapping[str, Any], key: str, where: Where) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise where.error(key, "must be a list of strings")
    return tuple(value)


def _overrides(policy: Mapping[str, Any], where: Where) -> list[Override]:
    tables = policy.get("severity", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise where.error("severity", "must be tables", "write [[policy.severity]]")
    overrides = []
    for table in tables:
        where.known(table, ("rule", "severity", "path"), str(table.get("rule", "")))
        if not isinstance(table.get("rule"), str) or not isinstance(table.get("path", "*"), str):
            raise where.error("rule", "must name a rule, and `path` be a glob")
        try:
            level = Severity(table.get("severity", ""))
        except ValueError:
            known = ", ".join(level.value for level in Severity)
            raise where.error("severity", f"must be one of {known}", "", table["rule"]) from None
        overrides.append(Override(table["rule"], level, table.get("path", "*")))
    return overrides


def apply_overrides(findings: Sequence[Finding], overrides: Sequence[Override]) -> list[Finding]:
    """The findings with the user's severities; the last override that fits counts."""
    changed = []
    for finding in findings:
        level, because = finding.severity, finding.because
        for each in overrides:
            fits = all(fnmatch(place.path or "", each.path) for place in finding.locations)
            if fnmatch(finding.rule.id, each.rule) and fits:
                level, because = each.severity, f"set by [[policy.severity]] for {each.rule}"
        changed.append(replace(finding, severity=level, because=because))
    return sorted(changed, key=lambda each: -each.severity.rank)


def default_jobs() -> int:
    """As many threads as there are processors to run them."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
