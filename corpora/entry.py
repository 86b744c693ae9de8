"""One line of the catalogue."""

from __future__ import annotations

import importlib.util
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from corpora.grammar import Grammar

Piece = tuple[str, float]
"""The next part of a text, and the share of the whole in [0, 1] that has been read with it."""


class Entry(Struct, frozen=True):
    """A corpus that can be picked by name, or could be if its package were here."""

    name: str
    summary: str
    """One line on what it is."""
    origin: str
    licence: str
    pieces: Callable[[], Iterator[Piece]]
    """Reads the text; raises `CorpusError` where it is not what was expected."""
    present: Callable[[], bool] = lambda: True
    requirement: str | None = None
    """The package that carries it, pinned; None for what every Python has."""
    grammar: Callable[[], Grammar] | None = None
    """Makes what draws it, for a synthetic text."""

    def available(self) -> bool:
        """Tell whether it can be loaded here and now."""
        return self.present()

    @property
    def install(self) -> str | None:
        """The command that brings it into this very environment, None where nothing has to be installed."""
        return None if self.requirement is None else install_command(self.requirement)


def install_command(requirement: str) -> str:
    """Return the shell command that adds a package to the environment that runs this program.

    The package is named, not `lstm-tui[classics]`: that works for a clone, a wheel and pipx alike.
    """
    quoted = shlex.quote(requirement)
    environment = Path(sys.prefix)
    if (environment / "pipx_metadata.json").exists():
        return f"pipx inject {environment.name} {quoted}"
    if importlib.util.find_spec("pip") is None:  # uv makes environments without it
        return f"uv pip install --python {shlex.quote(sys.prefix)} {quoted}"
    return f"{shlex.quote(sys.executable)} -m pip install {quoted}"
