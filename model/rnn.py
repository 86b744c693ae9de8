"""The plain recurrent network of Elman (1990), with tanh: h = tanh(x W_ih + b_ih + h W_hh + b_hh)."""

from __future__ import annotations

import numpy as np

from model.cell import Cell, Workspace, weight_gradient
from model.moment import Moment
from model.parameters import Floats
from model.slices import Slices


class RNN(Cell):
    """A layer of plain recurrence."""

    name = "rnn"
    G = 1
    S = 1

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""
        return Workspace(1, T, B, self.H, self.W_hh.dtype)

    def step(self, x: Floats, at: Moment) -> None:
        """Advance h by one character."""
        np.add(x, at.recall(), out=at.z)
        np.add(at.z, self.b_hh_flat, out=at.z)
        np.tanh(at.z, out=at.h)

    def forward(self, work: Workspace) -> Slices[None]:
        """Run over a window; leaves h of each step in `work`."""
        product = work.product[0]
        for t in range(len(work.dh)):
            z = work.gates[0, t]  # (B, H)
            np.matmul(work.h[t], self.W_hh[0], out=product)
            np.add(z, product, out=z)
            np.tanh(z, out=work.h[t + 1])
            yield

    def backward(self, work: Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradients of W_hh and the biases."""
        dh = work.dh_t
        dh[...] = 0.0
        for t in reversed(range(len(work.dh))):
            dz, h = work.dz[t], work.h[t + 1]  # (B, H) each
            np.add(dh, work.dh[t], out=dh)
            # dz = dh (1 - h^2);  dh = dz W_hh^T
            np.multiply(h, h, out=dz)
            np.subtract(1.0, dz, out=dz)
            np.multiply(dz, dh, out=dz)
            np.matmul(dz, self.W_hh_flat, out=dh)
            yield
        yield from weight_gradient(work.dz, work.h[:-1], self.dW_hh)
        np.add.reduce(work.dz, axis=(0, 1), out=self.db_hh)
        self.db_ih[...] = self.db_hh
