"""Two questions about an earlier run: what it shall be called, and whether it shall go."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static
from textual.worker import Worker

from tui import units
from tui.beside import beside
from tui.bindings import EXPLAIN
from tui.earlier_run import EarlierRun
from tui.run_shelf import LONGEST_NAME, RunNameError, RunShelf
from tui.sanitize import sanitize_line
from tui.screens.dialog import Dialog
from tui.widgets.line_button import LineButton
from tui.widgets.line_input import LineInput
from tui.widgets.ways import ways

KEPT = "A run with a name is kept until you delete it. `lstm-tui --resume NAME` goes on with it."


class NameRunScreen(Dialog[bool]):
    """One line; is left with whether the name is another now."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Cancel"), EXPLAIN]

    def __init__(self, shelf: RunShelf, run: EarlierRun) -> None:
        super().__init__()
        self._shelf, self._run = shelf, run
        self._naming: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        """One line to type in."""
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "Name"
            dialog.border_subtitle = ways(("enter names it", "screen.name"), ("esc leaves", "screen.dismiss(False)"))
            yield LineInput(sanitize_line(self._run.name), id="run-name", compact=True, max_length=LONGEST_NAME)
            yield Static(KEPT, id="run-name-about", markup=False)

    def on_mount(self) -> None:
        """Keep the cursor still."""
        self.query_one(Input).cursor_blink = False

    def on_input_changed(self) -> None:
        """Forget the complaint about the last name."""
        self.query_one("#run-name-about", Static).update(KEPT)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Give it that name."""
        event.stop()
        self.action_name()

    def action_name(self) -> None:
        """Give it the name that stands there, or say why not; one name at a time."""
        if self._naming is None or self._naming.is_finished:
            give: Callable[[], Coroutine[None, None, None]] = partial(self._give, self.query_one(Input).value)
            self._naming = self.run_worker(give, name="name", group="name")

    async def _give(self, name: str) -> None:
        try:
            await beside(self._shelf.rename, self._run, name)
        except (RunNameError, OSError) as error:
            if self.is_attached:  # else it was left meanwhile
                self.query_one("#run-name-about", Static).update(sanitize_line(str(error)))
        else:
            self.leave_with(True)


class DeleteRunScreen(Dialog[bool]):
    """Is left with whether that is meant."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,n", "dismiss(False)", "Keep"),
        Binding("y", "dismiss(True)", "Delete"),
        EXPLAIN,
        Binding("left,right", "app.focus_next", "Other", show=False),
    ]

    def __init__(self, run: EarlierRun) -> None:
        super().__init__()
        self._run = run

    def compose(self) -> ComposeResult:
        """What goes, and two buttons."""
        run = self._run
        with Vertical(classes="dialog -low") as dialog:
            dialog.border_title = "Delete"
            dialog.border_subtitle = ways(("y deletes", "screen.dismiss(True)"), ("esc keeps", "screen.dismiss(False)"))
            about = f"{sanitize_line(run.name)}: {sanitize_line(run.network)} at step {units.whole(run.step)}"
            yield Static(f"{about}, trained for {units.duration(run.seconds)}. It cannot be had back.", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Keep", id="keep", action="screen.dismiss(False)")
                yield LineButton("Delete", id="delete", action="screen.dismiss(True)")
