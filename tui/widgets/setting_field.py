"""A number of the settings with its name: checked while it is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


@dataclass(frozen=True, slots=True)
class Setting:
    """What a field is for."""

    name: str
    """The attribute of the settings."""
    label: str
    explanation: str
    """One line."""
    whole: bool = True
    """A whole number, else any."""
    factor: float = 2.0
    """The arrow keys multiply and divide by it."""

    def parse(self, text: str) -> int | float | str:
        """The number that `text` says; what is none stays text, for the settings to complain about."""
        try:
            return int(text) if self.whole else float(text)
        except ValueError:
            return text

    def write(self, value: float) -> str:
        """The number as it stands in the field."""
        return str(value)


class NumberInput(Input):
    """A one-line input whose arrow keys turn the number."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "turn(1)", "More", show=False),
        Binding("down", "turn(-1)", "Less", show=False),
    ]

    def __init__(self, setting: Setting, value: str) -> None:
        super().__init__(value, compact=True, select_on_focus=True, max_length=24)
        self.setting = setting
        self.cursor_blink = False

    def action_turn(self, direction: int) -> None:
        """Multiply or divide what is there, where it is a number."""
        value = self.setting.parse(self.value)
        if isinstance(value, str):
            return
        turned = value * self.setting.factor**direction
        self.value = self.setting.write(max(1, round(turned)) if self.setting.whole else float(f"{turned:.3g}"))


class SettingField(Horizontal):
    """The label and the input of one setting."""

    class Edited(Message):
        """Another text stands in the field."""

        def __init__(self, field: SettingField) -> None:
            super().__init__()
            self.field = field

    class Entered(Message):
        """Enter was pressed in the field."""

        def __init__(self, field: SettingField) -> None:
            super().__init__()
            self.field = field

    class Visited(Message):
        """The field got the focus, or lost it."""

        def __init__(self, field: SettingField, here: bool) -> None:
            super().__init__()
            self.field = field
            self.here = here

    def __init__(self, setting: Setting, value: float) -> None:
        super().__init__(id=setting.name.replace("_", "-"))
        self.setting = setting
        self.tooltip = setting.explanation
        self._label = Static(setting.label, classes="setting-label", markup=False)
        self._input = NumberInput(setting, setting.write(value))

    def compose(self) -> ComposeResult:
        """The explanation is seen where there is room for it."""
        yield self._label
        yield self._input
        yield Static(self.setting.explanation, classes="setting-explanation", markup=False)

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self._input.value

    @property
    def value(self) -> int | float | str:
        """The number in the field, or its text where that is none."""
        return self.setting.parse(self._input.value.strip())

    def fill(self, value: float) -> None:
        """Put a number in."""
        self._input.value = self.setting.write(value)

    def mark(self, *, wrong: bool, changed: bool) -> None:
        """Colour the field after what is in it."""
        self.set_class(wrong, "-wrong")
        self.set_class(changed and not wrong, "-changed")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Edited(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Entered(self))

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Tell that the person is here."""
        event.stop()
        self.post_message(self.Visited(self, True))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Tell that the person went on."""
        event.stop()
        self.post_message(self.Visited(self, False))
