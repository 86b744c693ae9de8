"""The products of each time step with the recurrent weights.

h W_hh is wanted gate by gate, since elementwise work is quickest on one contiguous piece for each gate. So there is a
product for each gate, or for pieces of it: see `products.py`. Backward sums over the gates, which where there are no
pieces is one product. Once a window, weights are copied to lie as these want them. A single stream is a vector, of
which one product with all gates is quickest, with the weights as they lie.
"""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy.typing as npt
from numpy import add, copyto, dot, matmul, multiply

from model.parameters import Floats
from model.products import FEWEST_ROWS, aligned, in_panels, piece, shares
from model.slices import pieces

MANY_UNITS = 640
"""With more, weights are loaded once, whatever that leaves of pieces."""

NARROW = 64
"""Columns that are transposed together."""


class Recurrence(ABC):
    """One layer's recurrent weights during a window: first those of forward, then those of backward.

    Attributes:
        product: Receives h W_hh, (G, B, H), or of a single stream (G, H).
    """

    product: Floats

    @abstractmethod
    def of_h(self, h: Floats) -> Floats:
        """View h (B, H) as `forward` takes it. Views are cut once, since that costs as much as using them."""

    @abstractmethod
    def of_dz(self, by_gate: Floats, side_by_side: Floats) -> Floats:
        """View dz, which is there both as (G, B, H) and as (B, G H), as `backward` takes it."""

    @abstractmethod
    def take(self, W_hh: Floats, scale: Floats) -> None:
        """Take W_hh (H, G H), each column multiplied with its number in `scale` (G H,), for `forward`."""

    @abstractmethod
    def forward(self, h: Floats) -> None:
        """Multiply h with the weights: see `product`."""

    @abstractmethod
    def take_transposed(self, W_hh: Floats) -> None:
        """Take W_hh^T for `backward`."""

    @abstractmethod
    def backward(self, dz: Floats, dh: Floats) -> None:
        """d(loss)/dh for z = h W_hh.

        Args:
            dz: d(loss)/dz, a view by `of_dz`.
            dh: Receives dz W_hh^T, summed over the gates, (B, H), or of a single stream (H,).
        """


class InPieces(Recurrence):
    """A product for each gate, some rows of h, and some columns of the weights."""

    def __init__(self, G: int, B: int, H: int, dtype: npt.DTypeLike, size: tuple[int, int]) -> None:
        rows, width = size
        self._panels = aligned((G, H // width, 1, H, width), dtype)
        self.product = aligned((G, B, H), dtype)
        # the same as products of pieces fill it: (G, H / width, B / rows, rows, width)
        self._parts = in_panels(self.product, width).reshape(G, H // width, B // rows, rows, width)

    def of_h(self, h: Floats) -> Floats:
        """Pieces of rows, (B / rows, rows, H)."""
        *_, number, rows, _ = self._parts.shape
        return h.reshape(number, rows, -1)

    def of_dz(self, by_gate: Floats, side_by_side: Floats) -> Floats:  # noqa: ARG002 - others take it so
        """Likewise, (G, 1, B / rows, rows, H)."""
        G, _, number, rows, _ = self._parts.shape
        return by_gate.reshape(G, 1, number, rows, -1)

    def take(self, W_hh: Floats, scale: Floats) -> None:
        """Copy W_hh, scaled, panel by panel."""
        G, panels, _, H, width = self._panels.shape
        columns = W_hh.reshape(H, G, panels, 1, width).transpose(1, 2, 3, 0, 4)
        multiply(columns, scale.reshape(G, panels, 1, 1, width), self._panels)

    def forward(self, h: Floats) -> None:
        """Multiply all pieces of rows with all panels."""
        matmul(h, self._panels, self._parts)

    def take_transposed(self, W_hh: Floats) -> None:
        """Copy W_hh^T, panel by panel, of wide ones some columns at a time: whole rows of W_hh would miss the cache."""
        G, panels, _, H, width = self._panels.shape
        columns = W_hh.T.reshape(G, H, panels, 1, width).transpose(0, 2, 3, 1, 4)
        for some in pieces(slice(0, width), NARROW):
            copyto(self._panels[..., some], columns[..., some])

    def backward(self, dz: Floats, dh: Floats) -> None:
        """Multiply gate by gate, then add up."""
        matmul(dz, self._panels, self._parts)
        add.reduce(self.product, axis=0, out=dh)


class AsAWhole(Recurrence):
    """A product for each gate, and backward a single one."""

    def __init__(self, G: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self._gates = aligned((G, H, H), dtype)
        self._transposed = self._gates.reshape(G * H, H)
        self.product = aligned((G, B, H), dtype)

    def of_h(self, h: Floats) -> Floats:
        """As it is, (B, H)."""
        return h

    def of_dz(self, by_gate: Floats, side_by_side: Floats) -> Floats:  # noqa: ARG002 - others take it so
        """The gates side by side, (B, G H)."""
        return side_by_side

    def take(self, W_hh: Floats, scale: Floats) -> None:
        """Copy W_hh, scaled, gate by gate."""
        H = len(W_hh)
        multiply(in_panels(W_hh, H), scale.reshape(-1, 1, H), self._gates)

    def forward(self, h: Floats) -> None:
        """Multiply gate by gate."""
        matmul(h, self._gates, self.product)

    def take_transposed(self, W_hh: Floats) -> None:
        """Copy W_hh^T, some columns at a time, as above."""
        for some in pieces(slice(0, len(W_hh)), NARROW):
            copyto(self._transposed[:, some], W_hh[some].T)

    def backward(self, dz: Floats, dh: Floats) -> None:
        """Multiply, which sums over the gates."""
        matmul(dz, self._transposed, dh)


class OfOneStream(Recurrence):
    """One product of a vector with all weights, by `dot`, which calls BLAS with the least ado.

    It reads each weight once: to copy them, scaled or transposed, would take as long as many time steps.
    """

    def __init__(self, G: int, H: int, dtype: npt.DTypeLike) -> None:
        self.product = aligned((G, H), dtype)
        self._side_by_side = self.product.reshape(G * H)

    def of_h(self, h: Floats) -> Floats:
        """The vector, (H,)."""
        return h.reshape(-1)

    def of_dz(self, by_gate: Floats, side_by_side: Floats) -> Floats:  # noqa: ARG002 - they are the same
        """All gates as one vector, (G H,)."""
        return by_gate.reshape(-1)

    def take(self, W_hh: Floats, scale: Floats) -> None:
        """Remember W_hh, and the scale of its columns."""
        self._W_hh, self._scale = W_hh, scale

    def forward(self, h: Floats) -> None:
        """Multiply the vector."""
        dot(h, self._W_hh, self._side_by_side)
        multiply(self._side_by_side, self._scale, self._side_by_side)

    def take_transposed(self, W_hh: Floats) -> None:
        """Remember W_hh, whose rows BLAS can read as columns."""
        self._W_hh = W_hh

    def backward(self, dz: Floats, dh: Floats) -> None:
        """Multiply the vector."""
        dot(self._W_hh, dz, dh)


def recurrence(G: int, B: int, H: int, dtype: npt.DTypeLike) -> Recurrence:
    """The quickest for windows of B streams of H units with G gates."""
    # of one unit, vectors are no different from rows
    if B == 1 and H > 1:
        return OfOneStream(G, H, dtype)
    size = piece(shares(B, FEWEST_ROWS if H <= MANY_UNITS else B), H, H)
    return InPieces(G, B, H, dtype, size) if size else AsAWhole(G, B, H, dtype)
