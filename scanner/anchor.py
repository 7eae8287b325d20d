"""Where a key that is in no file of the checkout can be shown: on the nearest thing that HEAD has."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .attribute import head_entries
from .finding import Finding, Location, LocationKind
from .git import Git
from .mask import masks
from .search import Search
from .source.batch import Unread, shown_path
from .source.objects import read_objects


@dataclass(frozen=True, slots=True)
class Anchor:
    """A file of HEAD and a line of it. `place` is where the key itself stands; `current` says that it stands there."""

    path: str
    line: int
    place: Location
    current: bool = False


@dataclass(frozen=True)
class Tree:
    """The paths of HEAD as reports show them, sorted, with the contents they name."""

    contents: Mapping[str, bytes]
    paths: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", sorted(self.contents))

    def nearest(self, path: str | None) -> str | None:
        """The same path, else the first file of the nearest parent folder, else a README, else the first file."""
        if path in self.contents:
            return path
        folder = (path or "").rpartition("/")[0]
        while folder:
            index = bisect_left(self.paths, f"{folder}/")
            if index < len(self.paths) and self.paths[index].startswith(f"{folder}/"):
                return self.paths[index]
            folder = folder.rpartition("/")[0]
        readme = next((each for each in self.paths if each.lower().startswith("readme")), None)
        return readme or next(iter(self.paths), None)


def anchors(git: Git, findings: Iterable[Finding], search: Search) -> dict[tuple[str, str], Anchor]:
    """By rule and id, an anchor for every finding that has no place in the working tree.

    None for those of a repository whose HEAD has no file.
    """
    homeless = [each for each in findings if not any(place.kind is LocationKind.WORKTREE for place in each.locations)]
    if not homeless:
        return {}
    unread: list[Unread] = []  # the scan itself has reported what of HEAD cannot be read
    tree = Tree({shown_path(path): content for content, path in head_entries(git, unread)})
    found = {}
    for finding in homeless:
        here = next((place for place in finding.locations if _is_current(place, tree)), None)
        place = here or finding.locations[0]
        path = here.path if here else tree.nearest(place.path)
        if path is not None:
            line = place.start_line if path == place.path else 1
            found[finding.rule.id, finding.id] = Anchor(path, line, place, current=here is not None)
    shown = masks((each.path for each in found.values()), search)
    clamped = _clamped(git, found, tree)
    return {key: replace(each, path=shown.get(each.path, each.path)) for key, each in clamped.items()}


def _is_current(place: Location, tree: Tree) -> bool:
    return place.path is not None and tree.contents.get(place.path) == (place.blob or "").encode()


def _clamped(git: Git, found: Mapping[tuple[str, str], Anchor], tree: Tree) -> dict[tuple[str, str], Anchor]:
    """The anchors with lines that their files have."""
    doubted = {tree.contents[each.path] for each in found.values() if not each.current and each.line > 1}
    lines = _lines(git, sorted(doubted))
    return {
        key: each
        if each.current or each.line == 1
        else Anchor(each.path, min(each.line, lines.get(tree.contents[each.path], 1)), each.place)
        for key, each in found.items()
    }


def _lines(git: Git, contents: Sequence[bytes]) -> dict[bytes, int]:
    """The number of lines of each content."""
    counts: dict[bytes, int] = {}
    for piece in read_objects(git, contents) if contents else ():
        if isinstance(piece, Unread):
            continue
        for part in piece.parts:
            here = part.resident
            text = bytes(here.data[here.start : here.end])
            counts[part.item.oid.encode()] = max(1, here.lines + text.count(b"\n") + (not text.endswith(b"\n")))
    return counts
