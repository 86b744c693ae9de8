"""Training by increments of time: owns all that changes, yields frozen values."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from corpora.baselines import bigram_entropy
from corpora.corpus import Corpus
from model.averaging import Average
from model.batches import Batches, Window
from model.clipping import clip_by_norm, clip_by_value
from model.config import TrainingSettings
from model.evaluation import parallel_loss
from model.health import Guard, Verdict, Vitals, saturation, update_ratio
from model.network import Dropout, Network
from model.optimizers import Optimizer, make_optimizer
from model.parameters import Floats
from model.schedules import PlateauWatch, rate_at
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

VITAL_STEPS = 10
"""Between two measurements of a step's vitals."""

SNAPSHOT_STEPS = 100
"""Between two snapshots that an exploding run can go back to."""

ROLLBACK_FACTOR = 0.5
"""What a rollback leaves of the learning rate."""

MOST_ROLLBACKS = 5
"""In a row, without a snapshot in between, before a run is given up as diverged."""

MOST_RESTARTS = 5


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
    incidents: tuple[str, ...]
    """What was done to keep the run alive, and why; a sentence each."""
    train_loss: float | None
    """Smoothed over the last steps, nats per character."""
    validation_loss: float | None
    """The latest."""
    best_validation_loss: float | None
    learning_rate: float
    """Of the last step, as the schedule has it."""
    vitals: Vitals
    chars_per_second: float | None
    """Of training steps alone, over the last seconds."""
    step_seconds: float | None
    """What one step takes, over the last seconds."""
    validation_share: float
    """Of the training time, in [0, 1]."""
    seconds: float
    """Spent in training, validation included."""
    finished: bool
    """Validation has not got better for as long as the settings wait: there is nothing more to do."""
    diverged: bool
    """The loss is no longer a number; the weights are those of the last validation before."""


