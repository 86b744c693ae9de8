"""Digits in pieces: an LSTM reads a picture row by row, and says at the end which digit it is.

After the experiment of 2015xli's notebook, where 785 cells read MNIST's pictures in 28 pieces, one picture at a time.
It learns from what it says after the last row only; what it would say after each row before is shown too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from msgspec.structs import replace

from corpora.digits import KINDS, SIDE, Digits
from corpora.info import CorpusError
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
NETWORK: Final = NetworkSettings(hidden_size=128)
TRAINING: Final = TrainingSettings(batch_size=128, learning_rate=0.004, schedule="cosine")
VALIDATION, MOST_VALIDATION = 1 / 12, 5_000
"""Share of the pictures to learn from that is put aside, and how many at most."""
MEASURE_STEPS, MEASURED = 50, 1_000
"""How often it is measured while it learns, and on how many of those put aside."""
LEAST: Final = 2
"""Pictures that it takes to learn."""
AT_ONCE: Final = 250
"""Pictures that are read together where it is measured."""
SHUFFLING: Final = 2
"""Distinguishes the random numbers of the order from others of the same seed."""


class DigitReading(Experiment):
    """Learns to read digits."""

    def __init__(self, data: Digits, seed: int = 0, planned_steps: int | None = None, cell: str = "lstm") -> None:
        """Draw a network of `cell` from `seed`.

        Args:
            data: Pictures to learn from and to test on.
            seed: Of the network, and of the order of the pictures.
            planned_steps: Length of the run; None is `EPOCHS` times through all pictures, but for the rest of each time
                that fills no batch.
            cell: `lstm`, `gru` or `rnn`.

        Raises:
            CorpusError: If there are fewer pictures than `LEAST`.
        """
        self._rng = np.random.default_rng((seed, SHUFFLING))
        count = len(data.train_labels)
        if count < LEAST:
            raise CorpusError(
                f"{data.name}: {count} picture to learn from; it takes {LEAST}, one of them to be put aside"
            )
        aside = min(MOST_VALIDATION, max(1, int(VALIDATION * count)))
        # drawn at random, since a file may have them in the order of the digits
        shuffled = self._rng.permutation(count)
        self._learnt, self._aside = shuffled[aside:], shuffled[:aside]
        self.data = data
        self._B = min(TRAINING.batch_size, len(self._learnt))
        super().__init__(planned_steps or EPOCHS * (len(self._learnt) // self._B))
        network, training = replace(NETWORK, cell=cell), replace(TRAINING, seed=seed)
        self.pupil = Pupil(network, training, SIDE, KINDS, planned_steps=self.planned_steps)
        self._places = (SIDE - 1) * self._B + np.arange(self._B)  # after the last row
        self._record, self._page = Record(cell.upper()), 0
        self._order = self._learnt[:0]
        self._accuracy: float | None = None
        self._measured = min(MEASURED, aside)
        self._test_accuracy: float | None = None

    def learn(self) -> Slices[None]:
        """Learn from some of the pictures; now and then, and when all is learnt, measure."""
        if len(self._order) < self._B:
            self._order = self._rng.permutation(self._learnt)
        some, self._order = self._order[: self._B], self._order[self._B :]
        images, labels = self.data.train_images, self.data.train_labels
        loss = yield from self.pupil.learn(Lesson(as_rows(images[some]), CrossEntropy(labels[some]), self._places))
        step = self.step + 1
        self._record.add(step, loss)
        last = step == self.planned_steps
        if last or step % MEASURE_STEPS == 0:
            measured = self._aside if last else self._aside[:MEASURED]
            self._accuracy = yield from self._recognised(images[measured], labels[measured])
            self._measured = len(measured)
        if last:
            self._test_accuracy = yield from self._recognised(self.data.test_images, self.data.test_labels)
        self.step = step  # only now: it is not over before all is measured

    def frame(self) -> DigitsFrame:
        """Show what it takes a picture of the test for, as it reads on."""
        shown = self._page % len(self.data.test_labels)
        image = self.data.test_images[shown]
        logits = self.pupil.read(as_rows(image[None]))[:, 0]  # (28, 10)
        probs = np.exp(logits - logits.max(axis=1, keepdims=True))
        probs /= probs.sum(axis=1, keepdims=True)
        return DigitsFrame(
            step=self.step,
            planned_steps=self.planned_steps,
            curves=(self._record.losses,),
            parameters=len(self.pupil.network.parameters),
            data=self.data.name,
            pictures=len(self._learnt),
            accuracy=self._accuracy,
            measured=self._measured,
            test_accuracy=self._test_accuracy,
            tested=len(self.data.test_labels),
            page=self._page,
            image=image.tobytes(),
            label=int(self.data.test_labels[shown]),
            beliefs=tuple(tuple(row) for row in probs.tolist()),
        )

    def turn_page(self) -> None:
        """Show another picture of the test."""
        self._page += 1

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
