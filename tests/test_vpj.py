"""The preset `vpj` learns window by window what the notebook's recipe learns, which is written out naively here."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from model.network import Network
from model.presets import PRESETS
from model.trainer import Trainer

from text_helpers import corpus_of

Floats = npt.NDArray[np.floating[Any]]

H, T, RATE, EPSILON, BOUND = 100, 25, 0.1, 1e-8, 1.0
WINDOWS = 7


def sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


class Notebook:
    """One stream, one bias for each gate; AdaGrad on the gradient of the summed loss, each number cut to +-1."""

    def __init__(self, tensors: dict[str, Floats]) -> None:
        names = ("lstm.weight_hh_l0", "lstm.weight_ih_l0", "lstm.bias_ih_l0", "decoder.weight", "decoder.bias")
        self.values = [tensors[name].copy() for name in names]
        self.sums = [np.zeros_like(value) for value in self.values]
        self.h: Floats = np.zeros(H)
        self.c: Floats = np.zeros(H)

    def learn(self, inputs: list[int], targets: list[int]) -> float:
        """Learn a window; its summed loss in nats."""
        W, U, b, V, a = self.values
        steps, loss = [], 0.0
        for x, y in zip(inputs, targets, strict=True):
            before = self.h, self.c
            z = W @ self.h + U[:, x] + b
            i, f, o = sigmoid(z[:H]), sigmoid(z[H : 2 * H]), sigmoid(z[3 * H :])
            g = np.tanh(z[2 * H : 3 * H])
            self.c = f * self.c + i * g
            self.h = o * np.tanh(self.c)
            p = np.exp(V @ self.h + a)
            p /= p.sum()
            loss -= math.log(p[y])
            steps.append((x, y, before, (i, f, g, o), self.c, self.h, p))
        grads = [np.zeros_like(value) for value in self.values]
        dW, dU, db, dV, da = grads
        dh, dc = np.zeros(H), np.zeros(H)
        for x, y, (h_before, c_before), (i, f, g, o), c, h, p in reversed(steps):
            dy = p.copy()
            dy[y] -= 1
            dV += np.outer(dy, h)
            da += dy
            dh = dh + V.T @ dy
            dc = dc + dh * o * (1 - np.tanh(c) ** 2)
            dz = np.concatenate(
                [dc * g * i * (1 - i), dc * c_before * f * (1 - f), dc * i * (1 - g**2), dh * np.tanh(c) * o * (1 - o)]
            )
            dW += np.outer(dz, h_before)
            dU[:, x] += dz
            db += dz
            dh, dc = W.T @ dz, dc * f
        for value, total, grad in zip(self.values, self.sums, grads, strict=True):
            cut = np.clip(grad, -BOUND, BOUND)
            total += cut**2
            value -= RATE * cut / np.sqrt(total + EPSILON)
        return loss


def test_the_preset_learns_as_the_notebook_does() -> None:
    text = np.random.default_rng(0).choice(list("abcde ,.\n"), 2000)
    corpus = corpus_of("".join(text))
    preset = PRESETS["vpj"]
    network = Network(preset.network, len(corpus.vocabulary), np.float64)
    network.initialise(np.random.default_rng(0))
    notebook = Notebook(network.parameters.tensors)
    trainer = Trainer(network, corpus, preset.training)
    ids = corpus.train.tolist()
    for window in range(WINDOWS):
        start = window * T
        expected = notebook.learn(ids[start : start + T], ids[start + 1 : start + T + 1])
        (told,) = trainer.increment(math.inf, 1).losses
        # AdaGrad's own epsilon, of 1e-10, makes a difference that grows
        assert T * told.loss == pytest.approx(expected, rel=1e-5)
