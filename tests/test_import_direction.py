"""Imports run one way: tui -> model -> corpora; the domain never sees the screen."""

from __future__ import annotations

import json
import subprocess
import sys

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
