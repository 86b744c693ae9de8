"""A text as numbers, with where it comes from and how it is split."""

from __future__ import annotations

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