class Trainer:
    """A network, its optimiser, and the streams it learns from.

    Work is done in slices of a few milliseconds: between two of them the weights are always those of a finished
    step, so that they can be sampled or saved, and settings may change.

    Attributes:
        network: Learns; its weights change here only.
        player: Evaluates and samples: the network itself, or where weights are averaged one that has their mean.
        settings: May be replaced between two steps, but for `seq_length`, `batch_size` and `optimizer`.
        planned_steps: Length of the run, where it is known; a cosine schedule falls over it.
        best: The weights with the lowest validation loss so far, (P,), or None before the first validation.
        best_step: The step they are from.
        validated_step: The step of the latest validation.
        rng_state: Of the generator that dropout draws from, as of the last finished step.
        rate_factor: What rollbacks have left of the learning rate.
        restarts: How often a stuck run was started over.
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
        self.optimizer: Optimizer = make_optimizer(network.parameters, settings)
        self.state: Floats = network.initial_state(self.batches.B)
        self.player, self.average = network, None
        if settings.average:
            self.player, self.average = averaged(network)
        self.rng = np.random.default_rng((settings.seed, 1))
        self.rng_state = self.rng.bit_generator.state
        self.watch = PlateauWatch()
        self.planned_steps: int | None = None
        self.step = 0
        self.train_loss: float | None = None
        self.validation_loss: float | None = None
        self.best_validation_loss: float | None = None
        self.best: Floats | None = None
        self.best_step = 0
        self.validated_step = 0
        self.waited = 0
        self.rate_factor = 1.0
        self.restarts = self._rollbacks = 0
        self.diverged = False
        self.training_seconds = self.validation_seconds = 0.0
        self.guard: Guard | None = None
        self._guard_state: list[float] | None = None
        self._work = network.workspace(settings.seq_length, self.batches.B)
        self._losses: list[Loss] = []
        self._validations: list[Loss] = []
        self._incidents: list[str] = []
        self._vitals, self._rate = Vitals(), 0.0
        self._recent: deque[float] = deque()
        self._recent_seconds = 0.0
        self._slices: Iterator[None] | None = None
        self._updating = False
        self.snapshot = self._take_snapshot()

    # --------------------------------------------------------------------------------------- increments

    @property
    def validate_every(self) -> int:
        """Steps between two validations, so many that their cost stays at `VALIDATION_SHARE`."""
        read = min(VALIDATION_CHARACTERS, len(self.corpus.validation))
        steps_worth = read * VALIDATION_COST / (self.settings.seq_length * self.batches.B)
        return max(10, math.ceil(steps_worth / VALIDATION_SHARE))

    @property
    def finished(self) -> bool:
        """Whether validation has not got better for as long as the settings wait."""
        return 0 < self.settings.stop_after <= self.waited

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
        while not (self.diverged or self.finished) and steps != 0:
            finished = self._advance()
            if (finished and last_step is not None and self.step >= last_step) or self.clock() >= end:
                break
        return self.progress()

    def settle(self) -> None:
        """Finish the optimiser's update if one is half done, so that moments and weights fit together."""
        while self._updating and self._slices is not None:
            self._advance()

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

    def progress(self) -> Progress:
        """Where training stands; hands out each loss and each incident once."""
        losses, self._losses = tuple(self._losses), []
        validations, self._validations = tuple(self._validations), []
        incidents, self._incidents = tuple(self._incidents), []
        seconds = self.training_seconds + self.validation_seconds
        step_seconds = self._recent_seconds / len(self._recent) if self._recent else None
        return Progress(
            step=self.step,
            epochs=self.batches.epochs,
            losses=losses,
            validations=validations,
            incidents=incidents,
            train_loss=self.train_loss,
            validation_loss=self.validation_loss,
            best_validation_loss=self.best_validation_loss,
            learning_rate=self._rate,
            vitals=self._vitals,
            chars_per_second=self.batches.B * self.batches.T / step_seconds if step_seconds else None,
            step_seconds=step_seconds,
            validation_share=self.validation_seconds / seconds if seconds else 0.0,
            seconds=seconds,
            finished=self.finished,
            diverged=self.diverged,
        )

    def full_validation(self) -> Slices[float]:
        """Nats per character on the whole validation part."""
        return parallel_loss(self.player, self.corpus.validation)

    # --------------------------------------------------------------------------------------- one step

    def _step(self) -> Slices[None]:
        """One optimiser step, and a validation where one is due."""
        if self._validation_due:  # the run was saved before it was done
            yield from self._validate()
        settings, grads = self.settings, self.network.parameters.grads
        if self.guard is None and settings.guard:
            bigram = yield from bigram_entropy(self.corpus)
            self.guard = Guard(math.log(self.network.V), bigram, self.batches.B * self.batches.T)
            if self._guard_state is not None:
                self.guard.restore(self._guard_state)
                self._guard_state = None
        window = self.batches.peek()
        first = window.first or settings.reset_every_window
        # the carried state is replaced when the step is complete, so that what is saved meanwhile fits together
        state = self.network.initial_state(self.batches.B) if first else self.state.copy()
        self.rng_state = self.rng.bit_generator.state
        busy, loss = yield from self._timed(self._gradients(window, state, first=first))
        if settings.loss_sum:
            grads *= window.targets.size
        clip_by_value(grads, settings.clip_value)
        norm = clip_by_norm(grads, settings.clip_norm)
        verdict = self.guard.see(loss) if self.guard is not None and settings.guard else Verdict.WELL
        if verdict is Verdict.EXPLODED or not (math.isfinite(loss) and math.isfinite(norm)):
            self._explode(loss)
            return
        rate = self.rate_factor * rate_at(
            settings, self.step, self.batches.epochs, self.planned_steps, self.watch.drops
        )
        self._updating = True
        self.optimizer.read(settings)
        update, _ = yield from self._timed(self.optimizer.update(rate))
        if self.average is not None:
            self.average.update(self.network.parameters.values, settings.average)
        self._updating = False
        self.state = state
        self.batches.advance()
        self.step += 1
        self.rng_state = self.rng.bit_generator.state
        self._rate = rate
        if self.step % VITAL_STEPS == 1:
            self._vitals = self._measure(norm)
        self._note(loss, busy + update)
        if verdict is Verdict.STUCK:
            self._start_over()
        elif self.step % SNAPSHOT_STEPS == 0:
            self.keep_snapshot()
        if self._validation_due:
            yield from self._validate()

    def _measure(self, norm: float) -> Vitals:
        """What the step just made did; the optimiser leaves its step where the gradient was."""
        parameters = self.network.parameters
        ratio = update_ratio(parameters.grads, parameters.values)
        return Vitals(norm, ratio, saturation(self.network.sigmoid_gates(self._work)))

    def _gradients(self, window: Window, state: Floats, *, first: bool) -> Slices[float]:
        dropout = Dropout(self.settings.dropout, self.rng) if self.settings.dropout else None
        return self.network.gradients(window.inputs, window.targets, state, self._work, dropout=dropout, first=first)

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
        busy, loss = yield from self._timed(parallel_loss(self.player, part))
        self.validation_seconds += busy
        if not math.isfinite(loss):
            self._explode(loss)
            return
        self.validation_loss, self.validated_step = loss, self.step
        self._validations.append(Loss(self.step, loss))
        self.watch = self.watch.see(loss, self.settings.patience)
        self.waited += 1
        if self.best_validation_loss is None or loss < self.best_validation_loss:
            self.best_validation_loss, self.waited = loss, 0
            self.best, self.best_step = self.player.parameters.values.copy(), self.step

    # ----------------------------------------------------------------------------------- staying alive

    def keep_snapshot(self) -> None:
        """Take what is now for what an exploding run goes back to."""
        self.snapshot, self._rollbacks = self._take_snapshot(), 0

    def resume_guard(self, state: list[float]) -> None:
        """Let the guard go on from what it once remembered; it is made when the next step begins."""
        self._guard_state = state

    def _take_snapshot(self) -> dict[str, Floats]:
        """All that a step changes, as of now: what an exploding run goes back to."""
        kept = {"values": self.network.parameters.values, "stream": self.state, **self.optimizer.slots}
        if self.average is not None:
            kept["average"] = self.average.values
        return {name: array.copy() for name, array in kept.items()}

    def _restore_snapshot(self) -> None:
        kept = self.snapshot
        np.copyto(self.network.parameters.values, kept["values"])
        np.copyto(self.state, kept["stream"])
        for name, slot in self.optimizer.slots.items():
            np.copyto(slot, kept[name])
        if self.average is not None:
            np.copyto(self.average.values, kept["average"])

    def _explode(self, loss: float) -> None:
        """Go back to the last good weights, and on from there more carefully; or give up."""
        self._restore_snapshot()
        self.validated_step = self.step
        if not self.settings.guard or self._rollbacks >= MOST_ROLLBACKS:
            self.diverged = True
            return
        self._rollbacks += 1
        self.rate_factor *= ROLLBACK_FACTOR
        self.batches.advance()
        what = f"rose to {loss:.2f}" if math.isfinite(loss) else "was no longer a number"
        self._incidents.append(
            f"the loss {what} after step {self.step:,}: back to the last good weights, with the learning rate at "
            f"{self.settings.learning_rate * self.rate_factor:.2g}"
        )

    def _start_over(self) -> None:
        """Leave a plateau by drawing new weights; steps and epochs go on counting."""
        if self.restarts >= MOST_RESTARTS:
            return
        self.restarts += 1
        seed = self.settings.seed + self.restarts
        self.network.initialise(np.random.default_rng(seed))
        self.optimizer = make_optimizer(self.network.parameters, self.settings)
        if self.average is not None:
            np.copyto(self.average.values, self.network.parameters.values)
            self.average.count = 0
        self.state = self.network.initial_state(self.batches.B)
        self.guard = None
        self.snapshot = self._take_snapshot()
        self._incidents.append(
            f"stuck at a loss of {self.train_loss:.2f}, above what pairs of characters tell: started over after step "
            f"{self.step:,} with the seed {seed}"
        )


def averaged(network: Network) -> tuple[Network, Average]:
    """A network like `network` whose weights are the mean that `Average` keeps."""
    player = Network(network.settings, network.V, network.dtype)
    average = Average(network.parameters.values)
    np.copyto(player.parameters.values, average.values)
    average.values = player.parameters.values
    return player, average


def at_rate(trainer: Trainer, learning_rate: float) -> TrainingSettings:
    """The trainer's settings with another learning rate, which a person chose: rollbacks are forgotten."""
    trainer.rate_factor = 1.0
    return replace(trainer.settings, learning_rate=learning_rate)
