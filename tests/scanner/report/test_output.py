"""Every format from the command: to standard output and to files, with what could not be read said somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import tracemalloc
from importlib import import_module

import pytest
from keyslip.scanner.commands.output import ENDINGS, RENDERERS, SAY_INCOMPLETE, Format, outputs

from tests.reports import many
from tests.support import Repository, key, keyslip

MANY = 20_000


def renderer(name: Format):
    module, function = RENDERERS[name]
    return getattr(import_module(module, "keyslip.scanner.commands"), function)


@pytest.fixture
def leaky(repo: Repository) -> Repository:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0" * 64 + "\nsize 1\n"
    repo.commit(**{"a.env": key("github-classic-token"), "big.bin": pointer})
    return repo


@pytest.mark.parametrize("name", list(Format))
def test_incomplete_is_never_silent(leaky: Repository, name: Format) -> None:
    ran = keyslip("scan", leaky.path, "-f", name.value)

    assert ran.code == 1
    where = ran.err if name in SAY_INCOMPLETE else ran.out
    assert "LFS" in where
    if name in SAY_INCOMPLETE:
        assert [line for line in ran.err.splitlines() if not line.startswith("keyslip: incomplete: ")] == []
        assert "LFS" not in ran.out
    else:
        assert ran.err == ""


@pytest.mark.parametrize(("ending", "name"), [(".md", "markdown"), (".csv", "csv"), (".xml", "junit")])
def test_endings(leaky: Repository, ending: str, name: str) -> None:
    told = keyslip("scan", leaky.path, "-o", f"report{ending}", cwd=leaky.path)
    assert told.code == 1
    assert outputs([], [f"report{ending}"])[0].format.value == name
    assert (leaky.path / f"report{ending}").stat().st_size > 100


def test_every_renderer_is_there() -> None:
    assert set(RENDERERS) == set(Format) - {Format.TEXT}
    assert set(ENDINGS.values()) <= set(Format)
    assert all(callable(renderer(name)) for name in RENDERERS)


def test_output_is_utf_8_whatever_the_locale(leaky: Repository) -> None:
    for name in RENDERERS:
        ran = keyslip("scan", leaky.path, "-f", name.value, env={"PYTHONIOENCODING": "ascii"})
        assert ran.code == 1


def test_formats_import_no_others(leaky: Repository) -> None:
    code = (
        "import sys; from keyslip.__main__ import run; run(sys.argv[1:]); "
        "print([name for name in sys.modules if name.startswith('rich')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "scan", str(leaky.path), "-f", "junit"], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", list(Format))
def test_hostile_repository(repo: Repository, name: Format) -> None:
    """Names that git really allows, from the object database to the report."""
    repo.env["GIT_AUTHOR_NAME"] = "=cmd|' /C calc'!A0 \x1b[31m @everyone"
    for number, path in enumerate(
        (b"a\n::set-output name=x::y", b"-=1,`|<img src=x>](javascript:1)", b"caf\xe9\x1b]0;x\x07", b"%0A::error::x")
    ):
        folder = os.fsencode(repo.path)
        with open(os.path.join(folder, path.replace(b"/", b"_")), "wb") as file:
            file.write(key("github-classic-token", number).encode())
    repo.commit("=1+1\n::error::x")
    ran = keyslip("scan", repo.path, "-v", "-f", name.value)

    assert ran.code == 1
    assert ran.err == ""
    assert "caf%E9" in ran.out or (name is Format.GITHUB and "caf%25E9" in ran.out)
    assert "\x1b" not in ran.out
    assert not [line for line in ran.out.splitlines() if re.match(r"\s*::(?!error (?:file|title)=)", line)]


@pytest.mark.parametrize("name", list(RENDERERS))
def test_very_many_findings(name: Format) -> None:
    """An organisation's worth of findings: within seconds, and in no more memory than a few of them take."""
    made = many(MANY)
    begun = time.perf_counter()
    length = sum(len(piece) for piece in renderer(name)(made))
    took = time.perf_counter() - begun

    assert length > 1000
    assert took < 20  # 100,000 take at most eight seconds on an idle machine; the bound is for those that are not
    few = many(MANY // 4)
    tracemalloc.start()
    for _ in renderer(name)(few):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # SARIF is made as a whole, of at most 5,000 findings.
    assert name in (Format.SARIF, Format.HTML) or peak < 1_500_000
