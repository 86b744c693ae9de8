"""The loss over the steps as a small landscape, with what validation found on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from model.protocol import LossPoint
from tui.widgets.loss_history import LossHistory

EIGHTHS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
AXIS = 5
"""Cells of the numbers at the left."""
SHOWN_SHARE = 0.96
"""Share of the columns that lie within the scale."""
LEAST_SPAN = 0.05
"""Nats that the scale spans at least: less is noise, and shall look like it."""


class LossSparkline(Widget):
    """Draws a `LossHistory` with block characters, eight levels to a row.

    The scale ends where nearly all of the curve is below: the first steps fall so far that the rest would look flat.
    They are cut off at the top.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "loss-sparkline--edge",
        "loss-sparkline--fill",
        "loss-sparkline--validation",
        "loss-sparkline--axis",
    }
    DEFAULT_CSS = """
    LossSparkline {
        height: 1fr;
        & > .loss-sparkline--edge { color: $primary; }
        & > .loss-sparkline--fill { color: $primary 35%; }
        & > .loss-sparkline--validation { color: $accent; text-style: bold; }
        & > .loss-sparkline--axis { color: $foreground 50%; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._history = LossHistory()
        self._validations = LossHistory(500)
        self._rows: list[Strip] = []  # as drawn last; none where that is out of date

    def extend(self, losses: Iterable[LossPoint], validations: Iterable[LossPoint]) -> None:
        """Go on with the landscape."""
        self._history.extend(losses)
        self._validations.extend(validations)
        self._draw_anew()

    def reset(self) -> None:
        """Begin a new landscape."""
        self._history.clear()
        self._validations.clear()
        self._draw_anew()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._rows.clear()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._draw_anew()

    def _draw_anew(self) -> None:
        """Draw the landscape, and paint the rows that have changed: with a long history few do."""
        before, self._rows = self._rows, self._draw(*self.size)
        if len(before) != len(self._rows):
            self.refresh()
        for y, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def render_line(self, y: int) -> Strip:
        """Return row `y` of the landscape."""
        if not self._rows:
            self._rows = self._draw(*self.size)
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def _draw(self, width: int, height: int) -> list[Strip]:
        """Return the rows of the landscape, with numbers at the left where there is room."""
        axis = AXIS if width >= 4 * AXIS and height > 1 else 0
        columns = self._history.columns(width - axis)
        if not columns:
            return []
        marks = {self._history.column_of(point.step, len(columns)): point.loss for point in self._validations}
        lowest, highest = scale([*columns, *marks.values()], sorted(columns))

        def level(loss: float) -> int:
            """Return the height of `loss` in eighths of a row, at least 1."""
            return 1 + round(min(1.0, (loss - lowest) / (highest - lowest)) * (8 * height - 1))

        levels = [level(loss) for loss in columns]
        # On a low landscape the marks would only be holes in it.
        dots = {
            column: min(height - 1, dot_row(level(loss), levels[column]))
            for column, loss in marks.items()
            if height > 2
        }
        labels = {height - 1: highest, 0: lowest}
        rows = []
        for row in reversed(range(height)):
            segments = self._segments(row, levels, {column for column, at in dots.items() if at == row})
            if axis:
                label = f"{labels[row]:.2f}" if row in labels else ""
                style = self.get_component_rich_style("loss-sparkline--axis")
                segments.insert(0, Segment(f"{label:>{axis - 1}.{axis - 1}} ", style))
            rows.append(Strip(segments, width))
        return rows

    def _segments(self, row: int, levels: list[int], dots: set[int]) -> list[Segment]:
        """Return one row, counted from the bottom, of a landscape with `levels`; `dots` are columns to mark."""
        edge = self.get_component_rich_style("loss-sparkline--edge")
        fill = self.get_component_rich_style("loss-sparkline--fill")
        dot = self.get_component_rich_style("loss-sparkline--validation")
        segments: list[Segment] = []
        run, ink = "", edge
        for column, level in enumerate(levels):
            eighths = level - 8 * row
            if column in dots:
                behind = fill if eighths > 8 else edge if eighths > 4 else Style.null()
                cell, wanted = "\u2022", dot + Style(bgcolor=behind.color)
            elif eighths > 8:
                cell, wanted = EIGHTHS[8], fill
            else:
                cell, wanted = EIGHTHS[max(0, eighths)], edge
            if wanted is not ink:
                segments.append(Segment(run, ink))
                run, ink = "", wanted
            run += cell
        return [*segments, Segment(run, ink)]


def dot_row(level: int, curve: int) -> int:
    """Return the row of a mark at `level`, counted from the bottom; `curve` is the curve's level in its column.

    Where both fall into one cell a mark above the curve moves up a row, so that neither hides the other.
    """
    row = (level - 1) // 8
    return row + 1 if row == (curve - 1) // 8 and level >= curve else row


def scale(losses: Sequence[float], ordered: Sequence[float]) -> tuple[float, float]:
    """Return the losses at the bottom and at the top of the landscape.

    Args:
        losses: All that is to be shown.
        ordered: The losses of the curve in ascending order; the highest few may lie above the top.
    """
    lowest = min(losses)
    return lowest, max(lowest + LEAST_SPAN, ordered[int(SHOWN_SHARE * (len(ordered) - 1))])


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class Demo(App[None]):
        """A landscape of a loss that falls as losses do."""

        def compose(self) -> ComposeResult:
            """Show the landscape alone."""
            yield LossSparkline()

        def on_mount(self) -> None:
            """Give it two thousand steps."""
            losses = [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(2000)]
            self.query_one(LossSparkline).extend(losses, losses[::250])

    Demo().run()
