"""Adam (Kingma and Ba 2015), and clipping by norm (Pascanu et al. 2013), on one flat vector."""

from __future__ import annotations

import numpy as np

from model.parameters import Floats, Parameters
from model.slices import Slices, blocks

BETA_1 = 0.9
BETA_2 = 0.999
EPSILON = 1e-8

FLOPS = 200.0
"""What a parameter's update costs, in the currency of `slices.blocks`: memory traffic, not arithmetic."""


class Adam:
    """First and second moments of the gradient, and the step they lead to.

    Attributes:
        m: Running mean of the gradient, (P,).
        v: Running mean of its square, (P,).
        step: Updates made so far.
    """

    def __init__(self, parameters: Parameters) -> None:
        self.parameters = parameters
        self.m: Floats = np.zeros_like(parameters.values)
        self.v: Floats = np.zeros_like(parameters.values)
        self.step = 0

    def update(self, learning_rate: float) -> Slices[None]:
        """Move the parameters by one step against `parameters.grads`, which are used up.

        All parameters change in one go after the last yield: who reads them in between sees finished weights.
        """
        self.step += 1
        grads = self.parameters.grads
        # the moments start at zero; dividing by 1 - beta^step takes that bias out
        rate = learning_rate / (1.0 - BETA_1**self.step)
        root = (1.0 - BETA_2**self.step) ** -0.5
        for part in blocks(len(grads), FLOPS):
            g, m, v = grads[part], self.m[part], self.v[part]
            m *= BETA_1
            m += (1.0 - BETA_1) * g
            v *= BETA_2
            np.multiply(g, g, out=g)
            g *= 1.0 - BETA_2
            v += g
            # g becomes the step: rate * m / (sqrt(v) * root + eps)
            np.sqrt(v, out=g)
            g *= root
            g += EPSILON
            np.divide(m, g, out=g)
            g *= rate
            yield
        np.subtract(self.parameters.values, grads, out=self.parameters.values)


def clip_by_norm(grads: Floats, most: float) -> float:
    """Scale `grads` (P,) down in place to the L2 norm `most` where it is longer.

    Returns:
        The norm before; not finite where the gradient is not.
    """
    norm = float(np.sqrt(np.dot(grads, grads)))
    if np.isfinite(norm) and norm > most:
        grads *= most / norm
    return norm
