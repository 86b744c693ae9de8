"""The engine: the one process that owns networks. Commands in, increments of training and due characters, updates out.

Everything happens on one thread, in turns of a few milliseconds, so that a command acts between two characters or two
slices of a training step and nothing is ever half changed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from corpora.corpus import CorpusError
from model import protocol, wire
from model.autosave import Autosave
from model.checkpoint import CheckpointError
from model.config import SettingsError
from model.left_behind import LeftBehind
from model.live_run import TOO_LARGE, LiveRun
from model.loading import Loading, line_up, load_and_begin, load_and_open
from model.race import Race
from model.shelf import Shelf
from model.throttle import Throttle

TURN_SECONDS = 0.008
"""Training between two looks at commands and due characters."""

WRITING_SECONDS = 0.004
"""Writing in one turn; only text that is written as fast as it goes takes so long."""

SILENCE_SECONDS = 0.05
"""Waiting for a command when there is nothing to do."""


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
        shelf: Shelf | None = None,
        threads: int | None = 1,
        background: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """Begin with nothing to do.

        Args:
            send: Takes each update.
            clock: Tells the time in seconds.
            rescue: Where the run is kept against accidents: every minute, and when the app is gone.
            shelf: Where runs are kept that are left behind.
            threads: Processes that work out a training step; None uses as many as are quickest.
            background: Gives the process a low priority, or the usual one.
        """
        self._send, self._clock, self._rescue, self._background = send, clock, rescue, background
        self._autosave = Autosave(rescue, clock) if rescue is not None else None
        main = LiveRun(clock, threads=threads)
        main.leaving = self._leave
        self._runs = {protocol.MAIN: main}
        self._left = LeftBehind(shelf)
        self._loading: dict[str, Loading] = {}
        self._race: Race | None = None
        self._throttle = Throttle(clock)
        self._number = 0
        self._acknowledged = 0
        self.stopped = False

    # ---------------------------------------------------------------------------------------- one turn

    def turn(self) -> None:
        """Load or train a little, write what is due, and tell of it if the last update was taken in."""
        runs = self._at_work
        loading = next((run for run in runs if run.name in self._loading), None)
        if loading is not None:
            self._load(loading)
        self._throttle.do(lambda: self._work(runs, train=loading is None))
        self._throttle.note_helpers(sum(run.helpers_seconds for run in runs))
        for run in runs:
            for writer in run.writers:
                if writer.patience(awaited=self._awaited) <= 0.0:
                    writer.write_due(WRITING_SECONDS)
        if self._autosave is not None:
            self._autosave.turn(self._named.news_to_keep)
        self._say_what_is_not_kept()
        self.tell()

    def _work(self, runs: list[LiveRun], *, train: bool) -> None:
        """Train a little, and find out a little of what there is to find out beside."""
        # until the next character is due; where writing cannot keep up, training gets its whole turn all the same
        due = self._patience_of_writers(runs)
        seconds = TURN_SECONDS if due <= 0.0 else min(TURN_SECONDS, due)
        if train and self._race is not None:
            self._race.turn(seconds)
        elif train:
            self._runs[protocol.MAIN].train(seconds)
        for run in runs:
            run.study()

    @property
    def _at_work(self) -> list[LiveRun]:
        """The runs that train and write: while there is a race, the racers, and not the main run."""
        return [run for run in self._runs.values() if self._race is None or run.name != protocol.MAIN]

    @property
    def patience(self) -> float:
        """Seconds that it may wait for a command before its next turn."""
        runs = self._at_work
        if any(run.name in self._loading for run in runs):
            return 0.0
        wait = SILENCE_SECONDS
        if any(run.busy or run.side.busy for run in runs):
            wait = min(wait, self._throttle.rest)
        if wait > 0.0:
            wait = min(wait, self._patience_of_writers(runs))
        return max(0.0, wait)

    def _patience_of_writers(self, runs: Iterable[LiveRun]) -> float:
        """Seconds until one of them is to write."""
        patience = (writer.patience(awaited=self._awaited) for run in runs for writer in run.writers)
        return min(patience, default=float("inf"))

    @property
    def _awaited(self) -> bool:
        """Whether an update is: the last one was taken in."""
        return self._acknowledged >= self._number

    def tell(self) -> None:
        """Send what is new, unless an update is still on its way."""
        if not self._awaited:
            return
        news = self._news()
        if news:
            self._tell(news)

    def _news(self) -> tuple[protocol.RunUpdate, ...]:
        return tuple(update for run in self._runs.values() if (update := run.take_news()) is not None)

    def _tell(
        self,
        runs: tuple[protocol.RunUpdate, ...],
        *,
        saving: bool = False,
        stopped: bool = False,
        unsaved: bool = False,
    ) -> None:
        self._number += 1
        self._send(protocol.Update(self._number, runs, saving, stopped, unsaved))

    # --------------------------------------------------------------------------------------- commands

    def obey(self, command: protocol.Command) -> None:
        """Carry out one command; what cannot be done is said in a notice and changes nothing."""
        if isinstance(command, protocol.Acknowledge):
            self._acknowledged = max(self._acknowledged, command.number)
            return
        if isinstance(command, protocol.Stop):
            self.stop(command.save_to, anyway=command.anyway)
            return
        if isinstance(command, protocol.SetShare):
            self._take_share(command.share)
            return
        run = self._runs.get(command.run)
        if run is None:
            return  # it was given up with its race, while this was on its way
        with self._saying(run.refuse if isinstance(command, protocol.StartRace | protocol.EndRace) else run.complain):
            self._obey(run, command)

    @contextmanager
    def _saying(self, say: Callable[[str], None]) -> Iterator[None]:
        """Say what cannot be done; it has changed nothing."""
        try:
            yield
        except (CorpusError, CheckpointError, SettingsError) as error:
            say(str(error))
        except OSError as error:
            say(reason(error))
        except MemoryError:
            say(TOO_LARGE)

    def _take_share(self, share: float) -> None:
        self._throttle.share = share
        for run in self._runs.values():
            run.share = share
        self._background(share < 1.0)

    def _obey(self, run: LiveRun, command: protocol.Command) -> None:
        match command:
            case protocol.LoadCorpus():
                self._loading[run.name] = load_and_begin(run, command)
                run.loading = 0.0
            case protocol.OpenCheckpoint():
                self._loading[run.name] = load_and_open(run, command, self._left)
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
                run.steer(command.sampling, command.sampler)
            case protocol.StartVoice():
                run.start_voice(command)
            case protocol.EndVoice():
                run.voices.end(command.sampler)
            case protocol.StartSampling():
                run.write(on=True, prime=command.prime, restart=command.restart, sampler=command.sampler)
            case protocol.StopSampling():
                run.write(on=False, sampler=command.sampler)
            case protocol.Watch():
                run.watch(on=command.hidden, sampler=command.sampler)
            case protocol.FindNeurons():
                run.find_neurons()
            case protocol.ShowPast():
                run.show_past(command)
            case protocol.Choose():
                run.choose(command.symbol, command.sampler)
            case protocol.Type():
                run.type(command.text, command.sampler)
            case protocol.GoOn():
                run.go_on(command.stretch, command.sampler)
            case protocol.TakeBack():
                run.take_back(command.sampler)
            case protocol.Save():
                run.save_in(Path(command.folder))
            case protocol.WritePassage():
                run.write_passage(command)
            case protocol.BringBack():
                self._bring_back(run)
            case protocol.StartRace():
                self._start_race(run, command)
            case protocol.EndRace():
                self._end_race(run, command)

    # --------------------------------------------------------------------------- what was left behind

    @property
    def _named(self) -> LiveRun:
        """The main run, with the name that it would be kept under."""
        return self._left.named(self._runs[protocol.MAIN])

    def _leave(self) -> None:
        """Put the main run aside: something else is about to take its place."""
        run = self._runs[protocol.MAIN]
        self._left.put(run)
        run.left_behind = len(self._left)

    def _bring_back(self, run: LiveRun) -> None:
        if self._race is not None:
            return
        if run.name in self._loading:
            del self._loading[run.name]
            run.loading = None
            run.say("the text is not read any further; the run goes on")
            return
        aside = self._left.last
        if aside is None:
            run.say("no run was left behind here", "warning")
            return
        aside.take_up()  # first, for that may fail
        self._left.take(run)
        run.close()
        aside.take_over(run, f"back to step {aside.gauges().step:,}", resumed=True)
        aside.left_behind = len(self._left)
        self._runs[protocol.MAIN] = aside
        gc.collect()  # a half-done step and its trainer hold each other

    # ----------------------------------------------------------------------------------------- a race

    def _start_race(self, main: LiveRun, command: protocol.StartRace) -> None:
        if main.trainer is None or main.name in self._loading:
            main.refuse("there is no text to race on yet; choose a corpus, or wait until it has been read")
            return
        self._leave_race()
        racers = [LiveRun(self._clock, entrant.name) for entrant in command.entrants]
        for racer, entrant in zip(racers, command.entrants, strict=True):
            racer.share = main.share
            racer.side.share_text(main.side)
            racer.steer(command.sampling)
            racer.write(on=True)
            racer.loading = 0.0
            self._runs[racer.name] = racer
            self._loading[racer.name] = line_up(racer, main.trainer.corpus, entrant)
        self._race = Race(racers, command.fairness, self._clock)

    def _end_race(self, main: LiveRun, command: protocol.EndRace) -> None:
        if self._race is None:
            return
        winner = self._runs.get(command.winner) if command.winner is not None else None
        if winner is not None and winner.trainer is not None:
            name, kept = winner.name, ""
            if main.trainer is not None and main.trainer.step > 0:
                path = main.save_in(Path(command.keep_in))
                if path is None:
                    main.refuse("the race goes on")  # what was learnt before is not thrown away
                    return
                kept = f"; the run before is kept as {path.stem}"
            if self._loading.pop(main.name, None) is not None:
                main.loading = None
                winner.say("the text is not read any further; the winner goes on")
            winner.take_over(main, f"{name}, from the race")
            if main.trainer is not None:
                self._left.rest(main)
            winner.left_behind = len(self._left)
            winner.say(f"{name} goes on{kept}")
            del self._runs[name]
            self._runs[protocol.MAIN] = winner
        self._leave_race()

    def _leave_race(self) -> None:
        self._race = None
        self._runs = {protocol.MAIN: self._runs[protocol.MAIN]}
        self._loading = {name: loading for name, loading in self._loading.items() if name in self._runs}
        gc.collect()  # a half-done step and its trainer hold each other, and with them the memory of a whole network

    def stop(self, save_to: str | None, *, anyway: bool = False) -> None:
        """Save what was trained, say goodbye, and take no more turns.

        Where it cannot be saved all goes on, unless it is to end anyway: what was learnt is still here.
        """
        if self.stopped:
            return
        run = self._named
        worth = save_to is not None and run.worth_saving
        if worth or self._left.busy or (self._autosave is not None and self._autosave.busy):
            # before anything that takes its time; and it is saved even if the app has gone meanwhile
            with suppress(wire.WireClosed):
                self._tell((), saving=True)
        self._finish_autosave()
        self._left.finish()
        unsaved = worth and not run.save(Path(str(save_to)))
        self._say_what_is_not_kept()
        self.stopped = anyway or not unsaved
        self._tell(self._news(), stopped=self.stopped, unsaved=unsaved)
        if self.stopped:
            run.close()

    def rescue(self) -> None:
        """Save what was trained when nobody is there any more to tell."""
        self._finish_autosave()
        self._left.finish()
        run = self._named
        if self._rescue is not None and run.worth_saving and not self.stopped:
            run.save(self._rescue)
        run.close()

    def _say_what_is_not_kept(self) -> None:
        main = self._runs[protocol.MAIN]
        for trouble in self._left.troubles():
            main.say(trouble, "error")
        if self._autosave is not None and (trouble := self._autosave.trouble()):
            main.say(f"no copy of the run can be kept: {trouble}; an accident would cost what it learns", "error")

    def _finish_autosave(self) -> None:
        if self._autosave is not None:
            self._autosave.finish()

    # ---------------------------------------------------------------------------------------- loading

    def _load(self, run: LiveRun) -> None:
        end = self._clock() + TURN_SECONDS
        loading = self._loading[run.name]
        with self._saying(run.complain), suppress(StopIteration):
            while self._clock() < end:
                run.loading = next(loading)
            return
        del self._loading[run.name]
        run.loading = None


def reason(error: OSError) -> str:
    """What the system refuses, and of which file, where it is one."""
    return (f"{error.filename}: " if error.filename else "") + (error.strerror or str(error))
