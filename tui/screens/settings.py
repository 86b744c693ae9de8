"""The settings of the app, made from their table: each acts at once, and stays."""

from __future__ import annotations

from itertools import groupby
from typing import Any, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.timer import Timer
from textual.widgets import Static

from tui.bindings import EXPLAIN
from tui.in_force import InForce
from tui.preferences import PREFERENCES
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.screens.dialog import Dialog
from tui.widgets.line_button import LineButton
from tui.widgets.preference_field import PreferenceField
from tui.widgets.ways import ways

THEME_SECONDS = 0.15
"""Until a theme is worn: all that is on the screen is styled anew, and whoever goes through the list goes on."""


class SettingsScreen(Dialog[None]):
    """A line for each setting; what differs from the default is marked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close"),
        EXPLAIN,
        Binding("up", "app.focus_previous", "Before", show=False),
        Binding("down", "app.focus_next", "Next", show=False),
    ]
    AUTO_FOCUS = "PreferenceField"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    SettingsScreen {
        & #preferences { height: 1fr; scrollbar-size-vertical: 1; }
        & .preference-heading { color: $faint; text-style: bold; margin-top: 1; }
        & #preferences > .preference-heading:first-child { margin-top: 0; }
        & PreferenceField { height: 1; text-wrap: nowrap; }
        & PreferenceField:hover { background: $block-hover-background; }
        & PreferenceField:focus { background: $panel; }
        & #preference-hint { height: 2; margin: 1 0; color: $faint; }
        & #preference-hint.-wrong { color: $error; }
        &.-short #preference-hint, &.-flat #preference-hint { margin: 0; }
        &.-middle .preference-heading { margin: 0; }
        &.-short .preference-heading, &.-flat .preference-heading { display: none; }
    }
    """

    def __init__(self, in_force: InForce, kept_in: str) -> None:
        """Show the settings.

        Args:
            in_force: Tells and changes them.
            kept_in: The name of their file.
        """
        super().__init__()
        self._in_force, self._kept_in = in_force, kept_in
        self._theme: tuple[Timer, Any] | None = None  # that is about to be worn
        self._before = {preference.name: in_force[preference.name] for preference in PREFERENCES}

    def compose(self) -> ComposeResult:
        """The groups, a line about where one is, and the way back."""
        self.add_class(*room_classes(self.app.size), update=False)
        with Vertical(classes="dialog -settings") as dialog:
            dialog.border_title = "Settings"
            dialog.border_subtitle = ways("\u2191\u2193 go", "\u2190\u2192 change", ("esc closes", "screen.dismiss"))
            with VerticalScroll(id="preferences", can_focus=False):
                for group, preferences in groupby(PREFERENCES, lambda preference: preference.group):
                    yield Static(group, classes="preference-heading", markup=False)
                    for preference in preferences:
                        name = preference.name
                        yield PreferenceField(preference, self._in_force[name], self._in_force.choices(name))
            yield Static(id="preference-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("As it was", id="settings-undo", action="screen.undo")
                yield LineButton("Close", id="settings-close", action="screen.dismiss")

    def on_preference_field_chosen(self, message: PreferenceField.Chosen) -> None:
        """Let it act."""
        message.stop()
        name, message.field.value = message.field.preference.name, message.value
        if name == "theme":
            self._stop_waiting()
            self._theme = self.set_timer(THEME_SECONDS, self._wear), message.value
        else:
            self._in_force[name] = message.value

    def _wear(self) -> None:
        """Let the theme act that was come to."""
        if self._theme is not None:
            _, theme = self._theme
            self._stop_waiting()
            self._in_force["theme"] = theme

    def _stop_waiting(self) -> None:
        if self._theme is not None:
            self._theme[0].stop()
            self._theme = None

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Leave; whoever does has chosen."""
        self._wear()
        return super().dismiss(result)

    def on_preference_field_visited(self, message: PreferenceField.Visited) -> None:
        """Say what is wrong with it, else what it is and what it can be."""
        message.stop()
        field, hint = message.field, self.query_one("#preference-hint", Static)
        hint.set_class(bool(field.complaint), "-wrong")
        preference = field.preference
        hint.update(field.complaint or f"{preference.help}\n{preference.name} in {self._kept_in}: {preference.wanted}.")

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Say of a button what it does."""
        if event.widget.id == "settings-undo":
            self.query_one("#preference-hint", Static).update("All settings as they were when this was opened.")

    def on_screen_resume(self) -> None:
        """Show what the palette may have changed meanwhile."""
        self._wear()
        for field in self.query(PreferenceField):
            field.value = self._in_force[field.preference.name]

    def action_undo(self) -> None:
        """Let hold again what held when this was opened."""
        self._stop_waiting()
        for field in self.query(PreferenceField):
            name = field.preference.name
            if self._in_force[name] != self._before[name]:
                self._in_force[name] = self._before[name]
            field.value = self._before[name]
