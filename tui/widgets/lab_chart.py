"""The learning curves of an experiment, over a logarithmic axis, with the least loss there can be where it is known."""

from __future__ import annotations

from typing import ClassVar

from msgspec.structs import replace
from textual.reactive import reactive
from textual.strip import Strip

from model.lab.frames import CountingFrame, Frame
from tui.lab_words import LEAST
from tui.lanes import Curve
from tui.units import LossUnit
from tui.widgets.drawn import Drawn
from tui.widgets.loss_axis import Scale
from tui.widgets.race_chart import INKS
from tui.widgets.race_plot import RacePlot

COLOURS = (*INKS, "$secondary")
"""Of the networks, and of the least loss there can be."""
DRAWN_IN = ("axis", "rule", *(f"{kind}-{number}" for kind in ("line", "name") for number in range(len(COLOURS))))
ROOM = 1.15
"""Between the curves and the ends of the axis, as a factor."""


class LabChart(Drawn):
    """Draws with braille dots; each curve is named at its end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lab-chart--{ink}" for ink in DRAWN_IN}
    DEFAULT_CSS = "LabChart {\n    height: 1fr;\n    " + "\n    ".join(
        [
            "& > .lab-chart--axis { color: $foreground 50%; }",
            "& > .lab-chart--rule { color: $foreground 20%; }",
            *(f"& > .lab-chart--line-{number} {{ color: {ink}; }}" for number, ink in enumerate(COLOURS)),
            *(
                f"& > .lab-chart--name-{number} {{ color: {ink}; text-style: bold; }}"
                for number, ink in enumerate(COLOURS)
            ),
            "}",
        ]
    )

    frame: reactive[Frame | None] = reactive(None, repaint=False)
    """Whose curves are drawn."""

    def watch_frame(self) -> None:
        """Draw the new one."""
        self.redraw()

    def draw(self) -> list[Strip]:
        """Return the rows of the chart."""
        curves = curves_of(self.frame)
        if not self.size or not curves:
            return []
        losses = [point.loss for curve in curves for point in curve.validation]
        scale = Scale(max(min(losses), 1e-4) / ROOM, max(max(losses), 2e-4) * ROOM, log=True)
        plot = RacePlot(curves, "steps", LossUnit.NATS, *self.size, scale=scale)
        ink = {name: self.get_component_rich_style(f"lab-chart--{name}") for name in DRAWN_IN}
        return plot.canvas.strips({"": self.rich_style, **ink})


def curves_of(frame: Frame | None) -> list[Curve]:
    """The curves that have begun, and the least loss as a level one below them."""
    if frame is None:
        return []
    curves = [Curve(losses.name, validation=losses.points) for losses in frame.curves if losses.points]
    if isinstance(frame, CountingFrame) and curves:
        first = curves[0].validation
        level = [replace(point, loss=frame.floor) for point in (first[0], first[-1])]
        curves.append(Curve(LEAST, validation=tuple(level)))
    return curves
