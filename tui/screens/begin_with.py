"""Choose the words that the network reads before it writes."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from corpora.info import CorpusInfo
from tui.bindings import EXPLAIN
from tui.sanitize import sanitize_line
from tui.screens.dialog import Dialog
from tui.widgets.line_input import LineInput
from tui.widgets.ways import ways

NEW_LINE = r"\n"
MOST = 2_000
"""Characters; a network forgets what was further back."""


class BeginWithScreen(Dialog[str | None]):
    """One line; what is typed is the prime text, and None leaves everything as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel"), EXPLAIN]

    def __init__(self, prime: str, corpus: CorpusInfo | None = None) -> None:
        """Begin with the words of the last time, or with an example: how the text itself does."""
        super().__init__()
        self._prime = prime
        lines = corpus.preview.splitlines() if corpus is not None else []
        self._example = sanitize_line(next(filter(str.strip, lines), "")).strip()

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "Begin with"
            dialog.border_subtitle = ways(
                ("enter writes on from there", "screen.begin"), ("esc leaves", "screen.dismiss(None)")
            )
            yield LineInput(
                self._prime.replace("\n", NEW_LINE),
                placeholder=self._example,
                new_line=NEW_LINE,
                id="prime",
                compact=True,
                max_length=MOST,
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
        self.dismiss(self.query_one(Input).value.replace(NEW_LINE, "\n"))
