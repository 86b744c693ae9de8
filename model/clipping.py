"""Bounds on the gradient, so that one steep window does not throw the weights away (Pascanu et al. 2013)."""

from __future__ import annotations

import numpy as np

from model.parameters import Floats


@np.errstate(over="ignore")
def clip_by_norm(grads: Floats, most: float) -> float:
    """Scale `grads` (P,) down in place to the L2 norm `most` where it is longer; 0 leaves it.

    Returns:
        The norm before; not finite where the gradient is not, or where a sum of squares, which an optimiser may want,
        overflows and nothing bounds it.
    """
    norm = float(np.sqrt(np.dot(grads, grads)))
    if most and norm == np.inf:
        return _clip_steepest(grads, most)
    if most and norm > most:
        grads *= most / norm
    return norm


def _clip_steepest(grads: Floats, most: float) -> float:
    """The same for a gradient whose squares may overflow though it does not, in two steps that do not."""
    peak = float(np.abs(grads).max())
    if not np.isfinite(peak):
        return peak
    grads /= peak
    norm = float(np.sqrt(np.dot(grads, grads)))
    grads *= most / norm
    return peak * norm


def clip_by_value(grads: Floats, most: float) -> None:
    """Cut each number of `grads` (P,) in place to the magnitude `most`, infinities too; 0 leaves them."""
    if most:
        np.clip(grads, -most, most, out=grads)
