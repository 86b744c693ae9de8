"""The losses of a run so far, as few as a file has of them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from model.protocol import LossPoint

MOST_POINTS = 200
"""Of each curve: so many columns are seldom drawn."""


class Curve(Struct, frozen=True):
    """Losses in nats per character, oldest first."""

    losses: tuple[LossPoint, ...] = ()
    """Of training, each the mean of some neighbouring steps."""
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
    """At most `MOST_POINTS`, rising; what came before training went back to an earlier step is left out."""
    rising: list[LossPoint] = []
    for point in points:
        while rising and rising[-1].step >= point.step:
            rising.pop()
        rising.append(point)
    while len(rising) > MOST_POINTS:
        rising = merge_neighbours(rising)
    return tuple(rising)


def merge_neighbours(points: list[LossPoint]) -> list[LossPoint]:
    """Half as many points, each the mean of two; a last odd one stays."""
    pairs = zip(points[::2], points[1::2], strict=False)
    merged = [LossPoint(second.step, (first.loss + second.loss) / 2) for first, second in pairs]
    return merged + points[len(merged) * 2 :]
