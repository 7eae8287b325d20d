"""Modules that ship to clients though their paths do not say so: by directive, by bundler, or because one that ships
imports them."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..rules.place import Place, place_of
from .source.batch import Item, Unread
from .source.files import FileReader

MODULE = re.compile(r"\.(?:[cm]?[jt]sx?|vue|svelte|astro)$")
ENDINGS = ("", ".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cjs", "/index.ts", "/index.tsx", "/index.js")
# Aliases that the frameworks' templates set up, and the folders they stand for.
ALIASES = {"@/": ("", "src/"), "~/": ("", "src/", "app/"), "$lib/": ("src/lib/",)}
# Files and bytes that are read to find out; a repository of more is judged by its paths.
MOST_FILES = 4000
LARGEST = 512 << 10

# Possessive throughout: a head that is all comments must not be tried in every division.
_DIRECTIVE = re.compile(rb"\A(?:\s++|//[^\n]*+\n|/\*[^*]*+\*++(?:[^*/][^*]*+\*++)*+/)*+[\"']use client[\"']")
_IMPORT = re.compile(rb"(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*[\"']([^\"'\n]{1,200})[\"']")
_BUNDLER = re.compile(r"(?:^|/)vite\.config\.[cm]?[jt]s$")


def shipped(root: bytes, items: Sequence[Item], suspects: Iterable[str]) -> dict[str, str]:
    """Which of the `suspects` (paths of modules) ship to clients, and why. Reads the modules among `items`."""
    wanted = {path for path in suspects if MODULE.search(path) and place_of(path) in (Place.SERVER, Place.UNKNOWN)}
    if not wanted:
        return {}
    found: dict[str, str] = {}
    bundled = [posixpath.join(posixpath.dirname(path), "src/") for path in map(_path, items) if _BUNDLER.search(path)]
    for path in wanted:
        if place_of(path) is Place.UNKNOWN and any(path.startswith(folder) for folder in bundled):
            found[path] = "Vite bundles this folder for browsers"
    for path, text in _modules(root, items):
        directive = _DIRECTIVE.match(text) is not None
        if path in wanted and directive:
            found[path] = 'the module says "use client"'
        if directive or place_of(path) is Place.CLIENT:
            for target in _imported(path, text, wanted):
                found.setdefault(target, f"imported by {path}, which ships to clients")
    return found


def _modules(root: bytes, items: Sequence[Item]) -> Iterator[tuple[str, bytes]]:
    modules = [item for item in items if MODULE.search(_path(item))][:MOST_FILES]
    for piece in FileReader(root, LARGEST).read(modules):
        if not isinstance(piece, Unread):
            for part in piece.parts:
                yield _path(part.item), bytes(piece.data[: piece.length])


def _imported(path: str, text: bytes, wanted: Iterable[str]) -> Iterator[str]:
    """Those of the wanted modules that a module imports."""
    named = [match.decode("utf-8", "replace") for match in _IMPORT.findall(text)]
    candidates = {candidate for name in named for candidate in _resolved(posixpath.dirname(path), name, ALIASES)}
    return (target for target in wanted if target in candidates)


def _resolved(folder: str, name: str, aliases: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """The paths that an import may mean: relative ones, and aliases seen from every folder above."""
    if name.startswith("."):
        bases = [posixpath.normpath(posixpath.join(folder, name))]
    else:
        alias = next((alias for alias in aliases if name.startswith(alias)), None)
        if alias is None:
            return
        above = [""]
        for part in folder.split("/"):
            above.append(posixpath.join(above[-1], part, "") if part else "")
        bases = [f"{root}{target}{name[len(alias) :]}" for root in above for target in aliases[alias]]
    for base in bases:
        stem = re.sub(r"\.js$", "", base)  # TypeScript's imports name the file that it will become
        yield from (base + ending for ending in ENDINGS)
        yield from (stem + ending for ending in ENDINGS[1:3])


def _path(item: Item) -> str:
    return os.fsdecode(item.path)
