"""One layer's part of reading a character: buffers made and views cut once, as that costs what the arithmetic does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy import add, dot, matmul

from model.parameters import Floats
from model.products import FEWEST_ROWS, aligned, aligned_rows, copy_of, in_panels, piece, shares
from model.recurrence import MANY_UNITS

ROW_BY_ROW_UP_TO = 6
"""Streams up to which a product for each is quicker than one for all, before which BLAS repacks the weights; with
AVX-512 it is their number only where a product does not go in pieces."""

LARGE = 257
"""Rows of weights above which a product with a vector is quicker where columns are contiguous than where rows are."""

SHALLOW = 257
"""Rows of weights up to which streams are worth sharing out to several pieces where the weights lie as training has
them: with more, the rows of a piece are too far apart."""


class Product(NamedTuple):
    """A product of which only what is multiplied changes."""

    work_out: Callable[[], object]
    result: Floats
    """What that fills, (G, B, K), or of a single stream (G, K)."""


Step = Callable[[Floats], None]
"""Advances what a layer remembers by a character, given its projection, (G, B, H): see `Reading`."""


class StepBuffers:
    """Where one layer computes what follows from a character.

    It lies gate by gate, as a window does; all that belongs to a single stream goes without the axis B.

    Attributes:
        room: One piece of memory, (G + S, B, H): the gates, then what is remembered, of which h is the last.
        z: The gates, (G, B, H).
        gates: Each of them, (B, H).
        memory: The vectors of the state, (B, H) each, of which the first is h.
        h_and_1: Of a single stream h with a 1, (H + 1,), with which a product can add a bias; else None.
        recall: The product h W_hh.
        G: Gates.
        single: Whether there is one stream.
    """

    def __init__(self, room: Floats, W_hh: Floats, *, at_rest: bool = False) -> None:
        """Cut the views.

        Args:
            room: A layer's part of what `rooms` made.
            W_hh: (H, G H).
            at_rest: It no longer changes.
        """
        H, columns = W_hh.shape
        self.G = columns // H
        self.single = room.ndim == 1
        self.h_and_1 = room[-H - 1 :] if self.single else None
        self.room = room = room[:-1].reshape(-1, H) if self.single else room
        self.z, self.gates = room[: self.G], tuple(room[: self.G])
        self.memory = tuple(room[: self.G - 1 : -1])
        self.h = self.memory[0]
        self.recall = product(self.h, W_hh, self.G, at_rest=at_rest)

    def across(self, vector: Floats) -> Floats:
        """View a number for each unit of each gate, (G H,), as what can be added to `z`."""
        return across(vector, self.G, single=self.single)

    def of_gates(self, numbers: Floats) -> Floats:
        """Arrange a number for each gate, (G,), as what `z` is quickest multiplied with."""
        return np.repeat(numbers, self.h.shape[-1]).reshape(self.G, -1) if self.single else numbers.reshape(-1, 1, 1)


class Reading(NamedTuple):
    """A layer's weights as it reads with them, and its step."""

    W_ih: Floats
    """(D, G H)."""
    b: Floats
    """(G H,): a projection is x W_ih + b."""
    W_hh: Floats
    """(H, G H)."""
    step_in: Callable[[StepBuffers, Floats], Step]
    """Makes the step from the layer's buffers and from how far from 0 a projection can be, (G H,)."""


def rooms(L: int, G: int, state: Floats) -> tuple[Floats, Floats]:
    """Room for L layers of G gates that begin with `state` (L, S, B, H): that of all, and the state in it, a view.

    Of a single stream there is a 1 after each layer's h, and the axis B is left out.
    """
    _, S, B, H = state.shape
    if B == 1:
        all_rooms = aligned_rows((L, (G + S) * H + 1), state.dtype)
        all_rooms[...] = 1
        vectors = all_rooms[:, G * H : -1].reshape(L, S, 1, H)
    else:
        all_rooms = aligned((L, G + S, B, H), state.dtype)
        vectors = all_rooms[:, G:]
    inside = vectors[:, ::-1]
    inside[...] = state
    return all_rooms, inside


def across(vector: Floats, G: int, *, single: bool) -> Floats:
    """View (G H,) as (G, H), or as (G, 1, H) where there are several streams."""
    return vector.reshape((G, -1) if single else (G, 1, -1))


def product(x: Floats, W: Floats, G: int, *, at_rest: bool = False) -> Product:
    """Make ready for x W, gate by gate, in room of its own.

    Args:
        x: (B, D) or (D,).
        W: (D, G K).
        G: Gates that are side by side in W.
        at_rest: W no longer changes: it is copied into the order in which the product is quickest.
    """
    if x.ndim == 1:
        out = aligned((W.shape[1],), W.dtype)
        return Product(partial(dot, x, in_order(W) if at_rest else W, out), out.reshape(G, -1))
    K, B = W.shape[1] // G, len(x)
    fewest = FEWEST_ROWS if len(W) <= (MANY_UNITS if at_rest else SHALLOW) else B
    if (at_rest or W.strides[1] == W.itemsize) and (size := piece(shares(B, fewest), len(W), K)):
        return in_pieces(size, x, W, G, at_rest=at_rest)
    if B > ROW_BY_ROW_UP_TO:
        by_gate = in_panels(W, K)  # (G, D, K)
        out = aligned((G, B, K), W.dtype)
        return Product(partial(matmul, x, copy_of(by_gate) if at_rest else by_gate, out), out)
    return row_by_row(x, in_order(W) if at_rest else W, G)


def in_pieces(size: tuple[int, int], x: Floats, W: Floats, G: int, *, at_rest: bool) -> Product:
    """The same for many streams, in pieces of so many rows and columns: see `products.py`."""
    (rows, width), (B, D), K = size, x.shape, W.shape[1] // G
    panels = in_panels(in_panels(W, K), width)[:, :, None]  # (G, K / width, 1, D, width)
    if at_rest:
        panels = copy_of(panels)
    out = aligned((G, B, K), W.dtype)
    parts = in_panels(out, width).reshape(G, K // width, B // rows, rows, width)
    return Product(partial(matmul, x.reshape(B // rows, rows, D), panels, parts), out)


def row_by_row(x: Floats, W: Floats, G: int) -> Product:
    """The same for a few streams, one after the other."""
    out: Floats = np.empty((len(x), W.shape[1]), W.dtype)
    rows = tuple(zip(x, out, strict=True))

    def work_out() -> None:
        for row, result in rows:
            dot(row, W, result)

    return Product(work_out, in_panels(out, W.shape[1] // G))


def affine(below: StepBuffers, W: Floats, b: Floats, G: int, *, at_rest: bool = False) -> Product:
    """Likewise for h W + b, where h is a layer's."""
    if at_rest and below.h_and_1 is not None:
        # the bias as one more row of weights
        return product(below.h_and_1, np.vstack([W, b]), G, at_rest=True)
    multiply, result = product(below.h, W, G, at_rest=at_rest)
    bias = across(b, G, single=below.single)

    def work_out() -> None:
        multiply()
        add(result, bias, result)

    return Product(work_out, result)


def in_order(W: Floats) -> Floats:
    """Copy weights (D, K) into the order in which a product of them with a vector is quickest."""
    return copy_of(W.T).T if len(W) > LARGE else copy_of(W)
