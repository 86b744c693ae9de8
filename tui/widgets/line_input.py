"""A line to type in that keeps the order of keys, however fast they come."""

from __future__ import annotations

from textual import events
from textual.widgets import Input


class LineInput(Input):
    """An input that edits at once.

    Textual inserts a letter where the key arrives, but sends a key with a binding on to the app, which calls the input
    back. While the app is busy, what is typed behind a backspace would be there before it, and be deleted by it.
    """

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
