"""A value that is picked among a few, on one line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from tui.sanitize import sanitize_line


class Choice(Static, can_focus=True):
    """Left and right turn to the one before or the next, round and round; so does a click, and Enter is for good.

    Up and down go to the fields above and below, as in any list.
    """

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", "Next", show=False),
        Binding("left", "turn(-1)", "Before", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
        Binding("enter", "enter", "Use", show=False),
    ]

    value: reactive[str] = reactive("", repaint=False)
    """The one that is picked; it may be none of the choices."""
    choices: reactive[tuple[str, ...]] = reactive(tuple, repaint=False)
    """What can be picked, in order."""

    class Turned(Message):
        """Another one was picked."""

        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    class Entered(Message):
        """Enter was pressed."""

    def __init__(self, choices: tuple[str, ...], value: str) -> None:
        super().__init__(markup=False)
        self.set_reactive(Choice.choices, choices)
        self.set_reactive(Choice.value, value)

    def on_mount(self) -> None:
        """Show the value."""
        self.watch_value()

    def watch_value(self) -> None:
        """Show it, with a sign for the mouse on either side of what can be had."""
        before, after = Style.from_meta({"turn": -1}), Style.from_meta({"turn": 1})
        signs = Content.assemble(Content("◂").stylize(before), " ", Content("▸").stylize(after)).stylize("$faint")
        self.update(Content.assemble(sanitize_line(self.value), "  ", signs), layout=False)

    def action_turn(self, direction: int) -> None:
        """Turn to the next one, or to the one before."""
        start = self.choices.index(self.value) if self.value in self.choices else -1
        place = max(start, 0) - 1 if direction < 0 else start + 1
        self.value = self.choices[place % len(self.choices)]
        self.post_message(self.Turned(self.value))

    def action_enter(self) -> None:
        """Tell of it."""
        self.post_message(self.Entered())

    def on_click(self, event: events.Click) -> None:
        """Turn: a click anywhere is one on the right sign, but for the left one."""
        event.stop()
        self.action_turn(event.style.meta.get("turn", 1))
