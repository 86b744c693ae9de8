"""One drawing of a race: the curves of all racers over a common axis."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Literal

from rich.cells import cell_len, set_cell_size

from model.protocol import Fairness, LossPoint
from tui import units
from tui.lanes import Curve
from tui.sanitize import sanitize_line
from tui.units import LossUnit
from tui.widgets.loss_axis import AXIS, AXIS_ROOM, Scale, draw_scale, round_step, step_label
from tui.widgets.loss_canvas import ACROSS, DOWN, Canvas
from tui.widgets.loss_range import loss_scale

FOOT_ROWS = 6
"""Rows from which on there are numbers below."""
NAMES_ROOM = 56
"""Cells from which on the curves have their names at the right."""
TICK_CELLS = 12
"""From one number below to the next, at least."""
DASHES: tuple[str, ...] = ("#", "#####---", "##--", "######--#--")
"""Of the racers' lines, over and over, so that colour is never the only one to tell."""
SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600)
"""Round times."""

Dot = tuple[int, int]

Shared = Fairness | Literal["steps"]
"""What the axis below is in; outside a race that is steps."""
NAMES: dict[Shared, str] = {"time": "time", "characters": "read", "steps": "step"}
"""Of that axis."""


class RacePlot:
    """Draws once. The inks are `line-0`, `shade-0` and so on for validation and training, `name-0`, `axis`, `rule`."""

    def __init__(
        self,
        curves: Sequence[Curve],
        fairness: Shared,
        unit: LossUnit,
        width: int,
        height: int,
        *,
        log: bool = False,
        scale: Scale | None = None,
    ) -> None:
        """Draw curves of which at least one has a loss; with `log`, over a logarithmic axis; or over `scale`."""
        self.curves, self.fairness, self.unit = curves, fairness, unit
        self.canvas = Canvas(width, height)
        self.left = AXIS if width >= AXIS_ROOM else 0
        longest = max(cell_len(sanitize_line(curve.name)) for curve in curves)
        self.right = 1 + min(longest, width // 4) if width >= NAMES_ROOM else 0
        self.foot = 1 if self.left and height >= FOOT_ROWS else 0
        self.width, self.height = max(1, width - self.left - self.right), max(1, height - self.foot)
        points = [point for curve in curves for point in (*curve.training, *curve.validation)]
        self.furthest = max([1, *(point.step for point in points)])
        # the scale takes in the last: let that be the highest of the ends
        ends = sorted(end.loss for curve in curves if (end := curve.end) is not None)
        self.scale = scale or loss_scale([point.loss for point in points], ends, (), unit=unit, log=log)
        for number, curve in enumerate(curves):
            self._draw(curve.training, f"shade-{number}")
        for number, curve in enumerate(curves):
            self._draw(curve.validation, f"line-{number}", DASHES[number % len(DASHES)])
        if self.left:
            draw_scale(self.canvas, self.scale, self.height, max(2, (self.height + 1) // 2))
        self._draw_shared_axis()
        self._draw_names()

    def _dot(self, point: LossPoint) -> Dot:
        """Return where a loss stands, counted from the top left of the curves; above the sheet if above the scale."""
        share = min(max(self.scale.share(self.unit.of(point.loss)), -1.0), 2.0)
        across, down = ACROSS * self.width - 1, DOWN * self.height - 1
        return point.step * across // self.furthest, round((1.0 - share) * down)

    def _draw(self, points: Iterable[LossPoint], ink: str, dash: str = "#") -> None:
        for x, top, bottom in spans(by_column(map(self._dot, points))):
            if dash[x % len(dash)] == "#":
                self.canvas.column(ACROSS * self.left + x, top, min(bottom, DOWN * self.height - 1), ink)

    def _draw_shared_axis(self) -> None:
        """Write below what all have had."""
        if self.foot:
            self.canvas.write(0, self.height, f"{NAMES[self.fairness]:>{AXIS - 1}}", "axis")
        end = 0  # nothing may be written before
        step = round_share(self.furthest * TICK_CELLS / self.width, self.fairness)
        for value in range(0, self.furthest + 1, step) if self.foot else ():
            label = units.duration(value / 1000) if self.fairness == "time" else step_label(value)
            x = self.left + value * (self.width - 1) // self.furthest
            at = min(max(self.left, x - len(label) // 2), self.left + self.width - len(label))
            if at >= end:
                self.canvas.write(at, self.height, label, "axis")
                end = at + len(label) + 1

    def _draw_names(self) -> None:
        """Write the name of each curve at the right of its end, or as near to it as may be."""
        ends = [(number, curve.name, end) for number, curve in enumerate(self.curves) if (end := curve.end)]
        ends.sort(key=lambda end: -end[2].loss)  # of those that want the same row, the worst is on top
        rows = apart([self._dot(end)[1] // DOWN for _, _, end in ends], self.height)
        for (number, name, _), row in zip(ends, rows, strict=True):
            if row is not None and self.right:
                name = set_cell_size(sanitize_line(name), self.right - 1).rstrip()
                self.canvas.write(self.left + self.width + 1, row, name, f"name-{number}")


def by_column(dots: Iterable[Dot]) -> list[Dot]:
    """Return dots with the mean of each column in place of all that are in it."""
    columns: dict[int, list[int]] = {}
    for x, y in dots:
        columns.setdefault(x, []).append(y)
    return [(x, round(sum(ys) / len(ys))) for x, ys in sorted(columns.items())]


def spans(dots: Sequence[Dot]) -> Iterator[tuple[int, int, int]]:
    """Yield each column that a line through `dots` crosses, with the first and the last dot row it touches there."""
    if dots:
        yield dots[0][0], dots[0][1], dots[0][1]
    for (x0, y0), (x1, y1) in pairwise(dots):
        before = y0
        for x in range(x0 + 1, x1 + 1):
            y = y0 + round((y1 - y0) * (x - x0) / (x1 - x0))
            near = before + (y > before) - (y < before)  # so that steep lines have no gaps and do not grow thick
            yield x, min(near, y), max(near, y)
            before = y


def round_share(least: float, fairness: Shared) -> int:
    """Return a round distance of at least `least`: of milliseconds, of characters, or of steps."""
    if fairness != "time":
        step = round_step(max(1.0, least))
        return int(step if step >= least else round_step(2.5 * step))
    hours = max(1, math.ceil(least / 3.6e6))
    return 1000 * next((seconds for seconds in SECONDS if 1000 * seconds >= least), 3600 * hours)


def apart(rows: Sequence[int], height: int) -> list[int | None]:
    """Return rows as near as may be to those wanted, in the same order, no two alike; None where there is no room."""
    order = sorted(range(len(rows)), key=rows.__getitem__)
    places: list[int | None] = [None] * len(rows)
    free = 0
    for count, index in enumerate(order):
        last = height - (len(order) - count)  # which leaves a row to each of those below
        row = max(free, min(rows[index], last))
        if row < height:
            places[index], free = row, row + 1
    return places
