"""The engine: the one process that owns networks. Commands in, increments of training and due characters, updates out.

Everything happens on one thread, in turns of a few milliseconds, so that a command acts between two characters or two
slices of a training step and nothing is ever half changed. A second thread does nothing but wait for commands.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import BinaryIO

from threadpoolctl import threadpool_limits

from corpora.corpus import Corpus, CorpusError
from corpora.library import load
from model import protocol, wire
from model.autosave import Autosave
from model.checkpoint import CheckpointError, load_checkpoint
from model.config import SettingsError
from model.live_run import LiveRun

TURN_SECONDS = 0.008
"""Training between two looks at commands and due characters."""

WRITING_SECONDS = 0.004
"""Writing in one turn; only text that is written as fast as it goes takes so long."""

SILENCE_SECONDS = 0.05
"""Waiting for a command when there is nothing to do."""

Loading = Generator[float, None, None]
"""Sliced work before a network is there: yields the share that is done, in [0, 1]."""


class Engine:
    """Obeys commands and works in turns; what it has to tell is sent when the last update was acknowledged.

    Attributes:
        stopped: Set by `Stop`: there will be no more turns.
    """

    def __init__(
        self,
        send: Callable[[protocol.Update], None],
        clock: Callable[[], float] = time.perf_counter,
        *,
        rescue: Path | None = None,
    ) -> None:
        """Begin with nothing to do.

        Args:
            send: Takes each update.
            clock: Tells the time in seconds.
            rescue: Where the run is kept against accidents: every minute, and when the app is gone.
        """
        self._send, self._clock, self._rescue = send, clock, rescue
        self._autosave = Autosave(rescue, clock) if rescue is not None else None
        self._runs = {protocol.MAIN: LiveRun(clock)}
        self._loading: dict[str, Loading] = {}
        self._number = 0
        self._acknowledged = 0
        self.stopped = False

    # ---------------------------------------------------------------------------------------- one turn

    def turn(self) -> None:
        """Load or train a little, write what is due, and tell of it if the last update was taken in."""
        for run in self._runs.values():
            if run.name in self._loading:
                self._load(run)
            else:
                run.train(training_seconds(run))
            if run.writer is not None:
                run.writer.write_due(WRITING_SECONDS)
            run.measure()
        if self._autosave is not None:
            self._autosave.turn(self._runs[protocol.MAIN].news_to_keep)
        self.tell()

    @property
    def patience(self) -> float:
        """Seconds that it may wait for a command before its next turn."""
        if self._loading or any(run.busy or run.measuring for run in self._runs.values()):
            return 0.0
        due = [run.writer.seconds_to_next for run in self._runs.values() if run.writer is not None]
        return min([SILENCE_SECONDS, *due])

    def tell(self) -> None:
        """Send what is new, unless an update is still on its way."""
        if self._acknowledged < self._number:
            return
        news = tuple(update for run in self._runs.values() if (update := run.take_news()) is not None)
        if news:
            self._tell(news)

    def _tell(self, runs: tuple[protocol.RunUpdate, ...], *, saving: bool = False, stopped: bool = False) -> None:
        self._number += 1
        self._send(protocol.Update(self._number, runs, saving, stopped))

    # --------------------------------------------------------------------------------------- commands

    def obey(self, command: protocol.Command) -> None:
        """Carry out one command; what cannot be done is said in a notice and changes nothing."""
        if isinstance(command, protocol.Acknowledge):
            self._acknowledged = max(self._acknowledged, command.number)
            return
        if isinstance(command, protocol.Stop):
            self.stop(command.save_to)
            return
        run = self._runs[command.run]
        try:
            self._obey(run, command)
        except (CorpusError, CheckpointError, SettingsError) as error:
            run.say(str(error), "error")

    def _obey(self, run: LiveRun, command: protocol.Command) -> None:
        match command:
            case protocol.LoadCorpus():
                self._loading[run.name] = load_and_begin(run, command)
                run.loading = 0.0
            case protocol.OpenCheckpoint():
                self._loading[run.name] = load_and_open(run, command)
                run.loading = 0.0
            case protocol.NewNetwork():
                run.start_over(command.network, command.training, train=command.train)
            case protocol.Train():
                run.resume()
            case protocol.Pause():
                run.pause()
            case protocol.Step():
                run.make_step()
            case protocol.SetLearningRate():
                run.set_learning_rate(command.learning_rate)
            case protocol.SetTraining():
                run.set_training(command.training)
            case protocol.SetSampling():
                run.steer(command.sampling)
            case protocol.StartSampling():
                run.write(on=True, prime=command.prime, restart=command.restart)
            case protocol.StopSampling():
                run.write(on=False)
            case protocol.Watch():
                run.watch(on=command.hidden)
            case protocol.FindNeurons():
                run.find_neurons()
            case protocol.Choose():
                run.choose(command.symbol)
            case protocol.TakeBack():
                run.take_back()
            case protocol.Save():
                run.save(Path(command.path))

    def stop(self, save_to: str | None) -> None:
        """Save what was trained, say goodbye, and take no more turns."""
        if not self.stopped:
            self.stopped = True
            self._finish_autosave()
            run = self._runs[protocol.MAIN]
            if save_to is not None and run.worth_saving:
                self._tell((), saving=True)
                run.save(Path(save_to))
            news = tuple(update for run in self._runs.values() if (update := run.take_news()) is not None)
            self._tell(news, stopped=True)

    def rescue(self) -> None:
        """Save what was trained when nobody is there any more to tell."""
        self._finish_autosave()
        run = self._runs[protocol.MAIN]
        if self._rescue is not None and run.worth_saving and not self.stopped:
            run.save(self._rescue)

    def _finish_autosave(self) -> None:
        if self._autosave is not None:
            self._autosave.finish()

    # ---------------------------------------------------------------------------------------- loading

    def _load(self, run: LiveRun) -> None:
        end = self._clock() + TURN_SECONDS
        loading = self._loading[run.name]
        try:
            while self._clock() < end:
                run.loading = next(loading)
            return
        except StopIteration:
            pass
        except (CorpusError, CheckpointError, SettingsError) as error:
            run.say(str(error), "error")
        except OSError as error:
            run.say(f"{error.filename}: {error.strerror or error}", "error")
        del self._loading[run.name]
        run.loading = None


def training_seconds(run: LiveRun) -> float:
    """How long a run trains in this turn: until its next character is due, but not longer than a turn.

    Where writing cannot keep up with its rate, training gets its whole turn all the same, and writing a share beside.
    """
    due = run.writer.seconds_to_next if run.writer is not None else TURN_SECONDS
    return TURN_SECONDS if due <= 0.0 else min(TURN_SECONDS, due)


def load_and_begin(run: LiveRun, command: protocol.LoadCorpus) -> Loading:
    """Read a text, then start a new network on it."""
    corpus = yield from load(command.sources, encoding=command.encoding, treatments=command.treatments)
    run.begin(corpus, command.network, command.training, train=command.train)


def load_and_open(run: LiveRun, command: protocol.OpenCheckpoint) -> Loading:
    """Read a checkpoint and the text it was trained on; where that cannot be had, the network is played only."""
    path = Path(command.path)
    yield 0.0
    checkpoint = load_checkpoint(path)
    corpus: Corpus | None = None
    origin = checkpoint.corpus
    if origin is not None and checkpoint.state:
        try:
            treatments = origin.treatment_set()
            corpus = yield from load(origin.source, encoding=origin.encoding, treatments=treatments)
            run.open(checkpoint, corpus, path, train=command.train)
            return
        except (CorpusError, CheckpointError) as error:
            run.say(f"{path.name} can be played but not trained further: {error}", "warning")
    run.open(checkpoint, None, path, train=False)


# --------------------------------------------------------------------------------------- the process


def listen(pipe: BinaryIO, inbox: SimpleQueue[protocol.Command | None]) -> None:
    """Put commands into `inbox` as they come; None when the app is gone."""
    try:
        while True:
            inbox.put(wire.receive(pipe))  # type: ignore[arg-type]
    except wire.WireClosed:
        inbox.put(None)


def serve(commands: BinaryIO, updates: BinaryIO, rescue: Path | None) -> None:
    """Run an engine until it is told to stop, or until the app is gone; then the run is saved to `rescue`."""
    inbox: SimpleQueue[protocol.Command | None] = SimpleQueue()
    threading.Thread(target=listen, args=(commands, inbox), daemon=True).start()
    engine = Engine(lambda update: wire.send(updates, update), rescue=rescue)
    try:
        while not engine.stopped:
            wait = engine.patience
            try:
                command = inbox.get(timeout=wait) if wait else inbox.get_nowait()
                while command is not None:
                    engine.obey(command)
                    command = inbox.get_nowait()
                raise wire.WireClosed
            except Empty:
                if not engine.stopped:
                    engine.turn()
    except wire.WireClosed:
        engine.rescue()


def main() -> None:
    """Serve the app at the other end of standard input and output; whatever prints goes to standard error."""
    parser = argparse.ArgumentParser(prog="model.engine", description=main.__doc__)
    parser.add_argument("--threads", type=int, default=1, help="BLAS threads")
    parser.add_argument("--rescue", type=Path, help="where the run is saved if the app dies")
    options = parser.parse_args()
    # the terminal's interrupt is for the app, which tells the engine to stop when it wants it to
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    updates = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    threadpool_limits(options.threads)
    serve(sys.stdin.buffer, updates, options.rescue)
    # the listening thread still waits for a command; an orderly shutdown of Python would wait for it
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
