"""Where what a person saves goes."""

from __future__ import annotations

import os
from pathlib import Path


def working_folder() -> Path:
    """Return the folder that the person works in; if it is gone, where it was."""
    try:
        return Path.cwd()
    except OSError:
        return Path(os.environ.get("PWD", os.sep))
