"""One run inside the engine: a network with its trainer and its writer, and the news of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from corpora.corpus import Corpus, CorpusInfo
from corpora.vocabulary import Vocabulary
from model.checkpoint import Checkpoint, save_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.network import Network
from model.progress import Progress
from model.protocol import MAIN, Gauges, LossPoint, Notice, RunState, RunUpdate
from model.run import checkpoint_of, new_trainer, resume_trainer
from model.sampling import Sampler
from model.trainer import Trainer
from model.writer import Writer

LOSS_BACKLOG = 2_000
"""Losses that may wait for an update; beyond it neighbours are merged."""

NOTICE_BACKLOG = 100


class LiveRun:
    """A run that is trained and played by increments.

    Attributes:
        trainer: None until there is a text to learn.
        writer: None until there is a network.
        training: Whether training goes on by itself.
        steps_left: Steps still to do one by one.
    """

    def __init__(self, clock: Callable[[], float], name: str = MAIN) -> None:
        self.clock, self.name = clock, name
        self.trainer: Trainer | None = None
        self.writer: Writer | None = None
        self.training = False
        self.steps_left = 0
        self.loading: float | None = None
        self.sampling = SamplingSettings()
        self._sampling_wanted = False
        self._network: Network | None = None
        self._vocabulary: Vocabulary | None = None
        self._corpus: CorpusInfo | None = None
        self._settings: TrainingSettings | None = None
        self._progress: Progress | None = None
        self._fresh = False
        self._losses: list[LossPoint] = []
        self._validations: list[LossPoint] = []
        self._notices: list[Notice] = []
        self._told: Gauges | None = None

    # ------------------------------------------------------------------------------------ its network

    def begin(self, corpus: Corpus, network: NetworkSettings, training: TrainingSettings, *, train: bool) -> None:
        """Start a new network on `corpus` in place of the present one.

        Raises:
            CorpusError: If the text is too short for a single window; the present network then stays.
        """
        trainer = new_trainer(corpus, network, training, clock=self.clock)
        if training.batch_size > trainer.batches.B:
            self.say(f"{corpus.info.name} is short: {trainer.batches.B} streams fit, not {training.batch_size}")
        rng = np.random.default_rng(training.seed)
        self._install(trainer.player, corpus.vocabulary, trainer, rng, f"a new network on {corpus.info.name}")
        self.training = train

    def start_over(self, network: NetworkSettings, training: TrainingSettings, *, train: bool) -> None:
        """Start a new network on the same text."""
        if self.trainer is None:
            self.say("there is no text to start a new network on; choose a corpus first", "warning")
        else:
            self.begin(self.trainer.corpus, network, training, train=train)

    def open(self, checkpoint: Checkpoint, corpus: Corpus | None, path: Path, *, train: bool) -> None:
        """Put a saved network in place of the present one; without `corpus` it can be played only.

        Raises:
            CheckpointError: If `corpus` is not its text, or the file does not fit together.
        """
        if corpus is None:
            trainer, network = None, checkpoint.build_network()
        else:
            trainer = resume_trainer(checkpoint, corpus, clock=self.clock)
            network = trainer.player
        self.sampling = checkpoint.sampling
        rng = np.random.default_rng(checkpoint.training.seed)
        state = checkpoint.generators.get(self.name)
        if state is not None:
            rng.bit_generator.state = state
        self._install(network, Vocabulary(checkpoint.vocabulary), trainer, rng, path.name)
        self._settings = checkpoint.training
        self.training = train and trainer is not None

    def _install(
        self, network: Network, vocabulary: Vocabulary, trainer: Trainer | None, rng: np.random.Generator, label: str
    ) -> None:
        sampler = Sampler(network, vocabulary, self.sampling, rng)
        if self.writer is None:
            self.writer = Writer(sampler, self.clock)
        else:
            self.writer.change_sampler(sampler, label)
        if self._sampling_wanted:
            self.writer.start()
        self.trainer, self.training, self.steps_left = trainer, False, 0
        self._network, self._vocabulary = network, vocabulary
        self._corpus = trainer.corpus.info if trainer else None
        self._progress = trainer.progress() if trainer else None
        self._fresh = True
        self._losses, self._validations = [], []

    def checkpoint(self) -> Checkpoint | None:
        """The run as it may be saved; None where there is nothing that was trained."""
        if self.trainer is None or self.writer is None:
            return None
        rng = self.writer.sampler.rng
        return checkpoint_of(self.trainer, self.sampling, {self.name: rng.bit_generator.state})

    def save(self, path: Path) -> bool:
        """Write the run to `path`, and say so or say why not; returns whether there is a file now."""
        checkpoint = self.checkpoint()
        if checkpoint is None:
            self.say("there is nothing to save yet: no network has been trained here", "warning")
            return False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_checkpoint(checkpoint, path)
        except OSError as error:
            self.say(f"could not save {path}: {error.strerror or error}", "error")
            return False
        self.say(f"saved {path} at step {checkpoint.step:,}")
        return True

    # --------------------------------------------------------------------------------------- its work

    @property
    def busy(self) -> bool:
        """Whether training has something to do."""
        return self.trainer is not None and not self.trainer.diverged and (self.training or self.steps_left > 0)

    def train(self, seconds: float) -> None:
        """Train for about `seconds`."""
        if self.trainer is None or not self.busy:
            return
        progress = self.trainer.increment(seconds, steps=None if self.training else self.steps_left)
        self.steps_left = max(0, self.steps_left - len(progress.losses))
        self._progress = progress
        self._losses += [LossPoint(loss.step, loss.loss) for loss in progress.losses]
        self._validations += [LossPoint(loss.step, loss.loss) for loss in progress.validations]
        if len(self._losses) > LOSS_BACKLOG:
            self._losses = merge_neighbours(self._losses)
        if progress.diverged:
            self.training, self.steps_left = False, 0
            self.say(
                f"the loss is no longer a number after step {progress.step:,}: training has stopped, the weights "
                "are those of the last validation; start over with a lower learning rate",
                "error",
            )

    def resume(self) -> None:
        """Go on training, where there is something to train."""
        if self.trainer is None:
            if self.loading is None:
                self.say("there is no text to learn from; choose a corpus first", "warning")
        elif self.trainer.diverged:
            self.say("training went astray; start over with a lower learning rate", "warning")
        else:
            self.training = True

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use another learning rate from the next step on."""
        if self.trainer is not None:
            self.trainer.settings = replace(self.trainer.settings, learning_rate=learning_rate)

    def steer(self, sampling: SamplingSettings) -> None:
        """Use other sampling settings from the next character on."""
        self.sampling = sampling
        if self.writer is not None:
            self.writer.steer(sampling)

    def write(self, *, on: bool, prime: str = "", restart: bool = False) -> None:
        """Let the writer write, from a new beginning where `restart`, or rest."""
        self._sampling_wanted = on
        if self.writer is None:
            return
        if not on:
            self.writer.on = False
        elif restart:
            unknown = self.writer.restart(prime)
            if unknown:
                named = " ".join(repr(character) for character in unknown[:12])
                self.say(f"left out of the prime, since this network has never seen it: {named}", "warning")
        else:
            self.writer.start()

    # --------------------------------------------------------------------------------------- its news

    def say(self, text: str, severity: Literal["information", "warning", "error"] = "information") -> None:
        """Have a sentence shown to the person at the screen."""
        self._notices = [*self._notices, Notice(text, severity)][-NOTICE_BACKLOG:]

    @property
    def state(self) -> RunState:
        """What the run is doing."""
        if self.loading is not None:
            return RunState.LOADING
        if self.trainer is not None and self.trainer.diverged:
            return RunState.DIVERGED
        if self.busy:
            return RunState.TRAINING
        return RunState.EMPTY if self._network is None else RunState.PAUSED

    def gauges(self) -> Gauges:
        """Where the run stands now."""
        trainer, progress = self.trainer, self._progress
        gauges = Gauges(
            state=self.state,
            corpus=self._corpus,
            vocabulary=self._vocabulary.symbols if self._vocabulary else "",
            network=self._network.settings if self._network else None,
            training=replace(trainer.settings, batch_size=trainer.batches.B) if trainer else self._settings,
            sampling=self.sampling,
            writing=self.writer is not None and self.writer.on,
            parameters=len(self._network.parameters) if self._network else 0,
            loading=self.loading,
        )
        if progress is None:
            return gauges
        return replace(
            gauges,
            step=progress.step,
            epochs=progress.epochs,
            train_loss=progress.train_loss,
            validation_loss=progress.validation_loss,
            best_validation_loss=progress.best_validation_loss,
            chars_per_second=progress.chars_per_second,
            step_seconds=progress.step_seconds,
            validation_share=progress.validation_share,
            training_seconds=progress.seconds,
        )

    def take_news(self) -> RunUpdate | None:
        """All that happened since the last call; None if nothing did."""
        gauges = self.gauges()
        written = self.writer.take() if self.writer is not None else None
        if written is None and gauges == self._told and not (self._losses or self._validations or self._notices):
            return None
        update = RunUpdate(
            gauges=gauges,
            fresh=self._fresh,
            losses=tuple(self._losses),
            validations=tuple(self._validations),
            written=(written,) if written else (),
            notices=tuple(self._notices),
            run=self.name,
        )
        self._told, self._fresh = gauges, False
        self._losses, self._validations, self._notices = [], [], []
        return update


def merge_neighbours(points: list[LossPoint]) -> list[LossPoint]:
    """Half as many points, each the mean of two; a last odd one stays."""
    pairs = zip(points[::2], points[1::2], strict=False)
    merged = [LossPoint(second.step, (first.loss + second.loss) / 2) for first, second in pairs]
    return merged + points[len(merged) * 2 :]
