"""The network: one-hot characters -> stacked LSTM layers -> softmax over the next character.

Time first, then streams: ids are (T, B), hidden states (T, B, H), a network's state (L, 2, B, H).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from model import lstm
from model.config import NetworkSettings
from model.lstm import GATES, LSTM
from model.parameters import Floats, Parameters
from model.slices import Slices, blocks
from model.softmax import Ids, cross_entropy


@dataclass(slots=True)
class Workspace:
    """Buffers for windows of T steps and B streams, allocated once and filled again and again."""

    T: int
    B: int
    layers: list[lstm.Workspace] = field(default_factory=list)


class Network:
    """A character-level LSTM and its exact gradients.

    Attributes:
        settings: Its shape.
        V: Distinct characters.
        parameters: All tensors, named as PyTorch names them: `lstm.*` and `decoder.*`.
    """

    def __init__(self, settings: NetworkSettings, V: int, dtype: npt.DTypeLike = np.float32) -> None:
        """Allocate a network of zeros; `initialise` draws its weights."""
        self.settings, self.V = settings, V
        H = settings.hidden_size
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(settings.layers):
            shapes |= LSTM.shapes(layer, V if layer == 0 else H, H)
        shapes |= {"decoder.weight": (V, H), "decoder.bias": (V,)}
        self.parameters = Parameters(shapes, dtype)
        self.layers = [LSTM(self.parameters, layer) for layer in range(settings.layers)]
        tensors, grads = self.parameters.tensors, self.parameters.grad_tensors
        self.W_out, self.dW_out = tensors["decoder.weight"], grads["decoder.weight"]  # (V, H)
        self.b_out, self.db_out = tensors["decoder.bias"], grads["decoder.bias"]  # (V,)

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new weights."""
        for layer in self.layers:
            layer.initialise(rng)
        bound = self.settings.hidden_size**-0.5
        self.W_out[...] = rng.uniform(-bound, bound, self.W_out.shape)
        self.b_out[...] = 0.0

    @property
    def dtype(self) -> npt.DTypeLike:
        """The floating-point type of parameters and states."""
        return self.parameters.values.dtype

    def zero_state(self, B: int = 1) -> Floats:
        """The state before any text, (L, 2, B, H)."""
        settings = self.settings
        return np.zeros((settings.layers, lstm.STATES, B, settings.hidden_size), self.dtype)

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of (T, B) characters."""
        H = self.settings.hidden_size
        return Workspace(T, B, [lstm.Workspace(T, B, H, self.dtype) for _ in self.layers])

    # ---------------------------------------------------------------------------------------- one step

    def step(self, ids: Ids, state: Floats) -> Floats:
        """Read one character of each stream.

        Args:
            ids: (B,).
            state: (L, 2, B, H), advanced in place.

        Returns:
            Logits of the next character, (B, V).
        """
        h: Floats = state[-1, 0]  # (B, H)
        for index, layer in enumerate(self.layers):
            # (4, B, H)
            projection: Floats = layer.W_ih[:, ids] if index == 0 else h @ layer.W_ih
            projection += (layer.b_ih + layer.b_hh)[:, None]
            layer.step(projection, state[index])
            h = state[index, 0]
        logits: Floats = h @ self.W_out.T + self.b_out
        return logits

    # --------------------------------------------------------------------------------------- a window

    def evaluate(self, inputs: Ids, targets: Ids, state: Floats, work: Workspace) -> Slices[float]:
        """The loss of a window, without gradients.

        Args:
            inputs: Characters read, (T, B).
            targets: Characters to predict, (T, B).
            state: The state before the window, (L, 2, B, H); replaced by the one after it.
            work: Buffers of the window's size.

        Returns:
            Cross-entropy summed over the T * B predictions, in nats.
        """
        yield from self._forward(inputs, state, work)
        h = work.layers[-1].h[1:].reshape(-1, self.settings.hidden_size)  # (T B, H)
        y = targets.reshape(-1)
        total = 0.0
        for rows in blocks(len(y), 2.0 * self.W_out.size):
            total += cross_entropy(h[rows] @ self.W_out.T + self.b_out, y[rows])
            yield
        self._read_state(work, state)
        return total

    def gradients(self, inputs: Ids, targets: Ids, state: Floats, work: Workspace) -> Slices[float]:
        """The loss of a window and, in `parameters.grads`, its gradient with respect to every parameter.

        Back-propagation through time reaches to the window's beginning and no further.

        Args:
            inputs: Characters read, (T, B).
            targets: Characters to predict, (T, B).
            state: The state before the window, (L, 2, B, H); replaced by the one after it.
            work: Buffers of the window's size.

        Returns:
            Cross-entropy averaged over the T * B predictions, in nats per character.
        """
        yield from self._forward(inputs, state, work)
        loss = yield from self._decode_backward(targets, work)
        for index in reversed(range(len(self.layers))):
            layer, buffers = self.layers[index], work.layers[index]
            yield from layer.backward(buffers)
            if index == 0:
                yield from embed_backward(layer, buffers.gates, inputs)
            else:
                yield from project_backward(layer, buffers.gates, work.layers[index - 1])
        self._read_state(work, state)
        return loss

    def _forward(self, inputs: Ids, state: Floats, work: Workspace) -> Slices[None]:
        """Run all layers over a window, (T, B), from `state`."""
        for index, (layer, buffers) in enumerate(zip(self.layers, work.layers, strict=True)):
            buffers.start(state[index])
            if index == 0:
                yield from embed(layer, inputs, buffers.gates)
            else:
                yield from project(layer, work.layers[index - 1].h[1:], buffers.gates)
            yield from layer.forward(buffers)

    def _read_state(self, work: Workspace, state: Floats) -> None:
        for index, buffers in enumerate(work.layers):
            state[index] = buffers.end()

    def _decode_backward(self, targets: Ids, work: Workspace) -> Slices[float]:
        """Softmax, loss and the decoder's gradients, some rows at a time; leaves dh for the last layer."""
        H = self.settings.hidden_size
        h = work.layers[-1].h[1:].reshape(-1, H)  # (T B, H)
        dh = work.layers[-1].dh.reshape(-1, H)
        y = targets.reshape(-1)
        self.dW_out[...] = 0.0
        self.db_out[...] = 0.0
        total = 0.0
        for rows in blocks(len(y), 6.0 * self.W_out.size):
            logits = h[rows] @ self.W_out.T  # (N, V)
            logits += self.b_out
            total += cross_entropy(logits, y[rows])
            # d(mean loss)/d(logits) = (probabilities - one-hot target) / (T B)
            dlogits = logits
            dlogits[np.arange(len(dlogits)), y[rows]] -= 1.0
            dlogits /= len(y)
            self.dW_out += dlogits.T @ h[rows]
            self.db_out += dlogits.sum(axis=0)
            np.matmul(dlogits, self.W_out, out=dh[rows])
            yield
        return total / len(y)


