"""The losses of all racers on one chart: what they learn from is faint, what they are measured on is bright."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import reactive
from textual.strip import Strip

from model.protocol import MOST_RACERS
from tui.lanes import Curve
from tui.units import LossUnit
from tui.widgets.drawn import Drawn
from tui.widgets.race_plot import RacePlot, Shared

INKS = ("$primary", "$accent", "$success", "$foreground")
"""Of the racers, for all who write their names."""
COMPONENTS = tuple(f"{kind}-{number}" for kind in ("line", "shade", "name") for number in range(MOST_RACERS))


class RaceChart(Drawn):
    """Draws curves over a common axis, with braille dots; each is named at its end."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"race-chart--{ink}" for ink in (*COMPONENTS, "axis", "rule")}
    DEFAULT_CSS = "RaceChart {\n    height: 1fr;\n    " + "\n    ".join(
        [
            "& > .race-chart--axis { color: $foreground 50%; }",
            "& > .race-chart--rule { color: $foreground 20%; }",
            *(f"& > .race-chart--line-{number} {{ color: {ink}; }}" for number, ink in enumerate(INKS)),
            *(f"& > .race-chart--shade-{number} {{ color: {ink} 55%; }}" for number, ink in enumerate(INKS)),
            *(
                f"& > .race-chart--name-{number} {{ color: {ink}; text-style: bold; }}"
                for number, ink in enumerate(INKS)
            ),
            "}",
        ]
    )

    curves: reactive[tuple[Curve, ...]] = reactive((), repaint=False)
    """Of all racers, in the order of the start."""

    def __init__(self, fairness: Shared, unit: LossUnit = LossUnit.NATS, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._fairness, self._unit, self._log = fairness, unit, False

    def watch_curves(self) -> None:
        """Draw the new ones."""
        self.redraw()

    def look(self, unit: LossUnit, *, log: bool) -> None:
        """Draw in another unit, or over another axis."""
        self._unit, self._log = unit, log
        self.redraw()

    def draw(self) -> list[Strip]:
        """Return the rows of the chart."""
        if not self.size or not any(curve.end for curve in self.curves):
            return []
        plot = RacePlot(self.curves, self._fairness, self._unit, *self.size, log=self._log)
        inks = {ink: self.get_component_rich_style(f"race-chart--{ink}") for ink in (*COMPONENTS, "axis", "rule")}
        return plot.canvas.strips({"": self.rich_style, **inks})


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    from model.protocol import LossPoint

    class Demo(App[None]):
        """Three curves that fall as losses do."""

        def compose(self) -> ComposeResult:
            """Show the chart alone."""
            yield RaceChart("time")

        def on_mount(self) -> None:
            """Give it a minute of training."""
            self.query_one(RaceChart).curves = tuple(
                Curve(
                    name,
                    tuple(LossPoint(100 * x, end + 2.5 / (1 + x / 9) ** 0.8) for x in range(600)),
                    tuple(LossPoint(100 * x, end + 0.1 + 2.5 / (1 + x / 9) ** 0.8) for x in range(20, 600, 20)),
                )
                for name, end in (("RNN", 1.8), ("GRU", 1.5), ("LSTM", 1.4))
            )

    Demo().run()
