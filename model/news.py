"""What happened in a run since the last update, kept until the next one takes it along."""

from __future__ import annotations

from typing import Literal

from model.neurons import Neurons
from model.progress import Loss, Progress
from model.protocol import Gauges, LossPoint, Notice, RunUpdate, Written

LOSS_BACKLOG = 2_000
"""Losses that may wait for an update; beyond it neighbours are merged."""

NOTICE_BACKLOG = 100

Severity = Literal["information", "warning", "error"]


class News:
    """Losses, notices, and whether the network is a new one."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._fresh = False
        self._losses: list[LossPoint] = []
        self._validations: list[LossPoint] = []
        self._notices: list[Notice] = []
        self._neurons: Neurons | None = None
        self._told: Gauges | None = None

    def begin(self) -> None:
        """Another network takes the place of the present one; what was told of that is not told any more."""
        self._fresh = True
        self._losses, self._validations = [], []
        self._neurons = None

    def find(self, neurons: Neurons) -> None:
        """Tell what the units are about."""
        self._neurons = neurons

    def say(self, text: str, severity: Severity = "information") -> None:
        """Have a sentence shown to the person at the screen."""
        self._notices = [*self._notices, Notice(text, severity)][-NOTICE_BACKLOG:]

    def add(self, progress: Progress) -> None:
        """Tell of an increment."""
        self._losses += points(progress.losses)
        self._validations += points(progress.validations)
        if len(self._losses) > LOSS_BACKLOG:
            self._losses = merge_neighbours(self._losses)
        for incident in progress.incidents:
            self.say(incident, "warning")

    def take(self, gauges: Gauges, written: Written | None) -> RunUpdate | None:
        """All that happened since the last call; None if nothing did."""
        news = self._losses or self._validations or self._notices or self._neurons
        if written is None and gauges == self._told and not news:
            return None
        update = RunUpdate(
            gauges=gauges,
            fresh=self._fresh,
            losses=tuple(self._losses),
            validations=tuple(self._validations),
            written=(written,) if written else (),
            notices=tuple(self._notices),
            neurons=self._neurons,
            run=self._run,
        )
        self._told, self._fresh = gauges, False
        self._losses, self._validations, self._notices, self._neurons = [], [], [], None
        return update


def points(losses: tuple[Loss, ...]) -> list[LossPoint]:
    """Losses as they cross the border."""
    return [LossPoint(loss.step, loss.loss) for loss in losses]


def merge_neighbours(points: list[LossPoint]) -> list[LossPoint]:
    """Half as many points, each the mean of two; a last odd one stays."""
    pairs = zip(points[::2], points[1::2], strict=False)
    merged = [LossPoint(second.step, (first.loss + second.loss) / 2) for first, second in pairs]
    return merged + points[len(merged) * 2 :]
