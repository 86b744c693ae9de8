"""Softmax and cross-entropy, with the gradient of both at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from model.parameters import Floats

Ids = npt.NDArray[np.integer]


def softmax_in_place(logits: Floats) -> Floats:
    """Turn logits (N, V) into probabilities in the same memory.

    Returns:
        log(sum(exp(logits))) of each row, (N,): what a row's logit must be reduced by to be a log-probability.
    """
    # the maximum comes off first, so that no exponential overflows
    peak = logits.max(axis=1, keepdims=True)  # (N, 1)
    np.subtract(logits, peak, out=logits)
    np.exp(logits, out=logits)
    total = logits.sum(axis=1, keepdims=True)
    np.divide(logits, total, out=logits)
    log_total: Floats = (np.log(total) + peak)[:, 0]
    return log_total


def cross_entropy(logits: Floats, targets: Ids) -> float:
    """The negative log-likelihood of `targets` (N,) under `logits` (N, V), summed over the rows, in nats.

    `logits` become probabilities; subtract one at each row's target to have d(sum)/d(logits).
    """
    chosen = logits[np.arange(len(targets)), targets]  # (N,)
    return float((softmax_in_place(logits) - chosen).sum(dtype=np.float64))
