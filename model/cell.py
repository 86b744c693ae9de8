"""What every recurrent cell has in common: tensors, an input projection, and the interface the network drives.

A cell with G gates computes, for each time step, z = x W_ih + b from its input and h W_hh from its memory, G blocks of
(B, H) each. Everything that depends on x is done for all time steps at once, here; a new cell writes only what happens
between two time steps.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from model.parameters import Floats, Parameters, Shapes
from model.slices import Slices, blocks
from model.softmax import Ids


class Workspace:
    """What forward leaves for backward, for windows of one size; cells add what they need.

    Attributes:
        gates: Receives the input projection, which forward turns into activated gates, (G, T, B, H): each gate of each
            step is one contiguous block, which elementwise work likes.
        h: Hidden states with the initial one first, (T + 1, B, H).
        dh: d(loss)/dh from above, (T, B, H); filled by the caller before backward.
        dz: Receives d(loss)/d(x W_ih), (T, B, G H): the gates of each row side by side, so that one product sums
            over all of them.
    """

    def __init__(self, G: int, T: int, B: int, H: int, dtype: npt.DTypeLike) -> None:
        self.gates: Floats = np.empty((G, T, B, H), dtype)
        self.h: Floats = np.zeros((T + 1, B, H), dtype)
        self.dh: Floats = np.empty((T, B, H), dtype)
        self.dz: Floats = np.empty((T, B, G * H), dtype)
        # scratch of one time step
        self.product: Floats = np.empty((G, B, H), dtype)
        self.slope: Floats = np.empty((G, B, H), dtype)
        self.dh_t: Floats = np.empty((B, H), dtype)

    def start(self, state: Floats) -> None:
        """Begin the next window with a state (S, B, H), of which h is the first."""
        self.h[0] = state[0]

    def end(self, state: Floats) -> None:
        """Put the state after the window into `state` (S, B, H)."""
        state[0] = self.h[-1]


class Cell(ABC):
    """One recurrent layer whose tensors live in `parameters` under PyTorch's names and in PyTorch's layout.

    For what goes forward they are viewed gate by gate, so that x W_ih + h W_hh is what it says:
    W_ih (G, D, H), W_hh (G, H, H), b_ih (G, H), b_hh (G, H). Gradients are made in PyTorch's own layout, with the gates
    side by side: dW_ih (G H, D), dW_hh (G H, H), db_ih (G H,), db_hh (G H,).
    """

    name: ClassVar[str]
    """Prefix of the tensors: `lstm`, `gru` or `rnn`."""
    G: ClassVar[int]
    """Gates."""
    S: ClassVar[int]
    """Vectors of memory: an LSTM keeps h and c."""
    sigmoid_names: ClassVar[tuple[str, ...]] = ()
    """Of the K gates that lie between 0 and 1, in the order of `sigmoid_gates`."""

    def __init__(self, parameters: Parameters, layer: int) -> None:
        values, grads = parameters.tensors, parameters.grad_tensors
        W_ih, W_hh = f"{self.name}.weight_ih_l{layer}", f"{self.name}.weight_hh_l{layer}"
        b_ih, b_hh = f"{self.name}.bias_ih_l{layer}", f"{self.name}.bias_hh_l{layer}"
        self.W_ih, self.W_hh = by_gate(values[W_ih], self.G), by_gate(values[W_hh], self.G)
        self.b_ih, self.b_hh = values[b_ih].reshape(self.G, -1), values[b_hh].reshape(self.G, -1)
        self.dW_ih, self.dW_hh = grads[W_ih], grads[W_hh]
        self.db_ih, self.db_hh = grads[b_ih], grads[b_hh]
        # with the gates side by side: dz (B, G H) times these is the sum over gates
        self.W_ih_flat, self.W_hh_flat = values[W_ih], values[W_hh]  # (G H, D), (G H, H)
        self.b_ih_flat, self.b_hh_flat = values[b_ih], values[b_hh]  # (G H,)
        self.H = self.b_hh.shape[1]

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

    def sigmoid_gates(self, work: Workspace) -> Floats:
        """After forward: the gates of the last time step that lie between 0 and 1, (K, B, H)."""
        return work.gates[:0, -1]

    @abstractmethod
    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of T steps and B streams."""

    @abstractmethod
    def step(self, projection: Floats, state: Floats) -> None:
        """Advance `state` (S, B, H) in place by one character, for sampling.

        Args:
            projection: x W_ih + b_ih, with the gates side by side, (B, G H); may be overwritten. Of a single stream
                it may be (G H,) and the state (S, H): products with a vector are quicker than with a row.
            state: The memory, of which the first vector is h.
        """

    @abstractmethod
    def forward(self, work: Workspace) -> Slices[None]:
        """Run over a window whose input projection `input_scale` * (x W_ih + `input_bias`) is in `work.gates`."""

    @abstractmethod
    def backward(self, work: Workspace) -> Slices[None]:
        """Turn `work.dh` into d(loss)/d(x W_ih), left in `work.dz`, and the gradients of W_hh and the biases.

        Gradients are assigned, not accumulated. Those of W_ih are made from `work.dz`, by whoever knows x.
        """

    def initial_gradient(self, work: Workspace) -> Floats:
        """After backward: d(loss)/d(state before the window), (S, B, H)."""
        return work.dh_t[None]

    @property
    def input_bias(self) -> Floats:
        """The biases that are simply added to the input projection, (G, 1, H)."""
        return (self.b_ih + self.b_hh)[:, None]

    @property
    def input_scale(self) -> Floats | None:
        """What the cell wants its input projection multiplied with, (G, 1, 1); None for 1."""
        return None

    # ----------------------------------------------------------------------- the input, for all steps

    def embed(self, table: Floats, ids: Ids, gates: Floats) -> Slices[None]:
        """Input projection of characters: rows of a table, gathered for all steps at once.

        Args:
            table: x W_ih for each of the V characters, (G, V, H); of one-hot characters that is W_ih itself.
            ids: (T, B).
            gates: Receives scale * (table[ids] + bias), (G, T, B, H).
        """
        table = table + self.input_bias
        if self.input_scale is not None:
            table *= self.input_scale
        for rows, out in zip(table, gates, strict=True):
            # "clip" only spares numpy a buffer: ids are in range
            np.take(np.ascontiguousarray(rows), ids, axis=0, out=out, mode="clip")
            yield

    def project(self, x: Floats, gates: Floats) -> Slices[None]:
        """Input projection of vectors: scale * (x W_ih + bias), for all steps at once.

        Args:
            x: (T, B, D).
            gates: Receives the projection, (G, T, B, H).
        """
        D = x.shape[-1]
        x = x.reshape(-1, D)
        # ufuncs keep the memory layout of W_ih, which the product likes
        W = self.W_ih if self.input_scale is None else self.W_ih * self.input_scale  # (G, D, H)
        b = self.input_bias if self.input_scale is None else self.input_bias * self.input_scale  # (G, 1, H)
        for gate, z in enumerate(gates.reshape(self.G, -1, self.H)):
            for rows in blocks(len(x), 2.0 * D * self.H):
                np.matmul(x[rows], W[gate], out=z[rows])
                z[rows] += b[gate]
                yield

    def project_backward(self, dz: Floats, x: Floats, dx: Floats) -> Slices[None]:
        """dW_ih for vectors, and d(loss)/dx.

        Args:
            dz: (T, B, G H).
            x: (T, B, D).
            dx: Receives dz W_ih^T, summed over the gates, (T, B, D).
        """
        D = x.shape[-1]
        yield from weight_gradient(dz, x, self.dW_ih)
        dz, dx = dz.reshape(-1, dz.shape[-1]), dx.reshape(-1, D)
        for rows in blocks(len(dx), 2.0 * self.W_ih_flat.size):
            np.matmul(dz[rows], self.W_ih_flat, out=dx[rows])
            yield


