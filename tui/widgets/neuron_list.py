"""What was found: a line for each property of the text, with the unit that follows it best."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from model.neurons import Finding, Neurons

WIDTH = 38
"""Cells that a line needs."""


class NeuronList(Widget):
    """The winners, the strongest first; a click picks one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"neuron-list--line", "neuron-list--number", "neuron-list--picked"}
    DEFAULT_CSS = """
    NeuronList {
        width: 38;
        height: 1fr;
        & > .neuron-list--line { color: $foreground 60%; }
        & > .neuron-list--number { color: $foreground; }
        & > .neuron-list--picked { color: $accent; }
    }
    """

    neurons: reactive[Neurons | None] = reactive(None)
    """What was found."""
    picked: reactive[tuple[str, int]] = reactive(("", -1))
    """The property and the unit that are looked at."""

    class Picked(Message):
        """Someone clicked a finding."""

        def __init__(self, finding: Finding) -> None:
            super().__init__()
            self.finding = finding

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of them that there is room for."""
        return self.neurons.findings[: self.size.height] if self.neurons is not None else ()

    def render_line(self, y: int) -> Strip:
        """Return one finding."""
        width = self.size.width
        if y >= len(self.findings):
            return Strip.blank(width, self.rich_style)
        finding = self.findings[y]
        line, number = (self.get_component_rich_style(f"neuron-list--{name}") for name in ("line", "number"))
        if self.picked == (finding.probe, finding.unit):
            line = number = self.get_component_rich_style("neuron-list--picked")
        name, figures = finding.probe, f"{finding.unit:>5} {finding.r:>+6.2f}"
        room = width - len(figures)
        return Strip([Segment(f"{name[:room]:<{room}}", line), Segment(figures, number)]).adjust_cell_length(width)

    def on_click(self, event: events.Click) -> None:
        """Pick that one."""
        if event.y < len(self.findings):
            event.stop()
            self.post_message(self.Picked(self.findings[event.y]))
