"""Git LFS pointers: contents that stand for a file kept elsewhere."""

from __future__ import annotations

from ..rules.rule import Exposure, Nature, Rule

LFS_POINTER = "git-lfs-pointer"

# Not a key: it says that the content is kept elsewhere, where no scan of this repository sees it.
POINTER = Rule(
    id=LFS_POINTER,
    title="Git LFS pointer",
    provider="git",
    anchors=(b"https://git-lfs.github.com/spec/v1",),
    pattern=r"version https://git-lfs\.github\.com/spec/v1",
    max_length=64,
    exposure=Exposure.PUBLISHABLE,
    nature=Nature.HINT,
)
