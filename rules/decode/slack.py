"""Slack's tokens: bot and app tokens name their team or app."""

from __future__ import annotations

import re

from .decoded import Decoded

_APP = re.compile(rb"xapp-\d-(A[A-Z0-9]{8,12})-")
_BOT = re.compile(rb"(?:xoxe\.)?xoxb-(\d{10,13})-")


def slack(key: bytes) -> Decoded | None:
    """The app of an app-level token, the number that a bot token's team has."""
    if match := _APP.match(key):
        app = match[1].decode("ascii")
        return Decoded(evidence=(f"names app {app}",), principal=f"app:{app}")
    if match := _BOT.match(key):
        team = match[1].decode("ascii")
        return Decoded(evidence=(f"names team {team}",), principal=f"team:{team}")
    return None
