"""Which paths a scan keeps to."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from .source.batch import Item


@dataclass(frozen=True, slots=True)
class PathFilter:
    """Which paths count: those that fit one of `include` (all, when empty) and none of `exclude`. Globs in which `*`
    crosses slashes; a folder's name stands for all below it."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()

    def passes(self, path: str | None) -> bool:
        if path is None:
            return not self.include
        if any(_fits(path, glob) for glob in self.exclude):
            return False
        return not self.include or any(_fits(path, glob) for glob in self.include)


def _fits(path: str, glob: str) -> bool:
    glob = glob.rstrip("/")
    return (
        fnmatch(path, glob)
        or path.startswith(glob + "/")
        or ("/" not in glob and fnmatch(path.rpartition("/")[2], glob))
    )


def wanted(items: Iterable[Item], paths: PathFilter) -> Iterator[Item]:
    """The items whose paths pass."""
    return (item for item in items if paths.passes(os.fsdecode(item.path)))
