"""Digits in pieces: an LSTM reads a picture row by row, and says at the end which digit it is.

After the experiment of 2015xli's notebook, where 785 cells read MNIST's pictures in 28 pieces, one picture at a time.
It learns from what it says after the last row only; what it would say after each row before is shown too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec.structs import replace

from corpora.digits import Digits
from model.config import NetworkSettings, TrainingSettings
from model.lab.experiment import Experiment, Record
from model.lab.frames import DigitsFrame
from model.lab.pupil import Pupil
from model.objectives import CrossEntropy
from model.parameters import Floats
from model.slices import Slices
from model.softmax import Ids
from model.vector_network import Lesson

EPOCHS: Final = 8
SIDE: Final = 28
"""Pixels of a row, and rows."""
CLASSES: Final = 10
NETWORK: Final = NetworkSettings(hidden_size=128)
TRAINING: Final = TrainingSettings(batch_size=128, learning_rate=0.004, schedule="cosine")
VALIDATION, MOST_VALIDATION = 1 / 12, 5_000
"""Share of the pictures to learn from that is put aside, and how many at most."""
MEASURE_STEPS, MEASURED = 50, 1_000
"""How often it is measured while it learns, and on how many of those put aside."""
AT_ONCE: Final = 250
"""Pictures that are read together where it is measured."""
SHUFFLING: Final = 2
"""Distinguishes the random numbers of the order from others of the same seed."""


class DigitReading(Experiment):
    """Learns to read digits."""

    name = "digits"

    def __init__(self, data: Digits, seed: int = 0, planned_steps: int | None = None) -> None:
        """Draw a network from `seed`.

        Args:
            data: Pictures to learn from and to test on.
            seed: Of the network, and of the order of the pictures.
            planned_steps: Length of the run; None is `EPOCHS` times through all pictures.
        """
        self._rng = np.random.default_rng((seed, SHUFFLING))
        aside = min(MOST_VALIDATION, max(1, int(VALIDATION * len(data.train_labels))))
        self._images, self._labels = data.train_images[:-aside], data.train_labels[:-aside]
        self._aside = data.train_images[-aside:], data.train_labels[-aside:]
        self.data = data
        self._B = min(TRAINING.batch_size, len(self._labels))
        super().__init__(planned_steps or EPOCHS * (len(self._labels) // self._B))
        training = replace(TRAINING, seed=seed)
        self.pupil = Pupil(NETWORK, training, SIDE, CLASSES, planned_steps=self.planned_steps)
        self._places = (SIDE - 1) * self._B + np.arange(self._B)  # after the last row
        self._record, self._page = Record("LSTM"), 0
        self._order = np.empty(0, np.intp)
        self._accuracy: float | None = None
        self._test_accuracy: float | None = None

    def learn(self) -> Slices[None]:
        """Learn from some of the pictures; now and then, and when all is learnt, measure."""
        if len(self._order) < self._B:
            self._order = self._rng.permutation(len(self._labels))
        pictures, self._order = self._order[: self._B], self._order[self._B :]
        lesson = Lesson(as_rows(self._images[pictures]), CrossEntropy(self._labels[pictures]), self._places)
        loss = yield from self.pupil.learn(lesson)
        self.step += 1
        self._record.add(self.step, loss)
        if self.step == self.planned_steps:
            self._accuracy = yield from self._recognised(*self._aside)
            self._test_accuracy = yield from self._recognised(self.data.test_images, self.data.test_labels)
        elif self.step % MEASURE_STEPS == 0:
            images, labels = self._aside
            self._accuracy = yield from self._recognised(images[:MEASURED], labels[:MEASURED])

    def frame(self) -> DigitsFrame:
        """Show what it takes a picture of the test for, as it reads on."""
        image = self.data.test_images[self._page]
        logits = self.pupil.read(as_rows(image[None]))[:, 0]  # (28, 10)
        probs = np.exp(logits - logits.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        aside = len(self._aside[1])
        return DigitsFrame(
            step=self.step,
            planned_steps=self.planned_steps,
            curves=(self._record.losses,),
            parameters=len(self.pupil.network.parameters),
            data=self.data.name,
            pictures=len(self._labels),
            accuracy=self._accuracy,
            measured=aside if self.finished else min(MEASURED, aside),
            test_accuracy=self._test_accuracy,
            tested=len(self.data.test_labels),
            image=image.tobytes(),
            label=int(self.data.test_labels[self._page]),
            beliefs=tuple(tuple(row) for row in probs.tolist()),
        )

    def turn_page(self) -> None:
        """Show another picture of the test."""
        self._page = (self._page + 1) % len(self.data.test_labels)

    def _recognised(self, images: Ids, labels: Ids) -> Slices[float]:
        """The share of pictures (N, 28, 28) that it takes for what they are, (N,)."""
        right = 0
        for start in range(0, len(labels), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            said = self.pupil.read(as_rows(images[some]))[-1]  # (B, 10)
            right += int((said.argmax(axis=1) == labels[some]).sum())
            yield
        return right / len(labels)


def as_rows(images: Ids) -> Floats:
    """Pictures (B, 28, 28) as sequences of their rows, of numbers from 0 to 1, (28, B, 28)."""
    return np.ascontiguousarray(images.transpose(1, 0, 2)) / np.float32(255)
