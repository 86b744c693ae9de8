"""Where an LSTM computes: arrays for a window, made once, and the views of them that each time step works on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from model.activation import activation
from model.cell import CellWorkspace, in_gates
from model.parameters import Floats
from model.products import aligned


class ForwardStep(NamedTuple):
    """What forward reads and fills at one time step: views into a workspace, (B, H) where not said otherwise.

    They are cut out once, since that costs as much as using them.
    """

    gates: Floats
    """i, f, g, o, (4, B, H), or of a single stream (4 H,): at first their input projection."""
    i: Floats
    f: Floats
    g: Floats
    o: Floats
    h_to_recall: Floats
    """h of the step before, in the shape of `Recurrence.of_h`."""
    h: Floats
    c_before: Floats
    c: Floats
    tanh_c: Floats


class BackwardStep(NamedTuple):
    """What backward reads and fills at one time step: likewise."""

    dh_above: Floats
    """d(loss)/dh by what is above this layer."""
    f: Floats
    dh_dc: Floats
    """The local derivative of this step's h by its c."""
    dc_dz: Floats
    """That of c by the pre-activations of i, f and g, (3, B, H)."""
    dh_dz: Floats
    """That of h by the pre-activation of o."""
    dz: Floats
    """d(loss)/d(pre-activations), (4, B, H); it takes the place of the slopes, of a single stream that of the gates."""
    dz_ifg: Floats
    """Its first three gates, (3, B, H)."""
    dz_o: Floats
    side_by_side: Floats | None
    """Where dz goes then, the gates side by side, (4, B, H); of a single stream it is there already."""
    dz_to_recall: Floats
    """dz in the shape of `Recurrence.of_dz`."""


class Block(NamedTuple):
    """Views of K time steps in a row, (K, B, H) where not said otherwise."""

    gates: Floats
    """(4, K, B, H)."""
    h: Floats
    c_before: Floats
    tanh_c: Floats
    slopes: Floats
    """The derivatives of c by the pre-activations of i, f and g, and of h by that of o, (4, K, B, H)."""
    dh_dc: Floats
    scratch: Floats
    """Holds f in the end, since dz takes the place of the gates."""
    forward: tuple[ForwardStep, ...]
    backward: tuple[BackwardStep, ...]
    """The last step first."""


class Carried(NamedTuple):
    """What backward hands from one time step to the one before, and scratch, (B, H)."""

    dh: Floats
    dc: Floats
    scratch: Floats


class LSTMWorkspace(CellWorkspace):
    """What an LSTM's forward leaves for its backward.

    Attributes:
        product: Of the recurrence, (4, B, H), or of a single stream (4 H,).
        activate: Turns pre-activations of that shape into gates.
        last_gates: Those of the last time step, which backward leaves as they are, (4, B, H).
        c: Memory cells with the initial one first, (T + 1, B, H).
        tanh_c: (T, B, H).
        carried: What backward is about to hand on.
        blocks: Views for some time steps each.
    """

    def __init__(self, T: int, B: int, H: int, dtype: npt.DTypeLike, gains: tuple[float, ...]) -> None:
        """Make room for gates with these gains, as `activation.py` names them."""
        super().__init__(4, T, B, H, dtype)
        self.last_gates: Floats = np.zeros((4, B, H), dtype)
        self.product = self.flat(self.recurrence.product)
        gain: Floats = np.array(gains, dtype)
        self.activate = activation(np.repeat(gain, H) if self.product.ndim == 1 else gain.reshape(4, 1, 1))
        self.c = aligned((T + 1, B, H), dtype)
        self.tanh_c = aligned((T, B, H), dtype)
        dc, scratch = (self.lean(aligned((B, H), dtype)) for _ in range(2))
        self.carried = Carried(self.lean(self.dh_t), dc, scratch)
        self._dh_dc = aligned((self.K, B, H), dtype)
        self._scratch = aligned((self.K, B, H), dtype)
        self.blocks = [self._block(*block) for block in zip(self.spans, self.gates, strict=True)]

    def _block(self, span: slice, gates: Floats) -> Block:
        first, K, lean = span.start, span.stop - span.start, self.lean
        slopes = self.block_room(span)
        return Block(
            gates=lean(gates),
            h=lean(self.h[1:][span]),
            c_before=lean(self.c[span]),
            tanh_c=lean(self.tanh_c[span]),
            slopes=lean(slopes),
            dh_dc=lean(self._dh_dc[:K]),
            scratch=lean(self._scratch[:K]),
            forward=tuple(self._forward_step(first + k) for k in range(K)),
            backward=tuple(self._backward_step(first + k, k, slopes[:, k]) for k in reversed(range(K))),
        )

    def _forward_step(self, t: int) -> ForwardStep:
        gates, lean = self.gates_of(t), self.lean
        return ForwardStep(
            gates=self.flat(gates),
            i=lean(gates[0]),
            f=lean(gates[1]),
            g=lean(gates[2]),
            o=lean(gates[3]),
            h_to_recall=self.recurrence.of_h(self.h[t]),
            h=lean(self.h[t + 1]),
            c_before=lean(self.c[t]),
            c=lean(self.c[t + 1]),
            tanh_c=lean(self.tanh_c[t]),
        )

    def _backward_step(self, t: int, k: int, slopes: Floats) -> BackwardStep:
        lean, side_by_side = self.lean, in_gates(self.dz[t], self.H)
        dz = side_by_side if self.single else slopes
        return BackwardStep(
            dh_above=lean(self.dh[t]),
            f=lean(self._scratch[k]),
            dh_dc=lean(self._dh_dc[k]),
            dc_dz=lean(slopes[:3]),
            dh_dz=lean(slopes[3]),
            dz=lean(dz),
            dz_ifg=lean(dz[:3]),
            dz_o=lean(dz[3]),
            side_by_side=None if self.single else side_by_side,
            dz_to_recall=self.recurrence.of_dz(dz, self.dz[t]),
        )

    def start(self, state: Floats) -> None:
        """Begin the next window with the state (2, B, H)."""
        self.h[0], self.c[0] = state

    def end(self, state: Floats) -> None:
        """Put the state after the window into `state` (2, B, H)."""
        state[0], state[1] = self.h[-1], self.c[-1]
