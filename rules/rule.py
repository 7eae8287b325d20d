"""What one kind of key is: a rule of the catalogue, and the closed sets of words that classify it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from .timed import TimedPattern

Pattern = re.Pattern[bytes] | TimedPattern


class Exposure(StrEnum):
    """Where a key may stand."""

    PUBLISHABLE = "publishable"  # designed to ship to clients
    CONDITIONAL = "conditional"  # may ship only with restrictions that the string cannot show
    SECRET = "secret"  # must stay on a server
    ADMIN = "admin"  # can mint, read or manage other keys


class Level(StrEnum):
    """The widest thing that a key reaches."""

    ACCOUNT = "account"
    ORGANIZATION = "organization"
    PROJECT = "project"
    RESOURCE = "resource"
    USER = "user"
    SESSION = "session"
    REQUEST = "request"
    UNKNOWN = "unknown"


class Access(StrEnum):
    FULL = "full"
    RESTRICTED = "restricted"
    READ_ONLY = "read-only"
    WRITE_ONLY = "write-only"
    UNKNOWN = "unknown"


class LifetimeClass(StrEnum):
    LONG_LIVED = "long-lived"  # over 90 days, or never expires by itself
    EXPIRING = "expiring"  # at most 90 days
    SHORT_LIVED = "short-lived"  # at most 24 hours
    EXPIRED = "expired"  # its own expiry has passed
    UNKNOWN = "unknown"


class Environment(StrEnum):
    LIVE = "live"
    TEST = "test"
    LOCAL = "local"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Nature(StrEnum):
    """What a match of the rule is in itself."""

    KEY = "key"
    SESSION = "session"  # a user's session token: no API key, never "a leaked key"
    IDENTIFIER = "identifier"  # names a key without holding its secret
    NAME = "name"  # no key, but the name of a secret where it would ship
    HINT = "hint"  # no finding: a value that helps to classify others, such as a project's reference


class Meaning(StrEnum):
    """What the surroundings of a match say about its use."""

    CLIENT = "client"  # made to ship: it stands in a client configuration
    SECRET = "secret"  # used as a secret
    LOCAL = "local"  # belongs to a local development stack
    LIVE = "live"  # belongs to a deployment


@dataclass(frozen=True, slots=True)
class Scope:
    """What a key reaches when nothing more is known than its kind."""

    level: Level = Level.UNKNOWN
    access: Access = Access.UNKNOWN
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a key of this kind lives; `longest` in seconds, None when it never expires or nobody says."""

    kind: LifetimeClass = LifetimeClass.UNKNOWN
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """A pattern (bytes regular expression) that, found near a match, says how the key is used.

    `paths` are globs: a match in such a file counts as well.
    """

    means: Meaning
    evidence: str
    pattern: str = ""
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The secret half of a two-part credential: `pattern` with a group `key`, sought within `within` bytes. What is
    assigned to a name that does not fit `names` is another credential."""

    pattern: str
    within: int
    min_entropy: float = 0.0
    names: str = ""


@dataclass(frozen=True, slots=True)
class Successor:
    """What replaces a key of this kind; `how` is one of api, guided, oidc, attenuate, none."""

    rules: tuple[str, ...] = ()
    how: str = "none"
    summary: str = ""


_NAME = re.compile(r"[A-Za-z_-]{5,}")
_FENCE = re.compile(r"\(\?<!\[[^\]]+\]\)")
# What ends in a letter or digit and is yet no part of a word: escapes of strings, and of URLs.
_ESCAPES = r"(?<=\\[nrtbfv])|(?<=%[0-9A-Fa-f]{2})|(?<=\\u00[0-9A-Fa-f]{2})|(?<=\\x[0-9A-Fa-f]{2})"


def widened(pattern: str) -> str:
    """A pattern whose leading fence (`(?<![...])`: no such character before) also lets escapes stand before a key:
    `"\\nghp_…"`, `Bearer%20ghp_…`."""
    fence = _FENCE.match(pattern)
    return f"(?:{fence[0]}|{_ESCAPES}){pattern[fence.end() :]}" if fence else pattern


@dataclass(frozen=True)
class Rule:
    """One kind of key.

    `pattern` is a regular expression over bytes: its group `key` is the key, else the whole match is; a group
    `environment` that reads `test`, `sandbox`, `live` or the like sets the environment (classify.STAGES).
    `max_length` is the longest match in bytes. `where` are conditions on what the decoder reads: every named fact must
    be one of the listed values (`*` for any, a leading `!` for absent). Of two overlapping matches the one of higher
    `precedence` stays. A match starts at most `lead` bytes before an anchor (0: `max_length`). `owner` is a pattern
    over the key and its surroundings, whose named group says whom the key speaks for.
    """

    id: str
    title: str
    provider: str
    anchors: tuple[bytes, ...]
    pattern: str
    max_length: int
    exposure: Exposure
    scope: Scope = Scope()
    lifetime: Lifetime = Lifetime()
    environment: Environment = Environment.UNKNOWN
    default_access: Access = Access.FULL
    legacy: bool = False
    nature: Nature = Nature.KEY
    confidence: Confidence = Confidence.HIGH
    precedence: int = 50
    prefix: str = ""
    checksum: str = ""
    decoder: str = ""
    normalize: str = ""
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    context: str = ""
    signals: tuple[Signal, ...] = ()
    pair: Pair | None = None
    min_entropy: float = 0.0
    guessable: bool = False
    evidence: str = ""
    successor: Successor = Successor()
    env_names: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    non_examples: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    lead: int = 0
    owner: str = ""
    user: bool = False  # from a configuration file: its pattern runs under a time limit

    # Compiled on first use: a scan that meets no anchor of a rule never pays for its pattern.
    @cached_property
    def regex(self) -> Pattern:
        return self._compiled(widened(self.pattern))

    @cached_property
    def context_regex(self) -> Pattern:
        return self._compiled(self.context)

    @cached_property
    def signal_regexes(self) -> tuple[Pattern | None, ...]:
        return tuple(self._compiled(signal.pattern) if signal.pattern else None for signal in self.signals)

    @cached_property
    def pair_regex(self) -> Pattern:
        if self.pair is None:
            raise ValueError(f"{self.id} has no pair")
        return self._compiled(self.pair.pattern)

    @cached_property
    def owner_regex(self) -> Pattern:
        return self._compiled(self.owner)

    def _compiled(self, source: str) -> Pattern:
        return TimedPattern(source) if self.user else re.compile(source.encode())

    def is_named(self, anchor: bytes) -> bool:
        """Whether an anchor is of the name that stands before the key, and not of the key itself."""
        _, group, key = self.pattern.partition("(?P<key>")
        text = anchor.decode("latin-1")
        return bool(group) and _NAME.fullmatch(text) is not None and text not in key.replace("\\", "")

    def reach_before(self, anchor: bytes) -> int:
        """Bytes before an anchor at which a match may start: none where the pattern begins with it."""
        return self._reaches[anchor]

    @cached_property
    def _reaches(self) -> Mapping[bytes, int]:
        fence = _FENCE.match(self.pattern)
        body = self.pattern[fence.end() if fence else 0 :]
        texts = {anchor: anchor.decode("latin-1") for anchor in self.anchors}
        return {
            anchor: 0 if body.startswith((text, re.escape(text))) else self.lead or self.max_length
            for anchor, text in texts.items()
        }