# ------------------------------------------------------------------------------------- a layer's input


def embed(layer: LSTM, ids: Ids, gates: Floats) -> Slices[None]:
    """Input projection of one-hot characters: rows of W_ih, gathered for all steps at once.

    Args:
        layer: The first layer.
        ids: (T, B).
        gates: Receives SCALE * (W_ih[ids] + b_ih + b_hh), (4, T, B, H).
    """
    table = (layer.W_ih + (layer.b_ih + layer.b_hh)[:, None]) * layer.scale  # (4, V, H)
    for rows, out in zip(table, gates, strict=True):
        # "clip" only spares numpy a buffer: ids are in range
        np.take(np.ascontiguousarray(rows), ids, axis=0, out=out, mode="clip")
        yield


def embed_backward(layer: LSTM, dz: Floats, ids: Ids) -> Slices[None]:
    """dW_ih for one-hot characters: at row v, the sum of dz (4, T, B, H) wherever v was read."""
    flat = ids.reshape(-1)
    order = np.argsort(flat, kind="stable")
    # where the sorted ids change, the places of the next symbol begin
    borders = np.flatnonzero(np.diff(flat[order])) + 1
    places_of_each = np.split(order, borders)
    dz = dz.reshape(GATES, -1, dz.shape[-1])
    gradient = np.zeros((GATES, *layer.dW_ih.shape[1:]), dz.dtype)  # (4, V, H)
    yield
    for places in places_of_each:
        np.add.reduce(dz[:, places], axis=1, out=gradient[:, flat[places[0]]])
        yield
    layer.dW_ih[...] = gradient


def project(layer: LSTM, x: Floats, gates: Floats) -> Slices[None]:
    """Input projection of the layer below: SCALE * (x W_ih + b_ih + b_hh) for all steps, in `gates`.

    Args:
        layer: A layer above the first.
        x: Hidden states of the layer below, (T, B, H).
        gates: (4, T, B, H).
    """
    H = x.shape[-1]
    x = x.reshape(-1, H)
    W = by_scale(layer.W_ih, layer.scale)  # (4, H, H)
    b = (layer.b_ih + layer.b_hh)[:, None] * layer.scale  # (4, 1, H)
    for gate, z in enumerate(gates.reshape(GATES, -1, H)):
        for rows in blocks(len(x), 2.0 * H * H):
            np.matmul(x[rows], W[gate], out=z[rows])
            z[rows] += b[gate]
            yield


def project_backward(layer: LSTM, dz: Floats, below: lstm.Workspace) -> Slices[None]:
    """dW_ih of a layer above the first, and dh of the layer below, from dz (4, T, B, H)."""
    H = dz.shape[-1]
    x = below.h[1:].reshape(-1, H)  # (T B, H)
    dx = below.dh.reshape(-1, H)
    dz = dz.reshape(GATES, -1, H)
    for gate in range(GATES):
        for rows in blocks(H, 2.0 * x.size):
            np.matmul(dz[gate][:, rows].T, x, out=layer.dW_ih[gate, :, rows].T)
            yield
    for rows in blocks(len(x), 2.0 * GATES * H * H):
        np.matmul(dz[0, rows], layer.W_ih[0].T, out=dx[rows])
        for gate in range(1, GATES):
            dx[rows] += dz[gate, rows] @ layer.W_ih[gate].T
        yield


def by_scale(weight: Floats, scale: Floats) -> Floats:
    """`weight` (4, D, H) times `scale` (4, 1, 1), in the memory layout of `weight`."""
    return np.multiply(weight, scale)  # ufuncs keep the layout of their input
