"""The gated recurrent unit, in PyTorch's variant: forward and backward through a window of time.

For each time step t, with gates r, z, n stacked in the first axis:

    r = sigmoid(x W_ir + b_ir + h W_hr + b_hr)          # (B, H)
    z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
    n = tanh(x W_in + b_in + r * (h W_hn + b_hn))
    h = (1 - z) * n + z * h

(Cho et al. 2014; here r gates the product with h, not h itself, so that all three products are one.)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model import cell
from model.cell import Cell, weight_gradient
from model.parameters import Floats
from model.slices import Slices


class Workspace(cell.Workspace):
    """What a GRU's forward leaves for its backward.

    Attributes:
        recall: h W_hn + b_hn of each step, (T, B, H).
        dz_hh: d(loss)/d(h W_hh + b_hh), (T, B, 3 H); it differs from that of the input in n, by the factor r.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(3, T, B, H, dtype)
        self.recall: Floats = np.empty((T, B, H), dtype)
        self.dz_hh: Floats = np.empty((T, B, 3 * H), dtype)


class GRU(Cell):
    """A layer of gated recurrent units."""

    name = "gru"
    G = 3
    S = 1
    sigmoid_names = ("reset", "update")

    @property
    def input_bias(self) -> Floats:
        """All biases but b_hn, which r multiplies, (3, 1, H)."""
        bias = self.b_ih + self.b_hh
        bias[2] = self.b_ih[2]
        return bias[:, None]

    def sigmoid_gates(self, work: cell.Workspace) -> Floats:
        """R and z of the last time step, (2, B, H)."""
        return work.gates[:2, -1]

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""
        return Workspace(T, B, self.H, self.W_hh.dtype)

    def step(self, projection: Floats, state: Floats) -> None:
        """Advance `state` (1, B, H) in place by one character."""
        h, H = state[0], self.H
        recall = h @ self.W_hh_flat.T
        recall += self.b_hh_flat
        rz, n = projection[..., : 2 * H], projection[..., 2 * H :]
        rz += recall[..., : 2 * H]
        sigmoid(rz)
        r, z = rz[..., :H], rz[..., H:]
        n += r * recall[..., 2 * H :]
        np.tanh(n, out=n)
        # h = (1 - z) n + z h = n + z (h - n)
        h -= n
        h *= z
        h += n

    def forward(self, work: cell.Workspace) -> Slices[None]:
        """Run over a window; leaves h and the activated gates of each step in `work`."""
        assert isinstance(work, Workspace)
        product = work.product
        for t in range(len(work.recall)):
            gates, recall = work.gates[:, t], work.recall[t]  # (3, B, H), (B, H)
            h, h_next = work.h[t], work.h[t + 1]
            r, z, n = gates
            np.matmul(h, self.W_hh, out=product)

            # r, z = sigmoid(...)
            np.add(gates[:2], product[:2], out=gates[:2])
            sigmoid(gates[:2])

            # n = tanh(x W_in + b_in + r * (h W_hn + b_hn))
            np.add(product[2], self.b_hh[2], out=recall)
            np.multiply(r, recall, out=h_next)
            np.add(n, h_next, out=n)
            np.tanh(n, out=n)

            # h = n + z * (h - n)
            np.subtract(h, n, out=h_next)
            np.multiply(h_next, z, out=h_next)
            np.add(h_next, n, out=h_next)
            yield

    def backward(self, work: cell.Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/d(x W_ih), left in `work.dz`, and the gradients of W_hh and the biases."""
        assert isinstance(work, Workspace)
        dh, straight = work.dh_t, work.product[0]
        dr, dz, dn = work.slope
        _, B, H = work.slope.shape
        dh[...] = 0.0
        for t in reversed(range(len(work.dh))):
            r, z, n = work.gates[:, t]  # (B, H) each
            dz_ih = work.dz[t].reshape(B, 3, H).transpose(1, 0, 2)  # (3, B, H)
            dz_hh = work.dz_hh[t].reshape(B, 3, H).transpose(1, 0, 2)
            h = work.h[t]
            np.add(dh, work.dh[t], out=dh)

            # dn = dh (1 - z) (1 - n^2);  dz = dh (h - n) z (1 - z)
            np.multiply(n, n, out=dn)
            np.subtract(1.0, dn, out=dn)
            np.subtract(1.0, z, out=dz)
            np.multiply(dn, dz, out=dn)
            np.multiply(dn, dh, out=dn)
            np.multiply(dz, z, out=dz)
            np.multiply(dz, dh, out=dz)
            np.subtract(h, n, out=dr)
            np.multiply(dz, dr, out=dz)
            # of dh, z h goes straight on to t - 1
            np.multiply(dh, z, out=straight)

            # dr = dn (h W_hn + b_hn) r (1 - r);  what goes back through h W_hn is dn r
            np.subtract(1.0, r, out=dr)
            np.multiply(dr, r, out=dr)
            np.multiply(dr, work.recall[t], out=dr)
            np.multiply(dr, dn, out=dr)
            np.multiply(dn, r, out=dz_hh[2])
            np.copyto(dz_hh[:2], work.slope[:2])
            np.copyto(dz_ih, work.slope)

            # on to t - 1: dh = dz_hh W_hh^T, summed over the gates, and what came straight
            np.matmul(work.dz_hh[t], self.W_hh_flat, out=dh)
            np.add(dh, straight, out=dh)
            yield
        yield from weight_gradient(work.dz_hh, work.h[:-1], self.dW_hh)
        np.add.reduce(work.dz_hh, axis=(0, 1), out=self.db_hh)
        np.add.reduce(work.dz, axis=(0, 1), out=self.db_ih)


def sigmoid(x: Floats) -> None:
    """1 / (1 + exp(-x)) in place, as (tanh(x / 2) + 1) / 2, which cannot overflow."""
    np.multiply(x, 0.5, out=x)
    np.tanh(x, out=x)
    np.multiply(x, 0.5, out=x)
    np.add(x, 0.5, out=x)
