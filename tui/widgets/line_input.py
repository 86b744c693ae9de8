"""A line to type in that keeps the order of keys, however fast they come."""

from __future__ import annotations

from typing import Any

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widgets import Input

from tui.sanitize import sanitize_line


class LineInput(Input):
    """An input that edits at once.

    Textual inserts a letter where the key arrives, but sends a key with a binding on to the app, which calls the input
    back. While the app is busy, what is typed behind a backspace would be there before it, and be deleted by it.
    """

    def __init__(self, value: str | None = None, *, new_line: str = "", **settings: Any) -> None:
        """Prepare the line.

        Args:
            value: What stands there.
            new_line: How the end of a line that is pasted is written; empty for a line that ends with the first.
            settings: Of Textual's input.
        """
        super().__init__(value, **settings)
        self._new_line = new_line

    @property
    def _value(self) -> Text:
        """What stands there as it may be shown: a character for each, so that the cursor stays at its own."""
        return Text(sanitize_line(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        """The cell that a character of it begins in."""
        return cell_len(sanitize_line(self.value)[:position])

    def _on_paste(self, event: events.Paste) -> None:
        """Take it here."""
        event.stop()
        event.prevent_default()
        self._insert(event.text)

    def action_paste(self) -> None:
        """Likewise, what was copied in the app."""
        self._insert(self.app.clipboard)

    def _insert(self, pasted: str) -> None:
        """Take what has room, and say how much that was; Textual would take nothing of what is too long."""
        lines = pasted.splitlines()
        text = self._new_line.join(lines if self._new_line else lines[:1])
        start, end = sorted(self.selection)
        if self.max_length:
            # what it began with may be longer than what may be typed
            room = max(0, self.max_length - len(self.value) + end - start)
            if len(text) > room:
                self.notify(f"The first {room:,} of {len(text):,} characters: there is no room for more.", markup=False)
                text = text[:room]
        self.replace(text, start, end)

    async def on_key(self, event: events.Key) -> None:
        """Do here what a key does to the line; what leaves it (enter, and the ways to other fields) goes its way."""
        if event.is_printable:
            return
        for binding in self._bindings.key_to_bindings.get(event.key, ()):
            edits = binding.action != "submit" and "." not in binding.action
            # what finds nothing to do here, as scrolling, is somebody else's
            if edits and await self.app.run_action(binding.action, self):
                event.stop()
                event.prevent_default()
                return
