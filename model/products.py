"""Matrix products in the sizes in which BLAS makes them fastest.

Before BLAS multiplies, it copies both matrices into an order of its own, which for the few rows of one time step can
cost as much as the arithmetic. For processors with AVX-512 OpenBLAS has kernels that take matrices as they lie, as long
as a product has at most a million multiplications and no matrix is transposed. There a product is cut into such pieces
here; elsewhere it is made as a whole.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from model.parameters import Floats
from model.processor import has_avx512

CACHE_LINE = 64
"""Bytes. Half of all wide loads touch two lines, and take twice as long, in an array that begins between two."""

SMALL = 1_000_000
"""Multiplications up to which OpenBLAS has kernels that copy nothing."""

WIDTHS = (64, 32)
"""Columns of a piece, the best first; with fewer, loading what they are multiplied with is most of the work."""

ROWS = 64
"""Of a piece, where there are many of them."""

FEWEST_ROWS = 16
"""Of a piece of several that share the rows: with fewer, the weights are loaded too often."""

DEEP = 160
"""Of sums; where they are deeper, many rows are worth the copying."""

WHOLE_UP_TO = 128
"""Rows up to which a product is made as a whole, for aligning the weights would cost too much."""


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Floats:
    """An array of any content that begins where a cache line does."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -memory.__array_interface__["data"][0] % CACHE_LINE
    array: Floats = memory[start : start + size].view(dtype).reshape(shape)
    return array


def aligned_rows(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Floats:
    """An array each of whose rows begins where a cache line does."""
    *above, length = shape
    line = CACHE_LINE // np.dtype(dtype).itemsize
    return aligned((*above, -(-length // line) * line), dtype)[..., :length]


def copy_of(array: Floats) -> Floats:
    """A copy in one piece that begins where a cache line does."""
    copy = aligned(array.shape, array.dtype)
    np.copyto(copy, array)
    return copy


def piece(rows: Iterable[int], depth: int, columns: int) -> tuple[int, int] | None:
    """The size of the pieces in which a product with (depth, columns) is quickest.

    Args:
        rows: Numbers of rows that a piece may have, the best first.
        depth: Of the sum.
        columns: Of the product.

    Returns:
        Rows, and columns, which are a divisor of `columns`; None where the product is quickest as a whole.
    """
    if has_avx512():
        for width, height in itertools.product((*WIDTHS, columns), rows):
            if columns % width == 0 and height * depth * width <= SMALL:
                return height, width
    return None


def shares(rows: int, fewest: int) -> list[int]:
    """All rows, and the divisors of their number down to `fewest`."""
    return [rows, *(share for share in range(rows // 2, fewest - 1, -1) if rows % share == 0)]


def depth_at_once(depth: int, part: int) -> int:
    """How much of sums as deep as `depth` is best made at once: `part`, where that is what there are kernels for."""
    return part if has_avx512() and part <= DEEP else depth


def in_panels(array: Floats, width: int) -> Floats:
    """View columns (..., N, K) as panels of them, (..., K / width, N, width)."""
    *above, N, K = array.shape
    return array.reshape(*above, N, K // width, width).swapaxes(-3, -2)


class Weights:
    """Weights (D, K) that many rows are multiplied with."""

    def __init__(self, W: Floats, rows: int) -> None:
        """Lay them out as is quickest for so many rows, where that takes a copy."""
        D, K = W.shape
        self._W = W
        self._panels: Floats | None = None
        if rows > WHOLE_UP_TO and D <= DEEP and (size := piece((ROWS,), D, K)):
            _, width = size
            self._panels = copy_of(in_panels(W, width))[:, None]  # (K / width, 1, D, width)

    def rows_at_once(self, most: int) -> int:
        """How many rows to multiply at once, where `most` stay in the cache until they are worked on again.

        In pieces as many as that; a product that is made as a whole is the quicker, the more rows it has.
        """
        return sys.maxsize if self._panels is None else max(ROWS, most - most % ROWS)

    def multiply(self, x: Floats, out: Floats) -> None:
        """Multiply rows, in pieces where that is quicker.

        Args:
            x: (N, D).
            out: Receives x W, (N, K).
        """
        N, D = x.shape
        done = 0
        if self._panels is not None:
            done = N - N % ROWS
            width = self._panels.shape[-1]
            rows = x[:done].reshape(-1, ROWS, D)
            parts = in_panels(out[:done], width)  # (K / width, done, width)
            np.matmul(rows, self._panels, out=parts.reshape(len(parts), -1, ROWS, width))
        if done < N:
            np.matmul(x[done:], self._W, out=out[done:])


def multiply_rows(x: Floats, W: Floats, out: Floats) -> None:
    """Multiply rows (N, D) once with W (D, K): `out` receives x W."""
    Weights(W, len(x)).multiply(x, out)
