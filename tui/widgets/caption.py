"""What a show says about the screen above it."""

from __future__ import annotations

from textual.widgets import Static


class Caption(Static):
    """A sentence in a frame, above the keys."""

    DEFAULT_CSS = """
    Caption {
        dock: bottom;
        height: auto;
        margin: 0 0 1 0;
        padding: 0 2;
        border: round $accent;
        background: $background;
        color: $foreground;
        text-align: center;
        text-style: bold;
    }
    """

    def __init__(self, text: str) -> None:
        super().__init__(text, markup=False)

    def on_mount(self) -> None:
        """Let the stylesheet know: what stands above has less room."""
        self.screen.add_class("-captioned")

    def on_unmount(self) -> None:
        """Give the room back."""
        self.screen.remove_class("-captioned")
