"""The facts of a text. Light to import: a screen can show the catalogue before anything is read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class CorpusError(ValueError):
    """A text that cannot be read or used; the message says what came, what was wanted and how to mend it."""


class Treatment(Enum):
    """What may be done to a text before it is learnt, by choice."""

    LOWER = "lower"
    """All letters in lower case."""
    COLLAPSE = "collapse"
    """Every run of white space becomes one space (polstm's clean-up)."""
    ASCII = "ascii"
    """Folded to ASCII: accents off, typographic quotes and dashes to plain ones, what is left over dropped."""


@dataclass(frozen=True, slots=True)
class CorpusInfo:
    """The facts of a text: enough to show it, to name it in a checkpoint and to load it again."""

    name: str
    summary: str
    """One line on what it is."""
    origin: str
    licence: str
    characters: int
    """N, training and validation part together."""
    symbols: int
    """V, distinct characters."""
    sha256: str
    """Of the text after its treatments, as UTF-8."""
    entropy_floor: float | None
    """Nats per character that no model can go below, exact; known of synthetic texts only."""
    preview: str
    """The first lines: at most ten of at most 80 characters."""
    source: tuple[str, ...]
    """What `load` takes to read it again: the catalogue's name, or absolute paths."""
    treatments: frozenset[Treatment] = frozenset()
    encoding: str | None = None
    """As it was asked for; None found it out."""
