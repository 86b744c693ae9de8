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

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy import add, matmul, multiply, subtract, tanh

from model import cell
from model.cell import Cell, by_gate, weight_gradient
from model.parameters import Floats, Parameters
from model.slices import Slices

# sigmoid(z) = tanh(z * SCALE) * SCALE + SHIFT for the gates i, f, o; for g it is tanh(z) itself
SCALE = np.array([0.5, 0.5, 1.0, 0.5]).reshape(4, 1, 1)
SHIFT = np.array([0.5, 0.5, 0.0, 0.5]).reshape(4, 1, 1)


class Part(NamedTuple):
    """Gates that are computed in one go: all four while they are small, one by one where caches would not hold more."""

    gates: Floats
    """(K, B, H)."""
    product: Floats
    W_hh: Floats
    """With the scale of the tanh folded in, (K, H, H)."""
    scale: Floats
    shift: Floats


class Step(NamedTuple):
    """Views of one time step into a workspace, cut out once: that costs as much as using them."""

    parts: tuple[Part, ...]
    gates: Floats
    """i, f, g, o of this step, (4, B, H)."""
    h_before: Floats
    h: Floats
    c_before: Floats
    c: Floats
    tanh_c: Floats
    dh: Floats
    dz: Floats
    """(B, 4 H)."""
    dz_ifg: Floats
    """Its first three gates, (3, B, H)."""
    dz_o: Floats
    """Its last gate, (B, H)."""


CACHED = 16_384
"""Numbers of one gate, B H, from which gates are computed one by one."""


class Workspace(cell.Workspace):
    """What an LSTM's forward leaves for its backward.

    Attributes:
        c: Memory cells with the initial one first, (T + 1, B, H).
        tanh_c: (T, B, H).
        scaled: W_hh with the scale of the tanh folded in, (4, H, H).
        steps: Views for each time step.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(4, T, B, H, dtype)
        self.c: Floats = np.zeros((T + 1, B, H), dtype)
        self.tanh_c: Floats = np.empty((T, B, H), dtype)
        # laid out like W_hh itself, which the matrix product likes best
        self.scaled: Floats = by_gate(np.empty((4 * H, H), dtype), 4)
        self.dc_t: Floats = np.empty((B, H), dtype)
        self.scratch: Floats = np.empty((B, H), dtype)
        self.scale, self.shift = SCALE.astype(dtype), SHIFT.astype(dtype)
        self.steps = [self._step(t) for t in range(T)]

    def _step(self, t: int) -> Step:
        gates, dz = self.gates[:, t], self.dz[t]
        _, B, H = gates.shape
        size = 4 if B * H < CACHED else 1
        dz_gates = dz.reshape(B, 4, H).transpose(1, 0, 2)  # (4, B, H)
        together = (gates, self.product, self.scaled, self.scale, self.shift)
        return Step(
            parts=tuple(Part(*(array[k : k + size] for array in together)) for k in range(0, 4, size)),
            gates=gates,
            h_before=self.h[t],
            h=self.h[t + 1],
            c_before=self.c[t],
            c=self.c[t + 1],
            tanh_c=self.tanh_c[t],
            dh=self.dh[t],
            dz=dz,
            dz_ifg=dz_gates[:3],
            dz_o=dz_gates[3],
        )

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
    sigmoid_names = ("input", "forget", "output")

    def __init__(self, parameters: Parameters, layer: int) -> None:
        super().__init__(parameters, layer)
        dtype = self.W_hh.dtype
        self.scale, self.shift = SCALE.astype(dtype), SHIFT.astype(dtype)
        self.scale_flat, self.shift_flat = (np.repeat(each.ravel(), self.H) for each in (self.scale, self.shift))

    def sigmoid_gates(self, work: cell.Workspace) -> Floats:
        """i, f and o of the last time step, (3, B, H)."""
        return work.gates[[0, 1, 3], -1]

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
        """Advance `state` (2, B, H) in place by one character; `projection` (B, 4 H) is overwritten."""
        h, c = state
        z = projection
        z += h @ self.W_hh_flat.T
        z += self.b_hh_flat
        z *= self.scale_flat
        tanh(z, z)
        z *= self.scale_flat
        z += self.shift_flat
        H = self.H
        i, f, g, o = z[..., :H], z[..., H : 2 * H], z[..., 2 * H : 3 * H], z[..., 3 * H :]
        c *= f
        i *= g
        c += i
        tanh(c, h)
        h *= o

    def forward(self, work: cell.Workspace) -> Slices[None]:
        """Run over a window; leaves h, c and the activated gates of each step in `work`."""
        assert isinstance(work, Workspace)
        np.multiply(self.W_hh, self.scale, out=work.scaled)
        scratch = work.scratch
        for step in work.steps:
            # i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
            for gates, product, W_hh, scale, shift in step.parts:
                matmul(step.h_before, W_hh, product)
                add(gates, product, gates)
                tanh(gates, gates)
                multiply(gates, scale, gates)
                add(gates, shift, gates)
            i, f, g, o = step.gates

            # c = f * c + i * g;  h = o * tanh(c)
            multiply(f, step.c_before, step.c)
            multiply(i, g, scratch)
            add(step.c, scratch, step.c)
            tanh(step.c, step.tanh_c)
            multiply(o, step.tanh_c, step.h)
            yield

    def backward(self, work: cell.Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradients of W_hh and the biases."""
        assert isinstance(work, Workspace)
        W_hh = self.W_hh_flat  # (4 H, H)
        slope, dh, dc, scratch = work.slope, work.dh_t, work.dc_t, work.scratch
        di, df, dg, do = slope
        dh[...] = 0.0
        dc[...] = 0.0
        for step in reversed(work.steps):
            i, f, g, o = step.gates
            add(dh, step.dh, dh)

            # dc += dh o (1 - tanh(c)^2) = dh (o - h tanh(c))
            multiply(step.h, step.tanh_c, scratch)
            subtract(o, scratch, scratch)
            multiply(scratch, dh, scratch)
            add(dc, scratch, dc)

            # dz_o = dh tanh(c) o (1 - o) = dh h (1 - o)
            subtract(1.0, step.gates, slope)
            multiply(do, step.h, do)
            multiply(do, dh, step.dz_o)
            # dz_i = dc (i g) (1 - i);  dz_g = dc i (1 - g^2) = dc (i - (i g) g);  dz_f = dc c_before f (1 - f)
            multiply(i, g, scratch)
            multiply(di, scratch, di)
            multiply(scratch, g, scratch)
            subtract(i, scratch, dg)
            multiply(df, f, df)
            multiply(df, step.c_before, df)
            multiply(slope[:3], dc, step.dz_ifg)

            # on to t - 1: dc = dc * f;  dh = dz W_hh^T, summed over the gates
            multiply(dc, f, dc)
            matmul(step.dz, W_hh, dh)
            yield
        yield from weight_gradient(work.dz, work.h[:-1], self.dW_hh)
        # both biases are added to the same sum
        np.add.reduce(work.dz, axis=(0, 1), out=self.db_hh)
        self.db_ih[...] = self.db_hh
