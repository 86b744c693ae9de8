"""One layer's part of reading a character: buffers made and views cut once, as that costs what the arithmetic does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy import dot

from model.parameters import Floats

FEW = 6
"""Streams up to which a product for each is quicker than one for all, before which BLAS repacks the weights."""


class StepBuffers:
    """Where one layer computes what follows from a character; of a single stream all goes without the axis B.

    Attributes:
        memory: The vectors of the state, (B, H) each, of which the first is h.
        z: Room for the gates side by side, (B, G H).
        gates: Views of it, (B, H) each.
        recall: Puts h W_hh into room of its own, (B, G H), and returns it.
        folded: Whether W_hh, and what comes from the input, are as `Cell.folded` has them.
    """

    def __init__(self, W_hh: Floats, state: Floats, *, folded: bool) -> None:
        """Make room for one layer.

        Args:
            W_hh: (H, G H).
            state: (S, B, H), advanced in place.
            folded: See above.
        """
        _, B, H = state.shape
        # products with a vector are quicker than with a row
        self.memory = tuple(state[:, 0] if B == 1 else state)
        self.h, self.folded = self.memory[0], folded
        self.z: Floats = np.empty((*self.h.shape[:-1], W_hh.shape[1]), state.dtype)
        self.gates = tuple(self.z[..., k : k + H] for k in range(0, W_hh.shape[1], H))
        self.recall = product(self.h, W_hh, np.empty_like(self.z))


def product(x: Floats, W: Floats, out: Floats) -> Callable[[], Floats]:
    """A function that puts x W into `out` and returns it, for (B, D) and (D, K), or (D,) for x, as they are then."""
    if x.ndim == 1 or len(x) > FEW:
        return partial(dot, x, W, out)
    rows = tuple(zip(x, out, strict=True))

    def row_by_row() -> Floats:
        for row, result in rows:
            dot(row, W, result)
        return out

    return row_by_row
