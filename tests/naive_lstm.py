"""The same network written gate by gate, character by character and stream by stream: slow, plain, independent.

Forward and loss follow the equations as a textbook prints them; the gradient is a second derivation, with one local
rule for each operation, that shares no line with the fast version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ids = npt.NDArray[np.integer]


def sigmoid(z: Floats) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-z))
    return result


@dataclass
class Moment:
    """What one layer held at one time step of one stream; vectors are (H,)."""

    x: Floats
    h_before: Floats
    c_before: Floats
    i: Floats
    f: Floats
    g: Floats
    o: Floats
    c: Floats


class NaiveNetwork:
    """Reads PyTorch-named tensors: gates are row blocks i, f, g, o of `weight_ih_l*` (4H, D)."""

    def __init__(self, tensors: dict[str, Floats], layers: int) -> None:
        self.tensors, self.layers = tensors, layers
        self.H = tensors["decoder.weight"].shape[1]
        self.V = tensors["decoder.weight"].shape[0]

    def _gate(self, layer: int, k: int, x: Floats, h: Floats) -> Floats:
        rows = slice(k * self.H, (k + 1) * self.H)
        t = self.tensors
        from_x: Floats = t[f"lstm.weight_ih_l{layer}"][rows] @ x + t[f"lstm.bias_ih_l{layer}"][rows]
        from_h: Floats = t[f"lstm.weight_hh_l{layer}"][rows] @ h + t[f"lstm.bias_hh_l{layer}"][rows]
        return from_x + from_h

    def run(self, inputs: Ids, targets: Ids, state: Floats) -> tuple[float, dict[str, Floats], Floats, Floats]:
        """Read a window, inputs and targets (T, B), from the state (L, 2, B, H).

        Returns:
            The mean loss in nats per character, its gradients by name, the state after the window (L, 2, B, H), and the
            last layer's hidden states (T, B, H).
        """
        T, B = inputs.shape
        grads = {name: np.zeros_like(tensor) for name, tensor in self.tensors.items()}
        after = np.zeros_like(state)
        hidden = np.zeros((T, B, self.H))
        loss = 0.0
        for b in range(B):
            stream_loss, stream_hidden = self._stream(inputs[:, b], targets[:, b], state[:, :, b], after, b, grads)
            loss += stream_loss / (T * B)
            hidden[:, b] = stream_hidden
        for grad in grads.values():
            grad /= T * B
        return loss, grads, after, hidden

    def _stream(
        self, inputs: Ids, targets: Ids, state: Floats, after: Floats, b: int, grads: dict[str, Floats]
    ) -> tuple[float, list[Floats]]:
        """Read stream b, (T,): its loss, a sum, and the last layer's h; fills `after`, adds to `grads`."""
        h = [state[layer, 0] for layer in range(self.layers)]
        c = [state[layer, 1] for layer in range(self.layers)]
        story: list[list[Moment]] = []
        tops, probs, loss = [], [], 0.0
        for character, target in zip(inputs, targets, strict=True):
            x = np.eye(self.V)[character]
            moments = []
            for layer in range(self.layers):
                i = sigmoid(self._gate(layer, 0, x, h[layer]))
                f = sigmoid(self._gate(layer, 1, x, h[layer]))
                g = np.tanh(self._gate(layer, 2, x, h[layer]))
                o = sigmoid(self._gate(layer, 3, x, h[layer]))
                new_c = f * c[layer] + i * g
                moments.append(Moment(x, h[layer], c[layer], i, f, g, o, new_c))
                h[layer], c[layer] = o * np.tanh(new_c), new_c
                x = h[layer]
            story.append(moments)
            tops.append(x)
            logits = self.tensors["decoder.weight"] @ x + self.tensors["decoder.bias"]
            p = np.exp(logits - logits.max())
            p = p / p.sum()
            probs.append(p)
            loss -= float(np.log(p[target]))
        for layer in range(self.layers):
            after[layer, 0, b], after[layer, 1, b] = h[layer], c[layer]
        self._back(story, tops, probs, targets, grads)
        return loss, tops

    def _back(
        self,
        story: list[list[Moment]],
        tops: list[Floats],
        probs: list[Floats],
        targets: Ids,
        grads: dict[str, Floats],
    ) -> None:
        """Go back through time, from the probabilities (V,) of each step; adds to `grads`."""
        dh_next = [np.zeros(self.H) for _ in range(self.layers)]
        dc_next = [np.zeros(self.H) for _ in range(self.layers)]
        for t in reversed(range(len(story))):
            error = probs[t].copy()
            error[targets[t]] -= 1
            grads["decoder.weight"] += np.outer(error, tops[t])
            grads["decoder.bias"] += error
            from_above = self.tensors["decoder.weight"].T @ error
            for layer in reversed(range(self.layers)):
                m = story[t][layer]
                dh = from_above + dh_next[layer]
                dc = dc_next[layer] + dh * m.o * (1 - np.tanh(m.c) ** 2)
                dz_of_gate = {
                    0: dc * m.g * m.i * (1 - m.i),
                    1: dc * m.c_before * m.f * (1 - m.f),
                    2: dc * m.i * (1 - m.g**2),
                    3: dh * np.tanh(m.c) * m.o * (1 - m.o),
                }
                from_above = np.zeros(len(m.x))
                dh_next[layer] = np.zeros(self.H)
                for k, dz in dz_of_gate.items():
                    rows = slice(k * self.H, (k + 1) * self.H)
                    grads[f"lstm.weight_ih_l{layer}"][rows] += np.outer(dz, m.x)
                    grads[f"lstm.weight_hh_l{layer}"][rows] += np.outer(dz, m.h_before)
                    grads[f"lstm.bias_ih_l{layer}"][rows] += dz
                    grads[f"lstm.bias_hh_l{layer}"][rows] += dz
                    from_above = from_above + self.tensors[f"lstm.weight_ih_l{layer}"][rows].T @ dz
                    dh_next[layer] += self.tensors[f"lstm.weight_hh_l{layer}"][rows].T @ dz
                dc_next[layer] = dc * m.f
