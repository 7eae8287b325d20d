"""Which paths a scan keeps to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch

from .source.batch import Item, shown_path


@dataclass(frozen=True, slots=True)
class PathFilter:
    """Which paths count: those below one of `inside`, that fit one of `include` (all, where either is empty), and none
    of `exclude`. Globs in which `*` crosses slashes; a folder's name stands for all below it."""

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    inside: Sequence[str] = ()

    def passes(self, path: str | None, known: bool = True) -> bool:
        """Whether a path counts; one that is not `known`, since nothing was attributed, does."""
        if path is None:
            return not known or not (self.include or self.inside)
        if any(_fits(path, glob) for glob in self.exclude):
            return False
        if self.inside and not any(path == folder or path.startswith(f"{folder}/") for folder in self.inside):
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
    return (item for item in items if paths.passes(shown_path(item.path)))
