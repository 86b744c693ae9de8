"""Reading character by character, as sampling does: a network's layers from one time step to the next."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy import add

from model.cell import Cell
from model.parameters import Floats
from model.softmax import Ids
from model.step_buffers import StepBuffers, product

LARGE = 256
"""H above which a product with a vector is quicker where columns of W_hh are contiguous than where its rows are."""


class Reader:
    """Reads with the weights of the moment: they may change between two characters, unless they are said to be at rest.

    Attributes:
        state: What the network remembers, (L, S, B, H), advanced in place.
    """

    def __init__(
        self,
        layers: Sequence[Cell],
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
            state: (L, S, B, H).
            at_rest: Keep what follows from the weights alone, which saves a fifth of the time at H = 128.
        """
        self.state = state
        self._E, self._b_out = E, b_out
        self._layers: list[tuple[Cell, StepBuffers]] = []
        self._inputs: list[tuple[Floats, Floats]] = []
        self._table: Floats | None = None
        for layer, memory in zip(layers, state, strict=True):
            folded = layer.folded() if at_rest else None
            W_ih, b, W_hh = folded or (layer.W_ih, layer.b_ih, layer.W_hh)
            if at_rest and layer.H > LARGE:
                W_hh = np.asfortranarray(W_hh)
            self._inputs.append((W_ih, b))
            self._layers.append((layer, StepBuffers(W_hh, memory, folded=folded is not None)))
        if at_rest:
            W_ih, b = self._inputs[0]
            self._table = (W_ih if E is None else E @ W_ih) + b  # (V, G H)
        # what a layer gives is the input of the next
        above = zip(self._layers, self._layers[1:], self._inputs[1:], strict=False)
        self._above = [
            (layer, moment, product(below.h, W_ih, moment.z), b) for (_, below), (layer, moment), (W_ih, b) in above
        ]
        h = self._layers[-1][1].h
        self._decode = product(h, W_out.T, np.empty((*h.shape[:-1], len(b_out)), state.dtype))

    def read(self, ids: Ids | int) -> Floats:
        """Read one character of each stream.

        Args:
            ids: (B,); of a single stream its character itself.

        Returns:
            Logits of the next character, (B, V), or (V,) of a single stream. The next call overwrites them.
        """
        layer, moment = self._layers[0]
        layer.step(self._project(ids, moment.z) if self._table is None else self._table[ids], moment)
        for layer, moment, project, b in self._above:
            layer.step(add(project(), b, moment.z), moment)
        logits = self._decode()
        return add(logits, self._b_out, logits)

    def _project(self, ids: Ids | int, z: Floats) -> Floats:
        """X W_ih + b_ih of the first layer, (B, G H), which may be in `z`."""
        W_ih, b = self._inputs[0]
        return add(W_ih[ids] if self._E is None else self._E[ids] @ W_ih, b, z)
