"""What happened in a run since the last update, kept until the next one takes it along."""

from __future__ import annotations

import copy
from typing import Literal

from model.curve import Curve, few, thinned
from model.neurons import Neurons
from model.passage import Passage
from model.past import Past
from model.progress import Event, Loss, Progress
from model.protocol import Gauges, LossPoint, Notice, RunUpdate, Written

LOSS_BACKLOG = 2_000
"""Losses that may wait for an update; beyond it neighbours are merged."""

LOSS_MEMORY = 4_000
"""Losses that are remembered when they were told, as many as a screen keeps."""

NOTICE_BACKLOG = 100

EVENT_BACKLOG = 100

Severity = Literal["information", "warning", "error"]


class News:
    """Losses, events, notices, and whether the network is a new one."""

    def __init__(self, run: str) -> None:
        self._run = run
        self._fresh = self._resumed = self._refused = False
        self._losses: list[LossPoint] = []
        self._validations: list[LossPoint] = []
        self._notices: list[Notice] = []
        self._events: list[Event] = []
        self._neurons: Neurons | None = None
        self._past: dict[int, Past] = {}
        self._passage: Passage | None = None
        self._told: Gauges | None = None
        # told already, of this network
        self._past_losses: list[LossPoint] = []
        self._past_validations: list[LossPoint] = []
        self._past_events: list[Event] = []

    def begin(self, curve: Curve | None = None) -> None:
        """Another network takes the place of the present one; what was told of that is not told any more.

        Args:
            curve: Its losses so far, where it was saved.
        """
        self._fresh = True
        # what a saved network brought, how it writes say, holds for one that follows before it was told
        self._resumed = self._resumed or curve is not None
        self._losses, self._validations, self._events = [], [], []
        self._past_losses, self._past_validations = ([*curve.losses], [*curve.validations]) if curve else ([], [])
        self._past_events = []
        self._neurons, self._past = None, {}

    def tell_anew(self, run: str, *, resumed: bool) -> None:
        """Tell all that was told of this network once more, as news of `run`, which it is from now on."""
        self._run, self._fresh, self._resumed, self._told = run, True, resumed, None

    def put_aside(self) -> News:
        """The same of a run that rests: what is still to be said or handed out is said here, and not once more."""
        aside = copy.copy(self)
        aside._notices, aside._neurons, aside._past, aside._passage, aside._refused = [], None, {}, None, False
        return aside

    @property
    def curve(self) -> Curve:
        """The losses of this network so far, thinned as a file has them."""
        losses, validations = self._past_losses + self._losses, self._past_validations + self._validations
        return Curve(few(losses), few(validations))

    def find(self, neurons: Neurons) -> None:
        """Tell what the units are about."""
        self._neurons = neurons

    def recall(self, past: Past) -> None:
        """Tell what the network wrote at an earlier step."""
        self._past[past.step] = past

    def recite(self, passage: Passage) -> None:
        """Hand out a passage that was asked for."""
        self._passage = passage

    def say(self, text: str, severity: Severity = "information") -> None:
        """Have a sentence shown to the person at the screen."""
        self._notices = [*self._notices, Notice(text, severity)][-NOTICE_BACKLOG:]

    def refuse(self) -> None:
        """Tell that a race, or going on with a racer, could not be had."""
        self._refused = True

    def mark(self, event: Event) -> None:
        """Have something marked on the loss curve; of a knob that is turned and turned, where it ends counts."""
        same = self._events and (self._events[-1].step, self._events[-1].kind) == (event.step, event.kind)
        before = self._events[:-1] if same else self._events
        self._events = [*before, event][-EVENT_BACKLOG:]

    def add(self, progress: Progress) -> None:
        """Tell of an increment."""
        self._losses += points(progress.losses)
        self._validations += points(progress.validations)
        self._losses = bounded(self._losses, LOSS_BACKLOG)
        for incident in progress.incidents:
            self.say(incident, "warning")
        for event in progress.events:
            self.mark(event)

    def take(self, gauges: Gauges, written: tuple[Written, ...] = ()) -> RunUpdate | None:
        """All that happened since the last call; None if nothing did."""
        news = (written, self._losses, self._validations, self._events, self._notices, self._neurons, self._past)
        if gauges == self._told and not any(news) and self._passage is None and not self._refused:
            return None
        losses = self._past_losses + self._losses
        validations = self._past_validations + self._validations
        events = self._past_events + self._events
        update = RunUpdate(
            gauges=gauges,
            fresh=self._fresh,
            resumed=self._resumed,
            losses=tuple(losses if self._fresh else self._losses),
            validations=tuple(validations if self._fresh else self._validations),
            events=tuple(events if self._fresh else self._events),
            again=len(self._past_losses) if self._fresh else 0,
            written=written,
            notices=tuple(self._notices),
            refused=self._refused,
            neurons=self._neurons,
            past=tuple(self._past.values()),
            passage=self._passage,
            run=self._run,
        )
        self._told, self._fresh, self._resumed, self._refused = gauges, False, False, False
        self._past_losses = bounded(losses, LOSS_MEMORY)
        self._past_validations = bounded(validations, LOSS_MEMORY)
        self._past_events = events[-EVENT_BACKLOG:]
        self._losses, self._validations, self._events, self._notices = [], [], [], []
        self._neurons, self._past, self._passage = None, {}, None
        return update


def points(losses: tuple[Loss, ...]) -> list[LossPoint]:
    """Losses as they cross the border."""
    return [LossPoint(loss.step, loss.loss) for loss in losses]


def bounded(points: list[LossPoint], most: int) -> list[LossPoint]:
    """No more losses than may be kept; beyond that half as many, so that it seldom has to be done."""
    return thinned(points, most // 2) if len(points) > most else points
