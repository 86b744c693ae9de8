"""a^n b^n: a plain recurrent network, a GRU and two LSTMs learn to count, side by side and in one unit.

The data are those of the Technical University of Denmark's lab (see `corpora/counted.py`), where each network has an
optimiser, a number of epochs and a unit of loss of its own. Here all have the same, and the loss is compared with the
least there can be, which is known: only n is left to chance. They differ in their cells, and the second LSTM in how it
begins: with its forget gate open. That an LSTM's memory cell can count on, beyond what it has seen, was shown by Gers
and Schmidhuber (2001), "LSTM recurrent networks learn simple context-free and context-sensitive languages".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from msgspec.structs import replace

from corpora import counted
from corpora.counted import Counted, Ids
from model.config import NetworkSettings, TrainingSettings
from model.lab.experiment import Experiment, Record
from model.lab.frames import END, Counter, CountingFrame
from model.lab.pupil import Pupil
from model.objectives import CrossEntropy
from model.parameters import Floats
from model.slices import Slices
from model.vector_network import Lesson

STEPS: Final = 4_000
FARTHEST: Final = 20
"""Greatest n that is asked for; those above `counted.MOST` were never seen."""
LETTERS: Final = ("a", "b", END, "?")
"""Of the symbols, for people."""
NETWORK: Final = NetworkSettings(hidden_size=50)
OPEN: Final = "open LSTM"
NETWORKS: Final = {
    "RNN": replace(NETWORK, cell="rnn"),
    "GRU": replace(NETWORK, cell="gru"),
    "LSTM": NETWORK,
    # small first weights and a forget gate that is all but open: each memory cell begins as a counter, which adds up
    # what comes and forgets nothing
    OPEN: replace(NETWORK, init_scale=0.05, forget_bias=10.0),
}
TRAINING: Final = TrainingSettings(batch_size=10, optimizer="sgd", learning_rate=0.4, clip_norm=0.5, schedule="cosine")
MEASURE_STEPS: Final = 20
"""Between two losses of the curve, which are those on all sequences that are learnt from."""
ORDER: Final = 3
"""Distinguishes the random numbers of the order from others of the same seed."""


class Counting(Experiment):
    """Four networks learn to count."""

    def __init__(self, seed: int = 0, planned_steps: int = STEPS) -> None:
        """Draw the networks from `seed`; the sequences are always the lab's."""
        super().__init__(planned_steps)
        self._learnt, self._validation = counted.parts()
        self._lessons = lessons(seed, self._learnt)
        D = len(counted.SYMBOLS)
        self.pupils = {
            name: Pupil(network, replace(TRAINING, seed=seed), D, D, planned_steps=planned_steps)
            for name, network in NETWORKS.items()
        }
        self._records, self._example = {name: Record(name) for name in NETWORKS}, counted.MOST

    def learn(self) -> Slices[None]:
        """Let each learn from the same few sequences; all of them come once in an epoch."""
        lesson = next(self._lessons)
        for pupil in self.pupils.values():
            yield from pupil.learn(lesson)
        self.step += 1
        if self.step % MEASURE_STEPS == 1:
            for name, pupil in self.pupils.items():
                self._records[name].add(self.step, loss_per_sequence(pupil, self._learnt))

    def frame(self) -> CountingFrame:
        """Measure how well each counts."""
        return CountingFrame(
            step=self.step,
            planned_steps=self.planned_steps,
            curves=tuple(record.losses for record in self._records.values()),
            parameters=sum(len(pupil.network.parameters) for pupil in self.pupils.values()),
            counters=tuple(
                measure(name, pupil, self._learnt, self._validation, FARTHEST) for name, pupil in self.pupils.items()
            ),
            floor=counted.floor(self._learnt, self._learnt),
            validation_floor=counted.floor(self._learnt, self._validation),
            learnt=counted.MOST,
            example=self._example,
        )

    def turn_page(self) -> None:
        """Show what they say of a longer sequence; after the longest, of the shortest."""
        self._example = self._example % FARTHEST + 1


def lessons(seed: int, learnt: Ids) -> Iterator[Lesson]:
    """The sequences of these n, a batch at a time, without end; each comes once in an epoch, in an order of its own."""
    rng, B = np.random.default_rng((seed, ORDER)), TRAINING.batch_size
    while True:
        order = rng.permutation(learnt)
        for start in range(0, len(order), B):
            some = counted.sequences(order[start : start + B])
            yield Lesson(some.x, CrossEntropy(some.targets), some.places)


def measure(name: str, pupil: Pupil, learnt: Ids, validation: Ids, farthest: int) -> Counter:
    """Find out how well a network counts: its losses on the sequences of these n, and all n up to `farthest`."""
    every = counted.sequences(np.arange(1, farthest + 1))
    symbols = said(pupil, every)
    right = (symbols == every.targets) | ~every.determined
    of = every.places % farthest  # which sequence a target is of
    wrong = np.bincount(of, weights=~right, minlength=farthest)  # (farthest,)
    letters = np.array(LETTERS)[symbols]
    return Counter(
        name=name,
        loss=loss_per_sequence(pupil, learnt),
        validation_loss=loss_per_sequence(pupil, validation),
        determined=float(right[every.determined & (of < counted.MOST)].mean()),
        right=tuple(bool(count == 0) for count in wrong),
        said=tuple("".join(letters[of == sequence]) for sequence in range(farthest)),
    )


def logits_of(pupil: Pupil, sequences: Counted) -> Floats:
    """What it says at all places, (N, symbols)."""
    return pupil.read(sequences.x).reshape(-1, len(counted.SYMBOLS))[sequences.places]


def said(pupil: Pupil, sequences: Counted) -> Ids:
    """The likeliest symbol at all places, (N,)."""
    symbols: Ids = logits_of(pupil, sequences).argmax(axis=1)
    return symbols


def loss_per_sequence(pupil: Pupil, ns: Ids) -> float:
    """The negative log-likelihood of a sequence, the mean over all of these n, in nats."""
    sequences = counted.sequences(ns)
    return CrossEntropy(sequences.targets).loss(logits_of(pupil, sequences)) * len(sequences.targets) / len(ns)
