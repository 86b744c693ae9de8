"""The question whether a race shall end, and its networks with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui import units
from tui.bindings import EXPLAIN
from tui.keymap import shown_keys
from tui.sanitize import sanitize_line
from tui.screens.dialog import Dialog
from tui.widgets.line_button import LineButton
from tui.widgets.ways import ways


class EndRaceScreen(Dialog[bool]):
    """Is left with whether that is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "Race on"),
        Binding("y", "dismiss(True)", "End it"),
        EXPLAIN,
        Binding("left,right", "app.focus_next", "Other", show=False),
    ]

    def __init__(self, names: Sequence[str], seconds: float) -> None:
        """Ask about a race of `names`, of whom one has learnt for so many seconds."""
        super().__init__()
        self._names, self._seconds = names, seconds

    def compose(self) -> ComposeResult:
        """What goes, and two buttons."""
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "End the race"
            answers = ("y ends it", "screen.dismiss(True)"), ("esc races on", "screen.dismiss(False)")
            dialog.border_subtitle = ways(*answers)
            *others, last = map(sanitize_line, self._names)
            learnt = f"{', '.join(others)} and {last} have learnt for {units.duration(self._seconds)}."
            go_on = shown_keys(self)["go-on"]
            yield Static(f"{learnt} Nobody keeps that; in the race, {go_on} goes on with who leads.", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Race on", id="race-on", action="screen.dismiss(False)")
                yield LineButton("End it", id="end-race", action="screen.dismiss(True)")
