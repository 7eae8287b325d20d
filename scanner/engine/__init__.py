"""Multi-pattern search: which anchors stand where in a buffer. Two engines, identical results."""

from __future__ import annotations

from .anchors import Form, Literal, literals
from .engine import Engine, EngineChoice, make_engine

__all__ = ["Engine", "EngineChoice", "Form", "Literal", "literals", "make_engine"]
