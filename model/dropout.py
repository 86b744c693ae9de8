"""Noise that keeps a network from learning its text by heart: some of its numbers are silenced while it trains."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from model.config import TrainingSettings
from model.parameters import Floats


class Shares(Struct, frozen=True):
    """How much is silenced, in [0, 1), anew for each window."""

    outputs: float = 0.0
    """Of each layer's outputs (Zaremba et al. 2014)."""
    locked: bool = False
    """The same outputs at all time steps of a window (Gal and Ghahramani 2016)."""
    embedding: float = 0.0
    """Of the numbers that stand for characters, wherever in the window the character is.

    After Gal and Ghahramani, who silence all numbers of a character at once; of few characters each is needed.
    """

    @staticmethod
    def of(settings: TrainingSettings) -> Shares:
        """As training is to have them."""
        return Shares(settings.dropout, settings.locked_dropout, settings.embedding_dropout)

    def __bool__(self) -> bool:
        return max(self.outputs, self.embedding) > 0.0


class Dropout(Struct, frozen=True):
    """Silences, and scales the rest up so that sums stay as they were (Srivastava et al. 2014)."""

    shares: Shares
    rng: np.random.Generator

    def mask(self, out: Floats, share: float) -> None:
        """Fill `out` with 0 for what is silenced and 1 / (1 - share) for the rest."""
        kept = self.rng.random(out.shape, dtype=np.float32) >= share
        np.multiply(kept, 1.0 / (1.0 - share), out=out, casting="unsafe")

    def mask_outputs(self, out: Floats) -> None:
        """The mask of some time steps of a layer, (T, B, H)."""
        self.mask(out, self.shares.outputs)
