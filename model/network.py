"""The network: characters -> stacked recurrent layers -> softmax over the next character.

Methods that return `Slices` are generators, which pause every few milliseconds; `finish` runs one to its end and
returns its result: `loss = finish(network.gradients(inputs, targets, state, work))`.

Time first, then streams: ids are (T, B), hidden states (T, B, H), a network's state (L, S, B, H).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from model.cell import Cell, CellWorkspace, sum_by_character
from model.config import NetworkSettings
from model.dropout import Dropout
from model.gru import GRU
from model.initialise import draw_weights
from model.lstm import LSTM
from model.parameters import Floats, Parameters
from model.products import multiply_rows
from model.reader import Reader
from model.rnn import RNN
from model.slices import Slices, blocks
from model.softmax import Ids, cross_entropy, cross_entropy_gradient

CELLS: Final[dict[str, type[Cell[Any]]]] = {"lstm": LSTM, "gru": GRU, "rnn": RNN}

INITIAL = ("initial.h", "initial.c")
"""Names of a learned initial state, (L, H) each; the second only where cells have a c."""


class Workspace:
    """Buffers for windows of T steps and B streams, allocated once and filled again and again.

    Attributes:
        layers: What each layer's forward leaves for its backward.
    """

    def __init__(self, T: int, B: int, layers: list[CellWorkspace]) -> None:
        self.T, self.B, self.layers = T, B, layers
        self._logits: Floats | None = None
        self._rooms: dict[str, Floats] = {}

    def logits(self, N: int, V: int) -> Floats:
        """Room for the logits of N characters, (N, V)."""
        if self._logits is None or len(self._logits) < N:
            self._logits = np.empty((N, V), self.layers[0].dh.dtype)
        return self._logits[:N]

    def room(self, name: str, shape: tuple[int, ...]) -> Floats:
        """What only some windows need, made when it is first asked for."""
        if name not in self._rooms:
            self._rooms[name] = np.empty(shape, self.layers[0].dh.dtype)
        return self._rooms[name]


class Noisy(NamedTuple):
    """What a window is read with: the network as it is, or what dropout leaves of it.

    Masks hold 0 where something is silenced, and 1 / (1 - its share) elsewhere.
    """

    E: Floats | None
    """(V, D); None where characters are one-hot."""
    masks: Floats | None = None
    """Of what each layer gives upward, (L, T, B, H)."""
    E_mask: Floats | None = None
    """(V, D)."""


class Network:
    """A character-level recurrent network and its exact gradients.

    Attributes:
        settings: Its shape.
        V: Distinct characters.
        at_rest: Whether the weights can no longer change.
        parameters: All tensors, named as PyTorch names them: `lstm.*`, `gru.*` or `rnn.*`, `decoder.*`, and
            `encoder.weight` with an embedding.
    """

    def __init__(
        self,
        settings: NetworkSettings,
        V: int,
        dtype: npt.DTypeLike = np.float32,
        *,
        memory: tuple[Floats, Floats] | None = None,
    ) -> None:
        """Allocate a network of zeros, or find its values and gradients in `memory`; `initialise` draws its weights."""
        self.settings, self.V = settings, V
        self.at_rest = False
        kind = CELLS[settings.cell]
        H, D = settings.hidden_size, settings.embedding_size
        shapes: dict[str, tuple[int, ...]] = {}
        if D:
            shapes["encoder.weight"] = (V, D)
        for layer in range(settings.layers):
            shapes |= kind.shapes(layer, H if layer else D or V, H)
        if not settings.tied:
            shapes["decoder.weight"] = (V, H)
        shapes["decoder.bias"] = (V,)
        if settings.learned_state:
            shapes |= dict.fromkeys(INITIAL[: kind.S], (settings.layers, H))
        # the cells' weights lie in memory as products of rows read them
        recurrent = {name for name in shapes if name.startswith(f"{kind.name}.weight")}
        self.parameters = Parameters(shapes, dtype, transposed=recurrent, memory=memory)
        self.layers = [kind(self.parameters, layer) for layer in range(settings.layers)]
        tensors, grads = self.parameters.tensors, self.parameters.grad_tensors
        self.E, self.dE = tensors.get("encoder.weight"), grads.get("encoder.weight")  # (V, D)
        W_out = "encoder.weight" if settings.tied else "decoder.weight"
        self.W_out, self.dW_out = tensors[W_out], grads[W_out]  # (V, H)
        self.b_out, self.db_out = tensors["decoder.bias"], grads["decoder.bias"]  # (V,)

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new weights, as the settings say."""
        draw_weights(self.parameters, self.settings, rng)

    @property
    def named_tensors(self) -> dict[str, Floats]:
        """All tensors as checkpoints name them: tied weights under both of their names."""
        tensors = self.parameters.tensors
        return tensors | {"decoder.weight": self.W_out} if self.settings.tied else dict(tensors)

    @property
    def dtype(self) -> npt.DTypeLike:
        """The floating-point type of parameters and states."""
        return self.parameters.values.dtype

    def initial_state(self, B: int = 1) -> Floats:
        """The state before any text, (L, S, B, H): zero, or as it was learnt."""
        S, settings = self.layers[0].S, self.settings
        state: Floats = np.zeros((settings.layers, S, B, settings.hidden_size), self.dtype)
        if settings.learned_state:
            for vector, name in enumerate(INITIAL[:S]):
                state[:, vector] = self.parameters.tensors[name][:, None]
        return state

    def workspace(self, T: int, B: int) -> Workspace:
        """Buffers for windows of (T, B) characters."""
        return Workspace(T, B, [layer.workspace(T, B) for layer in self.layers])

    def sigmoid_gates(self, work: Workspace) -> Floats:
        """The first layer's sigmoid gates at the last time step of a window, (K, B, H)."""
        return self.layers[0].sigmoid_gates(work.layers[0])

    @property
    def sigmoid_names(self) -> tuple[str, ...]:
        """Their names."""
        return self.layers[0].sigmoid_names

    # ---------------------------------------------------------------------------------------- one step

    def step(self, ids: Ids, state: Floats) -> Floats:
        """Read one character of each stream.

        Args:
            ids: (B,).
            state: (L, S, B, H), advanced in place.

        Returns:
            Logits of the next character, (B, V).
        """
        reader = Reader(self.layers, self.E, self.W_out, self.b_out, state)
        logits = reader.read(ids if len(ids) > 1 else int(ids[0])).reshape(len(ids), self.V)
        state[...] = reader.state
        return logits

    def reader(self, state: Floats) -> Reader:
        """What reads character by character on from `state` (L, S, B, H); to be kept, for it is slow to make."""
        return Reader(self.layers, self.E, self.W_out, self.b_out, state, at_rest=self.at_rest)

    def rest(self) -> None:
        """Let the weights be as they are from now on, so that reading can keep what follows from them."""
        self.at_rest = True
        for tensor in (self.parameters.values, *self.parameters.tensors.values()):
            tensor.flags.writeable = False

    # --------------------------------------------------------------------------------------- a window

    def read(self, inputs: Ids, state: Floats, work: Workspace) -> Slices[Floats]:
        """What the last layer's units hold over a window.

        Args:
            inputs: Characters read, (T, B).
            state: The state before the window, (L, S, B, H); replaced by the one after it.
            work: Buffers of the window's size.

        Returns:
            h after each character, (T, B, H), a view into `work`.
        """
        outputs = yield from self._forward(inputs, state, work, self._untouched())
        self._read_state(work, state)
        return outputs[-1]

    def copy(self) -> Network:
        """Return a network of the same shape and with the same weights, of its own."""
        twin = Network(self.settings, self.V, self.dtype)
        twin.parameters.values[...] = self.parameters.values
        return twin

    def evaluate(self, inputs: Ids, targets: Ids, state: Floats, work: Workspace) -> Slices[float]:
        """The loss of a window, without gradients.

        Args:
            inputs: Characters read, (T, B).
            targets: Characters to predict, (T, B).
            state: The state before the window, (L, S, B, H); replaced by the one after it.
            work: Buffers of the window's size.

        Returns:
            Cross-entropy summed over the T * B predictions, in nats.
        """
        outputs = yield from self._forward(inputs, state, work, self._untouched())
        h = outputs[-1].reshape(-1, self.settings.hidden_size)  # (T B, H)
        y = targets.reshape(-1)
        total = 0.0
        for rows in blocks(len(y), 2.0 * self.W_out.size):
            total += cross_entropy(h[rows] @ self.W_out.T + self.b_out, y[rows])
            yield
        self._read_state(work, state)
        return total

    def gradients(
        self,
        inputs: Ids,
        targets: Ids,
        state: Floats,
        work: Workspace,
        *,
        dropout: Dropout | None = None,
        first: bool = False,
        whole: int | None = None,
    ) -> Slices[float]:
        """The loss of a window and, in `parameters.grads`, its gradient with respect to every parameter.

        Back-propagation through time reaches to the window's beginning and no further.

        Args:
            inputs: Characters read, (T, B).
            targets: Characters to predict, (T, B).
            state: The state before the window, (L, S, B, H); replaced by the one after it.
            work: Buffers of the window's size.
            dropout: Silences outputs and weights.
            first: Whether `state` is the initial state, which then has a gradient where it is learnt.
            whole: The number of predictions in the whole batch, where this is one shard of it; None means T * B.

        Returns:
            Summed cross-entropy over `whole`, in nats per character. Losses and gradients of all shards add up to those
            of the whole batch.
        """
        noisy = self._untouched() if dropout is None else (yield from self._noisy(work, dropout))
        outputs = yield from self._forward(inputs, state, work, noisy)
        loss = yield from self._decode_backward(targets, outputs[-1], work, whole or targets.size)
        for index in reversed(range(len(self.layers))):
            layer, buffers = self.layers[index], work.layers[index]
            if noisy.masks is not None:
                np.multiply(buffers.dh, noisy.masks[index], out=buffers.dh)
            yield from layer.backward(buffers)
            if index:
                yield from layer.project_backward(buffers, outputs[index - 1], work.layers[index - 1].dh)
            else:
                yield from self._embed_backward(inputs, buffers, noisy)
        if self.settings.learned_state:
            self._initial_gradients(work, first=first)
        if self.settings.single_bias:
            for layer in self.layers:
                layer.db_hh[...] = 0.0
        self._read_state(work, state)
        return loss

    def _untouched(self) -> Noisy:
        return Noisy(self.E)

    def _noisy(self, work: Workspace, dropout: Dropout) -> Slices[Noisy]:
        """The network with some of its numbers silenced; the buffers for that are made once."""
        shares, L, dh = dropout.shares, len(self.layers), work.layers[0].dh
        E, masks, E_mask = self.E, None, None
        if shares.outputs:
            masks = work.room("masks", (L, *dh.shape))
            for mask in masks:
                if shares.locked:
                    dropout.mask(mask[0], shares.outputs)
                    mask[1:] = mask[0]
                    yield
                else:
                    yield from in_rows(dropout.mask_outputs, mask)
        if shares.embedding and E is not None:
            E_mask = work.room("E_mask", E.shape)
            dropout.mask(E_mask, shares.embedding)
            E = E * E_mask
        return Noisy(E, masks, E_mask)

    def _forward(self, inputs: Ids, state: Floats, work: Workspace, noisy: Noisy) -> Slices[list[Floats]]:
        """Run all layers over a window, (T, B), from `state`; returns what each gives upward, (T, B, H)."""
        outputs: list[Floats] = []
        for index, (layer, buffers) in enumerate(zip(self.layers, work.layers, strict=True)):
            buffers.start(state[index])
            if index:
                yield from layer.project(outputs[-1], buffers)
            else:
                yield from layer.embed(self._table(noisy.E), inputs, buffers)
            yield from layer.forward(buffers)
            output = buffers.h[1:]
            if noisy.masks is not None:
                dropped = work.room("outputs", noisy.masks.shape)[index]
                np.multiply(output, noisy.masks[index], out=dropped)
                output = dropped
            outputs.append(output)
        return outputs

    def _table(self, E: Floats | None) -> Floats:
        """Return x W_ih of the first layer for each character, (V, G H)."""
        W_ih = self.layers[0].W_ih
        return W_ih if E is None else np.matmul(E, W_ih)

    def _embed_backward(self, ids: Ids, work: CellWorkspace, noisy: Noisy) -> Slices[None]:
        """Gradients of the first layer's W_ih and biases and of the embedding, from what its backward left."""
        layer, dz = self.layers[0], work.dz
        # d(loss)/d(x W_ih) of each character, (V, G H)
        dtable: Floats = layer.dW_ih if self.dE is None else np.empty((self.V, layer.W_ih.shape[1]), dz.dtype)
        yield from sum_by_character(dz, ids, dtable)
        # a product with ones is a quicker sum
        layer.bias_gradients(work, np.matmul(np.ones(self.V, dz.dtype), dtable))
        if noisy.E is None or self.dE is None:
            return
        np.matmul(noisy.E.T, dtable, out=layer.dW_ih)  # (D, G H)
        dE = np.matmul(dtable, layer.W_ih.T)  # (V, D)
        if noisy.E_mask is not None:
            dE *= noisy.E_mask
        # tied weights already hold the decoder's part
        if self.settings.tied:
            self.dE += dE
        else:
            self.dE[...] = dE

    def _initial_gradients(self, work: Workspace, *, first: bool) -> None:
        for index, (layer, buffers) in enumerate(zip(self.layers, work.layers, strict=True)):
            gradient = layer.initial_gradient(buffers).sum(axis=1)  # (S, H)
            for vector, name in enumerate(INITIAL[: layer.S]):
                self.parameters.grad_tensors[name][index] = gradient[vector] if first else 0.0

    def _read_state(self, work: Workspace, state: Floats) -> None:
        for layer_state, buffers in zip(state, work.layers, strict=True):
            buffers.end(layer_state)

    def _decode_backward(self, targets: Ids, output: Floats, work: Workspace, whole: int) -> Slices[float]:
        """Softmax, loss and the decoder's gradients, some rows at a time; leaves dh for the last layer.

        Loss and gradients are sums over the window's characters, divided by `whole`.
        """
        H = self.settings.hidden_size
        h = output.reshape(-1, H)  # (T B, H)
        dh = work.layers[-1].dh.reshape(-1, H)
        y = targets.reshape(-1)
        total = 0.0
        for rows in blocks(len(y), 6.0 * self.W_out.size):
            logits = work.logits(rows.stop - rows.start, self.V)
            multiply_rows(h[rows], self.W_out.T, logits)  # (N, V)
            logits += self.b_out
            total += cross_entropy_gradient(logits, y[rows], whole)
            dlogits = logits
            # a product with ones is a quicker sum, and a more exact one
            ones = work.layers[-1].ones[: len(dlogits)]
            if rows.start == 0:
                np.matmul(dlogits.T, h[rows], out=self.dW_out)
                np.matmul(ones, dlogits, out=self.db_out)
            else:
                self.dW_out += dlogits.T @ h[rows]
                self.db_out += ones @ dlogits
            multiply_rows(dlogits, self.W_out, dh[rows])
            yield
        return total / whole


def in_rows(fill: Callable[[Floats], None], array: Floats) -> Iterator[None]:
    """Fill `array` (T, B, H) some time steps at a time."""
    for rows in blocks(len(array), 20.0 * array[0].size):
        fill(array[rows])
        yield
