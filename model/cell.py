"""What every recurrent cell has in common: tensors, an input projection, and the interface the network drives.

A cell with G gates computes, for each time step, z = x W_ih + b_ih from its input and h W_hh from its memory.
Everything that depends on x is done for all time steps at once, here; a new cell writes only what happens between two
time steps.

Weights have the G gates side by side, in rows of G H numbers. What forward computes of K time steps, a block, lies gate
by gate, (G, K, B, H), since elementwise work is quickest on one contiguous piece for each gate. What backward leaves of
them lies side by side, (K, B, G H), since products are quickest on long rows. So does, of a single stream, what forward
computes: there products are with vectors.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from model.parameters import Floats, Parameters, Shapes
from model.products import Weights, aligned, depth_at_once, in_panels
from model.recurrence import recurrence
from model.slices import Slices, blocks, pieces
from model.softmax import Ids
from model.step_buffers import Reading, Step, StepBuffers

BLOCK = 16_384
"""Numbers of one gate, time steps x B H, worked on at once: fewer mean more calls, more miss the cache."""

TILE = 2**19
"""Weights whose gradient is summed in one product; more would be a slice that is too long."""

FEW_WEIGHTS, PART = 64 * 64, 64
"""Gradients of up to so many weights are summed in parts of so many rows, which halves what rounding adds up to; for
larger ones that would take longer, and BLAS itself makes parts of a few hundred rows."""

AT_ONCE = 2**16
"""Numbers that are worked on again before they leave the cache."""

PROJECTED = 2**18
"""Numbers of an input projection that are made before they are worked on again: products are quickest of many rows."""

SUMMED = 2**20
"""Numbers that are summed between two pauses."""


class CellWorkspace:
    """What forward leaves for backward, for windows of one size; cells add what they need.

    Attributes:
        gates: Of each block, (G, K, B, H): receives the input projection, `scale` * (x W_ih + `input_bias`), without
            h W_hh. Cells with gates put these, activated, into the same place.
        dz: d(loss)/d(x W_ih), (T, B, G H), in the same memory: that of a block takes the place of its gates.
        h: Hidden states with the initial one first, (T + 1, B, H).
        dh: d(loss)/dh from above, (T, B, H); filled by the caller before backward.
        recurrence: Multiplies with the recurrent weights.
        dh_t: d(loss)/dh of the step that backward is at, (B, H).
        single: Whether there is one stream of several units, whose numbers are handled as vectors.
        K: Time steps of a block, about `BLOCK` numbers of each gate; the last may have fewer.
        spans: The time steps of each block.
        ones: A vector of ones, (T B,): a product with it is a sum over all time steps and streams.
    """

    def __init__(self, G: int, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self.T, self.B, self.H = T, B, H
        self.K = max(1, min(T, BLOCK // (B * H)))
        self.single = B == 1 and H > 1
        self.spans = list(pieces(slice(0, T), self.K))
        self.dz = aligned((T, B, G * H), dtype)
        self.gates = [self.by_gate(self.dz[span]) for span in self.spans]
        self._block_room = aligned((self.K, B, G * H), dtype)
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

    def by_gate(self, room: Floats) -> Floats:
        """The room (K, B, G H) for numbers of some time steps as that for the same number gate by gate, (G, K, B, H).

        Of a single stream that is the same in another order.
        """
        K, B, H = len(room), self.B, self.H
        return in_gates(room, H) if B == 1 else room.reshape(-1, K, B, H)

    def block_room(self, span: slice) -> Floats:
        """Free memory for the numbers of a block, (G, K, B, H)."""
        return self.by_gate(self._block_room[: span.stop - span.start])

    def gates_of(self, t: int) -> Floats:
        """The gates of one time step, (G, B, H)."""
        block, k = divmod(t, self.K)
        return self.gates[block][:, k]

    def start(self, state: Floats) -> None:
        """Begin the next window with a state (S, B, H), of which h is the first."""
        self.h[0] = state[0]

    def end(self, state: Floats) -> None:
        """Put the state after the window into `state` (S, B, H)."""
        state[0] = self.h[-1]


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
        """Run over a window whose input projection, `scale` * (x W_ih + `input_bias`), is in `work.gates`."""

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

    def embed(self, table: Floats, ids: Ids, work: Work) -> Slices[None]:
        """Input projection of characters: rows of a table, gathered for all steps at once.

        Args:
            table: x W_ih for each of the V characters, (V, G H); of one-hot characters that is W_ih itself.
            ids: (T, B).
            work: Its gates receive scale * (table[ids] + bias).
        """
        if ids.size < len(table):
            table.take(ids, axis=0, out=work.dz, mode="clip")
            work.dz *= self.scale
            self._finish_projection(work, slice(None))
            yield
            return
        table = table + self.input_bias
        table *= self.scale
        rows = in_panels(table, self.H).reshape(-1, self.H)  # of each gate, all characters, (G V, H)
        firsts = np.arange(0, len(rows), len(table)).reshape(-1, 1, 1)  # (G, 1, 1)
        for some in blocks(len(work.gates), 20.0 * work.gates[0].size):
            for span, gates in zip(work.spans[some], work.gates[some], strict=True):
                # "clip" only spares numpy a buffer: ids are in range
                rows.take(firsts + ids[span], axis=0, out=gates, mode="clip")
            yield

    def project(self, x: Floats, work: Work) -> Slices[None]:
        """Input projection of vectors: scale * (x W_ih + bias), for all steps at once.

        Args:
            x: (T, B, D).
            work: Its gates receive the projection.
        """
        x, projected = as_rows(x), as_rows(work.dz)
        weights = Weights(self.W_ih * self.scale, len(x))
        each = work.K * work.B  # rows of a block
        for some in pieces(slice(0, len(work.spans)), PROJECTED // (each * projected.shape[1])):
            rows = slice(some.start * each, some.stop * each)
            weights.multiply(x[rows], projected[rows])
            self._finish_projection(work, some)
            yield

    def _finish_projection(self, work: Work, some: slice) -> None:
        """Add the biases to what lies side by side in `work.dz`, for some blocks, and put it gate by gate."""
        bias = self.input_bias * self.scale
        for span, gates in zip(work.spans[some], work.gates[some], strict=True):
            projected = work.dz[span]
            if work.B == 1:
                projected += bias
            else:
                room = work.block_room(span)
                np.copyto(room, in_gates(projected, self.H))
                np.add(room, in_gates(bias, self.H)[:, None, None], out=gates)

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
        dz, dx, W = as_rows(work.dz), as_rows(dx), self.W_ih.T
        depth, D = depth_at_once(len(W), self.H), W.shape[1]
        first, *others = (Weights(W[start : start + depth], len(dx)) for start in range(0, len(W), depth))
        most = first.rows_at_once(AT_ONCE // D)
        for block in blocks(len(dx), W.size):
            for rows in pieces(block, most):
                total = dx[rows]
                first.multiply(dz[rows, :depth], total)
                for i, weights in enumerate(others, 1):
                    part = np.empty_like(total)
                    weights.multiply(dz[rows, i * depth : (i + 1) * depth], part)
                    np.add(total, part, out=total)
            yield


def in_gates(side_by_side: Floats, H: int) -> Floats:
    """View numbers of gates side by side, (..., G H), as (G, ..., H)."""
    *above, _ = side_by_side.shape
    n = len(above)
    return side_by_side.reshape(*above, -1, H).transpose(n, *range(n), n + 1)


def as_rows(array: Floats) -> Floats:
    """View (..., T, B, N) as (..., T B, N)."""
    *above, T, B, N = array.shape
    return array.reshape(*above, T * B, N)


def weight_gradient(x: Floats, dz: Floats, out: Floats) -> Slices[None]:
    """d(loss)/dW for z = x W: one sum over all T B rows, in pieces that matrix products like.

    Args:
        x: (T, B, D).
        dz: (T, B, G H).
        out: Receives x^T dz, (D, G H).
    """
    x, dz = as_rows(x), as_rows(dz)
    for columns in pieces(slice(0, out.shape[1]), TILE // len(out)):
        tile = out[:, columns]
        most = PART if tile.size <= FEW_WEIGHTS else len(x)
        part: Floats | None = None
        for block in blocks(len(x), tile.size / 2):
            for rows in pieces(block, most):
                if rows.start == 0:
                    np.matmul(x[rows].T, dz[rows, columns], out=tile)
                else:
                    part = np.matmul(x[rows].T, dz[rows, columns], out=part)
                    tile += part
            yield


def sum_by_character(dz: Floats, ids: Ids, sums: Floats) -> Slices[None]:
    """Sum the rows of each character, the gradient of gathering them.

    Args:
        dz: (T, B, G H).
        ids: (T, B).
        sums: Receives, (V, G H), at v the sum of dz[:, t, b] over all places where ids[t, b] is v.
    """
    flat, rows = ids.reshape(-1), as_rows(dz)
    if len(flat) < len(sums):
        # where most characters come once or not at all, one product is quicker than so many sums
        one_hot: Floats = np.zeros((len(sums), len(flat)), dz.dtype)
        one_hot[flat, np.arange(len(flat))] = 1.0
        np.matmul(one_hot, rows, out=sums)
        return
    sums[...] = 0.0
    order = np.argsort(flat, kind="stable")
    # where the sorted ids change, the places of the next character begin
    borders = [0, *(np.flatnonzero(np.diff(flat[order])) + 1).tolist(), len(flat)]
    most = max(1, AT_ONCE // rows.shape[1])
    room: Floats = np.empty((min(most, len(flat)), rows.shape[1]), dz.dtype)
    ones: Floats = np.ones(most, dz.dtype)
    work = 0
    for first, last in itertools.pairwise(borders):
        of_one = sums[flat[order[first]]]
        for start in range(first, last, most):
            places = order[start : min(start + most, last)]
            n = len(places)
            # "clip" only spares numpy a buffer
            gathered = rows.take(places, axis=0, out=room[:n], mode="clip")
            # a product with ones is a quicker sum
            of_one += np.matmul(ones[:n], gathered)
            work += gathered.size
            if work > SUMMED:
                work = 0
                yield
