"""Where an installed package's files are, found without importing it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from corpora.corpus import CorpusError


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


def read_text(package: str, *parts: str) -> str:
    r"""Return a file of an installed package as text, newlines as `\n`.

    Raises:
        CorpusError: If it is not there or not UTF-8.
    """
    folder = folder_of(package)
    if folder is None:
        raise CorpusError(f"the package {package} is not installed")
    path = folder.joinpath(*parts)
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"the package {package} has no readable {'/'.join(parts)}: {error}") from None
