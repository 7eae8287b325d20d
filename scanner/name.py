"""The name that a key is assigned to, in the languages and files where people assign keys."""

from __future__ import annotations

import re

from .resident import Buffer

# Bytes before a key in which its name is sought.
REACH = 240

_NAME = rb"([A-Za-z_][A-Za-z0-9_.$-]{1,80})"
_QUOTES = rb"[\"'`({\[<\\]{0,4}$"
# What may stand between a name and its value; the last of those that fit is the nearest.
_ASSIGNED = (
    # NAME = "v", NAME: v, "NAME" => "v", os.environ["NAME"] = "v", NAME || "v", NAME ?? "v", NAME: JSON.stringify("v")
    re.compile(
        _NAME
        + rb"[\"'`\])]{0,3}[ \t]{0,8}(?:=>|:=|\|\||\?\?|[:=])[ \t]{0,8}(?:JSON\.stringify|String|str|Buffer\.from)?"
        + _QUOTES
    ),
    # ENV NAME v, ARG NAME v, export NAME v, set NAME v
    re.compile(rb"(?:^|[\s;])(?:ENV|ARG|export|set|setx)[ \t]{1,4}" + _NAME + rb"[ \t]{1,4}" + _QUOTES),
    # getenv("NAME", "v"), define("NAME", "v")
    re.compile(rb"\([ \t]{0,4}[\"']" + _NAME + rb"[\"'][ \t]{0,4},[ \t]{0,8}" + _QUOTES),
)
# Kubernetes, compose and Render write the name on the line before the value.
_VALUE = re.compile(rb"[ \t-]*[\"']?value[\"']?[ \t]{0,4}:[ \t]{0,8}[\"']?$")
_NAMED = re.compile(rb"[\"']?(?:name|key)[\"']?[ \t]{0,4}:[ \t]{0,4}[\"']?" + _NAME + rb"[\"']?,?[ \t\r]*$")


def name_before(data: Buffer, low: int, start: int) -> str:
    """The name that the text before byte `start` assigns to, without what it is a member of; empty when there is
    none."""
    before = bytes(data[max(low, start - REACH) : start])
    above, _, line = before.rpartition(b"\n")
    if _VALUE.fullmatch(line):
        match = _NAMED.search(above.rpartition(b"\n")[2])
    else:
        match = next((found for pattern in _ASSIGNED if (found := pattern.search(line))), None)
    return match[1].rpartition(b".")[2].decode("latin-1") if match else ""
