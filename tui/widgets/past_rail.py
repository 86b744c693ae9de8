"""All snapshots of a run in one line, evenly spaced, to be stepped through or clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

HALF = 0.5
"""Share of the words from which on a passage begins to be right."""
INKS = ("line", "unread", "noise", "half", "words", "here")


class PastRail(Widget):
    """A mark for each snapshot: hollow until its passage is there, then the brighter the more words are right."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"past-rail--{ink}" for ink in INKS}
    DEFAULT_CSS = """
    PastRail {
        height: 1;
        & > .past-rail--line { color: $foreground 15%; }
        & > .past-rail--unread { color: $foreground 30%; }
        & > .past-rail--noise { color: $foreground 45%; }
        & > .past-rail--half { color: $primary; }
        & > .past-rail--words { color: $foreground; }
        & > .past-rail--here { color: $accent; text-style: bold; }
    }
    """

    steps: reactive[tuple[int, ...]] = reactive(())
    """Of the snapshots, rising."""
    here: reactive[int | None] = reactive(None)
    """The step that is shown."""
    right: reactive[Mapping[int, float | None]] = reactive(dict)
    """Steps whose passages are there, with the share of their words that are words of the text, where known."""

    class Picked(Message):
        """A snapshot was clicked."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def on_mount(self) -> None:
        """Explain the marks."""
        self.tooltip = "The snapshots. Filled: read. The brighter, the more of its words are words of the text."

    def place(self, number: int) -> int:
        """The cell of a snapshot."""
        return round(number * (self.size.width - 1) / max(1, len(self.steps) - 1))

    def step_at(self, cell: int) -> int | None:
        """The step of the snapshot nearest to a cell."""
        if not self.steps:
            return None
        return self.steps[min(range(len(self.steps)), key=lambda number: abs(self.place(number) - cell))]

    def render_line(self, _y: int) -> Strip:
        """Return the line; who is shown is drawn last, over a neighbour that shares its cell."""
        width = self.size.width
        cells = [("\u2500", "line")] * width
        for number, step in enumerate(self.steps if width else ()):
            cells[self.place(number)] = self._mark(step)
        if width and self.here in self.steps:
            cells[self.place(self.steps.index(self.here))] = ("\u25c6", "here")
        styles = {ink: self.get_component_rich_style(f"past-rail--{ink}") for ink in INKS}
        return Strip([Segment(sign, styles[ink]) for sign, ink in cells], width)

    def _mark(self, step: int) -> tuple[str, str]:
        if step not in self.right:
            return "\u25cb", "unread"
        share = self.right[step]
        return "\u25cf", "noise" if share is None or share < HALF / 2 else "half" if share < HALF else "words"

    def on_click(self, event: events.Click) -> None:
        """Go there."""
        if (step := self.step_at(event.x)) is not None:
            self.post_message(self.Picked(step))
