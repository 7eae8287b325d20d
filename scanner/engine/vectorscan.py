"""The engine for bulk: vectorscan, gigabytes a second, and it lets other threads run while it searches."""

from __future__ import annotations

from collections.abc import Sequence

import hyperscan

from .anchors import Literal


class Vectorscan:
    """One compiled database, and the scratch space that a thread needs to use it."""

    name = "vectorscan"

    def __init__(self, literals: Sequence[Literal]) -> None:
        texts: dict[bytes, list[int]] = {}
        for index, literal in enumerate(literals):
            texts.setdefault(literal.text, []).append(index)
        self._indexes = list(texts.values())
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        self._database.compile(
            # Escaped, since the pure literal compiler ends a pattern at its first NUL.
            expressions=[b"".join(b"\\x%02x" % byte for byte in text) for text in texts],
            ids=list(range(len(texts))),
            elements=len(texts),
            flags=[0] * len(texts),
        )
        self._scratch = hyperscan.Scratch(self._database)

    def hits(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]:
        """Every (end, literal index) in `data`, sorted; `end` in bytes, exclusive."""
        found: list[tuple[int, int]] = []
        indexes = self._indexes

        def on_match(text: int, start: int, end: int, flags: int, context: object) -> None:
            found.extend((end, index) for index in indexes[text])

        self._database.scan(data, match_event_handler=on_match, scratch=self._scratch)  # type: ignore[type-var]
        found.sort()
        return found

    def for_thread(self) -> Vectorscan:
        """The same database with scratch space of its own: scratch must never be shared between threads."""
        twin = object.__new__(Vectorscan)
        twin._indexes = self._indexes
        twin._database = self._database
        twin._scratch = hyperscan.Scratch(self._database)
        return twin
