"""A noisy sine: what comes next, and how it goes on.

From 30 samples with noise an LSTM says the clean value that comes next, and then goes on by itself: what it has said is
what it reads. The data are those of 2015xli's notebook (see `corpora/sines.py`); there 133 cells learn by stochastic
gradient descent, a sequence at a time.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from msgspec.structs import replace

from corpora import sines
from model.config import NetworkSettings, TrainingSettings
from model.lab.experiment import Experiment, Record
from model.lab.frames import SineFrame
from model.lab.pupil import Pupil
from model.objectives import SquaredError
from model.parameters import Floats
from model.slices import Slices
from model.vector_network import Lesson

STEPS: Final = 3_000
TEST_WINDOWS: Final = 200
READ: Final = sines.STEPS
"""Samples that are read, and values that are then said: the next one, and the others from what was said."""
NETWORK: Final = NetworkSettings(hidden_size=32)
TRAINING: Final = TrainingSettings(batch_size=50, learning_rate=0.01, schedule="cosine")
DATA: Final = 1
"""Distinguishes the random numbers that data are drawn from, from others of the same seed."""


class Sine(Experiment):
    """Learns to see through noise."""

    def __init__(self, seed: int = 0, planned_steps: int = STEPS, cell: str = "lstm") -> None:
        """Draw the data and a network of `cell`, both from `seed`."""
        super().__init__(planned_steps)
        self._rng = np.random.default_rng((seed, DATA))
        learnt, self._test = sines.windows_to_learn(self._rng), sines.windows_to_test(self._rng, TEST_WINDOWS)
        # each noisy sample, and the clean value after it
        self._x, self._y = as_vectors(learnt.noisy[:-1]), as_vectors(learnt.clean[1:])  # (30, 500, 1)
        self.pupil = Pupil(replace(NETWORK, cell=cell), replace(TRAINING, seed=seed), 1, 1, planned_steps=planned_steps)
        self._record, self._page = Record(cell.upper()), 0
        self._order = np.empty(0, np.intp)

    def learn(self) -> Slices[None]:
        """Learn from some of the windows, all of them once in an epoch."""
        B = TRAINING.batch_size
        if len(self._order) < B:
            self._order = self._rng.permutation(self._x.shape[1])
        windows, self._order = self._order[:B], self._order[B:]
        lesson = Lesson(self._x[:, windows], SquaredError(self._y[:, windows].reshape(-1, 1)))
        loss = yield from self.pupil.learn(lesson)
        self.step += 1
        self._record.add(self.step, math.sqrt(loss))

    def frame(self) -> SineFrame:
        """Measure it on stretches that it has never seen."""
        clean, noisy = self._test.clean, self._test.noisy
        said = self.go_on(as_vectors(noisy[:READ]))
        return SineFrame(
            step=self.step,
            planned_steps=self.planned_steps,
            curves=(self._record.losses,),
            parameters=len(self.pupil.network.parameters),
            next_error=root_mean_square(said[READ - 1] - clean[READ]),
            free_error=root_mean_square(said[READ - 1 :] - clean[READ:]),
            repeat_error=root_mean_square(noisy[READ - 1] - clean[READ]),
            repeat_free_error=root_mean_square(noisy[READ - 1] - clean[READ:]),
            windows=clean.shape[1],
            clean=tuple(clean[:, self._page].tolist()),
            noisy=tuple(noisy[:READ, self._page].tolist()),
            said=tuple(said[:, self._page].tolist()),
        )

    def go_on(self, x: Floats) -> Floats:
        """Read samples (READ, B, 1), and then what it says itself.

        Returns:
            What it says of points 1 to 2 READ - 1, (2 READ - 1, B).
        """
        state = self.pupil.network.initial_state(x.shape[1])
        said = [*self.pupil.read(x, state)]
        for _ in range(READ - 1):
            said.extend(self.pupil.read(said[-1][None], state))
        return np.stack(said)[..., 0]

    def turn_page(self) -> None:
        """Show another stretch."""
        self._page = (self._page + 1) % TEST_WINDOWS


def as_vectors(values: Floats) -> Floats:
    """Numbers (T, B) as vectors of one number each, (T, B, 1)."""
    return values[..., None].astype(np.float32)


def root_mean_square(errors: Floats) -> float:
    """The root of the mean of all squares."""
    return float(np.sqrt(np.mean(np.square(errors, dtype=np.float64))))
