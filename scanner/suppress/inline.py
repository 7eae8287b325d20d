"""Comments that accept a key where it stands: ours, and those that other scanners' users have written."""

from __future__ import annotations

import re

from ..resident import Resident

LONGEST_LINE = 4096
# Bytes before a key in which a block comment may have switched the scan off.
BLOCK = 64 * 1024

# On a line of the key. detect-secrets allows a dash for either space.
ON_LINE = re.compile(
    rb"(?i)keyslip:allow|gitleaks:allow|betterleaks:allow|kingfisher:ignore|trufflehog:ignore"
    rb"|pragma:[ -]?(?:allowlist|whitelist)[ -]secret|secretlint-disable-line"
)
# On the line above.
ON_LINE_ABOVE = re.compile(rb"(?i)pragma:[ -]?allowlist[ -]nextline[ -]secret|secretlint-disable-next-line")
_SWITCH = re.compile(rb"secretlint-(disable|enable)(?![-\w])")


def allowed_by(part: Resident, start: int, end: int) -> str:
    """The comment that accepts what stands at bytes `start` to `end` of the buffer; empty where there is none."""
    data = part.data
    line_start = data.rfind(b"\n", part.start, start) + 1 or part.start
    first = max(line_start, start - LONGEST_LINE)
    newline = data.find(b"\n", end, min(part.end, end + LONGEST_LINE))
    last = newline if newline >= 0 else min(part.end, end + LONGEST_LINE)
    match = ON_LINE.search(data, first, last)
    if match is None and line_start > part.start:
        above = data.rfind(b"\n", max(part.start, line_start - 1 - LONGEST_LINE), line_start - 1) + 1
        match = ON_LINE_ABOVE.search(data, max(above, part.start), line_start)
    if match:
        return bytes(match[0]).decode("latin-1")
    switches = _SWITCH.findall(data, max(part.start, start - BLOCK), start)
    return "secretlint-disable" if switches and bytes(switches[-1]) == b"disable" else ""
