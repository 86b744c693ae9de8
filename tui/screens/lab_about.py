"""What an experiment of the lab is, in a few sentences."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.screens.dialog import LeftOnce
from tui.widgets.key_bar import KeyBar


class LabAboutScreen(LeftOnce[None]):
    """What an experiment is, in a few sentences; any of the usual keys takes it away."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,f1,question_mark,space", "leave", "Back", id="help", key_display="esc"),
    ]

    def __init__(self, summary: str, *texts: str) -> None:
        super().__init__()
        self._summary, self._texts = summary, texts

    def compose(self) -> ComposeResult:
        """The sentences, and the key that leads back."""
        with VerticalScroll():
            yield Static(Content.styled(f"{self._summary[0].upper()}{self._summary[1:]}", "bold $accent"))
            for text in filter(None, self._texts):
                yield Static(Content(text))
        yield KeyBar()

    def action_leave(self) -> None:
        """Go back."""
        self.dismiss()

    def on_click(self) -> None:
        """The same by mouse."""
        self.dismiss()
