"""Reading character by character, as sampling does: a network's layers from one time step to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy import add

from model.cell import Cell
from model.parameters import Floats
from model.products import aligned_rows
from model.softmax import Ids
from model.step_buffers import Step, StepBuffers, affine, joined, state_in


class Reader:
    """Reads with the weights of the moment: they may change between two characters, unless they are said to be at rest.

    Attributes:
        state: What the network remembers, (L, S, B, H), advanced in place.
    """

    def __init__(
        self,
        layers: Sequence[Cell[Any]],
        E: Floats | None,
        W_out: Floats,
        b_out: Floats,
        state: Floats,
        *,
        at_rest: bool = False,
    ) -> None:
        """Make buffers for the streams of `state`.

        Args:
            layers: From the first to the last.
            E: The embedding, (V, D), where there is one.
            W_out: The decoder's weights, (V, H).
            b_out: Its bias, (V,).
            state: What to begin with, (L, S, B, H); copied.
            at_rest: The weights no longer change: what follows from them alone is kept, a fifth of the time saved.
        """
        L, S, B, H = state.shape
        rooms = aligned_rows((L, B, layers[0].G * H + S * H + 1), state.dtype)
        rooms[...] = 1
        self.state = state_in(rooms, S, H)
        self.state[...] = state
        self._E = E
        linear = joined if at_rest else affine
        below: StepBuffers | None = None
        self._above: list[tuple[Step, Callable[[], Floats]]] = []
        for layer, room in zip(layers, rooms, strict=True):
            W_ih, b, W_hh, step_in = layer.at_rest() if at_rest else layer.reading()
            at = StepBuffers(room, W_hh, at_rest=at_rest)
            if below is None:
                self._W_ih, self._b, self._z = W_ih, b, at.z
                self._table = (W_ih if E is None else E @ W_ih) + b if at_rest else None  # (V, G H)
                # while weights may change nobody asks how far from 0 a projection can be
                self._first = step_in(at, b if self._table is None else np.abs(self._table).max(axis=0))
            else:
                # what a layer gives, between -1 and 1, is the input of the next
                farthest = np.abs(W_ih).sum(axis=0) + np.abs(b)
                self._above.append((step_in(at, farthest), linear(below.h_and_1, W_ih, b)))
            below = at
        assert below is not None
        self._decode = linear(below.h_and_1, W_out.T, b_out)

    def read(self, ids: Ids | int) -> Floats:
        """Read one character of each stream.

        Args:
            ids: (B,); of a single stream its character itself.

        Returns:
            Logits of the next character, (B, V), or (V,) of a single stream. The next call overwrites them.
        """
        self._first(self._project(ids) if self._table is None else self._table[ids])
        for step, x in self._above:
            step(x())
        return self._decode()

    def _project(self, ids: Ids | int) -> Floats:
        """Input projection of the first layer, x W_ih + b_ih, (B, G H)."""
        return add(self._W_ih[ids] if self._E is None else self._E[ids] @ self._W_ih, self._b, self._z)
