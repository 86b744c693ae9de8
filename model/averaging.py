"""An exponential mean of the weights, which is often better than the weights themselves (Polyak and Juditsky 1992)."""

from __future__ import annotations

import numpy as np

from model.parameters import Floats


class Average:
    """The mean of a vector's values over the last 1 / (1 - decay) steps or so.

    While there are fewer than that, it reaches over the last ninth of them, so that the first weights are soon
    forgotten.

    Attributes:
        values: The mean, (P,).
        count: Updates so far; this and `values` are all there is to save.
    """

    def __init__(self, values: Floats) -> None:
        """Begin with `values` (P,), which are copied."""
        self.values: Floats = values.copy()
        self.count = 0
        self._change: Floats = np.empty_like(values)

    def update(self, values: Floats, decay: float) -> None:
        """Move the mean towards `values` (P,).

        Args:
            values: The weights after a step.
            decay: What is kept of the mean, in [0, 1), as soon as it is old enough.
        """
        self.count += 1
        kept = min(decay, self.count / (9 + self.count))
        # mean = kept * mean + (1 - kept) * values
        np.multiply(values, 1.0 - kept, out=self._change)
        self.values *= kept
        self.values += self._change
