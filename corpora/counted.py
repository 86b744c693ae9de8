"""Sequences a^n b^n followed by an end: only n is left to chance, all else is determined by counting.

After the lab of the Technical University of Denmark (course 02456), where a plain recurrent network, an LSTM and
PyTorch's LSTM learn them: a hundred sequences, n uniform in 1..9, the first 80 to learn from.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats = npt.NDArray[np.floating[Any]]
Ids = npt.NDArray[np.integer]

SYMBOLS: Final = ("a", "b", "EOS", "UNK")
"""The lab's vocabulary; the last never occurs."""
A, B, EOS = range(3)
MOST: Final = 9
"""Greatest n that is learnt from."""
COUNT, LEARNT = 100, 80
"""Sequences drawn, and how many of them are learnt from; of the others half are for validation, half for a test."""
SEED: Final = 42


class Counted(Struct, frozen=True):
    """Sequences of a^n b^n EOS, side by side, as a network reads them.

    The input is all but the end, the target all but the first a, one later.
    """

    x: Floats
    """One-hot, (T, B, 4); after the end of a sequence, zeros."""
    targets: Ids
    """Of all places, (N,)."""
    places: Ids
    """t B + b of each target, (N,)."""
    determined: npt.NDArray[np.bool_]
    """Which targets follow a b, and so from what was read, (N,)."""


def lengths(seed: int = SEED) -> Ids:
    """The n of all sequences, (COUNT,), as the lab draws them."""
    return np.random.RandomState(seed).randint(1, MOST + 1, COUNT)


def parts(seed: int = SEED) -> tuple[Ids, Ids]:
    """The n that are learnt from, (LEARNT,), and those for validation, half of the others."""
    ns, half = lengths(seed), (COUNT + LEARNT) // 2
    return ns[:LEARNT], ns[LEARNT:half]


def sequences(ns: Ids) -> Counted:
    """The sequences of these n, each at least 1."""
    steps, ns = np.arange(2 * int(ns.max()))[:, None], np.asarray(ns)
    symbols = np.where(steps < ns, A, B)  # (T, B)
    there = steps < 2 * ns
    x = np.eye(len(SYMBOLS), dtype=np.float32)[symbols] * there[..., None]
    following = np.where(steps + 1 < ns, A, np.where(steps + 1 < 2 * ns, B, EOS))
    places = np.flatnonzero(there)
    return Counted(x, following.reshape(-1)[places], places, (symbols == B).reshape(-1)[places])


def floor(learnt: Ids, measured: Ids) -> float:
    """The loss on sequences of who knows the distribution of the learnt ones exactly, in nats per sequence.

    That is the cross-entropy of their n: the entropy of it where both are the same. It is infinite if an n is measured
    that was never learnt.
    """
    counts = np.bincount(learnt, minlength=int(measured.max()) + 1)
    with np.errstate(divide="ignore"):
        return float(-np.log(counts[measured] / len(learnt)).mean())
