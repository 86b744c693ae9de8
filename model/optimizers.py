"""Optimisers on one flat vector, with PyTorch's formulas.

Each turns the gradient, in its own memory, into the step by which the parameters are reduced. That is done in chunks
that stay in the cache while a dozen ufuncs pass over them.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Final

import numpy as np

from model.config import TrainingSettings
from model.parameters import Floats, Parameters
from model.slices import Slices, blocks, pieces

FLOPS = 200.0
"""What a parameter's update costs, in the currency of `slices.blocks`: memory traffic, not arithmetic."""

CHUNK = 131_072
"""Parameters that are updated together: gradient, slots and scratch fit into a core's share of the last cache; fewer
would mean more calls."""


class Optimizer(ABC):
    """The memory of the gradients so far, and the steps they lead to.

    Attributes:
        slots: What is remembered for each parameter, (P,) each, by name; all there is to save beside `step`.
        step: Updates made so far.
    """

    name: ClassVar[str]
    slot_names: ClassVar[tuple[str, ...]] = ()

    def __init__(self, parameters: Parameters, settings: TrainingSettings) -> None:
        self.parameters = parameters
        self.slots: dict[str, Floats] = {name: np.zeros_like(parameters.values) for name in self.slot_names}
        self.step = 0
        self._scratch: Floats = np.empty(min(CHUNK, len(parameters)), parameters.values.dtype)
        self.read(settings)

    def read(self, settings: TrainingSettings) -> None:  # noqa: B027 - not every optimiser has settings of its own
        """Take this optimiser's own settings; they may change between two steps."""

    def update(self, learning_rate: float) -> Slices[None]:
        """Move the parameters by one step against `parameters.grads`, which are used up.

        All parameters change in one go after the last yield: who reads them in between sees finished weights.
        """
        self.step += 1
        self.prepare(learning_rate)
        values, grads = self.parameters.values, self.parameters.grads
        for block in blocks(len(grads), FLOPS):
            for part in pieces(block, CHUNK):
                slots = [slot[part] for slot in self.slots.values()]
                self.to_step(grads[part], *slots, self._scratch[: part.stop - part.start])
            yield
        self.decay(values, learning_rate)
        np.subtract(values, grads, out=values)

    def prepare(self, learning_rate: float) -> None:
        """Work out what is the same for all parameters of this step."""
        self.rate = learning_rate

    @abstractmethod
    def to_step(self, g: Floats, /, *slots_and_scratch: Floats) -> None:
        """Turn a chunk of the gradient (N,) in place into what its parameters are reduced by, and update the slots.

        Args:
            g: The gradient, then the step.
            *slots_and_scratch: The same chunk of each slot, in the order of `slot_names`, then free memory.
        """

    def decay(self, values: Floats, learning_rate: float) -> None:  # noqa: B027 - most let weights be
        """Shrink the parameters (P,) before the step."""


class SGD(Optimizer):
    """Stochastic gradient descent with momentum (Sutskever et al. 2013, in PyTorch's form).

    velocity = momentum * velocity + g;  step = rate * velocity
    """

    name = "sgd"
    slot_names = ("velocity",)

    def read(self, settings: TrainingSettings) -> None:
        """Take the momentum."""
        self.momentum = settings.momentum

    def to_step(self, g: Floats, /, *slots_and_scratch: Floats) -> None:
        """Turn a chunk of the gradient into its step."""
        velocity, _ = slots_and_scratch
        velocity *= self.momentum
        velocity += g
        np.multiply(velocity, self.rate, out=g)


class AdaGrad(Optimizer):
    """Steps over the root of all squares so far (Duchi et al. 2011).

    total = total + g^2;  step = rate * g / (sqrt(total) + eps)
    """

    name = "adagrad"
    slot_names = ("total",)
    EPSILON = 1e-10

    def read(self, settings: TrainingSettings) -> None:
        """Begin the sums of squares with what the settings say, as long as no gradient was added."""
        if self.step == 0:
            self.slots["total"].fill(settings.initial_sum)

    def to_step(self, g: Floats, /, *slots_and_scratch: Floats) -> None:
        """Turn a chunk of the gradient into its step."""
        total, root = slots_and_scratch
        np.multiply(g, g, out=root)
        total += root
        np.sqrt(total, out=root)
        root += self.EPSILON
        g /= root
        g *= self.rate


