"""Softmax and cross-entropy, with the gradient of both at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model.parameters import Floats

Ids = npt.NDArray[np.integer]

FAR = 60.0
"""Where no logit is farther from 0, no exponential is too large or too small for a float32, and no sum of exponentials
times `whole`, up to 10^12 of both together."""


def cross_entropy(logits: Floats, targets: Ids) -> float:
    """The negative log-likelihood of `targets` (N,) under `logits` (N, V), summed over the rows, in nats.

    `logits` are used up.
    """
    chosen = logits[np.arange(len(targets)), targets]  # (N,)
    _, log_total = _exponentials(logits)
    return float((log_total - chosen).sum(dtype=np.float64))


def cross_entropy_gradient(logits: Floats, targets: Ids, whole: int) -> float:
    """The same, where `logits` become d(sum / whole)/d(logits)."""
    places = np.arange(len(targets)), targets
    chosen = logits[places]  # (N,)
    total, log_total = _exponentials(logits)
    # (probabilities - one-hot target) / whole, where a target that is certain cancels before it is rounded
    logits[places] -= total
    total *= whole
    np.divide(logits, total[:, None], out=logits)
    return float((log_total - chosen).sum(dtype=np.float64))


def _exponentials(logits: Floats) -> tuple[Floats, Floats]:
    """Replace logits (N, V) by exponentials that are proportional to the probabilities in each row.

    Returns:
        The sum of each row, (N,), and what a logit must be reduced by to be a log-probability, (N,).
    """
    near = logits.max() < FAR and logits.min() > -FAR
    if not near:
        # each row's maximum comes off, so that no exponential overflows; row by row that takes a while
        peak = logits.max(axis=1, keepdims=True)  # (N, 1)
        np.subtract(logits, peak, out=logits)
    np.exp(logits, out=logits)
    total = np.matmul(logits, np.ones(logits.shape[1], logits.dtype))  # a product with ones is a quicker sum
    log_total: Floats = np.log(total)
    return total, log_total if near else log_total + peak[:, 0]
