"""Fixtures: a real git repository built in the test, and the real command run as a user runs it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support import Repository, scrubbed


@pytest.fixture(autouse=True)
def _scrub(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine's own settings reaches a test."""
    for name in set(os.environ) - set(scrubbed()):
        monkeypatch.delenv(name)


@pytest.fixture
def repo(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")
