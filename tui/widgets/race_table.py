"""Who is where in a race, in numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import NamedTuple

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.protocol import Gauges
from tui import units
from tui.lanes import Standing, all_validated
from tui.room import is_ample
from tui.sanitize import sanitize_line
from tui.units import LossUnit
from tui.widgets.loss_canvas import ACROSS, BRAILLE, DOTS
from tui.widgets.race_chart import INKS
from tui.widgets.race_plot import DASHES

FAINT = "$foreground-muted"
PLACE, SAMPLE = 6, 4
"""Cells of the first two columns."""
LEAST_FOR_HEADING = 16
"""Rows of the window."""


class RaceTable(Static):
    """A row for each racer; columns that have no room are left out from the right."""

    DEFAULT_CSS = """
    RaceTable { height: auto; text-wrap: nowrap; }
    """
    ALLOW_SELECT = False

    standings: reactive[tuple[Standing, ...]] = reactive((), repaint=False)
    """In the order of the start."""

    def __init__(self, unit: LossUnit = LossUnit.NATS, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, markup=False)
        self._unit = unit

    def watch_standings(self) -> None:
        """Write the new numbers."""
        self._show()

    def on_resize(self) -> None:
        """Write as many as there is room for."""
        self._show()

    def _show(self) -> None:
        room, count = self.app.size, len(self.standings)
        heading, airy = room.height >= LEAST_FOR_HEADING, is_ample(room)
        rows = (int(heading) + count) * (1 + airy) - airy
        if self.styles.height is None or self.styles.height.value != rows:
            self.styles.height = rows
        self.update(table(self.standings, self.size.width, self._unit, heading=heading, airy=airy), layout=False)


class Column(NamedTuple):
    """One number of each racer."""

    title: str
    width: int
    value: Callable[[Gauges, LossUnit], str]


COLUMNS = (
    Column("val", 7, lambda gauges, unit: unit.show(gauges.validation_loss)),
    Column("train", 7, lambda gauges, unit: unit.show(gauges.train_loss)),
    Column("speed", 10, lambda gauges, _unit: units.rate(gauges.chars_per_second)),
    Column("size", 7, lambda gauges, _unit: units.characters(gauges.parameters)),
)
"""The most important first: what there is no room for is left out from the end."""


def table(
    standings: Sequence[Standing], width: int, unit: LossUnit, *, heading: bool = True, airy: bool = False
) -> Content:
    """Return the rows, below a heading and with air between them where that is wanted."""
    names = [sanitize_line(standing.name) for standing in standings]
    rule = f"place by {'val' if all_validated(standings) else 'train'}"
    longest = max(map(len, (*names, rule[PLACE + SAMPLE + 1 :])))
    front = PLACE + SAMPLE + 1 + longest
    ends = accumulate((column.width for column in COLUMNS), initial=front)
    shown = [column for column, end in zip(COLUMNS, list(ends)[1:], strict=True) if end <= width]
    title = f"{rule:<{front}}" + "".join(f"{column.title:>{column.width}}" for column in shown)
    lines = [Content.styled(title, FAINT)] if heading else []
    for number, (name, standing) in enumerate(zip(names, standings, strict=True)):
        values = "".join(f"{column.value(standing.gauges, unit):>{column.width}}" for column in shown)
        lines.append(
            Content.assemble(
                (f"{place(standing):<{PLACE}}", "bold" if standing.place == 1 else FAINT),
                (sample(number), INKS[number]),
                (f" {name:<{longest}}", f"bold {INKS[number]}"),
                (values, FAINT if standing.out else "bold" if standing.place == 1 else ""),
            )
        )
    return Content("\n\n" if airy else "\n").join(lines)


def place(standing: Standing) -> str:
    """Return a place as people say it; a sign and a word for who is out."""
    if standing.out:
        return "\u2715 out"
    return units.NOTHING if standing.place is None else str(standing.place)


def sample(number: int) -> str:
    """Return a piece of a racer's line, as on the chart."""
    drawn = [sign == "#" for sign in (DASHES[number % len(DASHES)] * ACROSS * SAMPLE)[: ACROSS * SAMPLE]]
    cells = zip(drawn[::2], drawn[1::2], strict=True)
    return "".join(chr(BRAILLE + left * DOTS[0][1] + right * DOTS[1][1]) for left, right in cells)
