"""A number that is typed, or turned by the arrow keys."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input

from tui.setting import Setting


class NumberInput(Input):
    """A one-line input whose arrow keys turn the number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(1)", "More", show=False),
        Binding("down", "turn(-1)", "Less", show=False),
    ]

    def __init__(self, setting: Setting, value: str) -> None:
        # Textual would give it these classes one by one, and style it as often; what is typed is checked by the draft
        super().__init__(value, classes="-textual-compact", compact=True, max_length=24, validate_on=())
        self.setting = setting
        self.cursor_blink = False

    def action_turn(self, direction: int) -> None:
        """Turn what is there, where it is a number."""
        self.value = self.setting.write(self.setting.turn(self.setting.parse(self.value.strip()), direction))
