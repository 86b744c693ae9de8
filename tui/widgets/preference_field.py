"""One of the app's settings on a line: its name, what it is, and its sentence where there is room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widgets import Static

from model.config import SettingsError
from tui.preferences import Preference, turned
from tui.sanitize import sanitize_line

LABEL = 18
VALUE = 24
CHANGED = "\N{BULLET}"
"""Before a setting that is not at its default, so that colour is not the only one to tell."""


class PreferenceField(Static, can_focus=True):
    """Is turned by the arrow keys, space, enter and the mouse; numbers can be typed too."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
        Binding("left", "turn(-1)", "Less", show=False),
        Binding("right,space", "turn(1)", "More", show=False),
        Binding("enter", "enter", "Use", show=False),
        Binding("delete", "default", "As at first", show=False),
        Binding("backspace", "rub_out", "Rub out", show=False),
    ]

    value: reactive[Any] = reactive(None, repaint=False, always_update=True)
    """What is in force."""

    class Chosen(Message):
        """Something else is to hold."""

        def __init__(self, field: PreferenceField, value: Any) -> None:
            super().__init__()
            self.field, self.value = field, value

    class Visited(Message):
        """The person is here, or something else is to be said of it."""

        def __init__(self, field: PreferenceField) -> None:
            super().__init__()
            self.field = field

    def __init__(self, preference: Preference, value: Any, choices: Sequence[Any]) -> None:
        super().__init__(id=f"preference-{preference.name.replace('_', '-')}", markup=False)
        self.preference, self._choices = preference, tuple(choices)
        self._typed = ""
        self.complaint = ""
        """What is wrong with what is typed."""
        self.set_reactive(PreferenceField.value, value)

    def watch_value(self) -> None:
        """Show it."""
        self._show()

    def on_resize(self) -> None:
        """Show as much of it as there is room for."""
        self._show()

    def _show(self) -> None:
        preference, width = self.preference, self.content_size.width
        changed = self.value != preference.default
        self.update_classes({"-changed": changed, "-wrong": bool(self.complaint)})
        room = max(1, min(VALUE, width - LABEL - 2) - 4)
        text = self._typed or sanitize_line(preference.shown(self.value))
        value = Content(text).truncate(room, ellipsis=True)
        back, on = Style.from_meta({"turn": -1}), Style.from_meta({"turn": 1})
        shade = "$error" if self.complaint else "$accent" if changed else "$foreground"
        line = Content.assemble(
            Content.styled(CHANGED, "$accent").stylize(Style.from_meta({"turn": 0})) if changed else " ",
            " ",
            (f"{preference.label:<{LABEL}}", "$faint"),
            Content.styled("\u25c2 ", "$faint").stylize(back),
            value.stylize_before(shade).stylize(on),
            Content("\u258f" if self._typed else "").stylize("$accent"),
            Content.styled(" \u25b8", "$faint").stylize(on),
        )
        if width >= 2 + LABEL + VALUE + 20:
            line = Content.assemble(
                line.pad_right(max(0, 2 + LABEL + VALUE - line.cell_length)), (preference.help, "$faint")
            )
        self.update(line.truncate(max(1, width), ellipsis=True), layout=False)

    # ------------------------------------------------------------------------------- what people do

    def _choose(self, value: Any) -> None:
        if value != self.value:
            self.post_message(self.Chosen(self, value))

    def action_turn(self, direction: int) -> None:
        """Take the next one, or the one before."""
        self._stop_typing()
        preference = self.preference
        if self._choices and not preference.typed:
            self._choose(turned(self.value, direction, self._choices))
        else:
            self._choose(preference.turn(self.value, direction))

    def action_enter(self) -> None:
        """Be done with typing, else take the next one."""
        if self._typed:
            self._stop_typing()
        else:
            self.action_turn(1)

    def action_default(self) -> None:
        """Take the default."""
        self._stop_typing()
        self._choose(self.preference.default)

    def action_rub_out(self) -> None:
        """Take back what was typed last."""
        self._type(self._typed[:-1])

    def on_key(self, event: events.Key) -> None:
        """Take in what is typed; where there are choices, go to the next that begins so."""
        character = event.character
        if character is None or not (character.isalnum() or character in "._-"):
            return  # a question mark, say, is for the screen
        event.stop()
        event.prevent_default()
        if self.preference.typed:
            self._type((self._typed + character)[:8])
            return
        start = self._choices.index(self.value) + 1 if self.value in self._choices else 0
        for value in (*self._choices[start:], *self._choices[:start]):
            if self.preference.shown(value).lower().startswith(character.lower()):
                self._choose(value)
                return

    def _type(self, text: str) -> None:
        self._typed, self.complaint = text, ""
        if text:
            try:
                self._choose(self.preference.parse(text))
            except SettingsError as error:
                self.complaint = str(error)
        self._show()
        self.post_message(self.Visited(self))

    def _stop_typing(self) -> None:
        if self._typed:
            self._type("")

    def on_click(self, event: events.Click) -> None:
        """Turn, by a click on the value or a sign beside it; one on the mark of what was changed takes the default."""
        event.stop()
        direction = event.style.meta.get("turn")
        if direction == 0:
            self.action_default()
        elif direction is not None:
            self.action_turn(direction)

    def on_focus(self) -> None:
        """Tell that the person is here."""
        self.post_message(self.Visited(self))

    def on_blur(self) -> None:
        """Show what is in force again, where what was typed is not."""
        self._stop_typing()
