"""Axes: round numbers, where they stand, and how they are written."""

from __future__ import annotations

import math
from typing import NamedTuple

from tui import units
from tui.widgets.loss_canvas import DOWN, Canvas

AXIS = 6
"""Cells of the numbers at the left, the line of the axis included."""
AXIS_ROOM = 28
"""Cells from which on there are numbers at the left."""
FEW = 3
"""Round numbers that an axis has at least: rather they stand a little close than that there are two."""
LEAST = 1e-4
"""The lowest value on a logarithmic axis, which has no zero."""


def round_step(span: float) -> float:
    """Return the largest of 1, 2 and 5 times a power of ten that is not above `span`, which is above 0."""
    power = 10.0 ** math.floor(math.log10(span))
    return max((factor * power for factor in (1.0, 2.0, 5.0) if factor * power <= span * (1 + 1e-9)), default=power)


class Tick(NamedTuple):
    """A number on an axis."""

    share: float
    """Where it stands, from 0 to 1."""
    label: str


class Scale(NamedTuple):
    """The vertical axis, in the unit that is shown."""

    low: float
    high: float
    log: bool = False

    def share(self, value: float) -> float:
        """Return where `value` stands: 0 at the low end, 1 at the high end; beyond them where it lies beyond."""
        if self.log:
            low = math.log(self.low)
            return (math.log(max(value, LEAST)) - low) / (math.log(self.high) - low)
        return (value - self.low) / (self.high - self.low)

    def ticks(self, most: int) -> list[Tick]:
        """Return at most about `most` round numbers, from low to high."""
        values = self._decades(most) if self.log and self.high > 5.0 * self.low else self._evenly(most)
        ticks: list[Tick] = []
        for value, digits in values:
            tick = Tick(self.share(value), units.shown_loss(value, digits))
            # on a logarithmic axis they come closer and closer
            if not ticks or (tick.label != ticks[-1].label and tick.share - ticks[-1].share >= 0.7 / max(1, most)):
                ticks.append(tick)
        return ticks

    def _evenly(self, most: int) -> list[tuple[float, int]]:
        span = self.high - self.low
        step = round_step(span / max(1, most))
        wider = round_step(step * 2.5)
        if span / step > most + 1e-9 and self._multiples(wider)[1] >= FEW:
            step = wider
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        first, count = self._multiples(step)
        return [(max(0.0, (first + i) * step), digits) for i in range(min(count, 3 * most))]

    def _multiples(self, step: float) -> tuple[int, int]:
        """Return the first multiple of `step` on the axis, as a factor, and how many there are."""
        first = math.ceil(self.low / step - 1e-9)
        return first, math.floor((self.high - first * step) / step + 1e-9) + 1

    def _decades(self, most: int) -> list[tuple[float, int]]:
        low, high = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
        every = max(1, -(-(high - low) // most))
        factors = (1.0, 2.0, 5.0) if 3 * (high - low) <= 2 * most else (1.0,)
        values = [(factor * 10.0**power, max(0, -power)) for power in range(low, high + 1, every) for factor in factors]
        return [(value, digits) for value, digits in values if self.low <= value <= self.high]


def rounded(low: float, high: float, *, log: bool) -> Scale:
    """Return an axis from `low` to `high`, both at least 0, or a little more: its ends stay where they are for a while.

    Whatever comes, the axis has a length.
    """
    if log:
        low = max(low, LEAST)
        high = max(high, low * 1.05)
        grain = 1.02  # ends move by two hundredths
        low = grain ** math.floor(math.log(low, grain))
        high = grain ** math.ceil(math.log(min(high, 1e300), grain))
        return Scale(max(low, LEAST / 2), high, log)
    high = max(high, low + 1e-3, low * (1 + 1e-6))
    step = round_step((high - low) / 16)
    bottom, top = step * math.floor(low / step), step * math.ceil(high / step)
    return Scale(bottom, top) if math.isfinite(top) and top > bottom else Scale(low, high)


def draw_scale(canvas: Canvas, scale: Scale, height: int, most: int) -> None:
    """Write round losses at the left of `height` rows, about `most`, none on another."""
    labels = {}
    for tick in scale.ticks(most):
        labels[round((1.0 - tick.share) * (DOWN * height - 1)) // DOWN] = tick.label
    for row in range(height):
        label = labels.get(row, "")
        canvas.write(0, row, f"{label:>{AXIS - 1}}", "axis")
        canvas.write(AXIS - 1, row, "\u2524" if label else "\u2502", "rule")


def step_label(step: int) -> str:
    """Return a step as a few cells: `500`, `1.5k`, `10M`."""
    for unit, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if step >= unit:
            return f"{step / unit:.10g}{name}"
    return str(step)


def step_range(first: int, last: int, share: float) -> tuple[int, int]:
    """Return the steps at the ends of the horizontal axis, of which the last `share` of the run is shown.

    They are round, so that the axis rests most of the time.
    """
    begin = last - share * (last - first)
    step = max(1, int(round_step(max(1.0, (last - begin) / 8))))
    left, right = int(begin // step) * step, -(-last // step) * step
    return left, max(right, left + step)


def step_ticks(left: int, right: int, most: int) -> list[tuple[int, str]]:
    """Return at most about `most` round steps between two others."""
    step = max(1, int(round_step(max(1.0, (right - left) / max(1, most)))))
    while (right - left) // step > max(1, most):
        step = int(round_step(step * 2.5))
    return [(at, step_label(at)) for at in range(-(-left // step) * step, right + 1, step)]
