"""Long short-term memory: forward and backward through a window of time.

For each time step t, with gates i, f, g, o stacked in the first axis:

    z = x W_ih + b_ih + h W_hh + b_hh                   # (4, B, H)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    c = f * c + i * g                                   # (B, H)
    h = o * tanh(c)

(Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.) Every gate is one contiguous block
("gate-major"), and sigmoid(z) = (tanh(z / 2) + 1) / 2 lets a single call of tanh serve all four.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model import cell
from model.cell import Cell, by_gate
from model.parameters import Floats, Parameters
from model.slices import Slices

# sigmoid(z) = tanh(z * SCALE) * SCALE + SHIFT for the gates i, f, o; for g it is tanh(z) itself
SCALE = np.array([0.5, 0.5, 1.0, 0.5]).reshape(4, 1, 1)
SHIFT = np.array([0.5, 0.5, 0.0, 0.5]).reshape(4, 1, 1)


class Workspace(cell.Workspace):
    """What an LSTM's forward leaves for its backward.

    Attributes:
        c: Memory cells with the initial one first, (T + 1, B, H).
        tanh_c: (T, B, H).
        scaled: W_hh with the scale of the tanh folded in, (4, H, H).
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(4, T, B, H, dtype)
        self.c: Floats = np.zeros((T + 1, B, H), dtype)
        self.tanh_c: Floats = np.empty((T, B, H), dtype)
        # laid out like W_hh itself, which the matrix product likes best
        self.scaled: Floats = by_gate(np.empty((4 * H, H), dtype), 4)
        self.dc_t: Floats = np.empty((B, H), dtype)
        self.memory: Floats = np.empty((B, H), dtype)

    def start(self, state: Floats) -> None:
        """Begin the next window with the state (2, B, H)."""
        self.h[0], self.c[0] = state

    def end(self, state: Floats) -> None:
        """Put the state after the window into `state` (2, B, H)."""
        state[0], state[1] = self.h[-1], self.c[-1]


class LSTM(Cell):
    """A layer of long short-term memory."""

    name = "lstm"
    G = 4
    S = 2

    def __init__(self, parameters: Parameters, layer: int) -> None:
        super().__init__(parameters, layer)
        dtype = self.W_hh.dtype
        self.scale, self.shift = SCALE.astype(dtype), SHIFT.astype(dtype)

    def initial_gradient(self, work: cell.Workspace) -> Floats:
        """After backward: d(loss)/d(h, c before the window), (2, B, H)."""
        assert isinstance(work, Workspace)
        return np.stack([work.dh_t, work.dc_t])

    @property
    def input_scale(self) -> Floats:
        """The scale of the tanh, (4, 1, 1)."""
        return self.scale

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""
        return Workspace(T, B, self.H, self.W_hh.dtype)

    def step(self, projection: Floats, state: Floats) -> None:
        """Advance `state` (2, B, H) in place by one character; `projection` (4, B, H) is overwritten."""
        h, c = state
        z = projection
        z += np.matmul(h, self.W_hh)
        z *= self.scale
        np.tanh(z, out=z)
        z *= self.scale
        z += self.shift
        i, f, g, o = z
        c *= f
        c += i * g
        np.tanh(c, out=h)
        h *= o

    def forward(self, work: cell.Workspace) -> Slices[None]:
        """Run over a window; leaves h, c and the activated gates of each step in `work`."""
        assert isinstance(work, Workspace)
        np.multiply(self.W_hh, self.scale, out=work.scaled)
        product = work.product
        for t in range(len(work.tanh_c)):
            gates = work.gates[:, t]  # (4, B, H)
            c, tanh_c = work.c[t + 1], work.tanh_c[t]

            # i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
            np.matmul(work.h[t], work.scaled, out=product)
            np.add(gates, product, out=gates)
            np.tanh(gates, out=gates)
            np.multiply(gates, self.scale, out=gates)
            np.add(gates, self.shift, out=gates)
            i, f, g, o = gates

            # c = f * c + i * g;  h = o * tanh(c)
            np.multiply(f, work.c[t], out=c)
            np.multiply(i, g, out=tanh_c)
            np.add(c, tanh_c, out=c)
            np.tanh(c, out=tanh_c)
            np.multiply(o, tanh_c, out=work.h[t + 1])
            yield

    def backward(self, work: cell.Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.gates`, and the gradients of W_hh and the biases."""
        assert isinstance(work, Workspace)
        slope, dh, dc, memory = work.slope, work.dh_t, work.dc_t, work.memory
        product = work.product
        W_hh_T = self.W_hh.transpose(0, 2, 1)  # (4, H, H)
        dh[...] = 0.0
        dc[...] = 0.0
        for t in reversed(range(len(work.dh))):
            gates = work.gates[:, t]  # (4, B, H)
            i, f, g, o = gates
            tanh_c = work.tanh_c[t]
            np.add(dh, work.dh[t], out=dh)

            # dc += dh * o * (1 - tanh(c)^2)
            np.multiply(tanh_c, tanh_c, out=memory)
            np.subtract(1.0, memory, out=memory)
            np.multiply(memory, o, out=memory)
            np.multiply(memory, dh, out=memory)
            np.add(dc, memory, out=dc)

            # dz_i = dc g i(1-i);  dz_f = dc c_prev f(1-f);  dz_g = dc i (1-g^2);  dz_o = dh tanh(c) o(1-o)
            di, df, dg, do = slope
            np.multiply(gates, gates, out=slope)
            np.subtract(gates, slope, out=slope)
            np.multiply(di, g, out=di)
            np.multiply(df, work.c[t], out=df)
            np.multiply(g, g, out=dg)
            np.subtract(1.0, dg, out=dg)
            np.multiply(dg, i, out=dg)
            np.multiply(do, tanh_c, out=do)
            np.multiply(do, dh, out=o)
            np.multiply(f, dc, out=memory)
            np.multiply(slope[:3], dc, out=gates[:3])

            # on to t - 1: dc = dc * f;  dh = sum over gates of dz W_hh^T
            dc, memory = memory, dc
            np.matmul(gates, W_hh_T, out=product)
            np.add.reduce(product, axis=0, out=dh)
            yield
        work.dc_t, work.memory = dc, memory
        yield from self.recurrent_gradients(work.gates, work.h[:-1])
        # both biases are added to the same sum
        self.db_ih[...] = self.db_hh
