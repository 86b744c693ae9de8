"""What a network of vectors is to do well: each turns its outputs into a mean loss and the gradient of that."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from msgspec import Struct

from model.parameters import Floats
from model.softmax import Ids, cross_entropy, cross_entropy_gradient


class Objective(Protocol):
    """A loss, averaged over N outputs."""

    def loss(self, outputs: Floats) -> float:
        """The mean loss of `outputs` (N, K), which are used up."""

    def gradient(self, outputs: Floats) -> float:
        """The same, where `outputs` become d(mean loss)/d(outputs)."""


class CrossEntropy(Struct, frozen=True):
    """Outputs are logits of K classes; the loss is in nats."""

    classes: Ids
    """The right ones, (N,)."""

    def loss(self, outputs: Floats) -> float:
        """The mean negative log-likelihood of the right classes under the softmax of `outputs` (N, K)."""
        return cross_entropy(outputs, self.classes) / len(outputs)

    def gradient(self, outputs: Floats) -> float:
        """The same, where `outputs` become its gradient."""
        return cross_entropy_gradient(outputs, self.classes, len(outputs)) / len(outputs)


class SquaredError(Struct, frozen=True):
    """Outputs are numbers; the loss is the mean of (output - value)^2, which a linear decoder is fitted by."""

    values: Floats
    """What they shall be, (N, K)."""

    def loss(self, outputs: Floats) -> float:
        """The mean square of all errors of `outputs` (N, K)."""
        outputs -= self.values
        return float(np.mean(outputs * outputs, dtype=np.float64))

    def gradient(self, outputs: Floats) -> float:
        """The same, where `outputs` become its gradient, 2 (output - value) / (N K)."""
        loss = self.loss(outputs)
        outputs *= 2.0 / outputs.size
        return loss
