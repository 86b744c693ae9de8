"""Training by increments of time: owns all that changes, yields frozen values."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from corpora.corpus import Corpus
from model.adam import Adam, clip_by_norm
from model.batches import Batches
from model.config import TrainingSettings
from model.evaluation import parallel_loss
from model.network import Network
from model.parameters import Floats
from model.slices import Slices

VALIDATION_CHARACTERS = 32_768
"""Of the validation part that is read during training; `full_validation` reads all of it."""

VALIDATION_SHARE = 0.05
"""Validation may cost about this share of the training time."""

VALIDATION_COST = 1 / 3
"""Of reading a character against learning from it: forward without backward."""

SMOOTHING_STEPS = 50
"""The training loss on display is a mean over about so many steps."""

RATE_SECONDS = 3.0
"""Speed is measured over so much time of training steps."""


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss at a step."""

    step: int
    loss: float
    """Nats per character."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Where training stands after an increment."""

    step: int
    """Optimiser steps so far."""
    epochs: float
    """Passes over the training part."""
    losses: tuple[Loss, ...]
    """Of each step that this increment completed."""
    validations: tuple[Loss, ...]
    """Measured in this increment."""
    train_loss: float | None
    """Smoothed over the last steps, nats per character."""
    validation_loss: float | None
    """The latest."""
    best_validation_loss: float | None
    chars_per_second: float | None
    """Of training steps alone, over the last seconds."""
    step_seconds: float | None
    """What one step takes, over the last seconds."""
    validation_share: float
    """Of the training time, in [0, 1]."""
    seconds: float
    """Spent in training, validation included."""
    diverged: bool
    """The loss is no longer a number; the weights are those of the last validation before."""


