"""The losses of a run so far, as few as a file has of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, zip_longest
from typing import Any

from msgspec import Struct

from model.protocol import LossPoint

MOST_POINTS = 200
"""Of each curve: so many columns are seldom drawn."""


class Curve(Struct, frozen=True):
    """Losses in nats per character, oldest first."""

    losses: tuple[LossPoint, ...] = ()
    """Of training, each the mean of the steps since the one before."""
    validations: tuple[LossPoint, ...] = ()

    def told(self) -> dict[str, Any]:
        """The curve as JSON has it."""
        return {
            "losses": [[point.step, round(point.loss, 6)] for point in self.losses],
            "validations": [[point.step, round(point.loss, 6)] for point in self.validations],
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Curve:
        """The curve that JSON tells of, as far as it makes sense: a file without one has an empty one."""
        return cls(few(_points(told.get("losses"))), few(_points(told.get("validations"))))


def _points(values: object) -> Iterable[LossPoint]:
    for value in values if isinstance(values, list) else ():
        match value:
            case [int(step), int() | float() as loss] if step >= 0 and is_number(loss) and loss >= 0:
                yield LossPoint(step, float(loss))


def is_number(value: float) -> bool:
    """Tell whether a number of JSON is one to count with: it may be no number, infinite, or an integer beyond all."""
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def few(points: Iterable[LossPoint]) -> tuple[LossPoint, ...]:
    """At most `MOST_POINTS` of them: see `thinned`."""
    return tuple(thinned(points, MOST_POINTS))


def thinned(points: Iterable[LossPoint], most: int) -> list[LossPoint]:
    """At most so many, rising, where there are more each the mean of an equal span of steps.

    What came before training went back to an earlier step is left out.
    """
    rising: list[LossPoint] = []
    for point in points:
        while rising and rising[-1].step >= point.step:
            rising.pop()
        rising.append(point)
    span = even_span([point.step for point in rising], most)
    if span == 1:
        return rising
    means: list[LossPoint] = []
    before, total, weight = 0, 0.0, 0
    for point, following in zip_longest(rising, rising[1:]):
        # a point may itself be the mean of all steps since the one before
        steps = min(max(1, point.step - before), span)
        before, total, weight = point.step, total + steps * point.loss, weight + steps
        if following is None or place(following.step, span) != place(point.step, span):
            means.append(LossPoint(point.step, total / weight))
            total, weight = 0.0, 0
    return means


def even_span(steps: Sequence[int], most: int) -> int:
    """The shortest span, a power of two, of which rising steps lie in at most so many.

    Spans begin at multiples of their length: of points that are thinned again and again, some new ones each time, the
    oldest then stand as close as all others.
    """
    span, taken = 1, len(steps)
    while taken > most:
        span *= 2
        taken = 1 + sum(place(one, span) != place(other, span) for one, other in pairwise(steps))
    return span


def place(step: int, span: int) -> int:
    """Which span a step is in; a point is at the last of its steps."""
    return max(0, step - 1) // span
