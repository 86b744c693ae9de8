"""The facts of a text. Light to import: a screen can show the catalogue before anything is read."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class CorpusError(ValueError):
    """A text that cannot be read or used; the message says what came, what was wanted and how to mend it."""


class UndecodableError(CorpusError):
    """Bytes that are no text in the encoding that they were taken to have."""


class Treatment(Enum):
    """What may be done to a text before it is learnt, by choice."""

    LOWER = "lower"
    """All letters in lower case."""
    COLLAPSE = "collapse"
    """Every run of white space becomes one space (polstm's clean-up)."""
    ASCII = "ascii"
    """Folded to ASCII: accents off, typographic quotes and dashes to plain ones, what is left over dropped."""


class CorpusInfo(Struct, frozen=True):
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


class Baselines(Struct, frozen=True):
    """What simple models lose on a text, and how small compressors make it.

    Unigrams and bigrams are counted in the training part and measured on the validation part, as a network is: their
    losses can stand beside a validation loss. Of a long text the beginning is read.
    """

    uniform: float
    """ln V, nats per character: every character is as likely."""
    unigram: float
    """Nats per character of who knows how frequent each character is."""
    bigram: float
    """Nats per character of who knows what follows each character."""
    floor: float | None
    """Nats per character that no model can go below, where it is known exactly."""
    xz: float | None
    """Bits per character of the text's beginning in UTF-8, as `xz` would write it; None until that is known."""
    bz2: float | None
    """Bits per character, likewise with `bzip2`."""
    compressed: int
    """Characters of that beginning, the whole text unless that is long."""
