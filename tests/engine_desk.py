"""An engine in the tests' own process, with a clock that only the test moves."""

from __future__ import annotations

from pathlib import Path

from model.config import NetworkSettings, TrainingSettings
from model.engine import Engine
from model.progress import Event
from model.protocol import (
    Acknowledge,
    Command,
    Gauges,
    LoadCorpus,
    LossPoint,
    RunState,
    RunUpdate,
    Save,
    Update,
)
from model.shelf import Shelf
from model.trainer import Trainer

NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)


class Clock:
    """Time passes a little with each look, as it does for a program that works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1e-4
        return self.now


class Desk:
    """An engine, its clock, and every update it sent."""

    def __init__(self, rescue: Path | None = None, threads: int | None = 1, shelf: Shelf | None = None) -> None:
        self.clock = Clock()
        self.updates: list[Update] = []
        self.engine = Engine(self.updates.append, self.clock, rescue=rescue, shelf=shelf, threads=threads)

    def say(self, *commands: Command) -> None:
        for command in commands:
            self.engine.obey(command)

    def save(self, folder: Path) -> Path:
        """Have the run saved into `folder`; the file that was not there before."""
        before = set(folder.glob("*"))
        self.say(Save(str(folder)))
        (path,) = set(folder.glob("*")) - before
        return path

    def turn(self, turns: int = 1) -> None:
        """Let the engine work, taking in each update as the app does."""
        for _ in range(turns):
            self.engine.turn()
            self.clock.now += 0.002
            if self.updates:
                self.engine.obey(Acknowledge(self.updates[-1].number))

    def load(self, source: str = "counting", *, train: bool = True, training: TrainingSettings = TRAINING) -> None:
        self.say(LoadCorpus((source,), NETWORK, training, train=train))
        while self.state in (RunState.EMPTY, RunState.LOADING):
            self.turn()

    @property
    def runs(self) -> list[RunUpdate]:
        return [run for update in self.updates for run in update.runs]

    @property
    def state(self) -> RunState:
        return self.runs[-1].gauges.state if self.runs else RunState.EMPTY

    def is_in(self, state: RunState) -> bool:
        return self.state is state

    @property
    def gauges(self) -> Gauges:
        return self.runs[-1].gauges

    @property
    def trainer(self) -> Trainer:
        trainer = self.engine._runs["main"].trainer
        assert trainer is not None
        return trainer

    @property
    def step(self) -> int:
        return self.gauges.step

    @property
    def losses(self) -> list[LossPoint]:
        return [loss for run in self.runs for loss in run.losses]

    @property
    def text(self) -> str:
        return "".join(written.text for run in self.runs for written in run.written)

    @property
    def labels(self) -> list[str]:
        return [mark.label for run in self.runs for written in run.written for mark in written.marks]

    @property
    def events(self) -> list[Event]:
        return [event for run in self.runs for event in run.events]

    @property
    def notices(self) -> list[str]:
        return [notice.text for run in self.runs for notice in run.notices]
