"""Pick a text of one's own, and what is done to it before it is learnt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, ItemGrid, Vertical
from textual.widgets import Button, Checkbox, DirectoryTree, Input, Static

from corpora.choice import TextChoice
from corpora.info import CorpusError, Treatment
from tui.beside import beside
from tui.bindings import EXPLAIN
from tui.pasted import pasted_paths
from tui.room import HEIGHTS, WIDTHS
from tui.sanitize import sanitize_line
from tui.screens.dialog import Dialog
from tui.treatments import TREATMENTS
from tui.widgets.line_button import LineButton
from tui.widgets.line_input import LineInput
from tui.widgets.safe_tree import SafeTree
from tui.widgets.ways import ways


class Tick(Checkbox):
    """A box that is empty until it is ticked."""

    BUTTON_LEFT = BUTTON_RIGHT = ""
    BUTTON_INNER = "[ ]"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.open", "Open", show=False),  # as everywhere else in the dialog; space ticks
    ]

    def watch_value(self) -> None:
        """Tick it by a sign, not by colour alone."""
        self.BUTTON_INNER = "[✓]" if self.value else "[ ]"
        super().watch_value()


class OpenTextScreen(Dialog[TextChoice | None]):
    """A tree of folders and a path, or several with quotes; a folder is read as one text, and so are several files."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(None)", "Cancel"), EXPLAIN]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, folder: Path, treatments: frozenset[Treatment] = frozenset(), typed: str = "") -> None:
        super().__init__()
        self._folder = folder
        self._treatments = treatments
        self._typed = typed

    def compose(self) -> ComposeResult:
        """Path, tree, treatments."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Open a text"
            dialog.border_subtitle = ways(("enter opens", "screen.open"), ("esc leaves", "screen.dismiss(None)"))
            yield LineInput(
                self._typed,
                placeholder="Path of a text file, or of a folder of them",
                id="path",
                compact=True,
                select_on_focus=False,  # what brought the cursor here stays when more is typed
            )
            yield Static(id="problem", markup=False)
            yield SafeTree(self._folder, id="folders")
            with ItemGrid(id="treatments", min_column_width=27):
                for treatment, label in TREATMENTS.items():
                    yield Tick(label, treatment in self._treatments, id=treatment.value, compact=True)
                yield Tick("read as Latin-1", id="latin", compact=True)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Open", id="open")
                yield LineButton("Cancel", id="cancel", action="screen.dismiss(None)")

    def on_mount(self) -> None:
        """Begin in the tree, or at the path that is filled in, and keep the cursor still."""
        path = self.query_one("#path", Input)
        path.cursor_blink = False
        (path if self._typed else self.query_one(SafeTree)).focus()

    def on_key(self, event: events.Key) -> None:
        """Take what is typed in the tree for the beginning of a path."""
        # space and ? act there
        if event.character and event.is_printable and event.character not in " ?":
            self._begin_path(event, events.Key(event.key, event.character))

    def on_paste(self, event: events.Paste) -> None:
        """Likewise what is pasted, in the tree or elsewhere."""
        self._begin_path(event, events.Paste(event.text))

    def _begin_path(self, event: events.Event, again: events.Event) -> None:
        path = self.query_one("#path", Input)
        if path.has_focus:
            return
        event.stop()
        path.value = ""
        path.focus()
        path.post_message(again)

    def on_tree_node_highlighted(self, event: SafeTree.NodeHighlighted[object]) -> None:
        """Write the path under the cursor out, to be opened or edited."""
        if not event.control.has_focus:
            return
        entry = event.node.data
        # A name with escape codes in it cannot be typed or shown; it can still be opened from the tree.
        path = str(getattr(entry, "path", ""))
        self.query_one("#path", Input).value = path if path == sanitize_line(path) else ""

    def on_directory_tree_file_selected(self, event: DirectoryTree.FileSelected) -> None:
        """Open the file."""
        event.stop()
        self._open(partial(_sources, [event.path]))

    def on_input_changed(self) -> None:
        """Forget the complaint about the last path."""
        self.query_one("#problem", Static).update("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Open what was typed."""
        event.stop()
        self.action_open()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """Open what is filled in."""
        if event.button.id == "open":
            event.stop()
            self.action_open()

    def action_open(self) -> None:
        """Open what is filled in, or say why not."""
        if typed := self.query_one("#path", Input).value.strip():
            self._open(partial(_typed_sources, typed))
        else:
            self._complain("Pick a file, or type the path of one.")

    def _open(self, look: Callable[[], tuple[str, ...]]) -> None:
        """Leave with the texts that a look at the disk finds, as they are ticked now."""
        chosen = frozenset(kind for kind in TREATMENTS if self.query_one(f"#{kind.value}", Tick).value)
        encoding = "latin-1" if self.query_one("#latin", Tick).value else None
        # what was wanted before is not waited for any more: a disk may never answer
        leave: Callable[[], Awaitable[None]] = partial(self._leave_with, look, chosen, encoding)
        self.run_worker(leave, name="open", group="open", exclusive=True)

    async def _leave_with(
        self, look: Callable[[], tuple[str, ...]], chosen: frozenset[Treatment], encoding: str | None
    ) -> None:
        try:
            sources = await beside(look)
        except CorpusError as error:
            if self.is_attached:  # else it was left meanwhile
                self._complain(str(error))
        else:
            self.leave_with(TextChoice(sources, chosen, encoding))

    def _complain(self, sentence: str) -> None:
        self.query_one("#problem", Static).update(sanitize_line(sentence))


def _typed_sources(typed: str) -> tuple[str, ...]:
    """Return the sources that were typed; otherwise as `_sources`."""
    return _sources(pasted_paths(typed) or [Path(typed)])


def _sources(paths: Sequence[Path]) -> tuple[str, ...]:
    """Return the absolute paths of texts; may take as long as a far disk takes.

    Raises:
        CorpusError: If one of them is not there.
    """
    sources = []
    for path in paths:
        try:
            absolute = path.expanduser().absolute()
            there = absolute.exists()
        except (OSError, RuntimeError, ValueError) as error:
            raise CorpusError(f"{path}: {error}") from error
        if not there:
            raise CorpusError(f"{absolute}: no such file or folder")
        sources.append(str(absolute))
    return tuple(sources)
