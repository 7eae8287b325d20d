"""What a decoder read out of a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..rule import Access, Environment, Level


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a decoder read out of a key; None where the key says nothing.

    `facts` are for a rule's `where`; times are seconds since 1970; `permissions` and `evidence` are for people.
    `public` names the published value or signing secret that makes this key harmless. `proven` says that the
    structure could hardly have come about by chance: an issuer made it; `doubtful` that it is not whole;
    `endless` that it could name an end and does not. `body` is the secret part of an address: the whole would pass for
    a placeholder wherever its host or path reads `sample`.
    """

    facts: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    principal: str | None = None
    level: Level | None = None
    access: Access | None = None
    permissions: tuple[str, ...] = ()
    issued_at: int | None = None
    expires_at: int | None = None
    endless: bool = False
    environment: Environment | None = None
    public: str | None = None
    proven: bool = False
    doubtful: bool = False
    body: bytes | None = None
