"""The list of earlier runs: a cursor by keys, marks and choices by mouse too."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import OptionList

MARK_CELLS = 4
"""At the left of a row, where a click marks."""


class RunList(OptionList, inherit_bindings=False):
    """A click goes to a row, one on its sign marks it, and a double one goes on with it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "cursor_down", "Down", show=False),
        Binding("up", "cursor_up", "Up", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
    ]

    class Marked(Message):
        """A row's sign was clicked."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    class Chosen(Message):
        """A row was clicked twice."""

    async def _on_click(self, event: events.Click) -> None:
        """Go there; what else depends on where and how often."""
        event.prevent_default()
        place: int | None = event.style.meta.get("option")
        if place is None:
            return
        self.highlighted = place
        if event.x < MARK_CELLS:
            self.post_message(self.Marked(place))
        elif event.chain == 2:
            self.post_message(self.Chosen())