class Trainer:
    """A network, its optimiser, and the streams it learns from.

    Work is done in slices of a few milliseconds: between two of them the weights are always those of a finished
    step, so that they can be sampled or saved, and settings may change.

    Attributes:
        network: Its weights change here only.
        settings: `learning_rate` and `clip_norm` may be replaced between two steps.
        best: The weights with the lowest validation loss so far, (P,), or None before the first validation.
        best_step: The step they are from.
        validated_step: The step of the latest validation.
    """

    def __init__(
        self,
        network: Network,
        corpus: Corpus,
        settings: TrainingSettings,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Begin at the beginning of `corpus`.

        Raises:
            CorpusError: If the text is too short for a single window.
        """
        self.network, self.corpus, self.settings, self.clock = network, corpus, settings, clock
        self.batches = Batches(corpus, settings.seq_length, settings.batch_size)
        self.optimizer = Adam(network.parameters)
        self.state: Floats = network.initial_state(self.batches.B)
        self.step = 0
        self.train_loss: float | None = None
        self.validation_loss: float | None = None
        self.best_validation_loss: float | None = None
        self.best: Floats | None = None
        self.best_step = 0
        self.validated_step = 0
        self.diverged = False
        self.training_seconds = self.validation_seconds = 0.0
        self._work = network.workspace(settings.seq_length, self.batches.B)
        self._losses: list[Loss] = []
        self._validations: list[Loss] = []
        self._recent: deque[float] = deque()
        self._recent_seconds = 0.0
        self._slices: Iterator[None] | None = None
        self._updating = False
        self._good: Floats = network.parameters.values.copy()

    @property
    def validate_every(self) -> int:
        """Steps between two validations, so many that their cost stays at `VALIDATION_SHARE`."""
        read = min(VALIDATION_CHARACTERS, len(self.corpus.validation))
        steps_worth = read * VALIDATION_COST / (self.settings.seq_length * self.batches.B)
        return max(10, math.ceil(steps_worth / VALIDATION_SHARE))

    @property
    def _validation_due(self) -> bool:
        return self.step % self.validate_every == 0 and self.validated_step < self.step

    def increment(self, seconds: float, steps: int | None = None) -> Progress:
        """Train for about `seconds`, less than a slice over; a step may be left half done and is taken up again.

        Args:
            seconds: The time budget, by the clock.
            steps: Stop after so many completed steps, where that is sooner.

        Returns:
            Where training stands, with the losses since the last increment.
        """
        end = self.clock() + seconds
        last_step = None if steps is None else self.step + steps
        while not self.diverged and steps != 0:
            finished = self._advance()
            if (finished and last_step is not None and self.step >= last_step) or self.clock() >= end:
                break
        return self.progress()

    def _advance(self) -> bool:
        """Do one slice; whether it was the last of its step."""
        if self._slices is None:
            self._slices = self._step()
        # what overflows is found in the loss, and told as divergence
        with np.errstate(over="ignore", invalid="ignore"):
            try:
                next(self._slices)
            except StopIteration:
                self._slices = None
        return self._slices is None

    def settle(self) -> None:
        """Finish the optimiser's update if one is half done, so that moments and weights fit together."""
        while self._updating and self._slices is not None:
            self._advance()

    def progress(self) -> Progress:
        """Where training stands; hands out each loss once."""
        losses, self._losses = tuple(self._losses), []
        validations, self._validations = tuple(self._validations), []
        seconds = self.training_seconds + self.validation_seconds
        step_seconds = self._recent_seconds / len(self._recent) if self._recent else None
        return Progress(
            step=self.step,
            epochs=self.batches.epochs,
            losses=losses,
            validations=validations,
            train_loss=self.train_loss,
            validation_loss=self.validation_loss,
            best_validation_loss=self.best_validation_loss,
            chars_per_second=self.batches.B * self.batches.T / step_seconds if step_seconds else None,
            step_seconds=step_seconds,
            validation_share=self.validation_seconds / seconds if seconds else 0.0,
            seconds=seconds,
            diverged=self.diverged,
        )

    def full_validation(self) -> Slices[float]:
        """Nats per character on the whole validation part."""
        return parallel_loss(self.network, self.corpus.validation)

    def _step(self) -> Slices[None]:
        """One optimiser step, and a validation where one is due."""
        if self._validation_due:  # the run was saved before it was done
            yield from self._validate()
        window = self.batches.peek()
        # the carried state is replaced when the step is complete, so that what is saved meanwhile fits together
        state = np.zeros_like(self.state) if window.first else self.state.copy()
        work = self.network.gradients(window.inputs, window.targets, state, self._work)
        busy, loss = yield from self._timed(work)
        norm = clip_by_norm(self.network.parameters.grads, self.settings.clip_norm)
        if not (math.isfinite(loss) and math.isfinite(norm)):
            self._diverge()
            return
        self._updating = True
        update, _ = yield from self._timed(self.optimizer.update(self.settings.learning_rate))
        self._updating = False
        self.state = state
        self.batches.advance()
        self.step += 1
        self._note(loss, busy + update)
        if self._validation_due:
            yield from self._validate()

    def _timed(self, work: Slices[float] | Slices[None]) -> Slices[tuple[float, float]]:
        """Do `work`; the seconds spent inside it, without what happened at the yields, and its result."""
        busy = 0.0
        while True:
            begin = self.clock()
            try:
                next(work)
            except StopIteration as stop:
                return busy + self.clock() - begin, stop.value
            busy += self.clock() - begin
            yield

    def _note(self, loss: float, seconds: float) -> None:
        self._losses.append(Loss(self.step, loss))
        # an exponential mean that begins as a plain one
        weight = 1.0 / min(self.step, SMOOTHING_STEPS)
        self.train_loss = loss if self.train_loss is None else self.train_loss + weight * (loss - self.train_loss)
        self.training_seconds += seconds
        self._recent.append(seconds)
        self._recent_seconds += seconds
        while len(self._recent) > 1 and self._recent_seconds > RATE_SECONDS:
            self._recent_seconds -= self._recent.popleft()

    def _validate(self) -> Slices[None]:
        part = self.corpus.validation[:VALIDATION_CHARACTERS]
        busy, loss = yield from self._timed(parallel_loss(self.network, part))
        self.validation_seconds += busy
        if not math.isfinite(loss):
            self._diverge()
            return
        self.validation_loss, self.validated_step = loss, self.step
        self._validations.append(Loss(self.step, loss))
        np.copyto(self._good, self.network.parameters.values)
        if self.best_validation_loss is None or loss < self.best_validation_loss:
            self.best_validation_loss = loss
            self.best, self.best_step = self.network.parameters.values.copy(), self.step

    def _diverge(self) -> None:
        """Stop, with the last weights that were known to be good."""
        self.diverged = True
        np.copyto(self.network.parameters.values, self._good)
