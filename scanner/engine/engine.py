"""Which engine searches: the one asked for, or the one that is faster for the amount at hand."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol

from ...rules.errors import KeyslipError
from .anchors import Literal

# Below this many bytes, importing and compiling vectorscan costs more than pyahocorasick's slower search.
SMALL = 1 << 20


class EngineChoice(StrEnum):
    AUTO = "auto"
    VECTORSCAN = "vectorscan"
    AHOCORASICK = "ahocorasick"


class Engine(Protocol):
    """Finds the literals in a buffer. Two engines given the same literals give the same hits."""

    @property
    def name(self) -> str: ...

    def hits(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]: ...

    def for_thread(self) -> Engine: ...


class Auto:
    """Starts with pyahocorasick and turns to vectorscan once the input proves not to be small."""

    def __init__(self, literals: Sequence[Literal]) -> None:
        self._literals = literals
        self._engine: Engine | None = None
        self._seen = 0

    @property
    def name(self) -> str:
        return self._engine.name if self._engine else EngineChoice.AHOCORASICK

    def hits(self, data: bytes | bytearray | memoryview) -> list[tuple[int, int]]:
        self._seen += len(data)
        if self._engine is None:
            self._engine = _ahocorasick(self._literals)
        if self._seen > SMALL and self._engine.name == EngineChoice.AHOCORASICK:
            self._engine = _vectorscan(self._literals) or self._engine
            self._seen = -(1 << 62)  # decided for good
        return self._engine.hits(data)

    def for_thread(self) -> Engine:
        return Auto(self._literals)


def make_engine(choice: EngineChoice, literals: Sequence[Literal], size: int | None = None) -> Engine:
    """The engine chosen; with `auto`, by `size` in bytes, or by what comes where the size is unknown.

    Raises KeyslipError where vectorscan is asked for by name and cannot be loaded.
    """
    if choice == EngineChoice.AHOCORASICK:
        return _ahocorasick(literals)
    if choice == EngineChoice.VECTORSCAN:
        engine = _vectorscan(literals)
        if engine is None:
            raise KeyslipError("the vectorscan engine is not available", "pip install hyperscan, or --engine auto")
        return engine
    if size is not None and size > SMALL:
        return _vectorscan(literals) or _ahocorasick(literals)
    return Auto(literals)


def _ahocorasick(literals: Sequence[Literal]) -> Engine:
    from .ahocorasick import AhoCorasick

    return AhoCorasick(literals)


def _vectorscan(literals: Sequence[Literal]) -> Engine | None:
    try:
        from .vectorscan import Vectorscan
    except ImportError:  # no wheel for this platform
        return None
    return Vectorscan(literals)
