"""What every recurrent cell has in common: tensors, an input projection, and the interface the network drives.

A cell with G gates computes, for each time step, z = x W_ih + b_ih from its input and h W_hh from its memory. Weights
have the G gates side by side, in rows of G H numbers; what is computed lies gate by gate, but of a single stream: see
`room_for_gates`. Everything that depends on x is done for all time steps at once, here; a new cell writes only what
happens between two time steps.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from model.parameters import Floats, Parameters, Shapes
from model.products import Weights, aligned, in_panels
from model.recurrence import recurrence
from model.slices import Slices, blocks, pieces
from model.softmax import Ids
from model.step_buffers import Reading, Step, StepBuffers

BLOCK = 16_384
"""Numbers of one gate, time steps x B H, worked on at once: fewer mean more calls, more miss the cache."""

TILE = 2**20
"""Weights whose gradient is summed in one product; more would be a slice that is too long."""

FEW_WEIGHTS, PART = 32 * 32, 64
"""Gradients of up to so many weights are summed in parts of so many rows, which halves what rounding adds up to; for
larger ones that would take longer, and BLAS itself makes parts of a few hundred rows."""

AT_ONCE = 2**16
"""Numbers that are worked on again before they leave the cache."""

SUMMED = 2**20
"""Numbers that are summed between two pauses."""


class CellWorkspace:
    """What forward leaves for backward, for windows of one size; cells add what they need.

    It lies gate by gate, so that a gate is one contiguous piece over some time steps.

    Attributes:
        z: Receives the input projection, `scale` * (x W_ih + `input_bias`), without h W_hh, (P, T, B, G H / P): see
            `room_for_gates`. Cells with gates put these, activated, into the same memory, and backward dz.
        gates: The same by gate, (G, T, B, H).
        dz: d(loss)/d(x W_ih), (P, T, B, G H / P).
        h: Hidden states with the initial one first, (T + 1, B, H).
        dh: d(loss)/dh from above, (T, B, H); filled by the caller before backward.
        recurrence: Multiplies with the recurrent weights.
        dh_t: d(loss)/dh of the step that backward is at, (B, H).
        single: Whether there is one stream of several units, whose numbers are handled as vectors.
        K: Time steps of a block, about `BLOCK` numbers of each gate.
        ones: A vector of ones, (T B,): a product with it is a sum over all time steps and streams.
    """

    def __init__(self, G: int, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self.T, self.B, self.H = T, B, H
        self.K = max(1, min(T, BLOCK // (B * H)))
        self.single = B == 1 and H > 1
        self.z = self.dz = room_for_gates(G, T, B, H, dtype)
        self.gates = gate_by_gate(self.z, G)
        self.h = aligned((T + 1, B, H), dtype)
        self.dh = aligned((T, B, H), dtype)
        self.recurrence = recurrence(G, B, H, dtype)
        self.ones: Floats = np.ones(T * B, dtype)
        self.dh_t = aligned((B, H), dtype)

    def lean(self, view: Floats) -> Floats:
        """`view` (..., B, ..., H) without axes of length 1: of a single stream numpy handles vectors twice as fast."""
        return view.reshape([length for length in view.shape if length > 1]) if self.single else view

    def flat(self, gates: Floats) -> Floats:
        """The gates of one time step, (G, B, H), of a single stream as one vector, (G H,)."""
        return gates.reshape(-1) if self.single else gates

    @property
    def spans(self) -> list[slice]:
        """The time steps of each block."""
        return [slice(t, min(t + self.K, self.T)) for t in range(0, self.T, self.K)]

    def start(self, state: Floats) -> None:
        """Begin the next window with a state (S, B, H), of which h is the first."""
        self.h[0] = state[0]

    def end(self, state: Floats) -> None:
        """Put the state after the window into `state` (S, B, H)."""
        state[0] = self.h[-1]


def room_for_gates(G: int, T: int, B: int, H: int, dtype: npt.DTypeLike) -> Floats:
    """Room for numbers of each gate, (P, T, B, G H / P), in P = G panels.

    Only of a single stream the gates are side by side, in one panel, as products with a vector want them.
    """
    return aligned((1, T, B, G * H) if B == 1 else (G, T, B, H), dtype)


def gate_by_gate(room: Floats, G: int) -> Floats:
    """View what `room_for_gates` made as (G, T, B, H)."""
    P, T, B, columns = room.shape
    H = P * columns // G
    return room.reshape(P, T, B, G // P, H).transpose(0, 3, 1, 2, 4).reshape(G, T, B, H)


Work = TypeVar("Work", bound=CellWorkspace)
"""The workspace that a cell makes, and works in."""


class Cell(ABC, Generic[Work]):
    """One recurrent layer whose tensors live in `parameters` under PyTorch's names.

    They are seen here as x W_ih + h W_hh needs them: W_ih (D, G H), W_hh (H, G H), b_ih and b_hh (G H,); and so are
    their gradients dW_ih, dW_hh, db_ih, db_hh.

    Attributes:
        H: Units.
        scale: `scales()`, each for the H columns of its gate, (G H,).
    """

    name: ClassVar[str]
    """Prefix of the tensors: `lstm`, `gru` or `rnn`."""
    G: ClassVar[int]
    """Gates."""
    S: ClassVar[int]
    """Vectors of memory: an LSTM keeps h and c."""
    sigmoid_names: ClassVar[tuple[str, ...]] = ()
    """Names of the gates that lie between 0 and 1, in the order of `sigmoid_gates`."""

    def __init__(self, parameters: Parameters, layer: int) -> None:
        values, grads = parameters.tensors, parameters.grad_tensors
        W_ih, W_hh = f"{self.name}.weight_ih_l{layer}", f"{self.name}.weight_hh_l{layer}"
        b_ih, b_hh = f"{self.name}.bias_ih_l{layer}", f"{self.name}.bias_hh_l{layer}"
        self.W_ih, self.W_hh, self.b_ih, self.b_hh = values[W_ih].T, values[W_hh].T, values[b_ih], values[b_hh]
        self.dW_ih, self.dW_hh, self.db_ih, self.db_hh = grads[W_ih].T, grads[W_hh].T, grads[b_ih], grads[b_hh]
        self.H = self.W_hh.shape[0]
        self.scale: Floats = np.repeat(np.array(self.scales(), self.W_hh.dtype), self.H)  # (G H,)

    @classmethod
    def shapes(cls, layer: int, D: int, H: int) -> Shapes:
        """The layer's tensors, named and shaped as in PyTorch."""
        return {
            f"{cls.name}.weight_ih_l{layer}": (cls.G * H, D),
            f"{cls.name}.weight_hh_l{layer}": (cls.G * H, H),
            f"{cls.name}.bias_ih_l{layer}": (cls.G * H,),
            f"{cls.name}.bias_hh_l{layer}": (cls.G * H,),
        }

    # ------------------------------------------------------------------- what a new cell has to write

    def scales(self) -> tuple[float, ...]:
        """What forward wants each gate's pre-activation multiplied with; it is folded into the weights."""
        return (1.0,) * self.G

    def sigmoid_gates(self, work: Work) -> Floats:
        """After forward: the gates of the last time step that lie between 0 and 1, (their number, B, H)."""
        return work.h[:0]

    @abstractmethod
    def workspace(self, T: int, B: int) -> Work:
        """Buffers for windows of T steps and B streams."""

    @abstractmethod
    def step_in(self, at: StepBuffers) -> Step:
        """Make what advances `at.memory` in place by one character, for sampling.

        It takes x W_ih + b_ih gate by gate, (G, B, H), or of a single stream (G, H), which may be `at.z` itself.
        """

    @abstractmethod
    def forward(self, work: Work) -> Slices[None]:
        """Run over a window whose input projection, `scale` * (x W_ih + `input_bias`), is in `work.z`."""

    @abstractmethod
    def backward(self, work: Work) -> Slices[None]:
        """Turn `work.dh` into d(loss)/d(x W_ih), left in `work.dz`, and the gradient of W_hh.

        Gradients are assigned, not accumulated. Those of W_ih and of the biases are made from `work.dz`, by whoever
        knows x.
        """

    def bias_gradients(self, work: Work, total: Floats) -> None:  # noqa: ARG002 - not every cell looks at it
        """After backward: the gradients of both biases, from the sum of `work.dz` over all steps and streams, (G H,).

        Here both are added to the same sum.
        """
        self.db_ih[...] = self.db_hh[...] = total

    def reading(self) -> Reading:
        """What it reads with while its weights may change between two characters: views of them, and a step."""
        return Reading(self.W_ih, self.b_ih, self.W_hh, lambda at, _farthest: self.step_in(at))

    def at_rest(self) -> Reading:
        """What it reads with once its weights no longer change: copies, where those are quicker."""
        return self.reading()

    def initial_gradient(self, work: Work) -> Floats:
        """After backward: d(loss)/d(state before the window), (S, B, H)."""
        return work.dh_t[None]

    @property
    def input_bias(self) -> Floats:
        """The biases that are simply added to the input projection, (G H,)."""
        return self.b_ih + self.b_hh

    # ----------------------------------------------------------------------- the input, for all steps

    def embed(self, table: Floats, ids: Ids, out: Floats) -> Slices[None]:
        """Input projection of characters: rows of a table, gathered for all steps at once.

        Args:
            table: x W_ih for each of the V characters, (V, G H); of one-hot characters that is W_ih itself.
            ids: (T, B).
            out: Receives scale * (table[ids] + bias), (P, T, B, G H / P).
        """
        bias, scale = self.input_bias, self.scale[None]
        width = out.shape[-1]
        if ids.size < len(table):
            for span in blocks(len(ids), 100.0 * out[:, 0].size):
                rows = table.take(ids[span].reshape(-1), axis=0)  # (K B, G H)
                rows += bias
                np.multiply(in_panels(rows, width), in_panels(scale, width), out=as_rows(out[:, span]))
                yield
            return
        table = table + bias
        table *= scale
        panels = np.ascontiguousarray(in_panels(table, width))
        for span in blocks(len(ids), 20.0 * out[:, 0].size):
            for panel, part in zip(panels, out[:, span], strict=True):
                # "clip" only spares numpy a buffer: ids are in range
                np.take(panel, ids[span], axis=0, out=part, mode="clip")
            yield

    def project(self, x: Floats, out: Floats) -> Slices[None]:
        """Input projection of vectors: scale * (x W_ih + bias), for all steps at once.

        Args:
            x: (T, B, D).
            out: Receives the projection, (P, T, B, G H / P).
        """
        x, out = as_rows(x), as_rows(out)
        W = in_panels(self.W_ih * self.scale, out.shape[-1])  # (P, D, G H / P)
        b = (self.input_bias * self.scale).reshape(len(out), 1, -1)
        weights = Weights(W, len(x))
        for block in blocks(len(x), W.size):
            for rows in pieces(block, weights.rows_at_once(AT_ONCE // len(self.scale))):
                weights.multiply(x[rows], out[:, rows])
                out[:, rows] += b
            yield

    def input_gradients(self, work: Work, x: Floats) -> Slices[None]:
        """dW_ih and the gradients of the biases for vectors.

        Args:
            work: What backward left.
            x: (T, B, D).
        """
        yield from weight_gradient(x, work.dz, self.dW_ih)
        # a product with ones is a quicker sum, and a more exact one
        self.bias_gradients(work, np.matmul(work.ones, as_rows(work.dz)).reshape(-1))

    def project_backward(self, work: Work, x: Floats, dx: Floats) -> Slices[None]:
        """dW_ih and the gradients of the biases for vectors, and d(loss)/dx.

        Args:
            work: What backward left.
            x: (T, B, D).
            dx: Receives dz W_ih^T, summed over the gates, (T, B, D).
        """
        yield from self.input_gradients(work, x)
        dz, dx = as_rows(work.dz), as_rows(dx)
        D = dx.shape[-1]
        panels = self.W_ih.T.reshape(len(dz), dz.shape[-1], D)  # (P, G H / P, D)
        first, *others = (Weights(W, len(dx)) for W in panels)
        most = first.rows_at_once(AT_ONCE // D)
        for block in blocks(len(dx), self.W_ih.size):
            for rows in pieces(block, most):
                total, part = dx[rows], np.empty_like(dx[rows])
                first.multiply(dz[0, rows], total)
                for weights, panel in zip(others, dz[1:, rows], strict=True):
                    weights.multiply(panel, part)
                    np.add(total, part, out=total)
            yield


def as_rows(array: Floats) -> Floats:
    """View (..., T, B, N) as (..., T B, N)."""
    *above, T, B, N = array.shape
    return array.reshape(*above, T * B, N)


def weight_gradient(x: Floats, dz: Floats, out: Floats) -> Slices[None]:
    """d(loss)/dW for z = x W: one sum over all T B rows, in pieces that matrix products like.

    Args:
        x: (T, B, D).
        dz: (P, T, B, G H / P).
        out: Receives x^T dz, (D, G H).
    """
    x, dz = as_rows(x), as_rows(dz)
    width = max(1, TILE // len(out))
    for right, whole in zip(dz, in_panels(out, dz.shape[-1]), strict=True):
        for start in range(0, whole.shape[1], width):
            columns = slice(start, start + width)
            tile = whole[:, columns]
            most = PART if tile.size <= FEW_WEIGHTS else len(x)
            part: Floats | None = None
            for block in blocks(len(x), tile.size):
                for rows in pieces(block, most):
                    if rows.start == 0:
                        np.matmul(x[rows].T, right[rows, columns], out=tile)
                    else:
                        part = np.matmul(x[rows].T, right[rows, columns], out=part)
                        tile += part
                yield


def sum_by_character(dz: Floats, ids: Ids, sums: Floats) -> Slices[None]:
    """Sum the rows of each character, the gradient of gathering them.

    Args:
        dz: (P, T, B, G H / P).
        ids: (T, B).
        sums: Receives, (V, G H), at v the sum of dz[:, t, b] over all places where ids[t, b] is v.
    """
    flat, rows = ids.reshape(-1), as_rows(dz)
    if len(flat) < len(sums):
        # where most characters come once or not at all, one product is quicker than so many sums
        one_hot: Floats = np.zeros((len(sums), len(flat)), dz.dtype)
        one_hot[flat, np.arange(len(flat))] = 1.0
        np.matmul(one_hot, rows, out=in_panels(sums, dz.shape[-1]))
        return
    sums[...] = 0.0
    order = np.argsort(flat, kind="stable")
    # where the sorted ids change, the places of the next character begin
    borders = [0, *(np.flatnonzero(np.diff(flat[order])) + 1).tolist(), len(flat)]
    P, _, width = rows.shape
    most = max(1, AT_ONCE // (P * width))
    room: Floats = np.empty(P * min(most, len(flat)) * width, dz.dtype)
    ones: Floats = np.ones(most, dz.dtype)
    work = 0
    for first, last in itertools.pairwise(borders):
        of_one = sums[flat[order[first]]].reshape(P, width)
        for start in range(first, last, most):
            places = order[start : min(start + most, last)]
            n = len(places)
            # "clip" only spares numpy a buffer
            gathered = rows.take(places, axis=1, out=room[: P * n * width].reshape(P, n, width), mode="clip")
            # a product with ones is a quicker sum
            of_one += np.matmul(ones[:n], gathered)
            work += gathered.size
            if work > SUMMED:
                work = 0
                yield
