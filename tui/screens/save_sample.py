"""Ask for a passage to be kept: how long, and by which random numbers."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from model.config import SamplingSettings
from model.protocol import WritePassage
from tui.bindings import EXPLAIN
from tui.passage_file import MOST_LENGTH
from tui.room import HEIGHTS
from tui.sanitize import sanitize_line
from tui.saving import working_folder
from tui.screens.dialog import Dialog
from tui.widgets.line_button import LineButton
from tui.widgets.line_input import LineInput
from tui.widgets.ways import ways

LENGTH = 2_000
ABOUT = (
    "The network writes a passage as it is now and stays in a file beside it, with a recipe: "
    "`lstm-tui sample --recipe` writes the same passage again."
)


class SaveSampleScreen(Dialog[WritePassage | None]):
    """Two numbers; None writes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel"), EXPLAIN]
    DEFAULT_CSS = """
    SaveSampleScreen {
        & .passage-field { height: 1; }
        & .passage-field Static { width: 8; }
        & .passage-field Input { width: 12; height: 1; }
        & .passage-field .passage-hint { width: 1fr; padding-left: 2; }
        & #passage-about.-problem { color: $error; }
        &.-short #passage-about, &.-flat #passage-about { display: none; }
        &.-short #passage-about.-problem, &.-flat #passage-about.-problem { display: block; }
    }
    """
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, prime: str, sampling: SamplingSettings) -> None:
        """Ask.

        Args:
            prime: What the passage begins with.
            sampling: How it is drawn.
        """
        super().__init__()
        self._prime, self._sampling = prime, sampling

    def compose(self) -> ComposeResult:
        """Length and seed; what else goes into it is said."""
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "Save a sample"
            dialog.border_subtitle = ways(("enter writes it", "screen.write"), ("esc leaves", "screen.dismiss(None)"))
            with Horizontal(classes="passage-field"):
                yield Static("length", markup=False)
                yield LineInput(str(LENGTH), id="length", compact=True, max_length=9)
                yield Static("characters", classes="passage-hint", markup=False)
            with Horizontal(classes="passage-field"):
                yield Static("seed", markup=False)
                yield LineInput("0", id="seed", compact=True, max_length=10)
                yield Static("another one, another passage", classes="passage-hint", markup=False)
            yield Static(self._in_force(), id="passage-force", markup=False)
            yield Static(ABOUT, id="passage-about", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Write", id="write")
                yield LineButton("Cancel", id="cancel", action="screen.dismiss(None)")

    def _in_force(self) -> str:
        sampling = self._sampling
        parts = [f"temperature {sampling.temperature:.2f}"]
        parts.append(f"top-k {sampling.top_k or 'all'}")
        parts.append(f"top-p {sampling.top_p:.2f}" if sampling.top_p < 1 else "top-p all")
        if self._prime:
            parts.append(f"begins with {sanitize_line(self._prime)[:40]}")
        return ", ".join(parts)

    def on_mount(self) -> None:
        """Keep the cursors still."""
        for field in self.query(Input):
            field.cursor_blink = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Have it written."""
        event.stop()
        self.action_write()

    def on_button_pressed(self) -> None:
        """The same by mouse."""
        self.action_write()

    def action_write(self) -> None:
        """Have it written, or say why not."""
        length, seed = (self._number(name) for name in ("length", "seed"))
        if length is None or not 1 <= length <= MOST_LENGTH:
            self._complain(f"The length is a whole number from 1 to {MOST_LENGTH:,}.")
        elif seed is None or not 0 <= seed < 2**32:
            self._complain("The seed is a whole number from 0 to 4,294,967,295.")
        else:
            self.dismiss(WritePassage(str(working_folder()), length, seed, self._prime, self._sampling))

    def _complain(self, sentence: str) -> None:
        self.query_one("#passage-about", Static).add_class("-problem").update(sentence)

    def _number(self, name: str) -> int | None:
        text = self.query_one(f"#{name}", Input).value.replace(",", "").strip()
        return int(text) if text.isascii() and text.isdigit() else None
