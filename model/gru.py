"""The gated recurrent unit, in PyTorch's variant: forward and backward through a window of time.

For each time step t, with the gates r, z, n:

    r = sigmoid(x W_ir + b_ir + h W_hr + b_hr)          # (B, H)
    z = sigmoid(x W_iz + b_iz + h W_hz + b_hz)
    n = tanh(x W_in + b_in + r * (h W_hn + b_hn))
    h = (1 - z) * n + z * h

(Cho et al. 2014; here r gates the product with h, not h itself, so that all three products are made at once.)
"""

from __future__ import annotations

import numpy as np
from numpy import add, copyto, multiply, subtract, tanh

from model.activation import SIGMOID, activation, from_tanh, scale
from model.cell import Cell, as_rows, in_gates, weight_gradient
from model.gru_workspace import BackwardStep, ForwardStep, GRUWorkspace
from model.parameters import Floats, Parameters
from model.slices import Slices
from model.step_buffers import Step, StepBuffers


class GRU(Cell[GRUWorkspace]):
    """A layer of gated recurrent units."""

    name = "gru"
    G = 3
    S = 1
    sigmoid_names = ("reset", "update")

    def __init__(self, parameters: Parameters, layer: int) -> None:
        super().__init__(parameters, layer)
        self.one: Floats = np.array(1, self.W_hh.dtype)
        self.gain: Floats = np.array(SIGMOID, self.W_hh.dtype)
        self.activate = activation(self.gain)

    def scales(self) -> tuple[float, ...]:
        """What forward wants each gate's pre-activation multiplied with."""
        return scale(SIGMOID), scale(SIGMOID), 1.0

    @property
    def input_bias(self) -> Floats:
        """All biases but b_hn, which r multiplies, (3 H,)."""
        bias = self.b_ih + self.b_hh
        bias[2 * self.H :] = self.b_ih[2 * self.H :]
        return bias

    def sigmoid_gates(self, work: GRUWorkspace) -> Floats:
        """The gates r and z of the last time step, (2, B, H)."""
        return work.last_gates[:2]

    def workspace(self, T: int, B: int) -> GRUWorkspace:
        """Buffers for windows of T steps and B streams."""
        return GRUWorkspace(T, B, self.H, self.W_hh.dtype)

    def step_in(self, at: StepBuffers) -> Step:
        """Make what advances h by one character."""
        (h,), (r, z, n), rz = at.memory, at.gates, at.z[:2]
        (recall, recalled), b_hh, gain = at.recall, at.across(self.b_hh), self.gain
        recalled_rz, recalled_n, activate = recalled[:2], recalled[2], from_tanh(gain)

        def step(projected: Floats) -> None:
            recall()
            add(recalled, b_hh, recalled)
            # r, z = sigmoid(...), by tanh as in `lstm.py`
            add(projected[:2], recalled_rz, rz)
            multiply(rz, gain, rz)
            activate(rz, None)
            multiply(r, recalled_n, r)
            add(projected[2], r, n)
            tanh(n, n)
            # h = (1 - z) n + z h = n + z (h - n)
            subtract(h, n, h)
            multiply(h, z, h)
            add(h, n, h)

        return step

    def forward(self, work: GRUWorkspace) -> Slices[None]:
        """Run over a window; leaves h and the activated gates of each step in `work`."""
        work.recurrence.take(self.W_hh, self.scale)
        for span in work.spans:
            self._forward(work.forward[span], work)
            yield
        work.last_gates[...] = work.gates[-1][:, -1]

    @np.errstate(over="ignore")
    def _forward(self, steps: list[ForwardStep], work: GRUWorkspace) -> None:
        recurrence, b_hn, activate = work.recurrence, self.b_hh[2 * self.H :], self.activate
        product_rz, product_n = recurrence.product[:2], recurrence.product[2]
        for rz, r, z, n, recall, h_before, h_to_recall, h in steps:
            recurrence.forward(h_to_recall)
            # r, z = sigmoid(...)
            add(rz, product_rz, rz)
            activate(rz, None)

            # n = tanh(x W_in + b_in + r * (h W_hn + b_hn))
            add(product_n, b_hn, recall)
            multiply(r, recall, h)
            add(n, h, n)
            tanh(n, n)

            # h = n + z * (h - n)
            subtract(h_before, n, h)
            multiply(h, z, h)
            add(h, n, h)

    def backward(self, work: GRUWorkspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/d(x W_ih), left in `work.dz`, and the gradient of W_hh."""
        work.dh_t[...] = 0.0
        work.recurrence.take_transposed(self.W_hh)
        for span, gates in zip(reversed(work.spans), reversed(work.gates), strict=True):
            slopes = work.block_room(span)
            self._slopes(work, span, gates, slopes)
            self._backward(work.backward[span], work)
            # what is dz now takes the place of the gates
            copyto(in_gates(work.dz[span], self.H), slopes)
            yield
        yield from weight_gradient(work.h[:-1], work.dz_hh, self.dW_hh)

    def bias_gradients(self, work: GRUWorkspace, total: Floats) -> None:
        """After backward: the gradients of both biases; that of b_hn differs, since r multiplies it."""
        super().bias_gradients(work, total)
        np.matmul(work.ones, as_rows(work.dz_hh)[:, 2 * self.H :], out=self.db_hh[2 * self.H :])

    def _slopes(self, work: GRUWorkspace, span: slice, gates: Floats, slopes: Floats) -> None:
        """What dz_n is multiplied with to give dz_r, and dh to give dz_z and dz_n, for a block, from its gates.

        Both are (3, K, B, H).
        """
        r, z, n = gates
        slope_r, slope_z, slope_n = slopes
        shut = work.scratch[: len(r)]
        # dz_n = dh (1 - z) (1 - n^2), of the pre-activation of n
        subtract(self.one, z, shut)
        multiply(n, n, slope_n)
        subtract(self.one, slope_n, slope_n)
        multiply(slope_n, shut, slope_n)
        # dz_z = dh (h_before - n) z (1 - z)
        subtract(work.h[span], n, slope_z)
        multiply(slope_z, z, slope_z)
        multiply(slope_z, shut, slope_z)
        # dz_r = dz_n (h W_hn + b_hn) r (1 - r)
        subtract(self.one, r, slope_r)
        multiply(slope_r, r, slope_r)
        multiply(slope_r, work.recall[span], slope_r)

    def _backward(self, steps: list[BackwardStep], work: GRUWorkspace) -> None:
        recurrence, (dh, straight) = work.recurrence, work.carried
        for step in reversed(steps):
            dh_above, r, z, dz_rz, dz_r, dz_zn, dz_n, dz_hh, dz_hh_rz, dz_hh_n, side_by_side, to_recall = step
            add(dh, dh_above, dh)
            multiply(dh, z, straight)
            # dz takes the place of the slopes
            multiply(dz_zn, dh, dz_zn)
            multiply(dz_r, dz_n, dz_r)
            # what goes back through h W_hn is dz_n r
            multiply(dz_n, r, dz_hh_n)
            copyto(dz_hh_rz, dz_rz)
            if side_by_side is not None:
                copyto(side_by_side, dz_hh)

            # on to t - 1: dh = dz_hh W_hh^T, summed over the gates, and z dh, which went straight
            recurrence.backward(to_recall, dh)
            add(dh, straight, dh)
