"""What runs are called that are kept, and which are worth it."""

from __future__ import annotations

import re
from datetime import datetime

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
