"""A run that is meant by its name on the shelf, where no file is."""

from __future__ import annotations

import os
from pathlib import Path

from model.run_names import SUFFIX
from tui.commands.errors import WorkError
from tui.run_shelf import RunNameError, RunShelf
from tui.settings import Paths


def is_file_name(word: str) -> bool:
    """Tell whether a word names a file, and no run: it ends as saved networks do, or something is called so."""
    return word.endswith(SUFFIX) or os.path.lexists(word)


def run_named(name: str, user: Paths) -> Path:
    """The file of the run of this name.

    Raises:
        WorkError: If there is none, or several.
    """
    shelf = RunShelf(user.last_run.parent)
    shelf.recover()
    try:
        found = shelf.find(name)
    except RunNameError as error:
        raise WorkError(str(error)) from None
    assert found.path is not None
    return found.path
