"""The loss over the steps as a chart with axes, and a cursor that reads it out.

Drawn by ourselves on the line API. textual-plot was looked at: it brings numpy into the process of the screen, which
must not have it, takes half a second to import, and knows neither events, nor labels that make room for each other,
nor a line that stays visible among validations. A drawing here takes two to three milliseconds however long the run,
of which the terminal gets the rows that have changed; theirs takes many times that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from model.progress import Event
from model.protocol import LossPoint
from tui.widgets.loss_baselines import Baseline
from tui.widgets.loss_plot import LossPlot, Reading
from tui.widgets.loss_record import LossRecord
from tui.widgets.loss_view import LossView

LEAP = 10
"""Cells that the cursor moves by with shift."""
INKS = ("range", "curve", "validation", "best", "baseline", "label", "axis", "rule", "event", "cursor")


class LossChart(Widget, can_focus=True):
    """Draws a `LossRecord`: its range dim, its mean bright, validations in the accent colour, baselines thin."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"loss-chart--{ink}" for ink in INKS}
    DEFAULT_CSS = """
    LossChart {
        height: 1fr;
        & > .loss-chart--range { color: $primary 35%; }
        & > .loss-chart--curve { color: $primary; }
        & > .loss-chart--validation { color: $accent; }
        & > .loss-chart--best { color: $accent; text-style: bold; }
        & > .loss-chart--baseline { color: $foreground 35%; }
        & > .loss-chart--label { color: $foreground 60%; }
        & > .loss-chart--axis { color: $foreground 50%; }
        & > .loss-chart--rule { color: $foreground 20%; }
        & > .loss-chart--event { color: $secondary; text-style: bold; }
        & > .loss-chart--cursor { color: $foreground; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Earlier", show=False),
        Binding("right", "move(1)", "Later", show=False),
        Binding("shift+left", f"move(-{LEAP})", "Much earlier", show=False),
        Binding("shift+right", f"move({LEAP})", "Much later", show=False),
        Binding("home", "first", "First step", show=False),
        Binding("end", "last", "Last step", show=False),
    ]

    view: reactive[LossView] = reactive(LossView, repaint=False)
    """How it is looked at."""
    baselines: reactive[tuple[Baseline, ...]] = reactive((), repaint=False)
    """The easiest first."""
    best: reactive[float | None] = reactive(None, repaint=False)
    """The lowest validation loss of the run, nats per character."""
    cursor: reactive[int | None] = reactive(None, repaint=False)
    """The step that keys and clicks have put the cursor on."""
    hovered: reactive[int | None] = reactive(None, repaint=False)
    """The step under the mouse."""

    class Scrubbed(Message):
        """The cursor was put on a step by hand, or taken away."""

        def __init__(self, step: int | None) -> None:
            super().__init__()
            self.step = step

    class Read(Message):
        """Other numbers are to be read out, or none any more."""

        def __init__(self, reading: Reading | None) -> None:
            super().__init__()
            self.reading = reading

    class Drawn(Message):
        """Other baselines than before have room on the chart."""

    def __init__(self, record: LossRecord | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.record = LossRecord() if record is None else record
        self.plot: LossPlot | None = None
        """As drawn last; None where there is nothing to draw."""
        self._rows: list[Strip] = []
        self._reading: Reading | None = None
        self._named: list[str] = []
        self._inks: dict[str, Style] = {}  # as mixed for the theme

    def extend(
        self, losses: Iterable[LossPoint], validations: Iterable[LossPoint] = (), events: Iterable[Event] = ()
    ) -> None:
        """Go on."""
        self.record.extend(losses, validations, events)
        self.draw()

    def reset(self) -> None:
        """Begin a new chart."""
        self.record.clear()
        self.cursor = self.hovered = None
        self.draw()

    @property
    def named(self) -> list[str]:
        """The baselines that stand on the chart."""
        return self._named

    # ----------------------------------------------------------------------------------------- drawing

    def draw(self) -> None:
        """Draw the record as it is now, and paint the rows that have changed."""
        if not (self.is_mounted and self.size.area):
            return
        before, self._rows = self._rows, self._draw(*self.size)
        if len(before) != len(self._rows):
            self.refresh()
        for y, (old, new) in enumerate(zip(before, self._rows, strict=False)):
            if old != new:
                self.refresh(Region(0, y, self.size.width, 1))

    def _draw(self, width: int, height: int) -> list[Strip]:
        self.plot = None
        pointed = self.hovered if self.cursor is None else self.cursor
        if self.record.span is not None:
            self.plot = LossPlot(
                self.record, self.view, width, height, baselines=self.baselines, best=self.best, cursor=pointed
            )
        in_sight = self.plot is not None and pointed is not None and self.plot.left <= pointed <= self.plot.right
        self._tell(self.plot.reading(pointed) if self.plot and pointed is not None and in_sight else None)
        if (named := self.plot.named if self.plot else []) != self._named:
            self._named = named
            self.post_message(self.Drawn())
        return self.plot.canvas.strips(self._styles()) if self.plot else []

    def _tell(self, reading: Reading | None) -> None:
        if reading != self._reading:
            self._reading = reading
            self.post_message(self.Read(reading))

    def _styles(self) -> dict[str, Style]:
        if not self._inks:
            styles = {ink: self.get_component_rich_style(f"loss-chart--{ink}") for ink in INKS}
            self._inks = {**styles, "": self.rich_style}
        return self._inks

    def render_line(self, y: int) -> Strip:
        """Return row `y`."""
        if not self._rows:
            self._rows = self._draw(*self.size)
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._rows = []
        self._inks = {}

    def on_resize(self) -> None:
        """Draw at the new size."""
        self.draw()

    def watch_view(self) -> None:
        """Look at it in another way."""
        self.draw()

    def watch_baselines(self) -> None:
        """Draw the lines where they are now."""
        self.draw()

    def watch_cursor(self) -> None:
        """Draw the cursor where it is now."""
        self.draw()

    def watch_hovered(self) -> None:
        """Draw the cursor under the mouse."""
        self.draw()

    # ------------------------------------------------------------------------------------------ cursor

    def _put(self, step: int | None) -> None:
        """Put the cursor on a step, and tell."""
        if step != self.cursor:
            self.cursor = step
            self.post_message(self.Scrubbed(step))

    def action_move(self, cells: int) -> None:
        """Move the cursor; it begins at the last step."""
        if self.plot is None or self.record.span is None:
            return
        last = self.record.span[1]
        if self.cursor is None or (self.cursor >= last - 1 and cells > 0):
            self._put(last)
        else:
            self._put(self.plot.step_beside(self.cursor, cells))

    def action_first(self) -> None:
        """Go to the first step in sight."""
        if self.plot is not None:
            self._put(self.plot.step_at(0))

    def action_last(self) -> None:
        """Go to the last step."""
        if self.record.span is not None:
            self._put(self.record.span[1])

    def on_blur(self) -> None:
        """Take the cursor away."""
        self._put(None)

    def _step_under(self, event: events.MouseEvent) -> int | None:
        if self.plot is None or event.x < self.plot.axis:
            return None
        return self.plot.step_at(event.x - self.plot.axis)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Read out what is under the mouse."""
        self.hovered = self._step_under(event)

    def on_leave(self) -> None:
        """Read out no more."""
        self.hovered = None

    def on_click(self, event: events.Click) -> None:
        """Put the cursor there."""
        if (step := self._step_under(event)) is not None:
            self._put(step)


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class Demo(App[None]):
        """A chart of a loss that falls as losses do."""

        def compose(self) -> ComposeResult:
            """Show the chart alone."""
            yield LossChart()

        def on_mount(self) -> None:
            """Give it two thousand steps."""
            losses = [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(2000)]
            self.query_one(LossChart).extend(losses, losses[::250])

    Demo().run()
