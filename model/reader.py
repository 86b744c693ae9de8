"""Reading character by character, as sampling does: a network's layers from one time step to the next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import add

from model.cell import Cell
from model.parameters import Floats
from model.products import in_panels
from model.softmax import Ids
from model.step_buffers import Product, Step, StepBuffers, affine, rooms


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
        G, self._single = layers[0].G, state.shape[2] == 1
        room_of_all, self.state = rooms(len(layers), G, state)
        self._E = E
        below: StepBuffers | None = None
        self._above: list[tuple[Step, Product]] = []
        for layer, room in zip(layers, room_of_all, strict=True):
            W_ih, b, W_hh, step_in = layer.at_rest() if at_rest else layer.reading()
            at = StepBuffers(room, W_hh, at_rest=at_rest)
            if below is None:
                self._W_ih, self._b, self._z = W_ih, at.across(b), at.z
                table = (W_ih if E is None else E @ W_ih) + b if at_rest else None  # (V, G H)
                # while weights may change nobody asks how far from 0 a projection can be
                self._first = step_in(at, b if table is None else np.abs(table).max(axis=0))
                self._table = None if table is None else np.ascontiguousarray(self._by_gate(table))
            else:
                # what a layer gives, between -1 and 1, is the input of the next
                farthest = np.abs(W_ih).sum(axis=0) + np.abs(b)
                self._above.append((step_in(at, farthest), affine(below, W_ih, b, G, at_rest=at_rest)))
            below = at
        assert below is not None
        self._decode, logits = affine(below, W_out.T, b_out, 1, at_rest=at_rest)
        self._logits: Floats = logits[0]

    def read(self, ids: Ids | int) -> Floats:
        """Read one character of each stream.

        Args:
            ids: (B,); of a single stream its character itself.

        Returns:
            Logits of the next character, (B, V), or (V,) of a single stream. The next call overwrites them.
        """
        table = self._table
        if table is None:
            self._first(self._project(ids))
        else:
            self._first(table[ids] if self._single else table.take(ids, axis=1))
        for step, (work_out, projected) in self._above:
            work_out()
            step(projected)
        self._decode()
        return self._logits

    def _project(self, ids: Ids | int) -> Floats:
        """Input projection of the first layer, x W_ih + b_ih, (G, B, H)."""
        x_W = self._W_ih[ids] if self._E is None else self._E[ids] @ self._W_ih  # (B, G H)
        return add(self._by_gate(x_W), self._b, self._z)

    def _by_gate(self, rows: Floats) -> Floats:
        """View gates that are side by side as a step takes them.

        Args:
            rows: (N, G H), or (G H,).

        Returns:
            (G, N, H), but of a single stream (N, G, H), or (G, H).
        """
        G, H = len(self._z), self._z.shape[-1]
        return rows.reshape(*rows.shape[:-1], G, H) if self._single else in_panels(rows, H)
