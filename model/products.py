"""Matrix products in the sizes in which BLAS makes them fastest.

Before BLAS multiplies, it copies both matrices into an order of its own, which for the few rows of one time step can
cost as much as the arithmetic. For processors with AVX-512 OpenBLAS has kernels that take matrices as they lie, as long
as a product has at most a million multiplications and no matrix is transposed. There a product is cut into such pieces
here; elsewhere it is made as a whole.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_info

from model.parameters import Floats

CACHE_LINE = 64
"""Bytes. Half of all wide loads touch two lines, and take twice as long, in an array that begins between two."""

SMALL = 1_000_000
"""Multiplications up to which OpenBLAS has kernels that copy nothing."""

WITH_SMALL_KERNELS = frozenset({"SkylakeX", "Cooperlake", "SapphireRapids"})
"""What OpenBLAS calls the processors that it has them for; it takes Zen 4 and Zen 5 for one of these."""

WIDTHS = (64, 32)
"""Columns of a piece, the best first; with fewer, loading what they are multiplied with is most of the work."""

ROWS = (64, 32)
"""Rows of a piece, likewise."""


@cache
def has_small_kernels() -> bool:
    """Whether numpy's BLAS multiplies small matrices as they lie."""
    return any(library.get("architecture") in WITH_SMALL_KERNELS for library in threadpool_info())


def aligned(shape: tuple[int, ...], dtype: npt.DTypeLike) -> Floats:
    """An array of any content that begins where a cache line does."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape)) * dtype.itemsize
    memory = np.empty(size + CACHE_LINE, np.uint8)
    start = -memory.__array_interface__["data"][0] % CACHE_LINE
    array: Floats = memory[start : start + size].view(dtype).reshape(shape)
    return array


def copy_of(array: Floats) -> Floats:
    """A copy in one piece that begins where a cache line does."""
    copy = aligned(array.shape, array.dtype)
    np.copyto(copy, array)
    return copy


def panel_width(rows: int, depth: int, columns: int) -> int:
    """Columns of the pieces in which (rows, depth) x (depth, columns) is quickest; a divisor of `columns`."""
    if has_small_kernels():
        for width in WIDTHS:
            if columns % width == 0 and rows * depth * width <= SMALL:
                return width
    return columns


def multiply_rows(x: Floats, W: Floats, out: Floats) -> None:
    """Multiply many rows, some at a time where that is quicker.

    Args:
        x: (N, D).
        W: (D, K), or as many of them as there are in `out`, (G, D, K).
        out: Receives x W, (N, K) or (G, N, K).
    """
    N, D = x.shape
    K = W.shape[-1]
    rows = next((rows for rows in ROWS if rows * D * K <= SMALL), N) if has_small_kernels() else N
    whole = N - N % rows if N else 0
    if rows < whole:
        pieces = out[..., :whole, :].reshape(*out.shape[:-2], whole // rows, rows, K)
        np.matmul(x[:whole].reshape(whole // rows, rows, D), copy_of(W)[..., None, :, :], out=pieces)
        x, out = x[whole:], out[..., whole:, :]
    if len(x):
        np.matmul(x, W, out=out)
