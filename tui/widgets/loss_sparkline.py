"""The loss over the steps as a small landscape, with what validation found on it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from model.protocol import LossPoint
from tui import units
from tui.widgets.loss_record import LossRecord

EIGHTHS = " \u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588"
DOT, CUT, DASH = "\u2022", "\u25b2", "\u2504"
AXIS = 6
"""Cells of the numbers at the left."""
SHOWN_SHARE = 0.96
"""Share of what is drawn that lies within the scale."""
NEAR = 0.25
"""What lies above the scale by less than this share of it is taken in."""
LEAST_SPAN = 0.3
"""Nats that the scale spans at least: less is noise, and shall look like it."""

Cell = tuple[str, Style]


class LossSparkline(Widget):
    """Draws a `LossRecord` with block characters, eight levels to a row.

    The scale ends where nearly all of the curve is below: the first steps fall so far that the rest would look flat.
    They are cut off at the top, which a sign says, with the highest loss beside it. A dashed line is what guessing
    costs, where that is on the scale.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "loss-sparkline--edge",
        "loss-sparkline--fill",
        "loss-sparkline--validation",
        "loss-sparkline--axis",
        "loss-sparkline--chance",
    }
    DEFAULT_CSS = """
    LossSparkline {
        height: 1fr;
        & > .loss-sparkline--edge { color: $primary; }
        & > .loss-sparkline--fill { color: $primary 35%; }
        & > .loss-sparkline--validation { color: $accent; text-style: bold; }
        & > .loss-sparkline--axis { color: $foreground 50%; }
        & > .loss-sparkline--chance { color: $foreground 30%; }
    }
    """

    chance: reactive[float | None] = reactive(None, repaint=False)
    """The loss of a guess among all characters alike, in nats per character."""

    def __init__(self, record: LossRecord | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.record = LossRecord() if record is None else record
        self._rows: list[Strip] = []  # as drawn last; none where that is out of date

    def watch_chance(self) -> None:
        """Draw the line of chance where it is now."""
        self.draw()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._rows.clear()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self.draw()

    def draw(self) -> None:
        """Draw the record as it is now, and paint the rows that have changed: with a long history few do."""
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
        losses = self.record.losses
        columns = losses.columns(width - axis)
        if not columns:
            return []
        marks = {losses.column_of(point.step, len(columns)): point.loss for point in self.record.validations}
        lowest, highest = scale(columns, list(marks.values()), self.chance)

        def level(loss: float) -> int:
            """Return the height of `loss` in eighths of a row, at least 1."""
            return 1 + round(min(1.0, max(0.0, (loss - lowest) / (highest - lowest))) * (8 * height - 1))

        levels = [level(loss) for loss in columns]
        grid = [[self._cell(eighths - 8 * row) for eighths in levels] for row in range(height)]
        if self.chance is not None and lowest <= self.chance <= highest and height > 2:
            self._draw_chance(grid[(level(self.chance) - 1) // 8], self.chance)
        cut = [column for column, loss in enumerate(columns) if loss > highest]
        self._draw_cut(grid[-1], cut, max(point.loss for point in losses))
        if height > 2:  # on a low landscape the marks would only be holes in it
            for column, loss in marks.items():
                at = level(loss)
                self._draw_dot(
                    grid[(at - 1) // 8], column, CUT if loss > highest else DOT, covered=levels[column] >= at
                )
        labels = {height - 1: units.short(highest, 2), 0: units.short(lowest, 2)} if axis else {}
        style = self.get_component_rich_style("loss-sparkline--axis")
        front = [Segment(f"{labels.get(row, ''):>{max(0, axis - 1)}} ", style) for row in range(height)]
        return [Strip([*([front[row]] if axis else []), *joined(grid[row])], width) for row in reversed(range(height))]

    def _cell(self, eighths: int) -> Cell:
        """Return the cell that the curve fills by so many eighths, and no more than wholly."""
        if eighths > 8:
            return EIGHTHS[8], self.get_component_rich_style("loss-sparkline--fill")
        return EIGHTHS[max(0, eighths)], self.get_component_rich_style("loss-sparkline--edge")

    def _draw_chance(self, row: list[Cell], chance: float) -> None:
        """Draw what guessing costs as a line behind the curve, with its name at the right where there is room."""
        style = self.get_component_rich_style("loss-sparkline--chance")
        row[:] = [(DASH, style) if cell[0] == " " else cell for cell in row]
        name = f" chance {units.short(chance, 2)}"
        write(row, len(row) - len(name), name, self.get_component_rich_style("loss-sparkline--axis"))

    def _draw_cut(self, top: list[Cell], columns: list[int], peak: float) -> None:
        """Mark the columns that go on above the scale, and say behind them how far, where there is room."""
        sign = self.get_component_rich_style("loss-sparkline--edge") + self._ground
        for column in columns:
            top[column] = CUT, sign
        if columns:
            name = f" {CUT} {units.short(peak, 2)} "
            style = self.get_component_rich_style("loss-sparkline--axis")
            any(write(top, column, name, style) for column in range(columns[0], len(top)))

    def _draw_dot(self, row: list[Cell], column: int, sign: str, *, covered: bool) -> None:
        """Draw what validation found over the curve, on the curve's ground where the curve covers it."""
        style = self.get_component_rich_style("loss-sparkline--validation")
        row[column] = sign, style + self._ground if covered else style

    @property
    def _ground(self) -> Style:
        """The colour below the curve, as a background."""
        return Style(bgcolor=self.get_component_rich_style("loss-sparkline--fill").color)


def write(row: list[Cell], column: int, text: str, style: Style) -> bool:
    """Write `text` into a row from `column` on, unless it would hide a part of the curve or not fit.

    Returns:
        Whether it stands there.
    """
    fits = 0 <= column <= len(row) - len(text)
    fits = fits and all(cell[0] in (" ", DASH) for cell in row[column : column + len(text)])
    if fits:
        row[column : column + len(text)] = [(letter, style) for letter in text]
    return fits


def joined(row: list[Cell]) -> list[Segment]:
    """Return a row with neighbours of one style in one segment."""
    return [
        Segment("".join(glyph for glyph, _ in cells), style) for style, cells in groupby(row, key=lambda cell: cell[1])
    ]


def scale(losses: Sequence[float], marks: Sequence[float], chance: float | None = None) -> tuple[float, float]:
    """Return the losses at the bottom and at the top of the landscape, in nats per character.

    Args:
        losses: Those of the curve.
        marks: Those of validation, oldest first; the latest is always on the scale. The highest few of all others may
            lie above the top, where the rest gains by it.
        chance: That of guessing, which is taken in where it is near.
    """
    ordered = sorted([*losses, *marks])
    lowest, highest = ordered[0], max([ordered[int(SHOWN_SHARE * (len(ordered) - 1))], *marks[-1:]])
    near = highest + NEAR * (highest - lowest)
    highest = max(loss for loss in (highest, ordered[-1], chance or 0.0) if loss <= near)
    missing = max(0.0, LEAST_SPAN - (highest - lowest))
    lowest = max(0.0, lowest - missing / 2)
    return lowest, max(highest, lowest + LEAST_SPAN, lowest * (1 + 1e-6))  # a huge loss is no higher by a little


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
            sparkline = self.query_one(LossSparkline)
            sparkline.record.extend(losses, losses[::250])
            sparkline.draw()

    Demo().run()
