"""A network that learns: the optimiser, the streams it reads, and the steps it makes."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from corpora.corpus import Corpus
from model.averaging import Average
from model.batches import Batches, Window
from model.clipping import clip_by_norm, clip_by_value
from model.config import TrainingSettings
from model.dropout import Dropout, Shares
from model.health import saturation, update_ratio
from model.network import Network
from model.optimizers import Optimizer, make_optimizer
from model.parallel import Parallel
from model.parameters import Floats
from model.progress import Loss, Vitals
from model.schedules import PlateauWatch, rate_at
from model.slices import Slices
from model.snapshot import Snapshot
from model.stopwatch import Stopwatch

SMOOTHING_STEPS = 50
"""The training loss on display is a mean over about so many steps."""

DROPOUT = 1
"""Distinguishes the random numbers that dropout draws from others of the same seed."""

VITAL_STEPS = 10
"""Between two measurements of a step's vitals."""


class Learner:
    """All that a step changes.

    Attributes:
        network: Learns; its weights change here only.
        player: Evaluates and samples: the network itself, or where weights are averaged one that has their mean.
        settings: May be replaced at any time, as `live.steer` allows; the step that is under way takes what it can.
        threads: Processes that work out a step, from the next `take_up` on; None for as many as are quickest.
        planned_steps: Length of the run, where it is known; a cosine schedule falls over it.
        state: The streams' memory after the last step, (L, S, B, H).
        rng_state: Of the generator that dropout draws from, as of the last finished step.
        rate_factor: What rollbacks have left of the learning rate.
        watch: Finds for the `plateau` schedule that nothing gets better.
        stopwatch: Measures the time of all this.
        train_loss: Smoothed over the last steps, nats per character.
        vitals: Of a recent step.
    """

    def __init__(
        self,
        network: Network,
        corpus: Corpus,
        settings: TrainingSettings,
        clock: Callable[[], float],
        threads: int | None = 1,
    ) -> None:
        """Begin at the beginning of `corpus`.

        Args:
            network: Learns.
            corpus: What it learns.
            settings: How.
            clock: Tells the time in seconds.
            threads: Processes that work out a step; None uses as many as are quickest.

        Raises:
            CorpusError: If the text is too short for a single window.
        """
        self.network, self.corpus, self.settings = network, corpus, settings
        shift = settings.seed if settings.shifted else None
        self.batches = Batches(corpus, settings.seq_length, settings.batch_size, shift=shift)
        self.optimizer: Optimizer = make_optimizer(network.parameters, settings)
        self.state: Floats = network.initial_state(self.batches.B)
        self.player = network
        self.average: Average | None = None
        if settings.average:
            self.player, self.average = averaged(network)
        self.rng = np.random.default_rng((settings.seed, DROPOUT))
        self.rng_state = self.rng.bit_generator.state
        self.step = 0
        self.planned_steps: int | None = None
        self.rate_factor = 1.0
        self.watch = PlateauWatch()
        self.stopwatch = Stopwatch(clock)
        self.train_loss: float | None = None
        self.vitals: Vitals | None = None
        self._losses: list[Loss] = []
        self.threads = threads
        self.parallel = Parallel(network, settings.seq_length, self.batches.B, threads=threads)
        self._updating = False

    @property
    def learning_rate(self) -> float:
        """Of the next step, as the schedule and the rollbacks have it."""
        drops, epochs = self.watch.drops, self.batches.epochs
        return self.rate_factor * rate_at(self.settings, self.step, epochs, self.planned_steps, drops)

    @property
    def shortage(self) -> str:
        """A sentence where the text is too short for as many streams as were asked for; else nothing."""
        asked, fit = self.settings.batch_size, self.batches.B
        return f"{self.corpus.info.name} is short: {fit} streams fit, not {asked}" if fit < asked else ""

    def accept(self, loss: float, norm: float) -> bool:
        """Whether a step may be made where the loss and the gradient's norm are these."""
        return math.isfinite(loss) and math.isfinite(norm)

    def learn(self) -> Slices[tuple[float, float, bool]]:
        """Make one step; returns its loss, nats per character, the gradient's norm, and whether they were accepted.

        Where they were not, nothing has changed but the place in the text and that among dropout's random numbers.
        """
        window = self.batches.peek()
        first = window.first or self.settings.reset_every_window
        # the carried state is replaced when the step is complete, so that what is saved meanwhile fits together
        state = self.network.initial_state(self.batches.B) if first else self.state.copy()
        self.rng_state = self.rng.bit_generator.state
        busy, loss = yield from self.stopwatch.timed(self._gradients(window, state, first=first))
        norm = self._bound(window)
        accepted = self.accept(loss, norm)
        if accepted:
            rate = self.learning_rate
            self._updating = True
            self.optimizer.read(self.settings)
            update, _ = yield from self.stopwatch.timed(self.optimizer.update(rate))
            if self.average is not None:
                self.average.update(self.network.parameters.values, self.settings.average)
            self._updating = False
            self.state = state
            self.step += 1
            self.stopwatch.note_step(busy + update)
            self._note(loss, norm)  # it looks at what this step was worked out in
            self.parallel.note(busy)  # which may go on in another way
        self.batches.advance()
        self.rng_state = self.rng.bit_generator.state
        return loss, norm, accepted

    def _gradients(self, window: Window, state: Floats, *, first: bool) -> Slices[float]:
        shares = Shares.of(self.settings)
        dropout = Dropout(shares, self.rng) if shares else None
        seed = (self.settings.seed, DROPOUT, self.step)
        return self.parallel.gradients(window, state, dropout=dropout, seed=seed, first=first)

    def _bound(self, window: Window) -> float:
        """Bound the gradient as the settings say; its norm before the norm was bounded."""
        settings, grads = self.settings, self.network.parameters.grads
        if settings.loss_sum:
            grads *= window.targets.size
        clip_by_value(grads, settings.clip_value)
        return clip_by_norm(grads, settings.clip_norm)

    def _note(self, loss: float, norm: float) -> None:
        self._losses.append(Loss(self.step, loss))
        # an exponential mean that begins as a plain one
        weight = 1.0 / min(self.step, SMOOTHING_STEPS)
        self.train_loss = loss if self.train_loss is None else self.train_loss + weight * (loss - self.train_loss)
        if self.step % VITAL_STEPS == 1:
            parameters = self.network.parameters
            # the optimiser leaves its step where the gradient was
            ratio = update_ratio(parameters.grads, parameters.values)
            gates = saturation(self.network.sigmoid_gates(self.parallel.work), self.network.sigmoid_names)
            saturated = sum(gate.shut + gate.open for gate in gates) / max(1, len(gates))
            self.vitals = Vitals(norm, ratio, saturated, gates)

    def close(self) -> None:
        """Let other processes that helped end; it can go on alone."""
        self.parallel.close()

    def take_up(self) -> None:
        """Let other processes help again, as many as before."""
        self.parallel.close()
        self.parallel = Parallel(self.network, self.settings.seq_length, self.batches.B, threads=self.threads)

    # --------------------------------------------------------------------------- going back, and beginning anew

    def take_snapshot(self) -> Snapshot:
        """Copy what a step changes."""
        count = self.average.count if self.average is not None else 0
        return Snapshot.of(self._changing(), self.optimizer.step, count)

    def go_back(self, snapshot: Snapshot) -> None:
        """Take over what was copied; steps, and the place in the text, stay."""
        snapshot.put_back(self._changing())
        self.optimizer.step = snapshot.optimizer_step
        if self.average is not None:
            self.average.count = snapshot.average_count

    def _changing(self) -> dict[str, Floats]:
        arrays = {"values": self.network.parameters.values, "stream": self.state, **self.optimizer.slots}
        return arrays if self.average is None else {**arrays, "average": self.average.values}

    def begin_anew(self, seed: int) -> None:
        """Draw new weights, and forget what was remembered of the old; steps and epochs go on counting."""
        self.network.initialise(np.random.default_rng(seed))
        self.optimizer = make_optimizer(self.network.parameters, self.settings)
        if self.average is not None:
            np.copyto(self.average.values, self.network.parameters.values)
            self.average.count = 0
        self.state = self.network.initial_state(self.batches.B)


def averaged(network: Network) -> tuple[Network, Average]:
    """A network like `network` whose weights are the mean that `Average` keeps."""
    player = Network(network.settings, network.V, network.dtype)
    average = Average(network.parameters.values)
    np.copyto(player.parameters.values, average.values)
    average.values = player.parameters.values
    return player, average
