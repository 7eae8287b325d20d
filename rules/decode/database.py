"""Addresses of databases that hold a password: where the database stands, and whether anybody chose the password."""

from __future__ import annotations

import re
from urllib.parse import unquote

from ..public import entropy, placeholder
from ..rule import Environment
from .decoded import Decoded

_URL = re.compile(r"([a-z][a-z0-9+]{1,40})://([^:@/]{0,128}):([^/]{1,256})@([^/?,:@]{1,253})")
_LOCAL = re.compile(
    r"localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|host\.docker\.internal|.{0,200}\.(?:localhost|local|test)"
)
# Words that passwords of documentation and of local stacks are put together from.
_WORDS = re.compile(
    r"pass(?:w(?:or)?d)?|passphrase|pwd|pw|secret|root|admin|user(?:name)?|guest|test(?:ing)?|example|default|demo|local"
    r"|dev(?:elopment)?|prod(?:uction)?|my|your|the|some|super|strong|secure|safe|very|long|random|here|change|me|this"
    r"|db|database|data|postgres(?:ql)?|pg|mysql|mariadb|mongo(?:db)?|redis|rabbit(?:mq)?|clickhouse|app|service|server"
    r"|foo|bar|baz|abc|xyz|hunter|letmein|qwerty|hello|world|key|token|insert|replace|with|new|old|p[a@][s5$]{2}w[o0]rd"
)
# Hosts that stand for another.
_NOWHERE = re.compile(
    r"(?:my|your|the|some|db|database|remote|prod(?:uction)?)?[-_.]?(?:host(?:name)?|server|domain|ip|address|endpoint)\d?"
    r"(?:\.(?:com|org|net|tld|local|name))?"
    r"|(?:.{0,200}[.-])?(?:example|yourdomain|mydomain|domain|yourcompany|mycompany|company|acme|invalid|your-.{1,100}"
    r"|xxx+|abc|foo|bar)\.[a-z]{2,20}(?:\.[a-z]{2,20})?"
    r"|(?:x{1,3}\.){3}x{1,3}|(?:cluster\d?|ep)[.-]?x{3,40}.{0,200}|1\.2\.3\.4|.{0,200}(?:example|placeholder|your).{0,200}",
    re.IGNORECASE,
)
SHORTEST = 6
# Behind a service's bare name only a password that nobody makes up by hand is worth a look.
SHORTEST_INSIDE = 12
ENTROPY_INSIDE = 3.0


def database(key: bytes) -> Decoded | None:
    """Facts `database.host` (`local`, `service` for a bare name as in a compose file, `remote`); None where user,
    password or host are placeholders: such an address opens nothing."""
    match = _URL.match(key.decode("latin-1"))
    if match is None:
        return None
    user, password, host = unquote(match[2]), unquote(match[3]), match[4].lower().rstrip(".")
    if _made_up(user, password) or _NOWHERE.fullmatch(host) or placeholder(host.encode("latin-1")):
        return None
    if _LOCAL.fullmatch(host):
        return Decoded(
            facts={"database.host": "local"},
            evidence=("the database stands on the machine itself",),
            environment=Environment.LOCAL,
            public="guards a database on the machine itself",
        )
    if "." not in host:
        if len(password) < SHORTEST_INSIDE or entropy(password.encode()) < ENTROPY_INSIDE:
            return None
        return Decoded(
            facts={"database.host": "service"},
            evidence=("the host is a service of the same network",),
            environment=Environment.LOCAL,
            body=password.encode(),
        )
    return Decoded(
        facts={"database.host": "remote"},
        evidence=(f"host {host}",),
        principal=f"host:{host}",
        body=password.encode(),
    )


def _made_up(user: str, password: str) -> bool:
    """Whether a password is a gap, a default, or words that documentation is full of."""
    if len(password) < SHORTEST or password.lower() == user.lower() or placeholder(password.encode("utf-8", "replace")):
        return True
    if password[0] in "$%" or re.search(r"[{}<>\[\]]|%[svd]", password) or password.isdecimal():
        return True
    left = re.sub(r"[^a-z]", "", _WORDS.sub("", password.lower()))
    return len(left) <= 2 and len(left) * 4 < len(password) and not _mixed(password)


def _mixed(password: str) -> bool:
    """Whether digits stand among letters rather than after them: nobody's placeholder looks so."""
    return len(re.findall(r"[A-Za-z]\d|\d[A-Za-z]", password)) > 3
