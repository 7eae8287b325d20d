"""gitleaks' `--log-opts`: the options of `git log` that only choose commits; no other reaches git."""

from __future__ import annotations

import re
import shlex

from ...rules.errors import KeyslipError

# What each means to git is in gitrevisions(7) and rev-list's "Commit Limiting".
CHOOSING = re.compile(
    r"-\d{1,9}|-n\d{1,9}|--max-count=\d{1,9}|--skip=\d{1,9}|--(?:since|after|until|before)=[\w:.+ /-]{1,40}"
    r"|--(?:no-)?merges|--first-parent|--all|--branches|--remotes|--tags"
)
ALLOWED = "a range, --all, --branches, --since=, --until=, -N, --max-count=, --skip=, --no-merges, --first-parent"


def log_options(text: str) -> tuple[str | None, tuple[str, ...]]:
    """The range or revision named (None for none) and the options that choose commits.

    Raises KeyslipError for any other option: some of git's write files or run programs.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise KeyslipError(f"--log-opts: {error}", "close the quotes") from None
    if "-n" in words[:-1]:
        place = words.index("-n")
        words[place : place + 2] = [f"-n{words[place + 1]}"]
    options = [word for word in words if word.startswith("-")]
    named = [word for word in words if not word.startswith("-")]
    for option in options:
        if not CHOOSING.fullmatch(option):
            raise KeyslipError(f"--log-opts: {option!r} is not allowed", f"these are: {ALLOWED}")
    if len(named) > 1:
        raise KeyslipError(f"--log-opts: {' '.join(named)}: more than one revision", "name one, or BASE..HEAD")
    return (named[0] if named else None), tuple(options)
