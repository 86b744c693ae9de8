"""Long short-term memory: forward and backward through a window of time.

For each time step t, with the gates i, f, g, o:

    z = x W_ih + b_ih + h W_hh + b_hh                   # (B, 4 H)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    c = f * c + i * g                                   # (B, H)
    h = o * tanh(c)

(Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.)
"""

from __future__ import annotations

import numpy as np
from numpy import add, copyto, multiply, subtract, tanh

from model.activation import SIGMOID, TANH, from_tanh, scale
from model.cell import Cell, weight_gradient
from model.lstm_at_rest import at_rest
from model.lstm_workspace import Block, Carried, LSTMWorkspace
from model.parameters import Floats, Parameters
from model.slices import Slices
from model.step_buffers import Reading, Step, StepBuffers


class LSTM(Cell[LSTMWorkspace]):
    """A layer of long short-term memory."""

    name = "lstm"
    G = 4
    S = 2
    GAINS = (SIGMOID, SIGMOID, TANH, SIGMOID)
    sigmoid_names = ("input", "forget", "output")

    def __init__(self, parameters: Parameters, layer: int) -> None:
        super().__init__(parameters, layer)
        self.one: Floats = np.array(1, self.W_hh.dtype)  # an array, which numpy need not convert
        self.gain: Floats = np.array(self.GAINS, self.W_hh.dtype)

    def scales(self) -> tuple[float, ...]:
        """What forward wants each gate's pre-activation multiplied with."""
        return tuple(scale(gain) for gain in self.GAINS)

    def sigmoid_gates(self, work: LSTMWorkspace) -> Floats:
        """i, f and o of the last time step, (3, B, H)."""
        return work.last_gates[[0, 1, 3]]

    def initial_gradient(self, work: LSTMWorkspace) -> Floats:
        """After backward: d(loss)/d(h, c before the window), (2, B, H)."""
        dh, dc, _ = work.carried
        return np.stack([dh, dc]).reshape(2, work.B, work.H)

    def workspace(self, T: int, B: int) -> LSTMWorkspace:
        """Buffers for windows of T steps and B streams."""
        return LSTMWorkspace(T, B, self.H, self.W_hh.dtype, self.GAINS)

    def at_rest(self) -> Reading:
        """Weights and a step for a network that only writes."""
        return at_rest(self.W_ih, self.b_ih + self.b_hh, self.W_hh, self.scale, self.gain)

    def step_in(self, at: StepBuffers) -> Step:
        """Make what advances h and c by one character."""
        z, (i, f, g, o), (h, c), (recall, recalled) = at.z, at.gates, at.memory, at.recall
        b_hh, gain = at.across(self.b_hh), at.of_gates(self.gain)
        # while weights change, an exponential of z might overflow, and to silence that takes longer than a tanh;
        # `lstm_at_rest.py` can tell whether it may
        activate = from_tanh(gain)

        def step(projected: Floats) -> None:
            recall()
            add(projected, recalled, z)
            add(z, b_hh, z)
            multiply(z, gain, z)
            activate(z, None)
            # c = f * c + i * g;  h = o * tanh(c)
            multiply(c, f, c)
            multiply(i, g, i)
            add(c, i, c)
            tanh(c, h)
            multiply(h, o, h)

        return step

    def forward(self, work: LSTMWorkspace) -> Slices[None]:
        """Run over a window; leaves h, c and the activated gates of each step in `work`."""
        work.recurrence.take(self.W_hh, self.scale)
        for block in work.blocks:
            self._forward(block, work)
            yield
        work.last_gates[...] = work.gates[-1][:, -1]

    @np.errstate(over="ignore")
    def _forward(self, block: Block, work: LSTMWorkspace) -> None:
        recurrence, activate, scratch = work.recurrence, work.activate, work.carried.scratch
        product = work.product
        # gates, product (4, B, H), or of a single stream (4 H,); h_to_recall is h as the recurrence takes it;
        # all else (B, H), or of a single stream (H,)
        for gates, i, f, g, o, h_to_recall, h, c_before, c, tanh_c in block.forward:
            recurrence.forward(h_to_recall)
            add(gates, product, gates)
            activate(gates, g)
            # c = f * c + i * g;  h = o * tanh(c)
            multiply(f, c_before, c)
            multiply(i, g, scratch)
            add(c, scratch, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def backward(self, work: LSTMWorkspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradient of W_hh."""
        work.dh_t[...] = 0.0
        work.carried.dc[...] = 0.0
        work.recurrence.take_transposed(self.W_hh)
        for block in reversed(work.blocks):
            self._slopes(block)
            self._backward(block, work)
            yield
        yield from weight_gradient(work.h[:-1], work.dz, self.dW_hh)

    def _slopes(self, block: Block) -> None:
        """The local derivatives of a block, in advance; dc, and for o dh, times them is dz.

        gates and slopes are (4, K, B, H), all else is (K, B, H).
        """
        gates, h, c_before, tanh_c, slopes, dh_dc, scratch, _, _ = block
        i, f, g, o = gates
        slope_i, slope_f, slope_g, slope_o = slopes
        # dh/dc = o (1 - tanh(c)^2) = o - h tanh(c)
        multiply(h, tanh_c, dh_dc)
        subtract(o, dh_dc, dh_dc)

        # dh/dz_o = tanh(c) o (1 - o) = h (1 - o)
        subtract(self.one, gates, slopes)
        multiply(slope_o, h, slope_o)
        # dc/dz_f = c_before f (1 - f)
        multiply(slope_f, f, slope_f)
        multiply(slope_f, c_before, slope_f)
        # dc/dz_i = (i g) (1 - i);  dc/dz_g = i (1 - g^2) = i - (i g) g
        i_g = scratch
        multiply(i, g, i_g)
        multiply(slope_i, i_g, slope_i)
        multiply(i_g, g, i_g)
        subtract(i, i_g, slope_g)

        # of the gates, f is all that is wanted again
        copyto(scratch, f)

    def _backward(self, block: Block, work: LSTMWorkspace) -> None:
        recurrence, (dh, dc, scratch) = work.recurrence, work.carried
        # dz, side_by_side (4, B, H), and as the recurrence takes it; dc_dz, dz_ifg (3, B, H); all else (B, H); of a
        # single stream no B
        for dh_above, f, dh_dc, dc_dz, dh_dz, dz, dz_ifg, dz_o, side_by_side, dz_to_recall in block.backward:
            add(dh, dh_above, dh)
            # dc += dh (dh/dc)
            multiply(dh, dh_dc, scratch)
            add(dc, scratch, dc)
            # dc of t - 1 is dc * f
            multiply(dc, f, scratch)
            multiply(dc_dz, dc, dz_ifg)
            multiply(dh_dz, dh, dz_o)
            if side_by_side is not None:
                copyto(side_by_side, dz)
            # on to t - 1: dh = dz W_hh^T, summed over the gates
            recurrence.backward(dz_to_recall, dh)
            dc, scratch = scratch, dc
        work.carried = Carried(dh, dc, scratch)
