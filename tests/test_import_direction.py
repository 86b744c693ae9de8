"""Imports run one way: tui -> model -> corpora; the domain never sees the screen."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

IMPORT_ALL = """
import importlib, json, pkgutil, sys
package = importlib.import_module(sys.argv[1])
names = [module.name for module in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
for name in names:
    importlib.import_module(name)
print(json.dumps({"imported": names, "loaded": sorted(sys.modules)}))
"""


@pytest.mark.parametrize(
    ("package", "strangers"),
    [("corpora", {"textual", "rich", "model", "tui"}), ("model", {"textual", "rich", "tui"})],
)
def test_no_module_of_the_domain_brings_in_what_is_above_it(package: str, strangers: set[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, package], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert len(seen["imported"]) > 5
    assert not strangers & {name.partition(".")[0] for name in seen["loaded"]}


def imported(file: Path) -> Iterator[str]:
    """The packages that a file names in any of its imports, those within functions too."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("package", "strangers"),
    [("corpora", {"textual", "rich", "model", "tui"}), ("model", {"textual", "rich", "tui"}), ("tui", {"tests"})],
)
def test_no_function_of_the_domain_does_so_later(package: str, strangers: set[str]) -> None:
    files = sorted((Path(__file__).parent.parent / package).rglob("*.py"))
    assert len(files) > 5
    assert not {str(file): strangers & {*imported(file)} for file in files if strangers & {*imported(file)}}
