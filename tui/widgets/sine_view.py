"""A stretch of a noisy sine, and what a network says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.reactive import reactive
from textual.strip import Strip

from model.lab.frames import SineFrame
from tui.widgets.drawn import Drawn
from tui.widgets.loss_canvas import ACROSS, DOWN, Canvas
from tui.widgets.race_plot import spans

HIGHEST = 1.25
"""Of the axis, either way."""
AXIS = 4
"""Cells of the numbers at the left."""
INKS = ("axis", "rule", "clean", "noisy", "next", "free")


class SineView(Drawn):
    """Draws the sine faintly, the samples as crosses, and over them what the network says."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"sine-view--{ink}" for ink in INKS}
    DEFAULT_CSS = """
    SineView {
        height: 1fr;
        & > .sine-view--axis { color: $foreground 50%; }
        & > .sine-view--rule { color: $foreground 20%; }
        & > .sine-view--clean { color: $foreground 45%; }
        & > .sine-view--noisy { color: $primary; }
        & > .sine-view--next { color: $success; }
        & > .sine-view--free { color: $accent; text-style: bold; }
    }
    """

    frame: reactive[SineFrame | None] = reactive(None, repaint=False)
    """What is drawn."""

    def watch_frame(self) -> None:
        """Draw the new one."""
        self.redraw()

    def draw(self) -> list[Strip]:
        """Return the rows of the picture."""
        if self.frame is None:
            return []
        styles = {ink: self.get_component_rich_style(f"sine-view--{ink}") for ink in INKS}
        return drawn(self.frame, *self.size).strips({"": self.rich_style, **styles})


def drawn(frame: SineFrame, width: int, height: int) -> Canvas:
    """Draw a stretch; words go at the top, where the sine never is."""
    canvas = Canvas(width, height)
    points, read = len(frame.clean), len(frame.noisy)
    across, down = ACROSS * (width - AXIS) - 1, DOWN * height - 1

    def dots(first: int, values: Sequence[float]) -> list[tuple[int, int]]:
        return [
            (ACROSS * AXIS + point * across // (points - 1), round((HIGHEST - value) / (2 * HIGHEST) * down))
            for point, value in enumerate(values, first)
        ]

    def draw(first: int, values: Sequence[float], ink: str) -> None:
        for x, top, bottom in spans(dots(first, values)):
            canvas.column(x, max(0, top), min(bottom, down), ink)

    for label, value in (("1", 1.0), ("0", 0.0), ("-1", -1.0)):
        (_, y), *_ = dots(0, [value])
        canvas.write(AXIS - 1 - len(label), y // DOWN, label, "axis")
    (border, _), *_ = dots(read - 1, [0.0])
    canvas.column(border, 0, down, "rule")
    draw(0, frame.clean, "clean")
    draw(read, frame.said[read - 1 :], "free")
    draw(1, frame.said[:read], "next")
    for x, y in dots(0, frame.noisy):
        canvas.column(x, y - 1, y + 1, "noisy")
        canvas.dot(x - 1, y, "noisy")
        canvas.dot(x + 1, y, "noisy")
    left = border // ACROSS
    words = [("reads", "noisy"), ("says what comes next", "next")]
    at = left - 1 - sum(len(word) + 2 for word, _ in words)
    for word, ink in words if at >= AXIS else words[:1]:
        canvas.write(max(AXIS, at), 0, word, ink)
        at += len(word) + 2
    canvas.write(left + 2, 0, "goes on by itself", "free")
    return canvas
