"""The products of each time step with the recurrent weights, which are copied once a window to lie as these want them.

h W_hh is wanted gate by gate, since elementwise work is quickest on one contiguous piece for each gate. So there is a
product for each gate, or for each panel of some of its columns: see `products.py`. A single stream is a vector, of
which one product with all gates is quickest.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model.parameters import Floats
from model.products import aligned, in_panels, piece

FEWEST_ROWS = 8
"""Of a piece: with fewer, the weights are loaded too often."""


class Recurrence:
    """One layer's recurrent weights during a window.

    Attributes:
        product: Receives h W_hh, (G, B, H), or of a single stream (G, H).
    """

    def __init__(self, G: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self._single = B == 1 and H > 1
        divisors = [rows for rows in range(B, 0, -1) if B % rows == 0 and rows >= min(B, FEWEST_ROWS)]
        rows, width = piece(divisors, H, H) or (B, H)
        # of h, and of each gate of dz, as pieces of some rows
        self._pieces = (B // rows, rows, H)
        # forward and backward never need their weights at the same time
        self._panels = aligned((G, H // width, 1, H, width), dtype)
        product = aligned((G, B, H), dtype)
        self._forward: Floats = self._panels.reshape(H, G * H) if self._single else self._panels
        self._backward: Floats = self._panels.reshape(G * H, H) if self._single else self._panels
        self.product: Floats = product[:, 0] if self._single else product
        # (G, H / width, B / rows, rows, width)
        in_pieces = in_panels(product, width).reshape(G, H // width, B // rows, rows, width)
        self._out: Floats = product.reshape(G * H) if self._single else in_pieces

    def take(self, W_hh: Floats, scale: Floats) -> None:
        """Copy W_hh (H, G H), each column multiplied with its number in `scale` (G H,), for `forward`."""
        if self._single:
            np.multiply(W_hh, scale, out=self._forward)
            return
        G, panels, _, H, width = self._panels.shape
        columns = W_hh.reshape(H, G, panels, 1, width).transpose(1, 2, 3, 0, 4)
        np.multiply(columns, scale.reshape(G, panels, 1, 1, width), out=self._panels)

    def forward(self, h: Floats) -> None:
        """Multiply h (B, H), or (H,), with the weights: see `product`."""
        np.matmul(h if self._single else h.reshape(self._pieces), self._forward, self._out)

    def take_transposed(self, W_hh: Floats) -> None:
        """Copy W_hh^T for `backward`."""
        if self._single:
            np.copyto(self._backward, W_hh.T)
            return
        G, panels, _, H, width = self._panels.shape
        np.copyto(self._panels, W_hh.T.reshape(G, H, panels, 1, width).transpose(0, 2, 3, 1, 4))

    def backward(self, dz: Floats, dh: Floats) -> None:
        """d(loss)/dh for z = h W_hh.

        Args:
            dz: d(loss)/dz, (G, B, H), or (G, H).
            dh: Receives dz W_hh^T, summed over the gates, (B, H), or (H,).
        """
        if self._single:
            np.matmul(dz.reshape(-1), self._backward, dh)
        else:
            np.matmul(dz.reshape(-1, 1, *self._pieces), self._backward, self._out)
            np.add.reduce(self.product, axis=0, out=dh)
