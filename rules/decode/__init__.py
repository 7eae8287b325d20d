"""What the text of a key says about itself: one decoder a file, one table of them all."""

from __future__ import annotations

from .decoded import Decoded
from .table import DECODERS, decode

__all__ = ["DECODERS", "Decoded", "decode"]
