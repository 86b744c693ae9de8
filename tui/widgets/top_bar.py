"""The line at the top: what this is, what is learnt, and what is going on."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.presets import DEFAULT
from model.protocol import Gauges, RunState
from tui import units
from tui.draft import OWN, preset_name
from tui.sanitize import sanitize_line

STATES = {
    RunState.EMPTY: ("○", "waiting"),
    RunState.LOADING: ("◌", "reading"),
    RunState.TRAINING: ("●", "training"),
    RunState.PAUSED: ("○", "paused"),
    RunState.DIVERGED: ("✕", "diverged"),
}
"""A sign, so that colour is never the only one to tell, and a word."""
SHARES = {
    0.75: "\N{VULGAR FRACTION THREE QUARTERS}",
    0.5: "\N{VULGAR FRACTION ONE HALF}",
    0.25: "\N{VULGAR FRACTION ONE QUARTER}",
}
OPTIMIZERS = {"adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSProp", "adagrad": "AdaGrad", "sgd": "SGD"}
"""As the papers write them."""


class TopBar(Horizontal):
    """One line; in a narrow window the tabs are shown in place of the description."""

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    def compose(self) -> ComposeResult:
        """Name, description, state."""
        name = Static("lstm-tui", id="name", markup=False)
        name.tooltip = "All commands"
        yield name
        yield Static(id="description", markup=False)
        yield Static(id="state", markup=False)

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Show the run's description and state, where they changed: each update lays the line out anew."""
        if describe_run(old) != describe_run(new):
            self.query_one("#description", Static).update(describe_run(new))
        if (old.state, old.loading, old.share) != (new.state, new.loading, new.share):
            self._show_state()

    def on_mount(self) -> None:
        """Show the state there is before the first update."""
        self._show_state()

    def on_click(self, event: events.Click) -> None:
        """Open the palette, which has every command: the mouse then reaches them all."""
        if event.widget is not None and event.widget.id in ("name", "description", "state"):
            event.stop()
            self.app.action_command_palette()

    def watch_ended(self) -> None:
        """Show that nothing will move any more."""
        self._show_state()

    def _show_state(self) -> None:
        sign, word = ("✕", "engine ended") if self.ended else STATES[self.gauges.state]
        if self.gauges.state is RunState.LOADING and self.gauges.loading is not None and not self.ended:
            word = f"reading {units.percent(self.gauges.loading)}"
        if self.gauges.state is RunState.TRAINING and self.gauges.share < 1.0 and not self.ended:
            word = f"{word}, {SHARES.get(self.gauges.share, f'{self.gauges.share:g}')} core"
        shown = self.query_one("#state", Static)
        shown.update(Content.assemble(sign, (" " + word, "$foreground")))
        worn = RunState.DIVERGED if self.ended else self.gauges.state
        shown.update_classes({f"-{state.value}": state is worn for state in RunState})


def describe_run(gauges: Gauges) -> Content:
    """The corpus and the network in half a line; at its end the preset, or else what makes the steps."""
    parts = []
    if gauges.corpus is not None:
        parts.append(sanitize_line(gauges.corpus.name))
    if gauges.network is not None:
        network, training = gauges.network, gauges.training
        layers = "1 layer" if network.layers == 1 else f"{network.layers} layers"
        parts.append(f"{network.cell.upper()} of {layers}, {network.hidden_size} cells")
        parts.append(f"{gauges.parameters:,} parameters")
        if training is not None:
            recipe = preset_name(network, training)
            parts.append(OPTIMIZERS[training.optimizer] if recipe in (DEFAULT.name, OWN) else recipe)
    return Content(" · ".join(parts))
