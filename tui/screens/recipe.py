"""The whole recipe: every setting of the network and of its training, and presets that fill them all in."""

from __future__ import annotations

from itertools import groupby
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from model.config import SettingsError
from model.presets import NAMED, Preset, describe
from tui.bindings import EXPLAIN, recipe_bindings
from tui.draft import Draft
from tui.keymap import shown_keys
from tui.recipe import PRESET, SETTINGS
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.screens.dialog import Dialog
from tui.setting import Setting
from tui.widgets.line_button import LineButton
from tui.widgets.setting_field import SettingField
from tui.widgets.training_panel import TrainingPanel
from tui.widgets.ways import ways

ABOUT = ("summary", "sets", "source")
"""What there is to say of a preset."""
OWN_SUMMARY = "none of the presets: a recipe of your own"


class RecipeScreen(Dialog[bool]):
    """All fields of the training panel's draft; closes with True where a new network is to begin."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        *recipe_bindings(),
        Binding("pageup", "leap(-1)", "Group before", priority=True),
        Binding("pagedown", "leap(1)", "Next group", priority=True),
        EXPLAIN,
    ]
    AUTO_FOCUS = ""
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    def __init__(self, panel: TrainingPanel) -> None:
        super().__init__()
        self._panel = panel
        self._visited: Setting | None = None
        self._fields = {setting: SettingField(setting, panel.draft) for setting in (PRESET, *SETTINGS)}

    def compose(self) -> ComposeResult:
        """The preset and what it says, the groups, and what Enter does."""
        # All of this at once, before it is styled: each of it later would style every field once more.
        self.add_class(*room_classes(self.app.size), update=False)
        self._hide_what_does_not_matter(self._panel.draft)
        with Vertical(classes="dialog -recipe") as dialog:
            dialog.border_title = "Recipe"
            dialog.border_subtitle = ways(
                ("esc closes", "screen.close"),
                ("\u2193 next", "app.focus_next"),
                "\u25c2 \u25b8 turn",
                ("pgup", "screen.leap(-1)"),
                ("pgdn groups", "screen.leap(1)"),
            )
            with VerticalScroll(id="recipe", can_focus=False):
                yield self._fields[PRESET]
                for name in ABOUT:
                    yield Static(id=f"preset-{name}", markup=False)
                for group, settings in groupby(SETTINGS, lambda setting: setting.group):
                    yield Static(group, classes="recipe-heading", markup=False)
                    yield from (self._fields[setting] for setting in settings)
            yield Static(id="recipe-hint", markup=False)
            with Horizontal(classes="dialog-buttons"):
                yield LineButton("Start over", id="recipe-start-over", action="screen.start_over")
                yield LineButton("As it was", id="undo", action="screen.undo")
                yield LineButton("Close", id="close", action="screen.close")

    def on_mount(self) -> None:
        """Begin where something is wrong, else at the preset; follow the draft from here on."""
        self.follow(self._panel, TrainingPanel.draft, self._show)
        wrong = self._panel.draft.wrong
        self._go_to(wrong[0] if wrong else PRESET)

    def _go_to(self, setting: Setting) -> None:
        next(widget for widget in self._fields[setting].query("*") if widget.focusable).focus()

    # ------------------------------------------------------------------------------ what people do

    def on_setting_field_edited(self, message: SettingField.Edited) -> None:
        """Fill it in."""
        message.stop()
        self._panel.edit(message.field)

    def on_setting_field_visited(self, message: SettingField.Visited) -> None:
        """Say what Enter does in this field."""
        message.stop()
        if message.here:
            self._visited = message.field.setting
            self._show_hint(self._panel.draft)

    def on_setting_field_entered(self, message: SettingField.Entered) -> None:
        """Let it act, or begin a new network."""
        message.stop()
        setting = message.field.setting
        if setting.live:
            self._panel.steer(setting)
        else:
            self.action_start_over()

    def on_click(self, event: events.Click) -> None:
        """Let a number act that can, by a click on the line that says that Enter does so."""
        hint, visited = self.query_one("#recipe-hint").region, self._visited
        if not hint.contains_point(event.screen_offset) or self._panel.draft.wrong:
            return
        if visited is not None and visited.live and visited.typed:
            self._panel.steer(visited)

    def action_start_over(self) -> None:
        """Begin a new network, unless something cannot be used: then go there."""
        wrong = self._panel.draft.wrong
        if wrong:
            self.app.bell()
            self._go_to(wrong[0])
        else:
            self.dismiss(True)

    def action_close(self) -> None:
        """Leave all that can be used filled in."""
        self._panel.draft = self._panel.draft.mend()
        self.dismiss(False)

    def action_undo(self) -> None:
        """Fill in what was there before anything was edited."""
        self._panel.draft = self._panel.draft.undo()

    def action_leap(self, direction: int) -> None:
        """Go to the first field of the next group, or of the one before; Preset is a group by itself."""
        firsts = [next(group) for _, group in groupby(self._fields, lambda setting: setting.group)]
        groups = [setting.group for setting in firsts]
        place = (groups.index(self._visited.group) if self._visited else 0) + direction
        self._go_to(firsts[min(max(place, 0), len(firsts) - 1)])

    # ------------------------------------------------------------------------------ what it says

    def _show(self, draft: Draft) -> None:
        for field in self._fields.values():
            field.show(draft)
        self._hide_what_does_not_matter(draft)
        for name, words in zip(ABOUT, about(draft), strict=True):
            line = self.query_one(f"#preset-{name}", Static)
            line.display = bool(words)
            line.update(words)
        self._show_hint(draft)

    def _hide_what_does_not_matter(self, draft: Draft) -> None:
        for setting, field in self._fields.items():
            # What is wrong has to be seen, even where it does not matter.
            shown = draft.applies(setting) or bool(draft.complaint(setting))
            if field.display != shown:
                field.display = shown

    def _show_hint(self, draft: Draft) -> None:
        hint = self.query_one("#recipe-hint", Static)
        wrong, visited = draft.wrong, self._visited
        hint.set_class(bool(wrong), "-wrong")
        hint.set_class(not wrong and bool(draft.changed), "-changed")
        hint.update(draft.complaint(visited if visited in wrong else wrong[0]) if wrong else self._advice)

    @property
    def _advice(self) -> str:
        """What the field is that the person is in, and what makes it act."""
        visited, key = self._visited, shown_keys(self)["start-over"]
        if visited is None or visited is PRESET:
            return f"A preset fills in all of this. It begins with a new network ({key})."
        if not visited.live:
            return f"{visited.explanation} Needs a new network ({key})."
        return f"{visited.explanation} {'Enter: acts at the next step.' if visited.typed else 'Acts at once.'}"


def about(draft: Draft) -> tuple[str, str, str]:
    """What the recipe that is filled in is, what it sets, and where that comes from; "" where there is nothing."""
    name = draft.preset
    if name in NAMED:
        preset = NAMED[name]
        return preset.summary, sets(preset), preset.source
    try:
        return OWN_SUMMARY, sets(Preset(name, "", "", *draft.recipe())), ""
    except SettingsError:
        return OWN_SUMMARY, "", ""


def sets(preset: Preset) -> str:
    """What a preset sets that is not the default, in words; "" where all is."""
    told = ", ".join(f"{name} {value}" for name, value in describe(preset))
    return told and f"sets {told}"
