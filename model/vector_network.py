"""The same layers without characters: sequences of vectors -> stacked recurrent layers -> a linear decoder.

The decoder's outputs are numbers, or the logits of classes: what they are for, an `Objective` says. Each sequence
begins with a state of zeros, and back-propagation through time reaches back to its beginning.

Time first, then sequences: inputs are (T, B, D), outputs (N, K) at the N places where there is something to say.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from model.cell import Cell, CellWorkspace
from model.config import NetworkSettings
from model.initialise import draw_weights
from model.network import CELLS
from model.objectives import Objective
from model.parameters import Floats, Parameters
from model.slices import Slices
from model.softmax import Ids

EVERYWHERE: Final = slice(None)
"""All places of a window, time step by time step."""


class Lesson(Struct, frozen=True):
    """Sequences, and what is to be said of them.

    Sequences of different lengths are filled up at their ends with anything: what comes after the last place where
    something is to be said changes neither a loss nor a gradient.
    """

    x: Floats
    """(T, B, D)."""
    objective: Objective
    """Of the N outputs."""
    places: Ids | slice = EVERYWHERE
    """Where they are wanted: t B + b for step t of sequence b, (N,), no place twice."""


class VectorNetwork:
    """A recurrent network that reads vectors, and its exact gradients.

    Attributes:
        settings: Its shape; what concerns characters is not looked at.
        D: Numbers of an input.
        K: Numbers of an output.
        parameters: All tensors, named as PyTorch names them: `lstm.*`, `gru.*` or `rnn.*`, and `decoder.*`.
    """

    def __init__(self, settings: NetworkSettings, D: int, K: int, dtype: npt.DTypeLike = np.float32) -> None:
        """Allocate a network of zeros; `initialise` draws its weights."""
        self.settings, self.D, self.K = settings, D, K
        kind: type[Cell[Any]] = CELLS[settings.cell]
        H = settings.hidden_size
        shapes: dict[str, tuple[int, ...]] = {}
        for layer in range(settings.layers):
            shapes |= kind.shapes(layer, H if layer else D, H)
        recurrent = {name for name in shapes if ".weight" in name}
        self.parameters = Parameters(
            {**shapes, "decoder.weight": (K, H), "decoder.bias": (K,)}, dtype, transposed=recurrent
        )
        self.layers = [kind(self.parameters, layer) for layer in range(settings.layers)]
        tensors, grads = self.parameters.tensors, self.parameters.grad_tensors
        self.W_out, self.b_out = tensors["decoder.weight"], tensors["decoder.bias"]  # (K, H), (K,)
        self.dW_out, self.db_out = grads["decoder.weight"], grads["decoder.bias"]

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new weights, as the settings say."""
        draw_weights(self.parameters, self.settings, rng)

    def initial_state(self, B: int) -> Floats:
        """The state before a sequence, zeros, (L, S, B, H)."""
        shape = (len(self.layers), self.layers[0].S, B, self.settings.hidden_size)
        return np.zeros(shape, self.parameters.values.dtype)

    def workspace(self, T: int, B: int) -> list[CellWorkspace]:
        """Buffers of each layer for sequences of T steps, B at once."""
        return [layer.workspace(T, B) for layer in self.layers]

    def read(self, x: Floats, state: Floats, work: list[CellWorkspace]) -> Slices[Floats]:
        """Read on, and say something after every step.

        Args:
            x: (T, B, D).
            state: The state before them, (L, S, B, H); replaced by the one after them.
            work: Buffers of that size.

        Returns:
            The outputs, (T, B, K).
        """
        h = yield from self._forward(x, state, work)  # (T, B, H)
        for memory, buffers in zip(state, work, strict=True):
            buffers.end(memory)
        outputs: Floats = h.reshape(-1, h.shape[-1]) @ self.W_out.T + self.b_out
        return outputs.reshape(*h.shape[:2], self.K)

    def gradients(self, lesson: Lesson, work: list[CellWorkspace]) -> Slices[float]:
        """The mean loss of a lesson and, in `parameters.grads`, its gradient with respect to every parameter.

        Args:
            lesson: (T, B) places at most.
            work: Buffers of its size.

        Returns:
            The loss, as the lesson's objective counts it.
        """
        h = yield from self._forward(lesson.x, self.initial_state(lesson.x.shape[1]), work)
        said = h.reshape(-1, h.shape[-1])[lesson.places]  # (N, H)
        outputs: Floats = said @ self.W_out.T + self.b_out  # (N, K)
        loss = lesson.objective.gradient(outputs)
        doutputs = outputs
        np.matmul(doutputs.T, said, out=self.dW_out)
        np.sum(doutputs, axis=0, out=self.db_out)
        dh = work[-1].dh.reshape(-1, said.shape[-1])  # (T B, H)
        dh[...] = 0.0
        dh[lesson.places] = doutputs @ self.W_out
        for index in reversed(range(len(self.layers))):
            layer, buffers = self.layers[index], work[index]
            yield from layer.backward(buffers)
            if index:
                yield from layer.project_backward(buffers, work[index - 1].h[1:], work[index - 1].dh)
            else:
                yield from layer.input_gradients(buffers, lesson.x)
        return loss

    def _forward(self, x: Floats, state: Floats, work: list[CellWorkspace]) -> Slices[Floats]:
        """Run all layers over a window from `state`; what the last gives, (T, B, H)."""
        for layer, buffers, memory in zip(self.layers, work, state, strict=True):
            buffers.start(memory)
            yield from layer.project(x, buffers)
            yield from layer.forward(buffers)
            x = buffers.h[1:]
        return x
