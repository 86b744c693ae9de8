"""Training by increments of time: steps, validations and a watchful eye; what is told of it is frozen."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import numpy as np

from corpora.baselines import bigram_entropy
from corpora.corpus import Corpus
from model.config import TrainingSettings
from model.evaluation import parallel_loss, sampled_loss
from model.health import Guard
from model.learner import Learner
from model.network import Network
from model.parameters import Floats
from model.progress import Event, Loss, Progress
from model.schedules import PlateauWatch
from model.slices import Slices
from model.timeline import Timeline

VALIDATION_CHARACTERS = 32_768
"""Of the validation part that are read during training, from all over it; `full_validation` reads all."""

VALIDATION_SHARE = 0.05
"""Validation may cost about this share of the training time."""

VALIDATION_COST = 1 / 3
"""Of reading a character against learning from it: forward without backward."""

SNAPSHOT_STEPS = 100
"""Between two snapshots that an exploding run can go back to."""

ROLLBACK_FACTOR = 0.5
"""What a rollback leaves of the learning rate."""

MOST_ROLLBACKS = 5
"""Without a new snapshot in between, before a run is given up as diverged."""

MOST_RESTARTS = 5
"""New networks that a stuck run gets."""

STUCK_MARGIN = 0.05
"""Nats per character above the bigram entropy from which on a loss that stands is stuck: where nothing but pairs can
be learnt, a network that has learnt them is done."""

RESTART_SHARE = 0.5
"""Of the learning rate that the schedule must have left: below, a loss may well stand, and a new network lacks time."""


quiet = np.errstate(over="ignore", invalid="ignore")
"""What overflows is found in the loss, and mended or told as divergence; numpy need not warn of it too."""


class Trainer(Learner):
    """A learner that is measured, and looked after.

    Work is done in slices of a few milliseconds: between two of them the weights are always those of a finished
    step, so that they can be sampled or saved, and settings may change.

    Attributes:
        validation_loss: The latest, nats per character.
        best_validation_loss: The lowest so far.
        best: The weights it belongs to, (P,), or None before the first validation.
        best_step: The step they are from.
        validated_step: The step of the latest validation.
        waited: Validations since the best.
        guard: Finds that the run is unwell.
        snapshot: What an exploding run goes back to.
        rollbacks: Since then.
        restarts: How often a stuck run was started over.
        diverged: Whether the run was given up.
        timeline: Sees the weights between two steps, where someone wants to look back.
    """

    def __init__(
        self,
        network: Network,
        corpus: Corpus,
        settings: TrainingSettings,
        *,
        clock: Callable[[], float] = time.perf_counter,
        threads: int | None = 1,
    ) -> None:
        """Begin at the beginning of `corpus`; the arguments are those of `Learner`.

        Raises:
            CorpusError: If the text is too short for a single window.
        """
        super().__init__(network, corpus, settings, clock, threads)
        self.validation_loss: float | None = None
        self.best_validation_loss: float | None = None
        self.best: Floats | None = None
        self.best_step = self.validated_step = self.waited = 0
        self.guard = Guard(math.log(network.V), settings.seq_length * self.batches.B)
        self.snapshot = self.take_snapshot()
        self.rollbacks = self.restarts = 0
        self.diverged = False
        self.timeline: Timeline | None = None
        self._validations: list[Loss] = []
        self._incidents: list[str] = []
        self._events: list[Event] = []
        self._bigram: float | None = None
        self._slices: Iterator[None] | None = None

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

    def wait_again(self) -> None:
        """Go on although it has finished, for as many validations as before."""
        if self.finished:
            self.waited = 0

    def try_again(self) -> None:
        """Go on from the last good weights, if it was given up."""
        if self.diverged:
            self.diverged, self.rollbacks = False, 0

    def increment(self, seconds: float, steps: int | None = None) -> Progress:
        """Train for about `seconds`, less than a slice over; a step may be left half done and is taken up again.

        Args:
            seconds: The time budget, by the clock.
            steps: Stop after so many completed steps, where that is sooner.

        Returns:
            Where training stands, with the losses since the last increment.
        """
        self.work(seconds, steps)
        return self.progress()

    @quiet
    def work(self, seconds: float, steps: int | None = None) -> None:
        """Train likewise; what there is to tell waits for `progress`."""
        clock = self.stopwatch.clock
        end = clock() + seconds
        last_step = None if steps is None else self.step + steps
        while not (self.diverged or self.finished) and steps != 0:
            complete = self._advance()
            if (complete and last_step is not None and self.step >= last_step) or clock() >= end:
                break

    @property
    def has_news(self) -> bool:
        """Whether `progress` has anything new to tell."""
        return bool(self._losses or self._validations or self._incidents or self._events or self.diverged)

    @quiet
    def settle(self) -> None:
        """Finish the optimiser's update if one is half done, so that moments and weights fit together."""
        while self._updating and self._slices is not None:
            self._advance()

    def put_aside(self) -> None:
        """Rest between two steps, alone; a step that is half done is given up, and done again after `take_up`."""
        self.settle()
        self._slices = None
        self.rng.bit_generator.state = self.rng_state
        self.parallel.put_aside()

    def _advance(self) -> bool:
        """Do one slice; whether it was the last of its step."""
        if self._slices is None:
            self._slices = self._step()
        try:
            next(self._slices)
        except StopIteration:
            self._slices = None
            if self.timeline is not None:
                self.timeline.see(self.step, self.player.parameters.values)
        except MemoryError:  # the step cannot be resumed, and nobody waits any more for what others work out of it
            self._slices = None
            self.parallel.close()
            raise
        return self._slices is None

    def progress(self) -> Progress:
        """Where training stands; hands out each loss, each incident and each event once."""
        losses, self._losses = tuple(self._losses), []
        validations, self._validations = tuple(self._validations), []
        incidents, self._incidents = tuple(self._incidents), []
        events, self._events = tuple(self._events), []
        step_seconds = self.stopwatch.step_seconds
        return Progress(
            step=self.step,
            epochs=self.batches.epochs,
            losses=losses,
            validations=validations,
            incidents=incidents,
            train_loss=self.train_loss,
            validation_loss=self.validation_loss,
            best_validation_loss=self.best_validation_loss,
            learning_rate=self.learning_rate,
            vitals=self.vitals,
            chars_per_second=self.batches.B * self.batches.T / step_seconds if step_seconds else None,
            step_seconds=step_seconds,
            validation_share=self.stopwatch.validation_share,
            seconds=self.stopwatch.seconds,
            finished=self.finished,
            diverged=self.diverged,
            events=events,
        )

    def full_validation(self) -> Slices[float]:
        """Nats per character on the whole validation part."""
        return parallel_loss(self.player, self.corpus.validation)

    # ---------------------------------------------------------------------------- a step, and what is due after it

    def _step(self) -> Slices[None]:
        yield from self._see_to_what_is_due()  # a run may have been saved before that was done
        loss, norm, accepted = yield from self.learn()
        if not accepted:
            self._roll_back(loss, norm)
            return
        if self.settings.guard:
            self.guard.note(loss)
        yield from self._see_to_what_is_due()

    def accept(self, loss: float, norm: float) -> bool:
        """Whether all is well; weights that have just proved good are kept now and then."""
        if not super().accept(loss, norm) or (self.settings.guard and self.guard.exploded(loss)):
            return False
        if self.step % SNAPSHOT_STEPS == 0:
            self.snapshot, self.rollbacks = self.take_snapshot(), 0
        return True

    def _see_to_what_is_due(self) -> Slices[None]:
        """A validation, or a stuck run's new beginning; what is done is no longer due, whenever the run was saved."""
        if self.step % self.validate_every == 0 and self.validated_step < self.step:
            yield from self._validate()
        if self.settings.guard and self.guard.standing is not None:
            yield from self._help_on(self.guard.standing)

    def _validate(self) -> Slices[None]:
        work = sampled_loss(self.player, self.corpus.validation, VALIDATION_CHARACTERS)
        busy, loss = yield from self.stopwatch.timed(work)
        self.stopwatch.note_validation(busy)
        self.validated_step = self.step
        if not math.isfinite(loss):
            self._roll_back(loss)
            return
        self.validation_loss = loss
        self._validations.append(Loss(self.step, loss))
        self.watch = self.watch.see(loss, self.settings.patience)
        self.waited += 1
        if self.best_validation_loss is None or loss < self.best_validation_loss:
            self.best = self.player.parameters.values.copy()  # first, for that may fail
            self.best_validation_loss, self.best_step, self.waited = loss, self.step, 0

    # ----------------------------------------------------------------------------------- staying alive

    def _roll_back(self, loss: float, norm: float = 0.0) -> None:
        """Go back to the last good weights, and on from there more carefully; or give up."""
        self.go_back(self.snapshot)
        if not self.settings.guard or self.rollbacks >= MOST_ROLLBACKS:
            self.diverged = True
            return
        self.rollbacks += 1
        self.rate_factor *= ROLLBACK_FACTOR
        if not math.isfinite(loss):
            what = "loss was no longer a number"
        else:
            what = f"loss rose to {loss:.2f}" if math.isfinite(norm) else "gradient was too large for a number"
        rate = f"{self.learning_rate:.2g}"
        self._incidents.append(
            f"the {what} after step {self.step:,}: back to the last good weights, with the learning rate at {rate}"
        )
        self._events.append(Event(self.step, "rollback", f"back to good weights, learning rate {rate}"))

    def _help_on(self, loss: float) -> Slices[None]:
        """Leave a plateau by drawing new weights, if pairs of characters tell more than was learnt."""
        if self._bigram is None:
            self._bigram = max(0.0, (yield from bigram_entropy(self.corpus)))
        scheduled = self.learning_rate >= RESTART_SHARE * self.rate_factor * self.settings.learning_rate
        self.guard.forget()
        if loss <= self._bigram + STUCK_MARGIN or not scheduled or self.restarts > MOST_RESTARTS:
            return
        self.restarts += 1
        stuck = f"stuck at a loss of {loss:.2f}, above what pairs of characters tell ({self._bigram:.2f})"
        if self.restarts > MOST_RESTARTS:
            self._incidents.append(f"{stuck}, with {MOST_RESTARTS} seeds more: other settings may help")
            return
        seed = self.settings.seed + self.restarts
        self.begin_anew(seed)
        self.watch, self.waited = PlateauWatch(drops=self.watch.drops), 0
        self.snapshot = self.take_snapshot()
        self._incidents.append(f"{stuck}: started over after step {self.step:,} with the seed {seed}")
        self._events.append(Event(self.step, "restart", f"stuck: new weights, seed {seed}"))
