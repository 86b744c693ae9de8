"""Random processes that write text and whose entropy is known."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
import numpy.typing as npt

from corpora.vocabulary import Ids, Vocabulary

Codes = npt.NDArray[np.uint8]
"""Text as ASCII codes."""


class Grammar(ABC):
    """A process that writes endless text; what it writes depends on the generator alone."""

    symbols: str
    """All characters that it can write, by code point."""
    entropy_rate: float
    """Nats per character, exact: no model's mean loss on fresh text can be lower."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, length: int) -> Codes:
        """Write the first `length` characters of a fresh text, (length,)."""


class SeededText:
    """A grammar's text of every epoch: seeded, endless, never twice the same."""

    def __init__(self, grammar: Grammar, seed: int) -> None:
        self.grammar = grammar
        self.seed = seed
        self.vocabulary = Vocabulary(grammar.symbols)
        self._ids = np.zeros(256, dtype=self.vocabulary.dtype)  # ASCII code to id
        for id_, symbol in enumerate(grammar.symbols):
            self._ids[ord(symbol)] = id_

    def codes(self, epoch: int, length: int) -> Codes:
        """Return the text of an epoch as ASCII codes, (length,)."""
        return self.grammar.draw(np.random.default_rng((self.seed, epoch)), length)

    def ids(self, epoch: int, length: int) -> Ids:
        """Return the text of an epoch as ids, (length,)."""
        drawn: Ids = self._ids[self.codes(epoch, length)]
        return drawn
