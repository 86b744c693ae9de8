"""Long short-term memory: forward and backward through a window of time.

For each time step t, with the gates i, f, g, o side by side:

    z = x W_ih + b_ih + h W_hh + b_hh                   # (B, 4 H)
    i, f, g, o = sigmoid(z_i), sigmoid(z_f), tanh(z_g), sigmoid(z_o)
    c = f * c + i * g                                   # (B, H)
    h = o * tanh(c)

(Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000.) tanh(z) is 2 sigmoid(2 z) - 1, so one
pass of the exponential, which costs less than a tanh, serves all four gates.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy import add, divide, dot, exp, multiply, subtract, tanh

from model import cell
from model.cell import Cell, bias_gradient, by_gate, weight_gradient
from model.parameters import Floats, Parameters
from model.slices import Slices
from model.step_buffers import StepBuffers


class ForwardStep(NamedTuple):
    """What forward reads and fills at one time step: views into a workspace, (B, H) where not said otherwise.

    They are cut out once, since that costs as much as using them.
    """

    z: Floats
    """(B, 4 H)."""
    gates: Floats
    """i, f, g, o, (4, B, H)."""
    i: Floats
    f: Floats
    g: Floats
    o: Floats
    h_before: Floats
    h: Floats
    c_before: Floats
    c: Floats
    tanh_c: Floats


class BackwardStep(NamedTuple):
    """What backward reads and fills at one time step: likewise."""

    dh_above: Floats
    """d(loss)/dh by what is above this layer."""
    f: Floats
    dc_by_dh: Floats
    dz_by_dc: Floats
    """Of i, f and g, (3, B, H)."""
    dz_by_dh: Floats
    """Of o."""
    dz: Floats
    """(B, 4 H)."""
    dz_ifg: Floats
    """Its first three gates, (3, B, H)."""
    dz_o: Floats


class Block(NamedTuple):
    """Views of K time steps in a row, (K, B, H) where not said otherwise."""

    gates: Floats
    """(4, K, B, H)."""
    h: Floats
    c_before: Floats
    tanh_c: Floats
    slopes: Floats
    """What a step multiplies d(loss)/dc with to have dz of i, f, g, and d(loss)/dh for that of o, (4, K, B, H)."""
    dc_by_dh: Floats
    scratch: Floats
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    """The last step first."""


class Carried(NamedTuple):
    """What is handed from one time step to the next, and scratch, (B, H) where not said otherwise."""

    product: Floats
    """(B, 4 H)."""
    product_by_gate: Floats
    """The same seen as (4, B, H)."""
    dh: Floats
    dc: Floats
    scratch: Floats


class Workspace(cell.Workspace):
    """What an LSTM's forward leaves for its backward.

    Attributes:
        gates: Activated, (4, T, B, H).
        c: Memory cells with the initial one first, (T + 1, B, H).
        tanh_c: (T, B, H).
        dc_t: d(loss)/dc of the step that backward is at, (B, H).
        blocks: Views for some time steps each.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(4, T, B, H, dtype)
        self.gates: Floats = np.empty((4, T, B, H), dtype)
        self.c: Floats = np.zeros((T + 1, B, H), dtype)
        self.tanh_c: Floats = np.empty((T, B, H), dtype)
        self.dc_t: Floats = np.empty((B, H), dtype)
        self.carried = Carried(
            product=self.lean(self.product),
            product_by_gate=self.lean(by_gate(self.product, 4)),
            dh=self.lean(self.dh_t),
            dc=self.lean(self.dc_t),
            scratch=self.lean(np.empty((B, H), dtype)),
        )
        self._slopes: Floats = np.empty((4, self.K, B, H), dtype)
        self._dc_by_dh: Floats = np.empty((self.K, B, H), dtype)
        self._scratch: Floats = np.empty((self.K, B, H), dtype)
        self.blocks = [self._block(span) for span in self.spans]

    def _block(self, span: slice) -> Block:
        first, K, lean = span.start, span.stop - span.start, self.lean
        return Block(
            gates=lean(self.gates[:, span]),
            h=lean(self.h[1:][span]),
            c_before=lean(self.c[span]),
            tanh_c=lean(self.tanh_c[span]),
            slopes=lean(self._slopes[:, :K]),
            dc_by_dh=lean(self._dc_by_dh[:K]),
            scratch=lean(self._scratch[:K]),
            forward=tuple(self._forward_step(first + k) for k in range(K)),
            backward=tuple(self._backward_step(first + k, k) for k in reversed(range(K))),
        )

    def _forward_step(self, t: int) -> ForwardStep:
        gates, lean = self.gates[:, t], self.lean
        return ForwardStep(
            z=lean(self.z[t]),
            gates=lean(gates),
            i=lean(gates[0]),
            f=lean(gates[1]),
            g=lean(gates[2]),
            o=lean(gates[3]),
            h_before=lean(self.h[t]),
            h=lean(self.h[t + 1]),
            c_before=lean(self.c[t]),
            c=lean(self.c[t + 1]),
            tanh_c=lean(self.tanh_c[t]),
        )

    def _backward_step(self, t: int, k: int) -> BackwardStep:
        dz, lean = by_gate(self.dz[t], 4), self.lean
        return BackwardStep(
            dh_above=lean(self.dh[t]),
            f=lean(self.gates[1, t]),
            dc_by_dh=lean(self._dc_by_dh[k]),
            dz_by_dc=lean(self._slopes[:3, k]),
            dz_by_dh=lean(self._slopes[3, k]),
            dz=lean(self.dz[t]),
            dz_ifg=lean(dz[:3]),
            dz_o=lean(dz[3]),
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
    SCALE = (-1.0, -1.0, -2.0, -1.0)  # what the exponential of sigmoid(z) = 1 / (1 + exp(-z)) is taken of
    sigmoid_names = ("input", "forget", "output")

    def __init__(self, parameters: Parameters, layer: int) -> None:
        super().__init__(parameters, layer)
        # as arrays, which numpy need not convert
        self.one, self.two = np.array(1, self.W_hh.dtype), np.array(2, self.W_hh.dtype)
        # a half and a half for i, f, o; 1 and 0 for g
        self.half = self.scale / -2
        self.rest = 1 - self.half

    def sigmoid_gates(self, work: cell.Workspace) -> Floats:
        """i, f and o of the last time step, (3, B, H)."""
        assert isinstance(work, Workspace)
        return work.gates[[0, 1, 3], -1]

    def initial_gradient(self, work: cell.Workspace) -> Floats:
        """After backward: d(loss)/d(h, c before the window), (2, B, H)."""
        assert isinstance(work, Workspace)
        return np.stack([work.dh_t, work.dc_t])

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""
        return Workspace(T, B, self.H, self.W_hh.dtype)

    def folded(self) -> tuple[Floats, Floats, Floats]:
        """W_ih, the sum of both biases, and W_hh with the scale of `step` folded in."""
        return self.W_ih * self.half, (self.b_ih + self.b_hh) * self.half, self.W_hh * self.half

    def step(self, x: Floats, at: StepBuffers) -> None:
        """Advance h and c by one character."""
        z, (i, f, g, o), (h, c) = at.z, at.gates, at.memory
        add(x, at.recall(), z)
        if not at.folded:
            add(z, self.b_hh, z)
            multiply(z, self.half, z)
        # sigmoid(z) = (tanh(z / 2) + 1) / 2: of so few numbers a tanh is quicker than what the exponential asks for
        tanh(z, z)
        multiply(z, self.half, z)
        add(z, self.rest, z)
        # c = f * c + i * g;  h = o * tanh(c)
        multiply(c, f, c)
        multiply(i, g, i)
        add(c, i, c)
        tanh(c, h)
        multiply(h, o, h)

    def forward(self, work: cell.Workspace) -> Slices[None]:
        """Run over a window; leaves h, c and the activated gates of each step in `work`."""
        assert isinstance(work, Workspace)
        multiply(self.W_hh, self.scale, out=work.W_hh)
        for block in work.blocks:
            self._forward(block, work)
            yield

    @np.errstate(over="ignore")
    def _forward(self, block: Block, work: Workspace) -> None:
        W_hh, one, two = work.W_hh, self.one, self.two
        product, product_by_gate, _, _, scratch = work.carried
        for z, gates, i, f, g, o, h_before, h, c_before, c, tanh_c in block.forward:
            dot(h_before, W_hh, product)
            add(product, z, product)

            # sigmoid(z) = 1 / (1 + exp(-z)): where exp overflows, 1 / infinity is the limit
            exp(product, product)
            add(product, one, product)
            divide(one, product_by_gate, gates)
            # tanh(z) = 2 sigmoid(2 z) - 1
            multiply(g, two, g)
            subtract(g, one, g)

            # c = f * c + i * g;  h = o * tanh(c)
            multiply(f, c_before, c)
            multiply(i, g, scratch)
            add(c, scratch, c)
            tanh(c, tanh_c)
            multiply(o, tanh_c, h)

    def backward(self, work: cell.Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradients of W_hh and the biases."""
        assert isinstance(work, Workspace)
        work.dh_t[...] = 0.0
        work.dc_t[...] = 0.0
        for block in reversed(work.blocks):
            self._slopes(block)
            self._backward(block, work)
            yield
        yield from weight_gradient(work.h[:-1], work.dz, self.dW_hh)
        # both biases are added to the same sum
        bias_gradient(work, work.dz, self.db_hh)
        self.db_ih[...] = self.db_hh

    def _slopes(self, block: Block) -> None:
        """What does not depend on later steps, for all steps of a block at once."""
        gates, h, c_before, tanh_c, slopes, dc_by_dh, i_g, _, _ = block
        i, f, g, o = gates
        by_i, by_f, by_g, by_o = slopes
        # dc/dh = o (1 - tanh(c)^2) = o - h tanh(c)
        multiply(h, tanh_c, dc_by_dh)
        subtract(o, dc_by_dh, dc_by_dh)

        # dz_o = dh tanh(c) o (1 - o) = dh h (1 - o)
        subtract(self.one, gates, slopes)
        multiply(by_o, h, by_o)
        # dz_f = dc c_before f (1 - f)
        multiply(by_f, f, by_f)
        multiply(by_f, c_before, by_f)
        # dz_i = dc (i g) (1 - i);  dz_g = dc i (1 - g^2) = dc (i - (i g) g)
        multiply(i, g, i_g)
        multiply(by_i, i_g, by_i)
        multiply(i_g, g, i_g)
        subtract(i, i_g, by_g)

    def _backward(self, block: Block, work: Workspace) -> None:
        W_hh = self.W_hh.T  # (4 H, H)
        _, _, dh, dc, scratch = work.carried
        for dh_above, f, dc_by_dh, dz_by_dc, dz_by_dh, dz, dz_ifg, dz_o in block.backward:
            add(dh, dh_above, dh)
            multiply(dh, dc_by_dh, scratch)
            add(dc, scratch, dc)
            multiply(dz_by_dc, dc, dz_ifg)
            multiply(dz_by_dh, dh, dz_o)

            # on to t - 1: dc = dc * f;  dh = dz W_hh^T, summed over the gates
            multiply(dc, f, dc)
            dot(dz, W_hh, dh)
