"""How training goes: the loss as a landscape, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.protocol import Gauges, LossPoint, RunState
from tui import units
from tui.widgets import loss_numbers
from tui.widgets.loss_sparkline import LossSparkline

SAYINGS = {
    RunState.EMPTY: "No network yet.",
    RunState.DIVERGED: "The loss is no longer a number. Training has stopped; the last good weights are kept.",
}
EXPLANATION = (
    "train: mean of the last steps. validation: on text that is never learnt from. "
    "Both in nats per character; bits beside them."
)
LEGEND = (
    ("nats per character  ", ""),
    ("\u2581", "$primary"),
    (" training  ", ""),
    ("\u2022", "$accent"),
    (" validation", ""),
)
NUMBERS_PER_SECOND = 4
SHORT_SAYINGS = {RunState.DIVERGED: "Diverged; last good weights kept."}


class LossPanel(Container):
    """Shows the loss and the numbers side by side; where that is too narrow, the numbers in a line below."""

    DEFAULT_CSS = """
    LossPanel {
        height: 1fr;
        padding: 0 1;
        layout: horizontal;
        & #loss-view { width: 1fr; height: 100%; layout: vertical; }
        & #loss-saying { display: none; height: auto; max-height: 2; color: $text-muted; }
        & #loss-numbers { width: 32; height: 100%; margin: 0 0 0 2; text-wrap: nowrap; }
        &.-narrow {
            layout: vertical;
            & #loss-view { width: 100%; height: 1fr; }
            & #loss-numbers { width: 100%; height: 1; margin: 0; }
        }
        &.-diverged #loss-saying { color: $text-warning; }
        &.-saying #loss-saying { display: block; }
        &.-bare {
            & #loss-saying { height: 100%; max-height: 100%; content-align: center middle; }
            & LossSparkline { display: none; }
            & #loss-numbers { display: none; }
        }
        &.-paused LossSparkline { opacity: 70%; }
    }
    """

    gauges: reactive[Gauges] = reactive(Gauges)
    """Where the run stands."""

    _said = ""  # the saying on the screen
    _shown: Gauges | None = None  # the gauges on the screen
    _resting = False  # numbers were shown a moment ago

    def compose(self) -> ComposeResult:
        """Put the landscape beside the numbers."""
        with Container(id="loss-view"):
            yield LossSparkline(id="loss-sparkline")
            yield Static(id="loss-saying", markup=False)
        numbers = Static(id="loss-numbers", markup=False)
        numbers.tooltip = EXPLANATION
        yield numbers

    def extend(self, losses: Sequence[LossPoint], validations: Sequence[LossPoint] = ()) -> None:
        """Go on with the landscape."""
        if losses or validations:
            self.query_one(LossSparkline).extend(losses, validations)

    def reset(self) -> None:
        """Begin a new landscape, for a new network."""
        self.query_one(LossSparkline).reset()

    def on_mount(self) -> None:
        """Show the gauges that were given before there was a screen."""
        self._show()

    def on_resize(self) -> None:
        """Choose what there is room for."""
        self.set_class(self.size.width < 2 * loss_numbers.WIDE or self.size.height < 4, "-narrow")
        self._show()

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Show where the run stands: another state at once, numbers that run only as often as they can be read."""
        running = old.state is new.state is RunState.TRAINING
        if self.is_mounted and not (running and self._resting):
            self._show_and_rest()

    def _show_and_rest(self) -> None:
        self._show()
        if not self._resting:
            self._resting = True
            self.set_timer(1 / NUMBERS_PER_SECOND, self._catch_up)

    def _catch_up(self) -> None:
        """Show what came in while the numbers rested."""
        self._resting = False
        if self._shown is not self.gauges:
            self._show_and_rest()

    def _show(self) -> None:
        """Write the numbers, and what is to be said."""
        self._shown = self.gauges
        numbers = self.query_one("#loss-numbers", Static)
        width, height = self.size
        if self.has_class("-narrow"):
            numbers.update(loss_numbers.line(self.gauges, width), layout=False)
        else:
            numbers.update(loss_numbers.table(self.gauges, height), layout=False)
        self.query_one(LossSparkline).chance = loss_numbers.chance(self.gauges)
        saying = self._saying(width)
        if saying != self._said:  # it may need other rows than the last, so the panel is laid out anew
            self._said = saying
            self.query_one("#loss-saying", Static).update(Content(saying))
        state = self.gauges.state
        self.set_class(bool(saying), "-saying")
        self.set_class(bool(saying) and self.gauges.train_loss is None, "-bare")
        # Where the chart is narrow, what its signs mean matters more than its unit.
        legend = LEGEND if width >= 60 else LEGEND[1:]
        self.border_subtitle = "" if self.has_class("-bare") else Content.assemble(*legend)
        self.set_class(state is RunState.DIVERGED, "-diverged")
        self.set_class(state is RunState.PAUSED, "-paused")

    def _saying(self, width: int) -> str:
        """Return a sentence about the state, where the numbers do not tell it."""
        state = self.gauges.state
        if state is RunState.LOADING:
            share = self.gauges.loading
            return "Reading the text" + ("" if share is None else f", {units.percent(share)}")
        saying = SAYINGS.get(state, "")
        return saying if len(saying) <= 2 * width else SHORT_SAYINGS.get(state, saying)


if __name__ == "__main__":
    from textual.app import App

    class Demo(App[None]):
        """The panel alone, with a run that has been going for a while."""

        def compose(self) -> ComposeResult:
            """Show the panel."""
            yield LossPanel()

        def on_mount(self) -> None:
            """Give it two thousand steps."""
            panel = self.query_one(LossPanel)
            losses = [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(2000)]
            panel.extend(losses, losses[::250])
            panel.gauges = Gauges(state=RunState.TRAINING, step=2000, train_loss=1.72, validation_loss=1.81)

    Demo().run()
