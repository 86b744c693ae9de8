"""Where a GRU computes: arrays for a window, made once, and the views of them that each time step works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from model import cell
from model.cell import by_gate
from model.parameters import Floats


class ForwardStep(NamedTuple):
    """What forward reads and fills at one time step: views into a workspace, (B, H) where not said otherwise.

    They are cut out once, since that costs as much as using them.
    """

    z_rz: Floats
    """(B, 2 H)."""
    z_n: Floats
    rz: Floats
    """(2, B, H)."""
    r: Floats
    z: Floats
    n: Floats
    recall: Floats
    h_before: Floats
    h: Floats


class BackwardStep(NamedTuple):
    """What backward reads and fills at one time step: likewise."""

    dh_above: Floats
    """d(loss)/dh by what is above this layer."""
    r: Floats
    z: Floats
    by_r: Floats
    by_zn: Floats
    """(2, B, H)."""
    dz_rz: Floats
    """(B, 2 H)."""
    dz_r: Floats
    dz_zn: Floats
    """(2, B, H)."""
    dz_n: Floats
    dz_hh: Floats
    """(B, 3 H)."""
    dz_hh_rz: Floats
    dz_hh_n: Floats


class Carried(NamedTuple):
    """What is handed from one time step to the next, and scratch."""

    product: Floats
    """(B, 3 H)."""
    rz: Floats
    """Of it, (B, 2 H)."""
    rz_by_gate: Floats
    """The same seen as (2, B, H)."""
    n: Floats
    dh: Floats
    scratch: Floats


class Workspace(cell.Workspace):
    """What a GRU's forward leaves for its backward.

    Attributes:
        gates: Activated, (3, T, B, H).
        recall: h W_hn + b_hn of each step, (T, B, H).
        slopes: What d(loss)/dn is multiplied with to have dz of r, and d(loss)/dh for those of z and n, (3, K, B, H).
        dz_hh: d(loss)/d(h W_hh + b_hh), (T, B, 3 H); it differs from that of the input in n, by the factor r.
        forward, backward: Views for each time step.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        super().__init__(3, T, B, H, dtype)
        self.gates: Floats = np.empty((3, T, B, H), dtype)
        self.recall: Floats = np.empty((T, B, H), dtype)
        self.slopes: Floats = np.empty((3, self.K, B, H), dtype)
        self.dz_hh: Floats = np.empty((T, B, 3 * H), dtype)
        rz, n = self.product[:, : 2 * H], self.product[:, 2 * H :]
        self.carried = Carried(
            *map(self.lean, (self.product, rz, by_gate(rz, 2), n, self.dh_t, np.empty_like(self.dh_t)))
        )
        self.scratch: Floats = np.empty((self.K, B, H), dtype)
        self.forward = [self._forward_step(t) for t in range(T)]
        self.backward = [self._backward_step(t) for t in range(T)]

    def _forward_step(self, t: int) -> ForwardStep:
        z, gates, H, lean = self.z[t], self.gates[:, t], self.H, self.lean
        return ForwardStep(
            z_rz=lean(z[:, : 2 * H]),
            z_n=lean(z[:, 2 * H :]),
            rz=lean(gates[:2]),
            r=lean(gates[0]),
            z=lean(gates[1]),
            n=lean(gates[2]),
            recall=lean(self.recall[t]),
            h_before=lean(self.h[t]),
            h=lean(self.h[t + 1]),
        )

    def _backward_step(self, t: int) -> BackwardStep:
        # d(loss)/dz takes the place of z
        dz, gates, slopes, dz_hh = self.z[t], self.gates[:, t], self.slopes[:, t % self.K], self.dz_hh[t]
        H, lean = self.H, self.lean
        return BackwardStep(
            dh_above=lean(self.dh[t]),
            r=lean(gates[0]),
            z=lean(gates[1]),
            by_r=lean(slopes[0]),
            by_zn=lean(slopes[1:]),
            dz_rz=lean(dz[:, : 2 * H]),
            dz_r=lean(dz[:, :H]),
            dz_zn=lean(by_gate(dz, 3)[1:]),
            dz_n=lean(dz[:, 2 * H :]),
            dz_hh=lean(dz_hh),
            dz_hh_rz=lean(dz_hh[:, : 2 * H]),
            dz_hh_n=lean(dz_hh[:, 2 * H :]),
        )
