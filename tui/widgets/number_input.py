"""A number that is typed, or turned by shift and the arrow keys, or by the mouse."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.strip import Strip

from tui.setting import Setting
from tui.widgets.line_input import LineInput

SIGNS = " \u25c2 \u25b8"
"""Less and more, as where one of a few is picked."""


class NumberInput(LineInput):
    """A one-line input; up and down with shift turn the number, and so do signs that it has in use or under the mouse.

    Without shift they go to the fields above and below, as in any list.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("shift+up", "turn(1)", "More", show=False),
        Binding("shift+down", "turn(-1)", "Less", show=False),
        Binding("down", "app.focus_next", "Field below", show=False),
        Binding("up", "app.focus_previous", "Field above", show=False),
    ]

    def __init__(self, setting: Setting, value: str) -> None:
        # Textual would give it these classes one by one, and style it as often; what is typed is checked by the draft
        super().__init__(value, classes="-textual-compact", compact=True, max_length=24, validate_on=())
        self.setting = setting
        self.cursor_blink = False

    def watch_mouse_hover(self) -> None:
        """Show the signs, or hide them."""
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Return the line, with a sign for less and one for more at its end where there is room."""
        strip, room = super().render_line(y), self.size.width - len(SIGNS)
        if y or not (self.has_focus or self.mouse_hover) or len(self.value) >= room:
            return strip
        faint = self.rich_style + self.get_component_rich_style("input--placeholder")
        signs = [Segment(SIGNS[0], self.rich_style)]
        for sign, direction in ((SIGNS[1:3], -1), (SIGNS[3:], 1)):
            signs.append(Segment(sign, faint + Style(meta={"turn": direction})))
        return Strip([*strip.adjust_cell_length(room, self.rich_style), *signs])  # that of an empty field is short

    def on_click(self, event: events.Click) -> None:
        """Turn, by a click on a sign."""
        if (direction := event.style.meta.get("turn")) is not None:
            self.action_turn(direction)

    def action_turn(self, direction: int) -> None:
        """Turn what is there, where it is a number."""
        self.value = self.setting.write(self.setting.turn(self.setting.parse(self.value.strip()), direction))
