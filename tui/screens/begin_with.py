"""Choose the words that the network reads before it writes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from tui.bindings import EXPLAIN
from tui.screens.dialog import Dialog
from tui.widgets.line_input import LineInput
from tui.widgets.ways import ways


class BeginWithScreen(Dialog[str | None]):
    """One line; what is typed is the prime text, and None leaves everything as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel"), EXPLAIN]

    def __init__(self, prime: str) -> None:
        super().__init__()
        self._prime = prime

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "Begin with"
            dialog.border_subtitle = ways(
                ("enter writes on from there", "screen.begin"), ("esc leaves", "screen.dismiss(None)")
            )
            yield LineInput(
                self._prime.replace("\n", r"\n"), placeholder="ROMEO:", id="prime", compact=True, max_length=2000
            )
            yield Static(r"\n is a new line. Characters that the text does not have are left out.", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor still."""
        self.query_one(Input).cursor_blink = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Begin with what was typed."""
        event.stop()
        self.action_begin()

    def action_begin(self) -> None:
        """Begin with what stands there."""
        self.dismiss(self.query_one(Input).value.replace(r"\n", "\n"))
