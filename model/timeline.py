"""A network's past: its weights at steps that grow geometrically, in bounded memory."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from model.parameters import Floats

MOST = 40
"""Snapshots of one network."""

MEMORY = 256 * 1024 * 1024
"""Bytes of them all."""

FIRST = (0, 1, 2, 5, 10, 20, 50, 100)
"""Steps after the beginning that are kept; from the last one on, each is `FACTOR` times the one before."""

FACTOR = 1.25


class Timeline:
    """Copies weights at certain steps, whenever those are made, and changes nothing.

    When it is full, the snapshot goes without which the others lie most evenly on a logarithmic axis of steps. The
    first and the latest stay.

    Attributes:
        size: Weights of the network.
    """

    def __init__(self, size: int, *, most: int = MOST, memory: int = MEMORY) -> None:
        """Begin empty.

        Args:
            size: Weights of the network, in single precision. Half of it would cost only 1e-5 nats per character, but
                many times the time of a copy, for which due characters would have to wait.
            most: Snapshots.
            memory: Bytes; where not even two snapshots have room, none are kept.
        """
        room = min(most, memory // (4 * max(1, size)))
        self._room = room if room >= 2 else 0
        self.size = size
        self._kept: dict[int, Floats] = {}
        self._begin: int | None = None
        self._due = 0  # steps after the beginning
        self.steps: tuple[int, ...] = ()
        """At which there are snapshots, rising."""

    def see(self, step: int, values: Floats) -> None:
        """Keep a copy of the weights (P,) after `step`, if it is one of those that are kept."""
        if self._begin is None:
            self._begin = step
        if not self._room or step - self._begin < self._due:
            return
        if len(self._kept) == self._room:
            del self._kept[self._least_missed([*self._kept, step], self._begin)]
        self._kept[step] = values.copy()
        self._due = after(step - self._begin)
        self.steps = tuple(self._kept)

    def _least_missed(self, steps: list[int], begin: int) -> int:
        """The step between the first and the last without which the smallest gap opens."""
        gaps = [right - left for left, right in pairwise(math.log1p(step - begin) for step in steps)]
        opened = [left + right for left, right in pairwise(gaps)]
        return steps[1 + opened.index(min(opened))]

    def fill(self, step: int, values: Floats) -> None:
        """Put the weights after `step`, one of `steps`, into `values` (P,)."""
        np.copyto(values, self._kept[step])


def after(steps: int) -> int:
    """The next number of steps that is kept."""
    return next((first for first in FIRST if first > steps), math.ceil(steps * FACTOR))
