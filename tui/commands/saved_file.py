"""How a saved network is told from a text."""

from __future__ import annotations

import json
from pathlib import Path


def looks_saved(path: Path) -> bool:
    """Tell whether a file is a safetensors file, by its first bytes: the header's length, then JSON.

    What is no file is not opened: a named pipe would wait for whoever writes into it.
    """
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                return False
            return isinstance(json.loads(file.read(length)), dict)
    except (OSError, RecursionError, ValueError):
        return False