class RMSProp(Optimizer):
    """Steps over the root of the mean square (Tieleman and Hinton 2012).

    square = alpha * square + (1 - alpha) * g^2;  step = rate * g / (sqrt(square) + eps)
    """

    name = "rmsprop"
    slot_names = ("square",)
    EPSILON = 1e-8

    def read(self, settings: TrainingSettings) -> None:
        """Take alpha."""
        self.alpha = settings.decay_rate or 0.99

    def to_step(self, g: Floats, /, *slots_and_scratch: Floats) -> None:
        """Turn a chunk of the gradient into its step."""
        square, root = slots_and_scratch
        np.multiply(g, g, out=root)
        root *= 1.0 - self.alpha
        square *= self.alpha
        square += root
        np.sqrt(square, out=root)
        root += self.EPSILON
        g /= root
        g *= self.rate


class Adam(Optimizer):
    """Steps from the mean gradient over the root of the mean square (Kingma and Ba 2015).

    m = beta_1 * m + (1 - beta_1) * g;  v = beta_2 * v + (1 - beta_2) * g^2
    step = rate / (1 - beta_1^t) * m / (sqrt(v / (1 - beta_2^t)) + eps)

    What is remembered are the sums m / (1 - beta_1) and v / (1 - beta_2): the factors go into rate and eps, which
    spares two passes over all parameters.
    """

    name = "adam"
    slot_names = ("m", "v")
    BETA_1 = 0.9
    EPSILON = 1e-8

    def read(self, settings: TrainingSettings) -> None:
        """Take beta 2."""
        self.beta_2 = settings.decay_rate or 0.999

    def prepare(self, learning_rate: float) -> None:
        """Take out the bias of sums that began at zero; the root's part is moved from each v into rate and eps."""
        root = ((1.0 - self.beta_2**self.step) / (1.0 - self.beta_2)) ** 0.5
        rate = learning_rate * (1.0 - self.BETA_1) / (1.0 - self.BETA_1**self.step) * root
        dtype = self.parameters.values.dtype
        # as arrays, which numpy need not convert for each chunk
        self.factors = tuple(np.array(x, dtype) for x in (self.BETA_1, self.beta_2, self.EPSILON * root, rate))

    def to_step(self, g: Floats, /, *slots_and_scratch: Floats) -> None:
        """Turn a chunk of the gradient into its step."""
        m, v, _ = slots_and_scratch
        beta_1, beta_2, epsilon, rate = self.factors
        np.multiply(m, beta_1, out=m)
        np.add(m, g, out=m)
        np.multiply(g, g, out=g)
        np.multiply(v, beta_2, out=v)
        np.add(v, g, out=v)
        np.sqrt(v, out=g)
        np.add(g, epsilon, out=g)
        np.divide(m, g, out=g)
        np.multiply(g, rate, out=g)


class AdamW(Adam):
    """Adam, with weights that decay by themselves (Loshchilov and Hutter 2019)."""

    name = "adamw"

    def read(self, settings: TrainingSettings) -> None:
        """Take beta 2 and the decay."""
        super().read(settings)
        self.weight_decay = settings.weight_decay

    def decay(self, values: Floats, learning_rate: float) -> None:
        """Shrink the parameters (P,) before the step."""
        if self.weight_decay:
            values *= 1.0 - learning_rate * self.weight_decay


OPTIMIZERS: Final[dict[str, type[Optimizer]]] = {kind.name: kind for kind in (Adam, AdamW, RMSProp, AdaGrad, SGD)}


def make_optimizer(parameters: Parameters, settings: TrainingSettings) -> Optimizer:
    """The optimiser that the settings name, at its beginning."""
    return OPTIMIZERS[settings.optimizer](parameters, settings)
