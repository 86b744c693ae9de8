"""One layer's part of reading a character: buffers made and views cut once, as that costs what the arithmetic does."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy import add, dot, matmul

from model.parameters import Floats
from model.products import FEWEST_ROWS, copy_of, in_panels, piece, shares

ROW_BY_ROW_UP_TO = 6
"""Streams up to which a product for each is quicker than one for all, before which BLAS repacks the weights; with
AVX-512 it is their number only where a product does not go in pieces."""

LARGE = 257
"""Rows of weights above which a product with a vector is quicker where columns are contiguous than where rows are."""

SHALLOW = 257
"""Rows of weights up to which streams are worth sharing out to several pieces; with more, results lie too far apart."""

Step = Callable[[Floats], None]
"""Advances what a layer remembers by a character, given its projection, (B, G H): see `Reading`."""


class StepBuffers:
    """Where one layer computes what follows from a character; of a single stream all goes without the axis B.

    Attributes:
        room: One piece of memory, (B, G H + S H + 1): the gates, what is remembered, of which h is the last, and a 1,
            with which a product with h can add a bias.
        z: The gates side by side, (B, G H).
        gates: Each of them, (B, H).
        memory: The vectors of the state, (B, H) each, of which the first is h.
        h_and_1: h with the 1, (B, H + 1).
        recall: Puts h W_hh into room of its own, (B, G H), and returns it.
    """

    def __init__(self, room: Floats, W_hh: Floats, *, at_rest: bool = False) -> None:
        """Cut the views.

        Args:
            room: See above; with the axis B.
            W_hh: (H, G H).
            at_rest: It no longer changes.
        """
        H, columns = W_hh.shape
        # products with a vector are quicker than with a row
        self.room = room = room[0] if len(room) == 1 else room
        vectors = [room[..., k : k + H] for k in range(0, room.shape[-1] - 1, H)]
        gates = columns // H
        self.z, self.gates = room[..., :columns], tuple(vectors[:gates])
        self.memory = tuple(reversed(vectors[gates:]))
        self.h, self.h_and_1 = self.memory[0], room[..., -H - 1 :]
        self.recall = product(self.h, W_hh, at_rest=at_rest)


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


def state_in(rooms: Floats, S: int, H: int) -> Floats:
    """The state (L, S, B, H) that lies in the rooms of all layers, (L, B, G H + S H + 1): a view."""
    L, B, _ = rooms.shape
    return rooms[..., -S * H - 1 : -1].reshape(L, B, S, H)[:, :, ::-1].transpose(0, 2, 1, 3)


def product(x: Floats, W: Floats, *, at_rest: bool = False) -> Callable[[], Floats]:
    """A function that returns x W in room of its own, as they are then.

    Args:
        x: (B, D) or (D,).
        W: (D, K).
        at_rest: W no longer changes: it is copied into the order in which the product is quickest.
    """
    out: Floats = np.empty((*x.shape[:-1], W.shape[1]), W.dtype)
    if x.ndim == 1:
        return partial(dot, x, in_order(W) if at_rest else W, out)
    rows_of_pieces = shares(len(x), FEWEST_ROWS if len(W) <= SHALLOW else len(x))
    if (at_rest or W.strides[1] == W.itemsize) and (size := piece(rows_of_pieces, *W.shape)):
        return in_pieces(size, x, W, out, at_rest=at_rest)
    if len(x) > ROW_BY_ROW_UP_TO:
        return partial(dot, x, np.ascontiguousarray(W) if at_rest else W, out)
    if at_rest:
        W = in_order(W)
    rows = tuple(zip(x, out, strict=True))

    def row_by_row() -> Floats:
        for row, result in rows:
            dot(row, W, result)
        return out

    return row_by_row


def in_pieces(size: tuple[int, int], x: Floats, W: Floats, out: Floats, *, at_rest: bool) -> Callable[[], Floats]:
    """The same for many streams, in pieces of so many rows and columns: see `products.py`."""
    rows, width = size
    panels = in_panels(W, width)[:, None]  # (K / width, 1, D, width)
    if at_rest:
        panels = copy_of(panels)
    parts = in_panels(out, width).reshape(len(panels), -1, rows, width)
    pieces = x.reshape(-1, rows, len(W))

    def multiplied() -> Floats:
        matmul(pieces, panels, parts)
        return out

    return multiplied


def affine(x_and_1: Floats, W: Floats, b: Floats) -> Callable[[], Floats]:
    """A function that returns x W + b, likewise."""
    multiplied = product(x_and_1[..., :-1], W)

    def with_bias() -> Floats:
        result = multiplied()
        return add(result, b, result)

    return with_bias


def joined(x_and_1: Floats, W: Floats, b: Floats) -> Callable[[], Floats]:
    """The same with the bias as one more row of weights, which must not change any more."""
    return product(x_and_1, np.vstack([W, b]), at_rest=True)


def in_order(W: Floats) -> Floats:
    """Copy weights (D, K) into the order in which a product of them with a vector is quickest."""
    return np.asfortranarray(W) if len(W) > LARGE else np.ascontiguousarray(W)