def weight_gradient(dz: Floats, x: Floats, out: Floats) -> Slices[None]:
    """d(loss)/dW for z = x W^T: one product over all T B rows.

    Args:
        dz: (T, B, K).
        x: (T, B, D).
        out: Receives dz^T x, (K, D).
    """
    K, D = out.shape
    dz, x = dz.reshape(-1, K), x.reshape(-1, D)
    for columns in blocks(K, 2.0 * x.size):
        np.matmul(dz[:, columns].T, x, out=out[columns])
        yield


def by_gate(tensor: Floats, G: int) -> Floats:
    """View PyTorch's (G H, D), a row for each output, as (G, D, H), a matrix to multiply with from the right."""
    return tensor.reshape(G, -1, tensor.shape[1]).transpose(0, 2, 1)


def sum_by_character(dz: Floats, ids: Ids, V: int) -> Slices[Floats]:
    """Sum the rows of each character, the gradient of gathering them.

    Args:
        dz: (T, B, K).
        ids: (T, B).
        V: Characters.

    Returns:
        (V, K): at v the sum of dz[t, b] over all places where ids[t, b] is v.
    """
    flat = ids.reshape(-1)
    order = np.argsort(flat, kind="stable")
    # where the sorted ids change, the places of the next character begin
    borders = np.flatnonzero(np.diff(flat[order])) + 1
    rows = dz.reshape(-1, dz.shape[-1])
    sums: Floats = np.zeros((V, dz.shape[-1]), dz.dtype)
    yield
    for places in np.split(order, borders):
        np.add.reduce(rows[places], axis=0, out=sums[flat[places[0]]])
        yield
    return sums
