"""What units hold, character by character: a row a unit, time from left to right, under the text that is written."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import ClassVar

from rich.cells import get_character_cell_size
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.color import Color
from textual.filter import ANSIToTruecolor, LineFilter
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.contrast import strengthened
from tui.sanitize import CARRIER, sanitize
from tui.widgets.shades import LEVELS, NOTHING, SIGNS, palette
from tui.widgets.unit_trace import UnitTrace

MARK, UPPER, LOWER = "\u25b8", "\u259d", "\u2597"
HALF = "\u2580"
LINE_END = "\u21b5"
EMPTY = "No network yet."


class NeuronRaster(Widget, can_focus=True):
    """Draws the newest characters in the colours of one picked unit, and below them that unit among its neighbours.

    Two units share a row of the terminal, one in its upper half and one in its lower. Where colours cannot be mixed,
    each has a row of signs for itself.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "neuron-raster--low",
        "neuron-raster--zero",
        "neuron-raster--high",
        "neuron-raster--label",
        "neuron-raster--picked",
        "neuron-raster--text",
    }
    DEFAULT_CSS = """
    NeuronRaster {
        height: 1fr;
        & > .neuron-raster--low { color: $primary; }
        & > .neuron-raster--zero { color: $background; }
        & > .neuron-raster--high { color: $accent; }
        & > .neuron-raster--label { color: $foreground 40%; }
        & > .neuron-raster--picked { color: $accent; text-style: bold; }
        & > .neuron-raster--text { color: $foreground; }
        &:ansi > .neuron-raster--low { color: ansi_blue; }
        &:ansi > .neuron-raster--high { color: ansi_yellow; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Unit before", show=False),
        Binding("down", "step(1)", "Unit after", show=False),
        Binding("pageup", "leap(-1)", "Units before", show=False),
        Binding("pagedown", "leap(1)", "Units after", show=False),
    ]

    unit: reactive[int] = reactive(0)
    """The one that is picked. Setting it is silent; only a hand on the raster posts `Picked`."""

    class Picked(Message):
        """Someone picked a unit here."""

        def __init__(self, unit: int) -> None:
            super().__init__()
            self.unit = unit

    def __init__(self, trace: UnitTrace, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.trace = trace
        self._first = 0  # the unit in the upper row
        self._styles: dict[tuple[int, int], Style] = {}  # of two units in one cell, by their shades
        self._colors: list[Color] = []
        self._labels: dict[str, Style] = {}
        self._shown: tuple[str, list[int] | range] = ("", range(0))

    # ------------------------------------------------------------------------------------ what is shown

    def refresh_trace(self) -> None:
        """Draw what has come since."""
        self._shown = self._newest(self.size.width - self.number_cells)
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._styles.clear()
        self._colors.clear()
        self._labels.clear()

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._bring_into_view()
        self.refresh_trace()

    def watch_unit(self) -> None:
        """Keep it in view."""
        self._bring_into_view()

    def _bring_into_view(self) -> None:
        """Have the picked unit in the middle, if it is out of sight; the upper row begins with an even one."""
        room = self.units_in_view
        if not self._first <= self.unit < self._first + room:
            self._first = self.unit - room // 2
        rows = -(-self.trace.H // self.per_row)
        self._first = self.per_row * max(0, min(self._first // self.per_row, rows - room // self.per_row))

    @property
    def number_cells(self) -> int:
        """Cells of the numbers at the left: the picked unit's value, and which unit a row is."""
        return max(6, len(str(self.trace.H)) + 2)

    @property
    def per_row(self) -> int:
        """Units in a row of the terminal."""
        return 1 if self._by_signs else 2

    @property
    def units_in_view(self) -> int:
        """How many units there is room for."""
        return max(1, self.size.height - 1) * self.per_row

    @property
    def _by_signs(self) -> bool:
        return self.app.no_color or self.app.native_ansi_color

    def _newest(self, width: int) -> tuple[str, list[int] | range]:
        """Return the text that fits into `width` cells, and for each of its cells the place of its character."""
        end = len(self.trace)
        text = sanitize(self.trace.text[max(0, end - max(0, width)) :]).replace("\n", LINE_END)
        if text.isascii():
            return text, range(end - len(text), end)
        signs: list[str] = []
        cells: list[int] = []
        for place, character in zip(range(end - 1, -1, -1), reversed(text), strict=False):
            size = get_character_cell_size(character)
            if len(cells) + max(1, size) > width:
                break
            signs.append(character if size else CARRIER)
            cells += [place] * max(1, size)
        return "".join(reversed(signs)), cells[::-1]

    # ----------------------------------------------------------------------------------------- drawing

    def get_line_filters(self) -> Sequence[LineFilter]:
        """All but the one that makes true colours of a terminal's own: these are true, and hundreds at each update."""
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def render_line(self, y: int) -> Strip:
        """Return the text, and below it the units."""
        width = self.size.width
        if not self._colors:
            self._mix()
        if not self.trace.H:
            text = EMPTY.center(width)[:width] if y == (self.size.height - 1) // 2 else ""
            segments = [Segment(text, self._ink("label"))]
        elif y == 0:
            segments = self._text_row()
        else:
            upper = self._first + (y - 1) * self.per_row
            segments = self._label(upper) + self._unit_row(upper) if upper < self.trace.H else []
        return Strip(segments).adjust_cell_length(width, self.visual_style.rich_style)

    def _ink(self, name: str) -> Style:
        if name not in self._labels:
            self._labels[name] = self.get_component_rich_style(f"neuron-raster--{name}")
        return self._labels[name]

    def _mix(self) -> None:
        component = self.get_component_styles
        self._colors = palette(
            *(component(f"neuron-raster--{name}").color for name in ("low", "zero", "high")),
        )

    def _text_row(self) -> list[Segment]:
        """Return the newest characters on what the picked unit held after each, and its last value at the left."""
        latest = self.trace.latest(self.unit)
        number = "" if latest is None else f"{latest:+.2f}"
        segments = [Segment(f"{number:<{self.number_cells}}", self._ink("picked"))]
        text, _ = self._shown
        if self._by_signs:
            return [*segments, Segment(text, self._ink("text"))]
        shades, at = self._shades(self.unit), 0
        for character in text:
            segments.append(Segment(character, self._style(shades[at], shades[at], text=True)))
            at += max(1, get_character_cell_size(character))
        return merged(segments)

    def _label(self, upper: int) -> list[Segment]:
        """Return the number of the unit at the top of a row, or of the picked one in it."""
        picked = upper <= self.unit < upper + self.per_row
        name = "picked" if picked else "label"
        half = MARK if self._by_signs else UPPER if upper == self.unit else LOWER
        number = f"{self.unit if picked else upper:>{self.number_cells - 2}}{half if picked else ' '} "
        return [Segment(number, self._ink(name))]

    def _unit_row(self, upper: int) -> list[Segment]:
        """Return one row of the raster, which begins with the unit `upper`."""
        first = self._shades(upper)
        if self._by_signs:
            return [
                Segment(SIGNS[shade] * len(list(run)), self._style(shade, shade, text=True))
                for shade, run in groupby(first)
            ]
        second = self._shades(upper + 1) if upper + 1 < self.trace.H else bytes([NOTHING]) * len(first)
        return [
            Segment((" " if pair[0] == pair[1] else HALF) * len(list(run)), self._style(*pair))
            for pair, run in groupby(zip(first, second, strict=True))
        ]

    def _shades(self, unit: int) -> bytes:
        """Return the shade of `unit` in each cell."""
        _, places = self._shown
        if not places:
            return b""
        first, wanted = places[0], places[-1] + 1
        shades = self.trace.column(unit, first, wanted).translate(LEVELS)
        # the trace may have lost what is still on the screen: another network's text begins
        shades = shades.ljust(wanted - first, bytes([NOTHING]))
        return shades if isinstance(places, range) else bytes(shades[place - first] for place in places)

    def _style(self, upper: int, lower: int, *, text: bool = False) -> Style:
        """Return the style of a cell with these shades; with `text`, of a character on the lower one."""
        key = (-1 if text else upper, lower)
        if key not in self._styles:
            color, below = self._colors[upper], self._colors[lower]
            if self._by_signs:
                self._styles[key] = self.rich_style + Style(color=color.rich_color)
            else:
                if text:
                    color = strengthened(self.get_component_styles("neuron-raster--text").color, below)
                drawn = Style(color=color.rich_color, bgcolor=below.rich_color)
                self._styles[key] = self._ink("text") + drawn if text else drawn
        return self._styles[key]

    # ------------------------------------------------------------------------------------------- hands

    def pick(self, unit: int) -> None:
        """Pick a unit as a person does, and tell."""
        unit = min(max(0, unit), self.trace.H - 1)
        if self.trace.H and unit != self.unit:
            self.unit = unit
            self.post_message(self.Picked(unit))

    def action_step(self, steps: int) -> None:
        """Pick a neighbour."""
        self.pick(self.unit + steps)

    def action_leap(self, direction: int) -> None:
        """Pick one as far away as there are units in view."""
        self.pick(self.unit + direction * self.units_in_view)

    def on_click(self, event: events.Click) -> None:
        """Pick the unit of the row; again, the other one in it."""
        if event.y < 1:
            return
        event.stop()
        upper = self._first + (event.y - 1) * self.per_row
        self.pick(upper + 1 if self.unit == upper and self.per_row == 2 else upper)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Pick the unit before."""
        event.stop()
        self.action_step(-1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Pick the unit after."""
        event.stop()
        self.action_step(1)


def merged(segments: list[Segment]) -> list[Segment]:
    """Return segments with neighbours of one style made one."""
    runs = groupby(segments, lambda segment: segment.style)
    return [Segment("".join(segment.text for segment in run), style) for style, run in runs]
