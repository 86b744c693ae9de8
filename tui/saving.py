"""The name that a saved network gets."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

from model.protocol import Gauges


def free_path(folder: Path, gauges: Gauges) -> Path:
    """Return where to save in `folder`: named after the text and the step, and never the name of a file that is there.

    Args:
        folder: Need not be writable; the one who writes finds out.
        gauges: Of the run; the text's name is data, and only its harmless characters are used.
    """
    name = gauges.corpus.name if gauges.corpus else ""
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", name.rpartition("/")[2].removesuffix(".txt")).strip("-")[:60] or "network"
    for number in itertools.count(1):
        path = folder / (f"{stem}-{gauges.step}" + (f"-{number}" if number > 1 else "") + ".safetensors")
        if not path.exists():
            return path
    raise AssertionError("counting never ends")
