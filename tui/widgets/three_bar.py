"""The line at the top of three texts at once: what they share, and where training is meanwhile."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.protocol import Gauges, RunState
from tui import units
from tui.sanitize import sanitize_line
from tui.units import LossUnit


class ThreeBar(Horizontal):
    """One line, like that of the main screen."""

    DEFAULT_CSS = """
    ThreeBar {
        height: 1;
        padding: 0 2;
        & #three-name { width: auto; color: $accent; text-style: bold; margin-right: 3; }
        & #three-about { width: 1fr; height: 1; color: $faint; text-wrap: nowrap; text-overflow: ellipsis; }
        & #three-state { width: auto; margin-left: 2; color: $faint; }
        & #three-state.-going { color: $success; }
    }
    """

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""

    def __init__(self, prime: str, unit: LossUnit) -> None:
        """Take what each text begins with, and what losses are shown in."""
        super().__init__()
        self._prime, self._unit = prime, unit

    def compose(self) -> ComposeResult:
        """Name, what is the same everywhere, state."""
        begin = f", beginning with {sanitize_line(self._prime)}" if self._prime else ""
        yield Static("three at once", id="three-name", markup=False)
        yield Static(f"one network, the same random numbers{begin}", id="three-about", markup=False)
        yield Static(id="three-state", markup=False)

    def on_mount(self) -> None:
        """Show what there is at the start."""
        self.watch_gauges()

    def watch_gauges(self) -> None:
        """Show that training goes on meanwhile, and how far it has come."""
        if self.is_mounted:
            going, loss = self.gauges.state is RunState.TRAINING, self.gauges.train_loss
            told = f" {units.whole(self.gauges.step)}" + ("" if loss is None else f"  {self._unit.told(loss)}")
            state = self.query_one("#three-state", Static)
            state.update(Content.assemble("\u25cf" if going else "\u25cb", (told, "$foreground")))
            state.set_class(going, "-going")
