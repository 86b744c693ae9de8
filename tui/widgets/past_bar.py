"""The line at the top of the time machine: what stays the same at each step, and where training is meanwhile."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.config import SamplingSettings
from model.protocol import Gauges, RunState
from tui import units
from tui.sanitize import sanitize_line


class PastBar(Horizontal):
    """One line, like that of the main screen."""

    DEFAULT_CSS = """
    PastBar {
        height: 1;
        padding: 0 2;
        & #past-name { width: auto; color: $accent; text-style: bold; margin-right: 3; }
        & #past-about { width: 1fr; height: 1; color: $faint; text-wrap: nowrap; text-overflow: ellipsis; }
        & #past-temperature, & #past-state { width: auto; margin-left: 2; color: $faint; }
        & #past-state.-going { color: $success; }
        & #past-state.-ended { color: $error; }
    }
    """

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How each passage is drawn."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    def __init__(self, prime: str) -> None:
        super().__init__()
        self._prime = prime

    def compose(self) -> ComposeResult:
        """Name, what is the same everywhere, temperature, state."""
        begin = f", beginning with {sanitize_line(self._prime)}" if self._prime else ""
        yield Static("time machine", id="past-name", markup=False)
        yield Static(f"the same random numbers at each step{begin}", id="past-about", markup=False)
        yield Static(id="past-temperature", markup=False)
        yield Static(id="past-state", markup=False)

    def on_mount(self) -> None:
        """Show what there is at the start."""
        self.watch_gauges()
        self.watch_sampling()

    def watch_sampling(self) -> None:
        """Show the new temperature."""
        if self.is_mounted:
            self.query_one("#past-temperature", Static).update(f"temperature {self.sampling.temperature:.2f}")

    def watch_gauges(self) -> None:
        """Show that training goes on meanwhile."""
        if self.is_mounted:
            going = self.gauges.state is RunState.TRAINING and not self.ended
            sign = "\u2715" if self.ended else "\u25cf" if going else "\u25cb"
            words = "engine ended" if self.ended else units.whole(self.gauges.step)
            state = self.query_one("#past-state", Static)
            state.update(Content.assemble(sign, (f" {words}", "" if self.ended else "$foreground")))
            state.set_class(going, "-going")
            state.set_class(self.ended, "-ended")

    def watch_ended(self) -> None:
        """Show it."""
        self.watch_gauges()
