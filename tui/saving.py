"""The names that saved networks and pictures get."""

from __future__ import annotations

import itertools
import os
from pathlib import Path

from model.protocol import Gauges
from model.run_names import stem_of


def working_folder() -> Path:
    """Return the folder that the person works in, where what they save goes; if it is gone, where it was."""
    try:
        return Path.cwd()
    except OSError:
        return Path(os.environ.get("PWD", os.sep))


def network_stem(gauges: Gauges) -> str:
    """Return what a saved network is called: the text and the step."""
    return f"{stem_of(gauges.corpus.name if gauges.corpus else '')}-{gauges.step}"


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """Return where to save in `folder`: `stem`, counted on so that no file that is there is overwritten.

    The folder need not be writable; the one who writes finds out.
    """
    for number in itertools.count(1):
        path = folder / (stem + (f"-{number}" if number > 1 else "") + suffix)
        if not path.exists():
            return path
    raise AssertionError("counting never ends")
