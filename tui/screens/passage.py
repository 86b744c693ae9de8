"""A passage that was saved, to be read, selected and copied."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from model.passage import Passage
from tui.bindings import EXPLAIN
from tui.sanitize import copied, sanitize, sanitize_line
from tui.screens.dialog import Dialog
from tui.widgets.ways import ways

SHOWN = 10_000
"""Characters at most: laying out many more would hold up everything else. The file has all of them."""


class PassageScreen(Dialog[None]):
    """Closes with escape or q; `y` copies all of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "dismiss", "Close"),
        Binding("y", "copy", "Copy"),
        EXPLAIN,
    ]
    DEFAULT_CSS = """
    PassageScreen {
        & #passage-text { height: auto; color: $page; margin: 1 0; }
        & #passage-more { height: auto; color: $faint; }
        & #passage-again { height: auto; color: $foreground-muted; margin: 0 0 1 0; }
    }
    """

    def __init__(self, passage: Passage, saved: Path, recipe: Path) -> None:
        """Take what was written, the file that it is in, and the one by which it is written again."""
        super().__init__()
        self._passage, self._saved, self._recipe = passage, saved, recipe

    def compose(self) -> ComposeResult:
        """The text, and where it is."""
        with VerticalScroll(classes="dialog -tall") as dialog:
            dialog.border_title = Content(sanitize_line(self._saved.name))
            dialog.border_subtitle = ways(("y copies", "screen.copy"), ("esc closes", "screen.dismiss"))
            text, more = self._passage.text[:SHOWN], len(self._passage.text) > SHOWN
            yield Static(sanitize(text) + ("…" if more else ""), id="passage-text", markup=False)
            if more:
                yield Static(f"The first {SHOWN:,} of {len(self._passage.text):,} characters.", id="passage-more")
            again = f"lstm-tui sample --recipe {shlex.quote(sanitize_line(self._recipe.name))}"
            yield Static(Content.assemble((again, "$accent"), "  writes it again"), id="passage-again")

    def on_mount(self) -> None:
        """Let the arrow keys scroll at once."""
        self.query_one(VerticalScroll).focus()

    def action_copy(self) -> None:
        """Copy all of it, as it was written but for what would steer a terminal."""
        self.app.copy_to_clipboard(copied(self._passage.text))
