"""The plain recurrent network of Elman (1990), with tanh: h = tanh(x W_ih + b_ih + h W_hh + b_hh)."""

from __future__ import annotations

from typing import NamedTuple

import numpy.typing as npt
from numpy import add, multiply, subtract, tanh

from model.cell import Cell, CellWorkspace, weight_gradient
from model.parameters import Floats
from model.slices import Slices
from model.step_buffers import Step, StepBuffers


class TimeStep(NamedTuple):
    """What is read and filled at one time step: views into a workspace, (B, H) where not said otherwise.

    They are cut out once, since that costs as much as using them.
    """

    z: Floats
    """At first the input projection; in backward 1 - h^2, and then dz."""
    dz: Floats
    """The same as the recurrence takes it."""
    h_to_recall: Floats
    """h before, as the recurrence takes it."""
    h: Floats
    dh_above: Floats
    """d(loss)/dh by what is above this layer."""


class RNNWorkspace(CellWorkspace):
    """What forward leaves for backward.

    Attributes:
        steps: Views of each time step.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(1, T, B, H, dtype)
        self.product, self.dh_after = self.recurrence.product[0], self.lean(self.dh_t)
        self.steps = [self._step(t) for t in range(T)]

    def _step(self, t: int) -> TimeStep:
        z, lean = self.gates_of(t), self.lean
        return TimeStep(
            z=lean(z[0]),
            dz=self.recurrence.of_dz(z, z[0]),
            h_to_recall=self.recurrence.of_h(self.h[t]),
            h=lean(self.h[t + 1]),
            dh_above=lean(self.dh[t]),
        )


class RNN(Cell[RNNWorkspace]):
    """A layer of plain recurrence."""

    name = "rnn"
    G = 1
    S = 1

    def workspace(self, T: int, B: int) -> RNNWorkspace:
        """Buffers for windows of T steps and B streams."""
        return RNNWorkspace(T, B, self.H, self.W_hh.dtype)

    def step_in(self, at: StepBuffers) -> Step:
        """Make what advances h by one character."""
        z, (gate,), h, (recall, recalled), b_hh = at.z, at.gates, at.h, at.recall, at.across(self.b_hh)

        def step(projected: Floats) -> None:
            recall()
            add(projected, recalled, z)
            add(z, b_hh, z)
            tanh(gate, h)

        return step

    def forward(self, work: RNNWorkspace) -> Slices[None]:
        """Run over a window; leaves h of each step in `work`."""
        recurrence, product = work.recurrence, work.product
        recurrence.take(self.W_hh, self.scale)
        for span in work.spans:
            for z, _, h_to_recall, h, _ in work.steps[span]:
                recurrence.forward(h_to_recall)
                add(z, product, z)
                tanh(z, h)
            yield

    def backward(self, work: RNNWorkspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/dz, left in `work.dz`, and the gradient of W_hh."""
        recurrence, dh = work.recurrence, work.dh_after
        recurrence.take_transposed(self.W_hh)
        dh[...] = 0.0
        for span in reversed(work.spans):
            # dz = dh (1 - h^2), of which the second factor does not depend on later steps
            slopes, h = work.dz[span], work.h[1:][span]
            multiply(h, h, slopes)
            subtract(1.0, slopes, slopes)
            for z, dz, _, _, dh_above in reversed(work.steps[span]):
                add(dh, dh_above, dh)
                multiply(z, dh, z)
                # on to t - 1: dh = dz W_hh^T
                recurrence.backward(dz, dh)
            yield
        yield from weight_gradient(work.h[:-1], work.dz, self.dW_hh)
