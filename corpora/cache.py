"""A small JSON file in the cache folder; one that is missing, broken or cannot be written is no reason to fail."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any


def read_cache(path: Path) -> dict[str, Any]:
    """Return what the file holds; nothing where it is missing or broken."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def write_cache(path: Path, everything: dict[str, Any]) -> None:
    """Replace the file at once or not at all."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(everything, file, indent=1)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        return
