"""One run inside the engine: a network with its trainer and its writer, and the news of it."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from corpora.corpus import Corpus
from corpora.quotations import Quotations
from corpora.vocabulary import Vocabulary
from model.checkpoint import DAMAGE, Checkpoint, CheckpointError, save_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.curve import Curve, is_number
from model.hands import Stretch
from model.live import steer
from model.network import Network
from model.news import News, Severity
from model.progress import Event, Progress
from model.protocol import MAIN, Gauges, RunState, RunUpdate, ShowPast, StartVoice, WritePassage
from model.run import checkpoint_of, new_trainer, resume_trainer
from model.run_names import SUFFIX, free_path, network_stem
from model.sampling import Sampler
from model.side_work import SideWork
from model.timeline import MEMORY, Timeline
from model.trainer import Trainer
from model.voices import Voices
from model.writer import Writer

RACER_MEMORY = MEMORY // 4
"""Bytes for the past of one that races, of which there can be four."""

TOO_LARGE = (
    "there is not enough memory for that: it takes a smaller network, fewer or shorter streams, or a shorter text"
)

COPIES = 12
"""Of the weights, that a trainer keeps of one kind or another: gradient, moments, the best, those to go back to."""


class LiveRun:
    """A run that is trained and played by increments.

    Attributes:
        trainer: None until there is a text to learn.
        writer: None until there is a network.
        voices: Write beside it.
        side: What is found out beside all that.
        training: Whether training goes on by itself.
        steps_left: Steps still to do one by one.
        kept_as: What it is called on the shelf; empty while nobody has asked.
        token: Tells it from a run of another app that has the same name, having begun in the same second.
        left_behind: Runs that can be brought back in its place.
        leaving: Is told before another network takes the place of the present one.
        share: Of a core that training may take; the engine sees to that.
    """

    def __init__(self, clock: Callable[[], float], name: str = MAIN, *, threads: int | None = 1) -> None:
        self.clock, self.name, self.threads = clock, name, threads
        self.trainer: Trainer | None = None
        self.writer: Writer | None = None
        self.voices = Voices(clock)
        self.training = False
        self.steps_left = 0
        self.share = 1.0
        self.loading: float | None = None
        self.sampling = SamplingSettings()
        self._sampling_wanted = False
        self._network: Network | None = None
        self._vocabulary: Vocabulary | None = None
        self._settings: TrainingSettings | None = None
        self._progress: Progress | None = None
        self._opened: Checkpoint | None = None
        self._kept_step = self._copied_step = 0
        self._weights = 0  # grows with each change of the weights
        self._own_file: tuple[Path, int, int] | None = None  # one that has the weights; their number, and its time
        self._watched = False
        self._news = News(name)
        self.side = SideWork(clock, self._news)
        self.kept_as = self.token = ""
        self.left_behind = 0
        self.leaving: Callable[[], None] | None = None

    # ------------------------------------------------------------------------------------ its network

    def begin(self, corpus: Corpus, network: NetworkSettings, training: TrainingSettings, *, train: bool) -> None:
        """Start a new network on `corpus` in place of the present one.

        Raises:
            CorpusError: If the text is too short for a single window; the present network then stays.
        """
        trainer = new_trainer(corpus, network, training, clock=self.clock, threads=self.threads)
        if trainer.shortage:
            self.say(trainer.shortage)
        rng = np.random.default_rng(training.seed)
        self._install(trainer.player, corpus.vocabulary, trainer, rng, f"a new network on {corpus.info.name}")
        self.training = train

    def start_over(self, network: NetworkSettings, training: TrainingSettings, *, train: bool) -> None:
        """Start a new network on the same text."""
        if self.trainer is None:
            self.complain("there is no text to start a new network on; choose a corpus first")
        else:
            self.begin(self.trainer.corpus, network, training, train=train)

    def open(self, checkpoint: Checkpoint, corpus: Corpus | None, path: Path, *, train: bool) -> None:
        """Put a saved network in place of the present one; without `corpus` it can be played only.

        Raises:
            CheckpointError: If `corpus` is not its text, or the file does not fit together.
        """
        rng = generator_of(checkpoint, self.name)
        if corpus is None:
            trainer, network = None, checkpoint.build_network()
            network.rest()
        else:
            trainer = resume_trainer(checkpoint, corpus, clock=self.clock, threads=self.threads)
            network = trainer.player
        curve = Curve.of(checkpoint.progress)
        self._install(network, Vocabulary(checkpoint.vocabulary), trainer, rng, path.name, curve)
        self.sampling = checkpoint.sampling
        if self.writer is not None:
            self.writer.steer(self.sampling)
        self._settings = checkpoint.training
        self._opened = checkpoint if trainer is None else None
        self._kept_step = self._copied_step = checkpoint.step
        self.training = train and trainer is not None

    def take_over(self, other: LiveRun, label: str, *, resumed: bool = False) -> None:
        """Become the run that `other` was: under its name, at its pace; all losses so far are told anew.

        Args:
            other: The run whose place it takes.
            label: What is said of it in the written text.
            resumed: Whether it was left behind, and brings settings of its own.
        """
        self.name, self.leaving, self.share = other.name, other.leaving, other.share
        if self.threads != other.threads:
            self.threads = other.threads
            if self.trainer is not None:
                self.trainer.put_aside()
                self.trainer.threads = other.threads
                self.trainer.take_up()
        self._news.tell_anew(self.name, resumed=resumed)
        self.voices = other.voices
        if self._network is not None and self._vocabulary is not None:
            self.voices.change_network(self._network, self._vocabulary)
        if self.writer is not None:
            self.writer.take()  # which belongs to the racer's own page
            self.writer.change_sampler(self.writer.sampler, label)
        self.watch(on=other._watched)
        self.steer(replace(self.sampling, rate=other.sampling.rate))
        self.write(on=other._sampling_wanted)

    def put_aside(self) -> LiveRun:
        """A run that is this one as it is now, and rests; another network may then take the place of this one's."""
        if self.trainer is not None:
            self.trainer.put_aside()
            if self.trainer.has_news:  # a step that was all but done has been completed
                self._take_in(self.trainer.progress())
        aside = copy.copy(self)
        aside._news = self._news.put_aside()
        aside.side = self.side.of_text(aside._news)
        aside.loading = None
        if self.writer is not None:
            aside.writer = Writer(self.writer.sampler, self.clock)
            aside.writer.quotations = self.writer.quotations
        return aside

    def take_up(self) -> None:
        """Go on where it was put aside; it counts as changed, since other runs may have been saved meanwhile."""
        if self.trainer is not None:
            self.trainer.take_up()
        self._kept_step = self._copied_step = 0

    @property
    def bytes(self) -> int:
        """Roughly what it keeps in memory."""
        if self._network is None:
            return 0
        snapshots = self.trainer.timeline.steps if self.trainer is not None and self.trainer.timeline else ()
        return 4 * len(self._network.parameters) * (COPIES + len(snapshots))

    def _install(
        self,
        network: Network,
        vocabulary: Vocabulary,
        trainer: Trainer | None,
        rng: np.random.Generator,
        label: str,
        curve: Curve | None = None,
    ) -> None:
        sampler = Sampler(network, vocabulary, self.sampling, rng)  # first, for memory may be short
        if self.leaving is not None and self._network is not None:
            self.leaving()
        if self.writer is None:
            self.writer = Writer(sampler, self.clock)
        else:
            self.writer.change_sampler(sampler, label)
        self.writer.watch(on=self._watched)
        self.voices.change_network(network, vocabulary)
        if self._sampling_wanted:
            self.writer.start()
        self.close()
        self.trainer, self.training, self.steps_left = trainer, False, 0
        self._network, self._vocabulary = network, vocabulary
        corpus = trainer.corpus if trainer else None
        if corpus is None or corpus.info is not self.side.corpus:
            self.writer.quotations = None
        self.side.begin(corpus)
        self._progress = trainer.progress() if trainer else None
        self._opened = self._own_file = None
        if trainer is not None:
            memory = MEMORY if self.name == MAIN else RACER_MEMORY
            trainer.timeline = Timeline(len(network.parameters), memory=memory)
            trainer.timeline.see(trainer.step, network.parameters.values)
        self._kept_step = self._copied_step = 0
        self.kept_as = self.token = ""
        self._news.begin(curve)

    def close(self) -> None:
        """Let other processes that help with the training end."""
        if self.trainer is not None:
            self.trainer.close()

    @property
    def worth_saving(self) -> bool:
        """Whether anything was learnt since it was opened: a network that was only played is where it was."""
        return self.trainer is not None and self.trainer.step > self._kept_step

    def news_to_keep(self) -> Checkpoint | None:
        """The run as it may be saved, where it has learnt something since it was last handed out here."""
        if self.trainer is None or self.trainer.step <= self._copied_step:
            return None
        checkpoint = self.checkpoint()
        self._copied_step = self.trainer.step
        return checkpoint

    def checkpoint(self) -> Checkpoint | None:
        """The run as it may be saved; None where there is nothing that was trained."""
        if self.trainer is None or self.writer is None:
            return None
        rng = self.writer.sampler.rng
        whole = checkpoint_of(self.trainer, self.sampling, {self.name: rng.bit_generator.state})
        if self.trainer.has_news and not self.trainer.diverged:  # a step that was all but done has been completed
            self._take_in(self.trainer.progress())
        told = {**self._news.curve.told(), "kept_as": self.kept_as, "token": self.token}
        return replace(whole, progress={**whole.progress, **told})

    @property
    def corpus_name(self) -> str:
        """Of the text that it learns; empty where there is none."""
        return self.side.corpus.name if self.side.corpus is not None else ""

    def save(self, path: Path) -> bool:
        """Write the run to `path`, and say so or say why not; returns whether there is a file now."""
        checkpoint = self._to_save(path)
        return checkpoint is not None and self._write(checkpoint, path)

    def save_in(self, folder: Path) -> Path | None:
        """Write the run to a file of its own in `folder`, and say so likewise; returns the file, where there is one."""
        checkpoint = self._to_save(folder)
        return self._write_in(checkpoint, folder) if checkpoint is not None else None

    def _to_save(self, where: Path) -> Checkpoint | None:
        try:
            checkpoint = self.checkpoint()
        except MemoryError:
            self.say(f"could not save {where}: not enough memory", "error")
            return None
        if checkpoint is None:
            self.say("there is nothing to save yet: no network has been trained here", "warning")
        return checkpoint

    def _write_in(self, checkpoint: Checkpoint, folder: Path) -> Path | None:
        stem = network_stem(checkpoint.corpus.name if checkpoint.corpus is not None else "", checkpoint.step)
        try:
            path = free_path(folder, stem, SUFFIX)
        except (OSError, ValueError):  # whoever writes there says why that fails
            path = folder / (stem + SUFFIX)
        return path if self._write(checkpoint, path) else None

    def _write(self, checkpoint: Checkpoint, path: Path) -> bool:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_checkpoint(checkpoint, path)
        except (OSError, MemoryError, ValueError) as error:  # or a name that no file can have
            why = getattr(error, "strerror", None) or str(error) or "not enough memory"
            self.say(f"could not save {path}: {why}", "error")
            return False
        self.say(f"saved {path} at step {checkpoint.step:,}")
        self.is_in(path)
        return True

    def is_in(self, path: Path) -> None:
        """Remember that the weights as they are now are in a file of the person's own."""
        with suppress(OSError):
            self._own_file = path, self._weights, path.stat().st_mtime_ns

    def write_passage(self, wish: WritePassage) -> None:
        """Begin to write a passage from the weights of this moment, which are in a file then."""
        checkpoint = self.checkpoint() or self._opened
        if checkpoint is None:
            self.say("there is no network yet that could write", "warning")
            return
        path = self._file_of_the_weights()
        if path is None:
            path = self._write_in(checkpoint, Path(wish.folder))
            if path is None:
                return
        self.side.write_passage(wish, checkpoint, path)

    def _file_of_the_weights(self) -> Path | None:
        """The person's own file that has the weights of this moment, where there is one."""
        if self._own_file is not None:
            path, weights, time = self._own_file
            with suppress(OSError):
                if weights == self._weights and path.stat().st_mtime_ns == time:
                    return path
        return None

    # --------------------------------------------------------------------------------------- its work

    @property
    def busy(self) -> bool:
        """Whether training has something to do."""
        wanted = self.training or self.steps_left > 0
        return self.trainer is not None and wanted and not (self.trainer.diverged or self.trainer.finished)

    @property
    def characters(self) -> int:
        """Characters that it has learnt from."""
        return self.trainer.step * self.trainer.batches.B * self.trainer.batches.T if self.trainer else 0

    @property
    def helpers_seconds(self) -> float:
        """Of processor time that others have worked for its training."""
        return self.trainer.parallel.cpu_seconds if self.trainer else 0.0

    def train(self, seconds: float, steps: int | None = None) -> None:
        """Train for about `seconds`, and for no more than `steps` where they are given."""
        if self.trainer is None or not self.busy:
            return
        if not self.training:  # but for the steps that were asked for singly
            steps = self.steps_left if steps is None else min(steps, self.steps_left)
        try:
            self.trainer.work(seconds, steps)
        except MemoryError:
            self.pause()
            self.say(TOO_LARGE, "error")
        if self.trainer.has_news:  # most turns only continue a step
            self._take_in(self.trainer.progress())

    def _take_in(self, progress: Progress) -> None:
        """Tell of what training has done, and stop where it is over."""
        assert self.trainer is not None
        self.steps_left = max(0, self.steps_left - len(progress.losses))
        self._progress = progress
        self._weights += bool(progress.losses or progress.incidents or progress.diverged)
        self._news.add(progress)
        if progress.diverged:
            self.pause()
            self.say(
                f"training diverged after step {progress.step:,} and has stopped, with the last good weights; "
                "with a lower learning rate it goes on from them",
                "error",
            )
        elif progress.finished:
            self.pause()
            self.say(
                f"{self.trainer.waited} validations without a better one: training has stopped after step "
                f"{progress.step:,}; the best were the weights of step {self.trainer.best_step:,}"
            )

    def study(self) -> None:
        """Find out a little of what there is to find out."""
        self.side.turn(busy=self.busy)
        passages = self.side.passages
        if passages is not None and self.writer is not None and self.writer.quotations is None:
            self.writer.quotations = Quotations(passages)

    def find_neurons(self) -> None:
        """Begin to find out which units follow what in the text, by the weights of this moment."""
        if self.trainer is None:
            self.say("there is no text to find neurons by; choose a corpus first", "warning")
        else:
            self.side.find_neurons(self.trainer)

    def show_past(self, wish: ShowPast) -> None:
        """Write with the network as it was, until another step is asked for, or none."""
        self.side.show_past(wish, self.trainer)

    def watch(self, *, on: bool, sampler: str = MAIN) -> None:
        """Tell what the units hold with each written character, or do not."""
        if sampler == MAIN:
            self._watched = on
        if (writer := self.writer_of(sampler)) is not None:
            writer.watch(on=on)

    def resume(self) -> None:
        """Go on training, where there is something to train."""
        if self.trainer is None:
            if self.loading is None:
                self.say("there is no text to learn from; choose a corpus first", "warning")
        elif self.trainer.diverged:
            self.say("training has diverged; enter a lower learning rate to go on, or start over", "warning")
        else:
            self.trainer.wait_again()
            self.training = True

    def pause(self) -> None:
        """Stop; a step under way is resumed when training is."""
        self.training, self.steps_left = False, 0

    def make_step(self) -> None:
        """Make exactly one step more, and then none."""
        self.training, self.steps_left = False, self.steps_left + 1
        if self.trainer is not None:
            self.trainer.wait_again()

    def set_learning_rate(self, learning_rate: float) -> None:
        """Use another learning rate from the next update of the weights on."""
        if self.trainer is not None:
            self.set_training(replace(self.trainer.settings, learning_rate=learning_rate))

    def set_training(self, training: TrainingSettings) -> None:
        """Use other settings from the next update of the weights on, and say which have to wait for a new network."""
        if self.trainer is None:
            return
        before, diverged = self.trainer.settings.learning_rate, self.trainer.diverged
        fixed = steer(self.trainer, training)
        if (rate := self.trainer.settings.learning_rate) != before:
            self._news.mark(Event(self.trainer.step, "rate", f"learning rate {rate:g}"))
        if diverged and not self.trainer.diverged:
            self.say(f"training goes on from the last good weights, with the learning rate at {rate:g}")
            self.resume()
        if fixed:
            self.say(f"only a new network takes another {' or '.join(fixed)}: start over to use it")
        self._progress = replace(self._progress, learning_rate=self.trainer.learning_rate) if self._progress else None

    @property
    def writers(self) -> list[Writer]:
        """All that write, the main one first."""
        return [*([self.writer] if self.writer is not None else []), *self.voices]

    def writer_of(self, sampler: str) -> Writer | None:
        """The writer of that name; None where there is none, or none yet."""
        return self.writer if sampler == MAIN else self.voices.get(sampler)

    def start_voice(self, wish: StartVoice) -> None:
        """Let one more write, where there is a network."""
        if self._network is not None and self._vocabulary is not None:
            self.voices.begin(wish.sampler, self._network, self._vocabulary, wish.sampling, wish.seed, wish.prime)

    def steer(self, sampling: SamplingSettings, sampler: str = MAIN) -> None:
        """Use other sampling settings from the next character on."""
        if sampler == MAIN:
            if self.trainer is not None and sampling.temperature != self.sampling.temperature:
                self._news.mark(Event(self.trainer.step, "temperature", f"temperature {sampling.temperature:.2f}"))
            self.sampling = sampling
        if (writer := self.writer_of(sampler)) is not None:
            writer.steer(sampling)

    def write(self, *, on: bool, prime: str = "", restart: bool = False, sampler: str = MAIN) -> None:
        """Let the writer write, from a new beginning where `restart`, or rest."""
        if sampler == MAIN:
            self._sampling_wanted = on
        writer = self.writer_of(sampler)
        if writer is None:
            return
        if not on:
            writer.rest()
        elif restart:
            unknown = writer.restart(prime)
            if unknown:
                named = " ".join(repr(character) for character in unknown[:12])
                self.say(f"left out of the prime, since this network has never seen it: {named}", "warning")
        else:
            writer.start()

    def choose(self, symbol: str, sampler: str = MAIN) -> None:
        """Write a character that a person chose."""
        writer = self.writer_of(sampler)
        if writer is not None and not writer.choose(symbol):
            self.say(f"this network does not know {symbol!r}", "warning")

    def type(self, text: str, sampler: str = MAIN) -> None:
        """Write what a person typed."""
        if (writer := self.writer_of(sampler)) is not None:
            writer.type(text)

    def go_on(self, stretch: Stretch, sampler: str = MAIN) -> None:
        """Write a little, and rest."""
        if sampler == MAIN:
            self._sampling_wanted = False
        if (writer := self.writer_of(sampler)) is not None:
            writer.go_on(stretch)

    def take_back(self, sampler: str = MAIN) -> None:
        """Undo the character that was written last, where that is still known."""
        if (writer := self.writer_of(sampler)) is not None:
            writer.take_back()

    # --------------------------------------------------------------------------------------- its news

    def say(self, text: str, severity: Severity = "information") -> None:
        """Have a sentence shown to the person at the screen."""
        self._news.say(text, severity)

    def complain(self, why: str) -> None:
        """Say why something cannot be done."""
        self.say(why, "error")

    def refuse(self, why: str) -> None:
        """Likewise, of a race, or of going on with a racer."""
        self.complain(why)
        self._news.refuse()

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
            corpus=self.side.corpus,
            vocabulary=self._vocabulary.symbols if self._vocabulary else "",
            network=self._network.settings if self._network else None,
            training=replace(trainer.settings, batch_size=trainer.batches.B) if trainer else self._settings,
            sampling=self.sampling,
            writing=self.writer is not None and self.writer.on,
            outlook=self.writer.outlook(self._weights) if self.writer is not None else None,
            parameters=len(self._network.parameters) if self._network else 0,
            baselines=self.side.baselines,
            loading=self.loading,
            snapshots=trainer.timeline.steps if trainer is not None and trainer.timeline is not None else (),
            kept_as=self.kept_as,
            left_behind=self.left_behind,
            share=self.share,
        )
        if progress is None:
            return gauges if self._opened is None else as_saved(gauges, self._opened)
        return replace(
            gauges,
            step=progress.step,
            epochs=progress.epochs,
            train_loss=progress.train_loss,
            validation_loss=progress.validation_loss,
            best_validation_loss=progress.best_validation_loss,
            learning_rate=progress.learning_rate,
            vitals=progress.vitals,
            chars_per_second=progress.chars_per_second,
            step_seconds=progress.step_seconds,
            validation_share=progress.validation_share,
            training_seconds=progress.seconds,
        )

    def take_news(self) -> RunUpdate | None:
        """All that happened since the last call; None if nothing did."""
        written = self.writer.take() if self.writer is not None else None
        return self._news.take(self.gauges(), (*([written] if written is not None else []), *self.voices.take()))


def generator_of(checkpoint: Checkpoint, name: str) -> np.random.Generator:
    """The random numbers that a run's writer goes on with: those it had, or, in a file without, those of the seed.

    Raises:
        CheckpointError: If what the file has of them is damaged.
    """
    rng = np.random.default_rng(checkpoint.training.seed)
    state = checkpoint.generators.get(name)
    if state is not None:
        try:
            rng.bit_generator.state = state
        except DAMAGE as error:
            raise CheckpointError(f"its random numbers are damaged ({type(error).__name__}: {error})") from error
    return rng


def as_saved(gauges: Gauges, checkpoint: Checkpoint) -> Gauges:
    """The gauges of a network that is only played: what its file tells of its training."""

    def told(name: str) -> float | None:
        value = checkpoint.progress.get(name)
        return float(value) if isinstance(value, (int, float)) and is_number(value) else None

    return replace(
        gauges,
        step=checkpoint.step,
        train_loss=told("train_loss"),
        validation_loss=told("validation_loss"),
        best_validation_loss=told("best_validation_loss"),
        training_seconds=(told("training_seconds") or 0.0) + (told("validation_seconds") or 0.0),
    )
