"""Names of secrets where they would ship: a public prefix puts the value of a variable into every visitor's bundle."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .place import PUBLIC_PREFIXES, public_prefix
from .rule import Exposure, Lifetime, LifetimeClass, Nature, Rule, Successor

NAME_RULE = "secret-name-public-prefix"
PRIVATE = (Exposure.SECRET, Exposure.ADMIN)
# A conditional kind goes by it too, but Google says of it: never in client code.
SERVER_ONLY = frozenset({"GEMINI_API_KEY"})
# What these name may be anything, also something that may ship.
AMBIGUOUS = frozenset({"DATABASE_URL", "JWT_SECRET"})
# Workflows name what they deploy with after Storybook and Parcel: there the prefix is no sign of a bundle.
PREFIXES = tuple(prefix for prefix in PUBLIC_PREFIXES if prefix not in ("STORYBOOK_", "PARCEL_"))
# No build that knows these prefixes reads such files.
ELSEWHERE = re.compile(r"\.(?:py|go|rs|java|rb|php|cs|c|cc|cpp|h|hpp|swift|kt|dart|ex|exs|pl|sql)$")


def name_rule(rules: Sequence[Rule]) -> Rule:
    """The rule that finds the names of secret and admin keys of `rules` under a public prefix."""
    names = "|".join(sorted(secret_names(rules), key=lambda name: (-len(name), name)))
    prefixes = "|".join(PREFIXES)
    return Rule(
        id=NAME_RULE,
        title="Name of a secret under a public prefix",
        provider="any",
        anchors=tuple(prefix.encode() for prefix in PREFIXES),
        pattern=rf"(?<![A-Za-z0-9_])(?:{prefixes})(?:{names})(?![A-Za-z0-9_])",
        max_length=120,
        exposure=Exposure.SECRET,
        lifetime=Lifetime(LifetimeClass.UNKNOWN),
        nature=Nature.NAME,
        evidence="the build puts variables of this prefix into what every visitor downloads",
        successor=Successor(
            how="guided",
            summary="Use the secret on a server only: drop the prefix, move the call behind a route of your own, and "
            "replace the key, since it has shipped.",
        ),
        examples=("NEXT_PUBLIC_SUPABASE_SERVICE_ROLE_KEY=", "import.meta.env.VITE_STRIPE_SECRET_KEY"),
        non_examples=("NEXT_PUBLIC_SUPABASE_ANON_KEY=", "SUPABASE_SERVICE_ROLE_KEY=", "VITE_STRIPE_SECRET_KEY_ID"),
        references=("https://nextjs.org/docs/app/guides/environment-variables", "https://vite.dev/guide/env-and-mode"),
    )


def secret_names(rules: Sequence[Rule]) -> set[str]:
    """The variables that hold secrets; names that some publishable or conditional kind goes by as well are left out."""
    private = {name for rule in rules if rule.exposure in PRIVATE for name in rule.env_names}
    public = {name for rule in rules if rule.exposure not in PRIVATE for name in rule.env_names}
    return {name for name in private - AMBIGUOUS - (public - SERVER_ONLY) if not public_prefix(name)}
