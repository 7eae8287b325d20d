"""Patterns that a user wrote: they run under a time limit, each search and all of them together."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import regex

# Seconds that one search may take, and all of a pattern's in one run.
ONE_SEARCH = 1.0
ALL_SEARCHES = 10.0


class OutOfTimeError(Exception):
    """A search took too long, or earlier ones have used up the pattern's time."""


@dataclass
class TimedPattern:
    """A compiled pattern over bytes that gives up in time; it answers like those of `re`."""

    source: str
    _spent: float = field(default=0.0, repr=False)

    @cached_property
    def _compiled(self) -> regex.Pattern[bytes]:
        import regex  # the only engine here that can be given a time limit; not needed without users' rules

        return regex.compile(self.source.encode())

    @property
    def groupindex(self) -> Any:
        return self._compiled.groupindex

    def search(self, data: Any, start: int = 0, end: int = sys.maxsize) -> Any:
        return self._timed(lambda left: self._compiled.search(data, start, end, timeout=left))

    def match(self, data: Any, start: int = 0, end: int = sys.maxsize) -> Any:
        return self._timed(lambda left: self._compiled.match(data, start, end, timeout=left))

    def finditer(self, data: Any, start: int = 0, end: int = sys.maxsize) -> Iterator[Any]:
        found = self._timed(lambda left: list(self._compiled.finditer(data, start, end, timeout=left)))
        return iter(found)

    def _timed(self, run: Any) -> Any:
        left = ALL_SEARCHES - self._spent
        if left <= 0:
            raise OutOfTimeError
        started = time.monotonic()
        try:
            return run(min(left, ONE_SEARCH))
        except TimeoutError:
            raise OutOfTimeError from None
        finally:
            self._spent += time.monotonic() - started
