"""The house: imports point only down, the wheel holds the package and nothing else, no key stands in a file."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What each folder may import of the others.
MAY_IMPORT = {"rules": set(), "scanner": {"rules"}, "migrate": {"rules", "scanner"}}


def modules() -> list[Path]:
    return [path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py")]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_imports_point_down(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = parts[: len(parts) - node.level]
            target = [*above, *(node.module or "").split(".")]
            if not above:  # the package itself: only its version
                target = [*(node.module or "").split(".")]
            first = target[0] or parts[0]
            names = {alias.name for alias in node.names}
            assert first == parts[0] or first in MAY_IMPORT[parts[0]] or names == {"__version__"}, ast.unparse(node)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {alias.name for alias in node.names} if isinstance(node, ast.Import) else {node.module or ""}
            assert not any(name.split(".")[0] == "keyslip" for name in names), "imports inside are relative"


def test_wheel(tmp_path: Path) -> None:
    source = tmp_path / "source"  # a copy: building leaves traces
    leave = shutil.ignore_patterns(".*", "build", "*.egg-info", "__pycache__")
    shutil.copytree(ROOT, source, ignore=leave)
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(tmp_path), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = tmp_path.glob("*.whl")
    names = [name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name]

    expected = {"__init__.py", "__main__.py", "py.typed"}
    tracked = {
        path.relative_to(ROOT).as_posix()
        for folder in ("rules", "scanner", "migrate")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".toml", ".html", ".css", ".js")
    }
    assert sorted(names) == sorted(f"keyslip/{name}" for name in expected | tracked)


def test_no_module_is_long() -> None:
    assert not [path for path in modules() if len(path.read_text().splitlines()) > 320]


def test_start_up_is_light() -> None:
    """A pre-commit scan must start at once: nothing heavy is imported before it is needed."""
    code = "import sys, keyslip.scanner.commands.scan; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"rich", "tqdm", "hyperscan", "regex", "ahocorasick", "git", "sarif_om", "asyncio", "jinja2"}
    assert not heavy & set(loaded)
