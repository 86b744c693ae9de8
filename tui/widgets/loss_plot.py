"""One drawing of a loss record: axes, the curve, validations, baselines, events, and a cursor."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from model.progress import Event, EventKind
from tui import units
from tui.widgets.loss_axis import AXIS, AXIS_ROOM, draw_scale, step_range, step_ticks
from tui.widgets.loss_baselines import Baseline
from tui.widgets.loss_canvas import ACROSS, DOWN, Canvas
from tui.widgets.loss_history import Span
from tui.widgets.loss_range import loss_scale
from tui.widgets.loss_record import LossRecord
from tui.widgets.loss_view import LossView

FOOT_ROWS = 9
"""Rows from which on the steps have a row of their own below the axis."""
APART = 3
"""Cells from one validation to the next, at least: the curve shall be seen between them."""
SMOOTHING = 80
"""The curve is a mean over about one in so many of the dots across, to either side."""
HIGHEST = 1e9
"""Nats that the curve goes up to."""

DOT, BEST, CUT = "\u2022", "\u25c6", "\u25b4"
EVENT_SIGNS: dict[EventKind, str] = {
    "rate": "\u03b7",
    "temperature": "\u03c4",
    "rollback": "\u21ba",
    "restart": "\u2731",
}
"""Learning rate and temperature by their letters in the papers."""


class Reading(NamedTuple):
    """The numbers at a place of the chart."""

    step: int
    train: float | None
    """Mean of the steps that share its cell, nats per character."""
    validation: float | None
    """The latest up to there."""
    events: tuple[Event, ...]
    """What happened there."""


class LossPlot:
    """Draws once; then tells what is where."""

    def __init__(
        self,
        record: LossRecord,
        view: LossView,
        width: int,
        height: int,
        *,
        baselines: Sequence[Baseline] = (),
        best: float | None = None,
        cursor: int | None = None,
    ) -> None:
        """Take in what is to be drawn.

        Args:
            record: With losses in it.
            view: The unit, the kind of axis, and how much of the run.
            width: Cells.
            height: Rows.
            baselines: The easiest first; the hardest keep their names where room is scarce.
            best: The lowest validation loss ever, which may have been found before the record began.
            cursor: The step that is pointed at.
        """
        self.record, self.view, self.cursor, self.best = record, view, cursor, best
        self.axis = AXIS if width >= AXIS_ROOM else 0
        self.foot = 2 if height >= FOOT_ROWS else 1 if height >= 4 else 0
        self.width, self.height = max(1, width - self.axis), max(1, height - self.foot)
        self.left, self.right = step_range(*(record.span or (0, 0)), view.zoom.share)
        self.named: list[str] = []
        """The baselines that are drawn, each with its name."""
        self.canvas = Canvas(self.axis + self.width, height)
        self._spans = record.losses.spans(self.left, self.right, ACROSS * self.width)
        self._cut: list[int] = []  # where the curve leaves the scale
        self._curve = smoothed(self._spans, 1 + ACROSS * self.width // SMOOTHING)
        self._validations = [point for point in record.validations if self.left <= point.step <= self.right]
        self.scale = loss_scale(
            [loss for loss in self._curve if loss is not None],
            [point.loss for point in self._validations],
            baselines,
            unit=view.unit,
            log=view.log,
        )
        if record.span is not None:
            self._draw(baselines)

    def _draw(self, baselines: Sequence[Baseline]) -> None:
        """Draw what matters most last, but for what only takes the room that is left."""
        self._draw_range()
        self._draw_curve()
        self._draw_validations()
        self._draw_best(baselines)
        self._draw_peak()
        self._draw_baselines(baselines)
        self._draw_cursor()
        if self.axis:
            draw_scale(self.canvas, self.scale, self.height, max(2, self.height // 2))
        self._draw_steps_axis()
        self._draw_events()

    # ------------------------------------------------------------------------------------ what is where

    def _y(self, nats: float) -> int:
        """The dot row of a loss, counted from the top; outside the sheet where it lies outside the scale."""
        share = self.scale.share(self.view.unit.of(nats))
        return round((1.0 - min(max(share, -1.0), 2.0)) * (DOWN * self.height - 1))

    def cell_of(self, step: int) -> int:
        """The cell that a step stands in, counted from the left end of the curve."""
        return min(max(0, (step - self.left) * self.width // (self.right - self.left + 1)), self.width - 1)

    def step_at(self, cell: int) -> int:
        """The step that a cell stands for: the last one there, else the one in its middle."""
        cell = min(max(0, cell), self.width - 1)
        for span in reversed(self._spans[ACROSS * cell : ACROSS * (cell + 1)]):
            if span is not None:
                return span.step
        middle = self.left + (2 * cell + 1) * (self.right - self.left + 1) // (2 * self.width)
        first, last = self.record.span or (self.left, self.right)
        return min(max(first, middle), last)

    def step_beside(self, step: int, cells: int) -> int:
        """The step that many cells from another one; where losses are few and far between, the next one that way."""
        cell = self.cell_of(step) + cells
        while 0 <= cell < self.width:
            there = self.step_at(cell)
            if (there - step) * cells > 0:
                return there
            cell += 1 if cells > 0 else -1
        return self.step_at(cell)

    def reading(self, step: int) -> Reading:
        """The numbers at a step."""
        cell = self.cell_of(step)
        spans = [span for span in self._spans[ACROSS * cell : ACROSS * (cell + 1)] if span is not None]
        count = sum(span.weight for span in spans)
        train = sum(span.mean * span.weight for span in spans) / count if count else None
        until = max([step, *(span.step for span in spans)])
        before = [point.loss for point in self.record.validations if point.step <= until]
        events = tuple(event for event in self._events if self.cell_of(event.step) == cell)
        return Reading(step, train, before[-1] if before else None, events)

    @cached_property
    def _events(self) -> list[Event]:
        return [event for event in self.record.events if self.left <= event.step <= self.right]

    # ------------------------------------------------------------------------------------------- curves

    def _draw_range(self) -> None:
        """Draw how far the losses of each dot's width lie apart."""
        x = ACROSS * self.axis
        for column, span in enumerate(self._spans, start=x):
            if span is not None:
                self._draw_column(column, self._y(span.highest), self._y(span.lowest), "range")

    def _draw_curve(self) -> None:
        """Draw the mean as one line, and mark where it leaves the scale."""
        cut = self._cut
        before: tuple[int, int] | None = None
        for column, loss in enumerate(self._curve):
            if loss is None:
                continue
            y = self._y(loss)
            if y < 0 and column // ACROSS not in cut[-1:]:
                cut.append(column // ACROSS)
            self._draw_line(before or (column - 1, y), (column, y))
            before = column, y
        for cell in cut:
            self.canvas.write(self.axis + cell, 0, CUT, "curve")

    def _draw_peak(self) -> None:
        """Say how high the curve goes, at the first place that is free beside where it leaves the scale."""
        if not self._cut:
            return
        peak = f"{CUT} {self._number(max(span.highest for span in self._spans if span is not None))}"
        for left in range(self.axis + self._cut[0] + 1, self.canvas.width):
            if self.canvas.place(peak, 0, right=left + len(peak), left=left, ink="label") is not None:
                return

    def _draw_line(self, begin: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw from one dot to another that is further right; the first has been drawn."""
        (x, y), (last, goal) = begin, end
        for column in range(x + 1, last + 1):
            target = y + round((goal - y) * (column - x) / (last - x))
            above = y + round((goal - y) * (column - 1 - x) / (last - x))
            top, bottom = (above + 1, target) if target > above else (target, max(target, above - 1))
            self._draw_column(ACROSS * self.axis + column, top, bottom, "curve")

    def _draw_column(self, x: int, top: int, bottom: int, ink: str) -> None:
        """Draw dots from `top` to `bottom`, and none on the axis below."""
        self.canvas.column(x, top, min(bottom, DOWN * self.height - 1), ink)

    def _draw_validations(self) -> None:
        """Draw the latest validation of every few cells."""
        latest = {self.cell_of(point.step) // APART: point for point in self._validations}
        for point in latest.values():
            y = self._y(point.loss)
            sign = CUT if y < 0 else DOT
            self.canvas.write(self.axis + self.cell_of(point.step), max(0, y) // DOWN, sign, "validation")

    def _draw_best(self, baselines: Sequence[Baseline]) -> None:
        """Mark the best validation, and say how good it is beside it, but on no line of a baseline."""
        best = self.record.best
        if best is None or (self.best is not None and self.best < best.loss - 1e-9):
            return  # the best is from before the record
        x, y = self.axis + self.cell_of(best.step), self._y(best.loss) // DOWN
        if not (self.left <= best.step <= self.right and 0 <= y < self.height):
            return
        self.canvas.write(x, y, BEST, "best")
        number = self._number(best.loss, 3)
        lines = {self._y(one.nats) // DOWN for one in baselines}
        for text in (f"best {number}", number):
            length, end = len(text), self.axis + self.width
            under = min(max(self.axis, x - length // 2), end - length)
            rows = [y + 1, y - 1, y - 2, y + 2, y - 3, y + 3]
            for at, row in [(x + 2, y), (x - 1 - length, y), *((under, row) for row in rows)]:
                free = at >= self.axis and row < self.height and self.canvas.is_free(at, row, length)
                if free and row not in lines:
                    self.canvas.write(at, row, text, "best")
                    return

    def _draw_baselines(self, baselines: Sequence[Baseline]) -> None:
        """Draw baselines behind the curve, each with its name; without room for the name there is no line either."""
        lines = []
        for one in reversed(baselines):
            y = self._y(one.nats)
            if 0 <= y < DOWN * self.height:
                text = f"{one.name} {self._number(one.nats)}"
                if self.canvas.place(text, y // DOWN, right=self.canvas.width, left=self.axis, ink="label") is not None:
                    self.named.append(one.name)
                    lines.append(y)
        cells = range(self.axis, self.canvas.width)
        free = {y: [x for x in cells if self.canvas.is_free(x, y // DOWN)] for y in lines}
        for y, columns in free.items():
            for x in columns:
                self.canvas.dot(ACROSS * x, y, "baseline")

    def _draw_cursor(self) -> None:
        """Draw a line at the cursor, where nothing else stands, and a ring around the curve."""
        if self.cursor is None or not self.left <= self.cursor <= self.right:
            return
        cell = self.cell_of(self.cursor)
        for row in range(self.height):
            if self.canvas.is_free(self.axis + cell, row) or self.canvas.is_ink(self.axis + cell, row, "baseline"):
                self.canvas.write(self.axis + cell, row, "\u2502", "cursor")
        train = self.reading(self.cursor).train
        if train is not None and 0 <= (y := self._y(train)) < DOWN * self.height:
            self.canvas.write(self.axis + cell, y // DOWN, "\u25cb", "cursor")

    # --------------------------------------------------------------------------------------------- axes

    def _number(self, nats: float, digits: int = 2) -> str:
        return units.shown_loss(self.view.unit.of(nats), digits)

    def _draw_steps_axis(self) -> None:
        """Write round steps below, on the line of the axis where there is only one row."""
        if not self.foot:
            return
        row, below = self.height, self.height + self.foot - 1
        self.canvas.write(self.axis, row, "\u2500" * self.width, "rule")
        if self.axis:
            self.canvas.write(0, below, f"{'steps':>{AXIS - 1}}", "axis")
            self.canvas.write(AXIS - 1, row, "\u2514", "rule")
        end = self.axis  # nothing may be written before
        for step, label in step_ticks(self.left, self.right, max(1, self.width // 10)):
            x = self.axis + self.cell_of(step)
            label = label if below > row else f" {label} "
            at = min(max(self.axis, x - len(label) // 2), self.canvas.width - len(label))
            if at < end:
                continue
            if below > row:
                self.canvas.write(x, row, "\u252c", "rule")
            self.canvas.write(at, below, label, "axis")
            end = at + len(label) + 1

    def _draw_events(self) -> None:
        """Mark on the axis what befell the run, but not amid a number."""
        for event in self._events if self.foot else ():
            x = self.axis + self.cell_of(event.step)
            if not self.canvas.is_ink(x, self.height, "axis"):
                self.canvas.write(x, self.height, EVENT_SIGNS[event.kind], "event")


def smoothed(spans: Sequence[Span | None], reach: int) -> list[float | None]:
    """Return the mean loss around each span, `reach` spans to either side; None where there is no loss."""
    # one absurd loss may not drown the differences between the others
    sums = list(accumulate((min(span.mean, HIGHEST) * span.weight if span else 0.0 for span in spans), initial=0.0))
    counts = list(accumulate((span.weight if span else 0 for span in spans), initial=0))
    curve: list[float | None] = []
    for x, span in enumerate(spans):
        begin, end = max(0, x - reach), min(len(spans), x + reach + 1)
        curve.append((sums[end] - sums[begin]) / (counts[end] - counts[begin]) if span else None)
    return curve
