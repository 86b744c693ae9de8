"""What stands on the screen when nothing else fits on it."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Middle
from textual.widgets import Static

from tui.room import LEAST_HEIGHT, LEAST_WIDTH


class RoomNotice(Middle):
    """A calm sentence; training and writing go on behind it."""

    def compose(self) -> ComposeResult:
        """What is wished for, and how much of it."""
        yield Static("A little more room, please.", id="room-wish", markup=False)
        yield Static(f"{LEAST_WIDTH} by {LEAST_HEIGHT} is enough.", id="room-need", markup=False)
