"""Keeps what people choose, a moment after they chose it: whatever ends the app, it is there the next time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from msgspec import structs

from model.config import SettingsError
from tui.settings import load_settings, save_settings

DELAY_SECONDS = 0.25
"""From a change to its writing: a knob that is turned is written a few times, and not at each step."""


class Keeper:
    """Writes changes, and nothing but those.

    The file is read before it is written: what another window or an editor has changed meanwhile stays, and a file that
    cannot be read is someone's work in progress, which is left as it is.

    Attributes:
        resting: Whether changes are nobody's choice, and not kept: a show plays.
    """

    def __init__(self, path: Path, later: Callable[[float], None]) -> None:
        """Keep changes in `path`.

        Args:
            path: The settings file.
            later: Is given some seconds, and is to have `write` called after them.
        """
        self._path, self._later = path, later
        self._changes: dict[str, Any] = {}
        self._waits = self.resting = False
        self._choosing, self._writing = Lock(), Lock()

    def keep(self, name: str, value: Any) -> None:
        """Remember one of `Settings`."""
        if self.resting:
            return
        with self._choosing:
            self._changes[name] = value
            waits, self._waits = self._waits, True
        if not waits:
            self._later(DELAY_SECONDS)

    def write(self) -> str:
        """Write what has changed, if anything has; returns why that could not be done, else nothing.

        May be called by any thread. What could not be written is tried again with the next change.
        """
        with self._writing:
            with self._choosing:
                changes, self._changes, self._waits = self._changes, {}, False
            if not changes:
                return ""
            try:
                present = load_settings(self._path)
                settings = structs.replace(present, **changes)
                if settings != present:
                    save_settings(self._path, settings)
            except (OSError, SettingsError) as error:
                with self._choosing:
                    self._changes = {**changes, **self._changes}
                return str(error)
        return ""
