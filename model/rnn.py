"""The plain recurrent network of Elman (1990), with tanh: h = tanh(x W_ih + b_ih + h W_hh + b_hh)."""

from __future__ import annotations

from numpy import add, multiply, subtract, tanh

from model.cell import Cell, Workspace, bias_gradient, weight_gradient
from model.parameters import Floats
from model.slices import Slices
from model.step_buffers import StepBuffers


class RNN(Cell):
    """A layer of plain recurrence."""

    name = "rnn"
    G = 1
    S = 1
    SCALE = (1.0,)

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""
        return Workspace(1, T, B, self.H, self.W_hh.dtype)

    def step(self, at: StepBuffers, projected: Floats) -> None:
        """Advance h by one character."""
        add(projected, at.recall(), at.z)
        add(at.z, self.b_hh, at.z)
        tanh(at.z, at.h)

    def forward(self, work: Workspace) -> Slices[None]:
        """Run over a window; leaves h of each step in `work`."""
        recurrence, z = work.recurrence, work.z[0]
        recurrence.take(self.W_hh, self.scale)
        for span in work.spans:
            for t in range(span.start, span.stop):
                recurrence.forward(recurrence.of_h(work.h[t]))
                add(z[t], recurrence.product[0], z[t])
                tanh(z[t], work.h[t + 1])
            yield

    def backward(self, work: Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradients of W_hh and the biases."""
        recurrence, dh, lean = work.recurrence, work.dh_t, work.lean
        recurrence.take_transposed(self.W_hh)
        dh[...] = 0.0
        for span in reversed(work.spans):
            # dz = dh (1 - h^2), of which the second factor does not depend on later steps
            slopes, h = work.dz[0, span], work.h[span.start + 1 : span.stop + 1]
            multiply(h, h, slopes)
            subtract(1.0, slopes, slopes)
            for t in reversed(range(span.start, span.stop)):
                dz = work.dz[:, t]  # (1, B, H)
                add(dh, work.dh[t], dh)
                multiply(dz, dh, dz)
                # on to t - 1: dh = dz W_hh^T
                recurrence.backward(recurrence.of_dz(dz), lean(dh))
            yield
        yield from weight_gradient(work.h[:-1], work.dz, self.dW_hh)
        bias_gradient(work, work.dz, self.db_hh)
        self.db_ih[...] = self.db_hh
