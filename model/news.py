"""What happened in a run since the last update, kept until the next one takes it along."""

from __future__ import annotations

from typing import Literal

from model.neurons import Neurons
from model.past import Past
from model.progress import Event, Loss, Progress
from model.protocol import Gauges, LossPoint, Notice, RunUpdate, Written

LOSS_BACKLOG = 2_000
"""Losses that may wait for an update; beyond it neighbours are merged."""

NOTICE_BACKLOG = 100

EVENT_BACKLOG = 100

Severity = Literal["information", "warning", "error"]


class News:
    """Losses, events, notices, and whether the network is a new one."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._fresh = False
        self._losses: list[LossPoint] = []
        self._validations: list[LossPoint] = []
        self._notices: list[Notice] = []
        self._events: list[Event] = []
        self._neurons: Neurons | None = None
        self._past: dict[int, Past] = {}
        self._told: Gauges | None = None
        # told already, of this network
        self._past_losses: list[LossPoint] = []
        self._past_validations: list[LossPoint] = []
        self._past_events: list[Event] = []

    def begin(self) -> None:
        """Another network takes the place of the present one; what was told of that is not told any more."""
        self._fresh = True
        self._losses, self._validations, self._events = [], [], []
        self._past_losses, self._past_validations, self._past_events = [], [], []
        self._neurons, self._past = None, {}

    def tell_anew(self, run: str) -> None:
        """Tell all that was told of this network once more, as news of `run`, which it is from now on."""
        self._run, self._fresh, self._told = run, True, None
        self._losses = self._past_losses + self._losses
        self._validations = self._past_validations + self._validations
        self._events = self._past_events + self._events

    def find(self, neurons: Neurons) -> None:
        """Tell what the units are about."""
        self._neurons = neurons

    def recall(self, past: Past) -> None:
        """Tell what the network wrote at an earlier step."""
        self._past[past.step] = past

    def say(self, text: str, severity: Severity = "information") -> None:
        """Have a sentence shown to the person at the screen."""
        self._notices = [*self._notices, Notice(text, severity)][-NOTICE_BACKLOG:]

    def mark(self, event: Event) -> None:
        """Have something marked on the loss curve; of a knob that is turned and turned, where it ends counts."""
        same = self._events and (self._events[-1].step, self._events[-1].kind) == (event.step, event.kind)
        before = self._events[:-1] if same else self._events
        self._events = [*before, event][-EVENT_BACKLOG:]

    def add(self, progress: Progress) -> None:
        """Tell of an increment."""
        self._losses += points(progress.losses)
        self._validations += points(progress.validations)
        self._losses = thinned(self._losses)
        for incident in progress.incidents:
            self.say(incident, "warning")
        for event in progress.events:
            self.mark(event)

    def take(self, gauges: Gauges, written: tuple[Written, ...] = ()) -> RunUpdate | None:
        """All that happened since the last call; None if nothing did."""
        news = (written, self._losses, self._validations, self._events, self._notices, self._neurons, self._past)
        if gauges == self._told and not any(news):
            return None
        update = RunUpdate(
            gauges=gauges,
            fresh=self._fresh,
            losses=tuple(self._losses),
            validations=tuple(self._validations),
            events=tuple(self._events),
            written=written,
            notices=tuple(self._notices),
            neurons=self._neurons,
            past=tuple(self._past.values()),
            run=self._run,
        )
        self._told, self._fresh = gauges, False
        self._past_losses = thinned(self._past_losses + self._losses)
        self._past_validations = thinned(self._past_validations + self._validations)
        self._past_events = [*self._past_events, *self._events][-EVENT_BACKLOG:]
        self._losses, self._validations, self._events, self._notices = [], [], [], []
        self._neurons, self._past = None, {}
        return update


def points(losses: tuple[Loss, ...]) -> list[LossPoint]:
    """Losses as they cross the border."""
    return [LossPoint(loss.step, loss.loss) for loss in losses]


def thinned(points: list[LossPoint]) -> list[LossPoint]:
    """No more losses than may be kept."""
    return merge_neighbours(points) if len(points) > LOSS_BACKLOG else points


def merge_neighbours(points: list[LossPoint]) -> list[LossPoint]:
    """Half as many points, each the mean of two; a last odd one stays."""
    pairs = zip(points[::2], points[1::2], strict=False)
    merged = [LossPoint(second.step, (first.loss + second.loss) / 2) for first, second in pairs]
    return merged + points[len(merged) * 2 :]
