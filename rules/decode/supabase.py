"""Supabase's new keys: whether a self-hosted stack made them. Other projects are tried where their names are known."""

from __future__ import annotations

import re

from ..checksum import SELF_HOSTED, supabase_belongs
from .decoded import Decoded

_KEY = re.compile(rb"sb_(publishable|secret)_[A-Za-z0-9_-]{31}")


def supabase(key: bytes) -> Decoded | None:
    """Facts `supabase.kind`: `publishable` or `secret`, and `supabase.host` = `self-hosted` where the checksum says
    so."""
    match = _KEY.fullmatch(key)
    if match is None:
        return None
    facts = {"supabase.kind": match[1].decode()}
    if not supabase_belongs(key, SELF_HOSTED):
        return Decoded(facts=facts)
    evidence = ("checksum of a self-hosted stack",)
    return Decoded(facts={**facts, "supabase.host": "self-hosted"}, evidence=evidence, proven=True)
