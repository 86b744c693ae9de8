"""How training goes: the loss as a chart, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from model.progress import Event
from model.protocol import Gauges, LossPoint, RunState
from tui import units
from tui.keymap import shown_keys
from tui.sight import in_sight
from tui.widgets import loss_legend, loss_numbers, loss_vitals
from tui.widgets.loss_baselines import baselines_of
from tui.widgets.loss_record import LossRecord
from tui.widgets.loss_view import LossView, Switch

if TYPE_CHECKING:
    from tui.widgets.loss_chart import LossChart
    from tui.widgets.loss_plot import Reading
    from tui.widgets.loss_sparkline import LossSparkline

SAYINGS = {
    RunState.EMPTY: "No network yet.",
    RunState.DIVERGED: "Training diverged and has stopped; the last good weights are kept.",
}
EXPLANATION = (
    "train: mean of the last steps. validation: on text that is never learnt from. "
    "Both per character; another unit beside them."
)
VITALS_EXPLANATION = (
    "gradient: its length before it is bounded. update: length of a step against that of the weights. gates: share of "
    "those almost shut, and of those almost open, in the first layer."
)
DRAWINGS_PER_SECOND = 4
"""Of chart and numbers while they run: as often as they can be read."""
SHORT_SAYINGS = {RunState.DIVERGED: "Diverged; last good weights kept."}
CHART_ROWS = 4
"""From which on there is a chart; below, a landscape of two rows."""
BOTH_WIDTH, BOTH_ROWS = 130, 10
"""Cells and rows from which on numbers and gates stand side by side."""
GAP = 2
"""Cells between chart and numbers."""
LONG_WORD = 8
LEGEND_WIDTH = 30
"""Cells from which on there is a legend."""


class LossPanel(Container):
    """Shows the loss and the numbers side by side; where that is too narrow, the numbers in a line below.

    Words around it tell what the loss is worth, and switch how it is looked at.
    """

    DEFAULT_CSS = """
    LossPanel {
        height: 1fr;
        padding: 0 1;
        layout: horizontal;
        & #loss-view { width: 1fr; height: 100%; layout: vertical; }
        & #loss-saying { display: none; height: auto; max-height: 2; color: $text-muted; }
        & #loss-chart { display: none; }
        & #loss-vitals { display: none; }
        &.-charted #loss-chart { display: block; }
        &.-charted #loss-sparkline { display: none; }
        &.-both #loss-vitals { display: block; }
        & #loss-numbers, & #loss-vitals { width: 32; height: 100%; margin: 0 0 0 2; text-wrap: nowrap; }
        &.-narrow {
            layout: vertical;
            & #loss-view { width: 100%; height: 1fr; }
            & #loss-numbers { width: 100%; height: 1; margin: 0; }
        }
        &.-diverged #loss-saying { color: $text-warning; }
        &.-saying #loss-saying { display: block; }
        &.-bare {
            & #loss-saying { height: 100%; max-height: 100%; content-align: center middle; }
            & #loss-sparkline, & #loss-chart { display: none; }
            & #loss-numbers, & #loss-vitals { display: none; }
        }
        &.-paused LossSparkline, &.-paused LossChart { opacity: 70%; }
        &.-paused LossChart:focus { opacity: 100%; }
    }
    """

    _sparkline: LossSparkline  # these are made when it is furnished
    _chart: LossChart

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    view: reactive[LossView] = reactive(LossView, repaint=False)
    """How the loss is looked at."""

    class Switched(Message):
        """It is looked at in another way, by a click."""

        def __init__(self, switch: Switch) -> None:
            super().__init__()
            self.switch = switch

    def __init__(self, view: LossView | None = None, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes="-saying -bare")  # as it is before a run: it need not be styled again
        self.set_reactive(LossPanel.view, view or LossView())
        self._record = LossRecord()
        self._said = ""  # the saying on the screen
        self._refusal = ""  # why there is no network yet, where one was asked for
        self._shown: Gauges | None = None  # the gauges on the screen
        self._resting = False  # chart and numbers were shown a moment ago
        self._grown = False  # by losses that are not on the screen yet
        self._reading: Reading | None = None  # what the cursor points at
        self._heading = self._titled = ""  # what the title begins with, and all of it
        self._legend = Content()
        self._numbers = Static(id="loss-numbers", markup=False)
        self._numbers.tooltip = EXPLANATION
        self._vitals = Static(id="loss-vitals", markup=False)
        self._vitals.tooltip = VITALS_EXPLANATION
        self.furnished = False
        """Chart and numbers are there."""

    def compose(self) -> ComposeResult:
        """Say what there is before there is a loss; `furnish` mounts the rest, once that has been painted."""
        with Container(id="loss-view"):
            yield Static(id="loss-saying", markup=False)

    async def furnish(self) -> None:
        """Put the chart beside the numbers; for once, after the panel is mounted and before it has a curve to draw."""
        from tui.widgets.loss_chart import LossChart
        from tui.widgets.loss_sparkline import LossSparkline

        self._sparkline = LossSparkline(self._record, id="loss-sparkline")
        self._chart = LossChart(self._record, id="loss-chart")
        await self.query_one("#loss-view").mount(self._sparkline, self._chart, before=0)
        await self.mount(self._numbers, self._vitals)
        self.furnished = True
        self._show()
        self._draw()

    @property
    def record(self) -> LossRecord:
        """What is known of the run."""
        return self._record

    def extend(
        self, losses: Sequence[LossPoint], validations: Sequence[LossPoint] = (), events: Sequence[Event] = ()
    ) -> None:
        """Go on with the curve."""
        if losses or validations or events:
            self._record.extend(losses, validations, events)
            self._grown = True
            if (events or not self._resting) and in_sight(self):
                self._draw()
        if events:
            self._show_words()

    def refuse(self, why: str) -> None:
        """Say, as long as there is no network, why there is none."""
        self._refusal = why
        self._show()

    def reset(self) -> None:
        """Begin a new curve, for a new network."""
        self._chart.reset()
        self._draw()

    def _draw(self) -> None:
        """Draw the one that is on the screen; the other has no size."""
        self._grown = False
        self._sparkline.draw()
        self._chart.draw()

    def switch(self, switch: Switch) -> None:
        """Look at the loss in another way."""
        self.view = self.view.switched(switch)

    def action_switch(self, switch: Switch) -> None:
        """Do so by a click on its word."""
        self.switch(switch)
        self.post_message(self.Switched(switch))

    def on_resize(self) -> None:
        """Choose what there is room for."""
        width, height = self.size
        self.update_classes(
            {
                "-narrow": width < 2 * loss_numbers.WIDE or height < 4,
                "-charted": height >= CHART_ROWS,
                "-both": width >= BOTH_WIDTH and height >= BOTH_ROWS,
            }
        )
        self._show()

    def watch_view(self) -> None:
        """Let numbers, axis and baselines follow at once."""
        if self.is_mounted:
            self._show()

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Show where the run stands: another state at once, numbers that run only as often as they can be read."""
        running = old.state is new.state is RunState.TRAINING
        if self.is_mounted and not (running and self._resting) and in_sight(self):
            self._show_and_rest()

    def on_loss_chart_read(self, message: LossChart.Read) -> None:
        """Read out what the cursor points at."""
        message.stop()
        self._reading = message.reading
        self._show_words()

    def on_loss_chart_drawn(self, message: LossChart.Drawn) -> None:
        """Tell of the baselines that are not on the chart."""
        message.stop()
        self._show_words()

    def on_show(self) -> None:
        """Show what came while nobody looked."""
        self.catch_up()

    def catch_up(self) -> None:
        """Show what is known now."""
        if self._grown or self._shown is not self.gauges:
            self._show_and_rest()

    def _show_and_rest(self) -> None:
        self._show()
        if self._grown:
            self._draw()
        if not self._resting:
            self._resting = True
            self.set_timer(1 / DRAWINGS_PER_SECOND, self._wake)

    def _wake(self) -> None:
        """Show what came in meanwhile."""
        self._resting = False
        if in_sight(self):
            self.catch_up()

    def _show(self) -> None:
        """Write the numbers, and what is to be said."""
        gauges = self._shown = self.gauges
        beside = (loss_numbers.WIDE + GAP) * (not self.has_class("-narrow") + self.has_class("-both"))
        saying = self._saying(self.size.width - beside)
        if saying != self._said:  # it may need other rows than the last, so the panel is laid out anew
            self._said = saying
            self.query_one("#loss-saying", Static).update(Content(saying))
        self.update_classes(
            {
                "-saying": bool(saying),
                "-bare": bool(saying) and gauges.train_loss is None,
                "-diverged": gauges.state is RunState.DIVERGED,
                "-paused": gauges.state is RunState.PAUSED,
            }
        )
        if not self.furnished:
            return
        self._show_numbers()
        self._sparkline.chance = loss_numbers.chance(gauges)
        self._chart.best = gauges.best_validation_loss
        self._chart.baselines, self._chart.view = baselines_of(gauges), self.view
        self._show_words()

    def _show_numbers(self) -> None:
        """Write the numbers, or what stands in their place."""
        numbers, gauges, view = self._numbers, self.gauges, self.view
        width, height = self.size
        both = self.has_class("-both")
        if self.has_class("-narrow"):
            line = loss_vitals.line(gauges, width) if view.vitals else loss_numbers.line(gauges, width, view.unit)
            numbers.update(line, layout=False)
        elif view.vitals and not both:
            numbers.update(loss_vitals.page(gauges, height), layout=False)
        else:
            numbers.update(loss_numbers.table(gauges, height, view.unit), layout=False)
        if both:
            self._vitals.update(loss_vitals.page(gauges, height), layout=False)

    def _show_words(self) -> None:
        """Write the title and the legend, where they read differently."""
        if self.border_title != self._titled:  # someone else named the panel
            self._heading = self.border_title or ""
        gauges, chart, unit = self.gauges, self._chart, self.view.unit
        if self.has_class("-bare"):
            title = self._heading
        elif self._reading is not None:
            title = loss_legend.readout(self._heading, self._reading, unit)
        else:
            title = loss_legend.title(
                self._heading,
                gauges.validation_loss,
                chart.baselines,
                named=chart.named,
                unit=unit,
                width=self.size.width - 2,
                passed=self._record.best_passed,
            )
        if title != self._titled or title != self.border_title:
            self.border_title = Content(title)
            self._titled = self.border_title or ""
        width, legend = self.size.width, Content()
        if not self.has_class("-bare") and width >= LEGEND_WIDTH:
            kinds = {event.kind for event in self._record.events}
            pages = not self.has_class("-both")
            legend = loss_legend.legend(self.view, kinds, width, pages=pages, keys=shown_keys(self))
        if legend != self._legend:
            self._legend = legend
            self.border_subtitle = legend

    def _saying(self, width: int) -> str:
        """Return a sentence about the state, where the numbers do not tell it."""
        state = self.gauges.state
        if state is RunState.LOADING:
            share = self.gauges.loading
            return "Reading the text" + ("" if share is None else f", {units.percent(share)}")
        saying = (state is RunState.EMPTY and self._refusal) or SAYINGS.get(state, "")
        # the first of two rows ends with a word, not always at its end
        return saying if len(saying) <= 2 * width - LONG_WORD else SHORT_SAYINGS.get(state, saying)


if __name__ == "__main__":
    from textual.app import App

    class Demo(App[None]):
        """The panel alone, with a run that has been going for a while."""

        def compose(self) -> ComposeResult:
            """Show the panel."""
            yield LossPanel()

        async def on_mount(self) -> None:
            """Give it two thousand steps."""
            panel = self.query_one(LossPanel)
            await panel.furnish()
            losses = [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(2000)]
            panel.extend(losses, losses[::250])
            panel.gauges = Gauges(state=RunState.TRAINING, step=2000, train_loss=1.72, validation_loss=1.81)

    Demo().run()
