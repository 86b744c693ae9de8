"""A setting with its name: a number that is checked while it is typed, or a choice."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.draft import Draft
from tui.sanitize import sanitize_line
from tui.setting import Setting, Value
from tui.widgets.choice import Choice
from tui.widgets.number_input import NumberInput

ROOM_TO_EXPLAIN = 50
"""Cells."""


class SettingField(Horizontal):
    """The label, the value and where there is room the explanation of one setting."""

    class Edited(Message):
        """Something else stands in the field."""

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

    def __init__(self, setting: Setting, draft: Draft) -> None:
        super().__init__(id=setting.name.replace("_", "-"))
        self.setting = setting
        self.tooltip = setting.explanation
        self._label = Static(setting.label, classes="setting-label", markup=False)
        text = setting.write(draft.value(setting))
        self._input = NumberInput(setting, text) if setting.typed else Choice(draft.choices(setting), text)
        self._taken = text
        self._explanation = Static(setting.explanation, classes="setting-explanation", markup=False)

    def compose(self) -> ComposeResult:
        """The explanation comes where there is room for it."""
        yield self._label
        yield self._input

    def on_resize(self, event: events.Resize) -> None:
        """Explain, once there is room for it; most windows start without."""
        if event.size.width >= ROOM_TO_EXPLAIN and not self._explanation.is_attached:
            self.mount(self._explanation)

    @property
    def value(self) -> Value:
        """What the field holds; a text where that is no value of its kind."""
        return self.setting.parse(self._input.value.strip())

    def take(self) -> Value:
        """What the field holds, which the draft is to know from now on."""
        self._taken = self._input.value
        return self.value

    def show(self, draft: Draft) -> None:
        """Fill in what the draft has, mark it, and tell what runs where that is something else.

        Where more was typed than the draft knows yet, that stays: the draft is about to hear of it.
        """
        setting, value = self.setting, draft.value(self.setting)
        if isinstance(self._input, Choice):
            self._input.choices = draft.choices(setting)
        known = self._input.value == self._taken
        # what is typed as 0.10 stays, and so does nan
        if known and value != self.value and repr(value) != repr(self.value):
            # two fields of one setting, in the panel and in the dialog, would answer each other
            with self._input.prevent(Input.Changed):
                self._input.value = self._taken = setting.write(value)
        wrong, asked = bool(draft.complaint(setting)), draft.asked(setting)
        changed = not wrong and value != asked
        self.update_classes({"-wrong": wrong, "-changed": changed})
        now = f"now {sanitize_line(setting.write(asked))}" if changed else setting.explanation
        if str(self._explanation.content) != now:
            self._explanation.update(now, layout=False)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Edited(self))

    def on_choice_turned(self, event: Choice.Turned) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Edited(self))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Entered(self))

    def on_choice_entered(self, event: Choice.Entered) -> None:
        """Tell of it as our own."""
        event.stop()
        self.post_message(self.Entered(self))

    def on_descendant_focus(self) -> None:
        """Tell that the person is here; the screen too wants to know which panel that is."""
        self.post_message(self.Visited(self, True))

    def on_descendant_blur(self, event: events.DescendantBlur) -> None:
        """Tell that the person went on."""
        event.stop()
        self.post_message(self.Visited(self, False))
