"""Where a GRU computes: arrays for a window, made once, and the views of them that each time step works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from model.cell import CellWorkspace, in_gates
from model.parameters import Floats
from model.products import aligned


class ForwardStep(NamedTuple):
    """What forward reads and fills at one time step: views into a workspace, (B, H) where not said otherwise.

    They are cut out once, since that costs as much as using them.
    """

    rz: Floats
    """(2, B, H): at first their input projection, as n is."""
    r: Floats
    z: Floats
    n: Floats
    recall: Floats
    h_before: Floats
    h_to_recall: Floats
    """The same as the recurrence takes it."""
    h: Floats


class BackwardStep(NamedTuple):
    """What backward reads and fills at one time step: likewise."""

    dh_above: Floats
    """d(loss)/dh by what is above this layer."""
    r: Floats
    z: Floats
    dz_rz: Floats
    """(2, B, H), at first slopes, as all of dz."""
    dz_r: Floats
    dz_zn: Floats
    """(2, B, H)."""
    dz_n: Floats
    dz_hh: Floats
    """(3, B, H)."""
    dz_hh_rz: Floats
    dz_hh_n: Floats
    side_by_side: Floats | None
    """Where dz_hh goes then, gates side by side, (3, B, H); of a single stream it is there already."""
    to_recall: Floats
    """dz_hh as the recurrence takes it."""


class Carried(NamedTuple):
    """What is handed from one time step to the next, (B, H)."""

    dh: Floats
    straight: Floats
    """The part of dh that went past the gates."""


class GRUWorkspace(CellWorkspace):
    """What a GRU's forward leaves for its backward.

    Attributes:
        last_gates: Those of the last time step, which backward leaves as they are, (3, B, H).
        recall: h W_hn + b_hn of each step, (T, B, H).
        dz_hh: d(loss)/d(h W_hh + b_hh), as `dz`; it differs from that of the input in n, by the factor r.
        forward, backward: Views for each time step.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(3, T, B, H, dtype)
        self.last_gates: Floats = np.zeros((3, B, H), dtype)
        self.recall = aligned((T, B, H), dtype)
        self.dz_hh = aligned((T, B, 3 * H), dtype)
        self._dz_hh_t = aligned((3, B, H), dtype)
        self.carried = Carried(dh=self.lean(self.dh_t), straight=self.lean(aligned((B, H), dtype)))
        self.scratch = aligned((self.K, B, H), dtype)
        self.forward = [self._forward_step(t) for t in range(T)]
        self.backward = [self._backward_step(t) for t in range(T)]

    def _forward_step(self, t: int) -> ForwardStep:
        gates, lean = self.gates_of(t), self.lean
        return ForwardStep(
            rz=lean(gates[:2]),
            r=lean(gates[0]),
            z=lean(gates[1]),
            n=lean(gates[2]),
            recall=lean(self.recall[t]),
            h_before=lean(self.h[t]),
            h_to_recall=self.recurrence.of_h(self.h[t]),
            h=lean(self.h[t + 1]),
        )

    def _backward_step(self, t: int) -> BackwardStep:
        block, k = divmod(t, self.K)
        lean, gates, dz = self.lean, self.gates_of(t), self.block_room(self.spans[block])[:, k]
        side_by_side = in_gates(self.dz_hh[t], self.H)
        dz_hh = side_by_side if self.single else self._dz_hh_t
        return BackwardStep(
            dh_above=lean(self.dh[t]),
            r=lean(gates[0]),
            z=lean(gates[1]),
            dz_rz=lean(dz[:2]),
            dz_r=lean(dz[0]),
            dz_zn=lean(dz[1:]),
            dz_n=lean(dz[2]),
            dz_hh=lean(dz_hh),
            dz_hh_rz=lean(dz_hh[:2]),
            dz_hh_n=lean(dz_hh[2]),
            side_by_side=None if self.single else side_by_side,
            to_recall=self.recurrence.of_dz(dz_hh, self.dz_hh[t]),
        )
