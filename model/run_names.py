"""What runs are called that are kept, which are worth it, and the files of saved networks."""

from __future__ import annotations

import itertools
import re
from datetime import datetime
from pathlib import Path

FEWEST_STEPS = 100
"""A run of fewer is begun again sooner than it is found again."""

SUFFIX = ".safetensors"

LONGEST_STEM = 40
"""Of the name that a run gets by itself: a name of one's own may have 60 characters, and the time is 12."""

LAST = "last"
"""What the file of the run of the last quit is called, whichever run that was."""


def is_name(name: str) -> bool:
    """Tell whether a file may be called so: what a checkpoint says of itself is data."""
    return re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name) is not None and name != LAST


def stem_of(corpus: str) -> str:
    """Return a text's name as the beginning of a file's.

    The name is data, and only its harmless characters are used.
    """
    stem = re.sub(r"[^A-Za-z0-9_-]+", "-", corpus.rpartition("/")[2].removesuffix(".txt")).strip("-")[:60]
    return stem or "network"


def run_name(corpus: str, begun: datetime) -> str:
    """Return what a run is called until someone gives it a better name: `shakespeare-0514-142310`."""
    return f"{stem_of(corpus)[:LONGEST_STEM].strip('-')}-{begun:%m%d-%H%M%S}"


def network_stem(corpus: str, step: int) -> str:
    """Return what the file of a network is called that is saved by hand: its text and step."""
    return f"{stem_of(corpus)}-{step}"


def free_path(folder: Path, stem: str, suffix: str) -> Path:
    """Return where to save in `folder`: `stem`, counted on so that no file that is there is overwritten.

    The folder need not be writable; the one who writes finds out.
    """
    for number in itertools.count(1):
        path = folder / (stem + (f"-{number}" if number > 1 else "") + suffix)
        if not path.exists():
            return path
    raise AssertionError("counting never ends")
