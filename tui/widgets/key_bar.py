"""The line at the bottom: the keys that work now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen
from textual.style import Style
from textual.widgets import Static

from tui.bindings import KEPT

HOVERED = "$foreground on $block-hover-background"


class KeyBar(Static):
    """Shows the active bindings that are to be shown, in their order; a click on one presses its key.

    Textual's footer has a widget for each key and makes all of them anew whenever a binding may have changed, which
    is a third of the work up to the first frame. This line is painted where it reads differently.
    """

    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._keys: list[Binding] = []  # as shown
        self._hovered: str | None = None

    def on_mount(self) -> None:
        """Follow the bindings of the screen."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def _follow(self, screen: Screen[object]) -> None:
        if screen is not self.screen:
            return
        keys: dict[str, Binding] = {}  # the first of each action
        for active in screen.active_bindings.values():
            if active.binding.show:
                keys.setdefault(active.binding.action, active.binding)
        if list(keys.values()) != self._keys:
            self._keys = list(keys.values())
            self._show()

    def on_resize(self) -> None:
        """Show as many keys as there is room for."""
        self._show()

    def _show(self) -> None:
        parts: list[tuple[Content, bool]] = []  # and whether it stays whatever happens
        for group, together in groupby(self._keys, lambda binding: binding.group):
            if group is None:
                parts += [
                    (self._key(binding, f" {binding.description} ", before=" "), binding.id in KEPT)
                    for binding in together
                ]
            else:
                label = (f" {group.description} ", "$faint")
                parts.append((Content.assemble(" ", *(self._key(binding) for binding in together), label), False))
        self.update(Content("").join(fitting(parts, self.content_size.width + 1)), layout=False)  # all end in a blank

    def _key(self, binding: Binding, label: str = "", before: str = "") -> Content:
        """Return a key, bright, and its label, for the mouse to find."""
        content = Content.assemble(before, (self.app.get_key_display(binding), "bold $accent"), (label, "$faint"))
        if binding.key == self._hovered:
            content = content.stylize(HOVERED)
        return content.stylize(Style.from_meta({"key": binding.key}))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light the key under the mouse, and let it be explained."""
        self._hover(event.style.meta.get("key"))

    def on_leave(self) -> None:
        """Light none."""
        self._hover(None)

    def _hover(self, key: str | None) -> None:
        if key != self._hovered:
            self._hovered = key
            self.tooltip = next((binding.tooltip for binding in self._keys if binding.key == key), None)
            self._show()

    def on_click(self, event: events.Click) -> None:
        """Press the key."""
        key = event.style.meta.get("key")
        if key is not None:
            self.app.simulate_key(key)


def fitting(parts: Sequence[tuple[Content, bool]], room: int) -> list[Content]:
    """Return the parts that have room: a word that is cut says nothing, so the last ones go as a whole.

    Args:
        parts: Each with whether it stays when others go.
        room: Cells.
    """
    kept = [part.cell_length for part, stays in parts if stays]
    room -= sum(kept)
    shown, full = [], False
    for part, stays in parts:
        full = full or (not stays and part.cell_length > room)
        if stays:
            shown.append(part)
        elif not full:
            shown.append(part)
            room -= part.cell_length
    return shown
