"""Is training well? Cheap measurements, and a guard that sees when a loss explodes or stands still."""

from __future__ import annotations

from collections import deque
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from model.parameters import Floats
from model.progress import Gate

EXPLODED = 1.0
"""Nats per character above chance: no text is that surprising to a network that has learnt anything."""

SPIKE_CHARACTERS = 5_000
"""Over about so many the loss is averaged before it is called exploded: a small batch has wild windows."""

LOOK_CHARACTERS = 24_000
"""Read between two looks at whether the loss still falls."""

LOOK_STEPS = 200
"""Steps of a look, at least, so that a mean over them says something."""

LOOKS = 4
"""In a row that are compared."""

PROGRESS = 0.02
"""Nats per character that a loss must fall by from the first of them to the last, if it does not fall steadily."""


def update_ratio(change: Floats, values: Floats) -> float:
    """|change| / |values| of two vectors (P,)."""
    length = float(np.sqrt(np.dot(values, values)))
    return float(np.sqrt(np.dot(change, change))) / length if length else 0.0


def saturation(gates: Floats, names: tuple[str, ...]) -> tuple[Gate, ...]:
    """Return what share of the sigmoid gates (K, ...) of each of K kinds is almost shut or open, and their mean."""
    return tuple(
        Gate(name, share(gate < 0.05), share(gate > 0.95), float(np.add.reduce(gate, None)) / gate.size)
        for name, gate in zip(names, gates, strict=True)
    )


def share(found: npt.NDArray[np.bool_]) -> float:
    """How much of an array is true, in [0, 1]; `np.mean` takes six times as long for a small one."""
    return int(np.count_nonzero(found)) / found.size


class Guard:
    """Watches the losses of a run.

    A loss has exploded when it is no number, or has been far above chance for a while. It stands still when its means
    over some tens of thousands of characters neither fall by much nor fall steadily: a slow run is left alone. Where
    it stands above the bigram entropy, the network has learnt which characters are frequent and nothing of what
    follows what.
    """

    def __init__(self, chance: float, step_characters: int) -> None:
        """Watch a run.

        Args:
            chance: ln V, nats per character.
            step_characters: Characters of a step, T B.
        """
        self._chance = chance
        self._weight = min(1.0, step_characters / SPIKE_CHARACTERS)
        self._recent = chance
        self._look = max(LOOK_STEPS, LOOK_CHARACTERS // step_characters)
        self._means: deque[float] = deque(maxlen=LOOKS)
        self._sum, self._count = 0.0, 0

    def exploded(self, loss: float) -> bool:
        """Whether the recent loss, with `loss` as the last, is no number or more than `EXPLODED` nats above chance."""
        return not self._recent_with(loss) < self._chance + EXPLODED  # what is not a number is not below either

    def _recent_with(self, loss: float) -> float:
        """The exponential mean of the losses, with `loss` as the last."""
        return self._recent + self._weight * (loss - self._recent)

    def note(self, loss: float) -> None:
        """Take in the loss of one more step, nats per character."""
        self._recent = self._recent_with(loss)
        self._sum += loss
        self._count += 1
        if self._count == self._look:
            self._means.append(self._sum / self._look)
            self._sum, self._count = 0.0, 0

    @property
    def standing(self) -> float | None:
        """The loss, nats per character, where it has been standing still for the last looks; else None."""
        means = self._means
        if len(means) < LOOKS or means[0] - means[-1] >= PROGRESS or all(b < a for a, b in pairwise(means)):
            return None
        return means[-1]

    def forget(self) -> None:
        """Begin to look anew."""
        self.restore([self._chance, 0.0, 0.0])

    def state(self) -> list[float]:
        """All it remembers, as numbers to be saved with the run."""
        return [self._recent, self._sum, float(self._count), *self._means]

    def restore(self, state: list[float]) -> None:
        """Remember what `state` once told.

        Raises:
            ValueError: If it never told that.
        """
        recent, total, count, *means = state
        if not 0 <= count < self._look or len(means) > LOOKS or not np.isfinite(state).all():
            raise ValueError(f"the guard cannot remember {state!r}")
        self._recent, self._sum, self._count = recent, total, int(count)
        self._means = deque(means, maxlen=LOOKS)
