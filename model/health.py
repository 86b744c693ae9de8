"""Is training well? Cheap measurements, and a guard that sees when a loss explodes or is stuck."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import Enum

import numpy as np

from model.parameters import Floats

EXPLODED = 1.0
"""Nats per character above chance: no text is that surprising to a network that has learnt anything."""

STUCK_CHARACTERS = 30_000
"""Read between two looks at whether the loss still falls."""

STUCK_PROGRESS = 0.02
"""Nats per character that it must have fallen by between two looks, while it is above the bigram entropy."""

PATIENT_LOOKS = 2
"""Looks in a row without progress that make a plateau."""

LEAST_STEPS = 200
"""Steps of a look, at least, so that a mean over them says something."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a step did to the network."""

    gradient_norm: float = 0.0
    """L2 norm before clipping."""
    update_ratio: float = 0.0
    """Length of the step against the length of the weights; about 0.001 is healthy."""
    saturated: float = 0.0
    """Share of the sigmoid gates, at the window's last step, that are below 0.05 or above 0.95."""


def update_ratio(change: Floats, values: Floats) -> float:
    """|change| / |values| of two vectors (P,)."""
    length = float(np.sqrt(np.dot(values, values)))
    return float(np.sqrt(np.dot(change, change))) / length if length else 0.0


def saturation(gates: Floats) -> float:
    """Share of sigmoid gates, any shape, that are almost shut or almost open."""
    return float(np.mean(np.abs(gates - 0.5) > 0.45)) if gates.size else 0.0


class Verdict(Enum):
    """What the guard thinks of a loss."""

    WELL = "well"
    EXPLODED = "exploded"
    STUCK = "stuck"


class Guard:
    """Watches the losses of a run.

    A loss has exploded when it is no number or far above chance. It is stuck when, above the bigram entropy, it has
    not fallen over tens of thousands of characters: the network has then learnt which characters are frequent, and
    nothing of what follows what.
    """

    def __init__(self, chance: float, bigram: float, step_characters: int) -> None:
        """Watch a run.

        Args:
            chance: ln V, nats per character.
            bigram: Bigram entropy of the text, nats per character.
            step_characters: Characters of a step, T B.
        """
        self._chance, self._bigram = chance, bigram
        self._look = max(LEAST_STEPS, STUCK_CHARACTERS // step_characters)
        self._losses: deque[float] = deque()
        self._before: float | None = None
        self._looks = 0

    def see(self, loss: float) -> Verdict:
        """Judge the loss of one more step, nats per character."""
        if not loss < self._chance + EXPLODED:  # not a number is not below either
            return Verdict.EXPLODED
        self._losses.append(loss)
        if len(self._losses) < self._look:
            return Verdict.WELL
        mean, before = sum(self._losses) / self._look, self._before
        self._losses.clear()
        self._before = mean
        stands = before is not None and before - mean < STUCK_PROGRESS and mean > self._bigram
        self._looks = self._looks + 1 if stands else 0
        return Verdict.STUCK if self._looks >= PATIENT_LOOKS else Verdict.WELL

    def state(self) -> list[float]:
        """All it remembers, as numbers to be saved with the run."""
        before = -1.0 if self._before is None else self._before
        return [float(self._looks), before, *self._losses]

    def restore(self, state: list[float]) -> None:
        """Remember what `state` once told."""
        looks, before, *losses = state
        self._looks, self._before = int(looks), None if before < 0 else before
        self._losses = deque(losses)
