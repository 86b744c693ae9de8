"""What the screen remembers of each racer, and who leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct

from model.protocol import Fairness, Gauges, LossPoint, RunState, RunUpdate
from tui.widgets.loss_history import LossHistory

MOST_POINTS = 1000
"""Of a curve: a chart has no more columns than that."""
SECONDS_TO_LEAD = 1.0
"""Of training by anyone, before anybody leads: sooner it is by chance, and a key pressed twice would choose."""


class Curve(Struct, frozen=True):
    """The losses of a racer or of an earlier run, for a chart.

    In place of steps, the points of a racer have what the race shares out: milliseconds of training, or characters.
    """

    name: str
    training: tuple[LossPoint, ...] = ()
    validation: tuple[LossPoint, ...] = ()

    @property
    def end(self) -> LossPoint | None:
        """Where it has come to: the last of validation, or before there is one the last of training."""
        return (self.validation or self.training or (None,))[-1]


class Standing(Struct, frozen=True):
    """Where a racer stands, for a table."""

    name: str
    gauges: Gauges
    place: int | None
    """From 1; None before there is a loss, and for who is out."""

    @property
    def out(self) -> bool:
        """Whether it does not race any more, or never could."""
        return is_out(self.gauges)


class Lane:
    """One racer's history, in bounded memory.

    Attributes:
        gauges: The latest; those of a run that is being loaded before there are any.
    """

    def __init__(self, name: str, fairness: Fairness) -> None:
        self.name, self.fairness = name, fairness
        self.gauges = Gauges(state=RunState.LOADING)
        self._begun = False
        self._training, self._validation = LossHistory(MOST_POINTS), LossHistory(MOST_POINTS)

    def apply(self, update: RunUpdate) -> bool:
        """Take in what happened; returns whether it was of this race: the last of an earlier one may come late."""
        if update.fresh:
            self._begun = True
            self._training.clear()
            self._validation.clear()
            self.gauges = Gauges(state=RunState.LOADING)
        if self._begun:
            before, self.gauges = self.gauges, update.gauges
            self._training.extend(self._placed(update.losses, before))
            self._validation.extend(self._placed(update.validations, before))
        elif update.gauges.state is RunState.EMPTY:
            self.gauges = update.gauges  # it could not start
        return self._begun

    def _placed(self, points: Sequence[LossPoint], before: Gauges) -> list[LossPoint]:
        """Put losses where they belong in the race; by time, evenly between the last update and this one."""
        after = self.gauges
        if self.fairness == "characters":
            window = characters_read(after, 1)
            return [LossPoint(point.step * window, point.loss) for point in points]
        steps = max(1, after.step - before.step)
        seconds = after.training_seconds - before.training_seconds

        def milliseconds(step: int) -> int:
            share = min(1.0, max(0.0, (step - before.step) / steps))
            return round(1000 * (before.training_seconds + share * seconds))

        return [LossPoint(milliseconds(point.step), point.loss) for point in points]

    @property
    def out(self) -> bool:
        """Whether it does not race any more, or never could."""
        return is_out(self.gauges)

    @property
    def curve(self) -> Curve:
        """The losses so far."""
        return Curve(self.name, tuple(self._training), tuple(self._validation))


def is_out(gauges: Gauges) -> bool:
    """Tell whether a run diverged, or could not even start."""
    return gauges.state in (RunState.DIVERGED, RunState.EMPTY)


def characters_read(gauges: Gauges, steps: int | None = None) -> int:
    """Return how many characters were learnt from in all steps so far, or in so many."""
    window = gauges.training.seq_length * gauges.training.batch_size if gauges.training else 0
    return window * (gauges.step if steps is None else steps)


def standings(lanes: Sequence[Lane]) -> tuple[Standing, ...]:
    """Return who is where, in the order of the start; the lowest loss is first.

    What counts is validation, once all who race have one; until then, the training loss.
    """
    validated = all_validated(lanes)
    losses = {
        lane.name: loss
        for lane in lanes
        if not lane.out and (loss := lane.gauges.validation_loss if validated else lane.gauges.train_loss) is not None
    }
    order = sorted(losses, key=losses.__getitem__)
    return tuple(
        Standing(lane.name, lane.gauges, order.index(lane.name) + 1 if lane.name in losses else None) for lane in lanes
    )


def all_validated(racers: Iterable[Lane | Standing]) -> bool:
    """Tell whether all who race have a validation loss."""
    return all(racer.out or racer.gauges.validation_loss is not None for racer in racers)


def leader(found: Sequence[Standing]) -> str | None:
    """Return who is first, once anyone who races has had `SECONDS_TO_LEAD`; None where nobody is yet."""
    longest = max((racer.gauges.training_seconds for racer in found if not racer.out), default=0.0)
    if longest < SECONDS_TO_LEAD:
        return None
    return next((standing.name for standing in found if standing.place == 1), None)
