"""The line at the top of a race: what is raced on, how it is shared, and whether it goes on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.config import SamplingSettings
from tui.sanitize import sanitize_line


class RaceBar(Horizontal):
    """One line, like that of the main screen."""

    DEFAULT_CSS = """
    RaceBar {
        height: 1;
        padding: 0 2;
        & #race-name { width: auto; color: $accent; text-style: bold; margin-right: 3; }
        & #race-about { width: 1fr; height: 1; color: $faint; text-wrap: nowrap; text-overflow: ellipsis; }
        & #race-temperature { width: auto; margin-left: 2; color: $faint; }
        & #race-state { width: auto; margin-left: 2; color: $faint; }
        & #race-state.-going { color: $success; }
        & #race-state.-ended { color: $error; }
    }
    """

    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How all of them write."""
    going: reactive[bool] = reactive(True, repaint=False)
    """Whether anybody trains."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    def __init__(self, corpus: str, shared: str) -> None:
        super().__init__()
        self._about = f"{sanitize_line(corpus)} \u00b7 {shared}"

    def compose(self) -> ComposeResult:
        """Name, what it is about, temperature, state."""
        yield Static("race", id="race-name", markup=False)
        yield Static(self._about, id="race-about", markup=False)
        yield Static(id="race-temperature", markup=False)
        yield Static(id="race-state", markup=False)

    def watch_sampling(self) -> None:
        """Show the new temperature."""
        text = f"temperature {self.sampling.temperature:.2f}"
        self.query_one("#race-temperature", Static).update(text)

    def on_mount(self) -> None:
        """Show the state there is at the start."""
        self._show_state()

    def watch_going(self) -> None:
        """Show that it goes on, or rests."""
        self._show_state()

    def watch_ended(self) -> None:
        """Show that nothing will move any more."""
        self._show_state()

    def _show_state(self) -> None:
        sign, word = ("\u25cf", "racing") if self.going else ("\u25cb", "paused")
        if self.ended:
            sign, word = "\u2715", "engine ended"
        state = self.query_one("#race-state", Static)
        state.update(Content.assemble(sign, (f" {word}", "$foreground")))
        state.set_class(self.going and not self.ended, "-going")
        state.set_class(self.ended, "-ended")
