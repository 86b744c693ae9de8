"""Where an installed package's files are, found without importing it."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

from corpora.info import CorpusError

_RUN = 1 << 18
"""Bytes of a run of lines: a few milliseconds of work."""


def folder_of(package: str) -> Path | None:
    """Return the folder of an installed package, None where it is missing or not in a folder.

    The package is not imported: some that carry good text fail at that, or take long.
    """
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        return None
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if Path(place).is_dir():
            return Path(place)
    return None


def has(package: str, *parts: str) -> bool:
    """Tell whether a package carries this file or folder."""
    folder = folder_of(package)
    return folder is not None and folder.joinpath(*parts).exists()


def lines_of(package: str, *parts: str) -> Iterator[tuple[list[bytes], float]]:
    """Read a file of an installed package in runs of lines, each with the share read so far, in [0, 1].

    Raises:
        CorpusError: If it cannot be read.
    """
    folder = folder_of(package)
    if folder is None:
        raise CorpusError(f"the package {package} is not installed")
    path = folder.joinpath(*parts)
    try:
        with path.open("rb") as file:
            size = path.stat().st_size
            while lines := file.readlines(_RUN):
                yield lines, min(1.0, file.tell() / size)
    except OSError as error:
        raise CorpusError(f"{path}: cannot be read ({error.strerror})") from None
