"""What may be written next: the likeliest characters, before anyone has drawn one of them."""

from __future__ import annotations

import math
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from model.outlook import Candidate, Outlook
from model.protocol import Gauges
from tui import units
from tui.keymap import shown_keys
from tui.sanitize import picture
from tui.sight import in_sight
from tui.widgets.bar import TICK, Part, bar, line
from tui.widgets.ways import way

EMPTY = "What may come next stands here as soon as there is a network."
EMPTY_NARROW = "No network yet."
DIGITS = 9
"""Candidates that have a key."""
LEAST_CELLS = 22
"""Of a row; with fewer there is nothing to be seen."""
ROOM_FOR_GAUGE = 5
"""Rows."""
ROOMY = 60
"""Cells from which on the gauge explains itself."""


class NextPanel(Widget, can_focus=True):
    """Shows how likely each candidate is under the settings in force, and marks how likely it was without them.

    A click on a candidate, or its digit while the panel has the focus, asks for it to be written.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "next-panel--digit",
        "next-panel--symbol",
        "next-panel--fill",
        "next-panel--ghost",
        "next-panel--tick",
        "next-panel--figure",
        "next-panel--cut",
        "next-panel--hovered",
    }
    DEFAULT_CSS = """
    NextPanel {
        padding: 0 1;
        & > .next-panel--digit { color: $text-accent; }
        & > .next-panel--symbol { color: $foreground; text-style: bold; }
        & > .next-panel--fill { color: $primary; }
        & > .next-panel--ghost { color: $foreground 25%; }
        & > .next-panel--tick { color: $accent; }
        & > .next-panel--figure { color: $foreground; }
        & > .next-panel--cut { color: $foreground 50%; }
        & > .next-panel--hovered { background: $block-hover-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(digit), f"choose({digit - 1})", "Write it", show=False) for digit in range(1, DIGITS + 1)),
        Binding("backspace", "take_back", "Take it back", show=False),
    ]

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    hovered: reactive[int | None] = reactive(None, repaint=False)
    """The row under the mouse."""

    class Chosen(Message):
        """Someone wants this character to be written."""

        def __init__(self, symbol: str, by_mouse: bool = False) -> None:
            super().__init__()
            self.symbol = symbol
            self.by_mouse = by_mouse

    class TakenBack(Message):
        """Someone wants the last character to be undone."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._said = ""  # below the candidates
        self._rows: list[Strip] = []  # as drawn last; none where all is to be drawn anew
        self._styles: dict[tuple[str, bool, bool], Style] = {}  # of parts, hovered or not, reversed or not

    @property
    def outlook(self) -> Outlook | None:
        """What is shown."""
        return self.gauges.outlook

    @property
    def shown(self) -> tuple[Candidate, ...]:
        """The candidates that there are rows for; the last row is the gauge's, unless there are few."""
        rows = self.content_size.height
        return self.outlook.candidates[: rows - (rows >= ROOM_FOR_GAUGE)] if self.outlook else ()

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Draw where something else may come."""
        if (old.outlook != new.outlook or old.vocabulary != new.vocabulary) and in_sight(self):
            self._draw()
            self._explain()

    def on_mount(self) -> None:
        """Explain the signs from the start."""
        self._explain()

    def on_show(self) -> None:
        """Show what came while nobody looked."""
        self.catch_up()

    def catch_up(self) -> None:
        """Draw what is known now."""
        self._draw()
        self._explain()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._styles.clear()
        self._rows = []

    def watch_has_focus(self, _has_focus: bool) -> None:
        """Show or hide the digits."""
        super().watch_has_focus(_has_focus)
        self._rows = []
        self.refresh()
        self._explain()

    def _explain(self) -> None:
        """Say below the candidates what they follow, and what the mark is."""
        found = self.outlook
        said = Content("")
        if found is not None and self.has_focus:
            back = shown_keys(self)["back"]
            said = Content.assemble(
                *(("1-9", "$accent"), " write  "),
                *(way(Content.assemble(("\u232b", "$accent"), " undo"), "take_back"), "  "),
                way(Content.assemble((back, "$accent"), " leave"), "screen.back"),
            )
        elif found is not None:
            after = f"after {picture(found.after)}" if found.after else "at the beginning"
            drawn = "" if found.drawn is None else f", drawn at {figure(found.drawn)}"
            sign = Content.assemble("  ", (TICK, "$accent"), " temperature 1")
            room = self.content_size.width - sign.cell_length
            told = after + drawn
            said = Content(told if cell_len(told) <= room else after if cell_len(after) <= room else "") + sign
        if said.plain != self._said:
            self._said = said.plain
            self.border_subtitle = said

    # ---------------------------------------------------------------------------------------- its rows

    def _draw(self) -> None:
        """Draw all rows, and paint those that have changed; the frame around them has not."""
        width, height = self.content_size
        before, self._rows = self._rows, [self._row(y, width, height) for y in range(height)]
        if len(before) != height:
            self.refresh()
            return
        changed = [y for y, (old, new) in enumerate(zip(before, self._rows, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._rows = []
        self._explain()

    def watch_hovered(self) -> None:
        """Light another row."""
        self._draw()

    def render_line(self, y: int) -> Strip:
        """Return a candidate's row, or the gauge."""
        width, height = self.content_size
        if len(self._rows) != height:
            self._rows = [self._row(each, width, height) for each in range(height)]
        return self._rows[y] if y < height else Strip.blank(width, self.visual_style.rich_style)

    def _row(self, y: int, width: int, height: int) -> Strip:
        if self.outlook is None:
            text = EMPTY if cell_len(EMPTY) <= width else EMPTY_NARROW
            row = [self._segment(text.center(width) if y == (height - 1) // 2 else "", "cut")]
        elif width < LEAST_CELLS:
            row = []
        elif y < len(self.shown):
            row = self._candidate(y, self.shown[y], width)
        elif y == height - 1:
            row = self._gauge(self.outlook, width)
        else:
            row = []
        return Strip(row).adjust_cell_length(width, self.visual_style.rich_style)

    def _candidate(self, index: int, candidate: Candidate, width: int) -> list[Segment]:
        digit = str(index + 1) if self.has_focus and index < DIGITS else " "
        shown = picture(candidate.symbol)
        hovered = self.hovered == index
        figures = "cut" if candidate.cut else figure(candidate.probability)
        return [
            self._segment(f"{digit} ", "digit", hovered=hovered),
            self._segment(shown + " " * (3 - cell_len(shown)), "cut" if candidate.cut else "symbol", hovered=hovered),
            *self._runs(bar(candidate.probability, candidate.raw, width - 12), hovered=hovered),
            self._segment(figures.rjust(7), "cut" if candidate.cut else "figure", hovered=hovered),
        ]

    def _gauge(self, found: Outlook, width: int) -> list[Segment]:
        """Return how surprising the next character will be, of all the surprise there can be."""
        roomy = width >= ROOMY
        of_what = " of surprise expected" if roomy else " of surprise" if width >= 36 else ""
        expected = f"{bits(found.entropy)} bits{of_what}  "
        raw = f"  at {'temperature ' if roomy else ''}1: {bits(found.raw_entropy)}"
        most = math.log(max(2, len(self.gauges.vocabulary)))
        room = width - len(expected) - len(raw)
        return [
            self._segment(expected, "figure"),
            *self._runs(line(found.entropy / most, found.raw_entropy / most, max(0, room))),
            self._segment(raw, "cut"),
        ]

    def _runs(self, runs: list[tuple[str, Part]], *, hovered: bool = False) -> list[Segment]:
        names = {"rest": "ghost", "notch": "fill"}
        return [
            self._segment(text, names.get(part, part), hovered=hovered, reverse=part == "notch") for text, part in runs
        ]

    def _segment(self, text: str, part: str, *, hovered: bool = False, reverse: bool = False) -> Segment:
        key = (part, hovered, reverse)
        if (style := self._styles.get(key)) is None:
            names = [f"next-panel--{part}"] + ["next-panel--hovered"] * hovered
            style = self.get_component_rich_style(*names)
            self._styles[key] = style = style + Style(reverse=True) if reverse else style
        return Segment(text, style)

    # ------------------------------------------------------------------------------------ choosing one

    def action_choose(self, index: int, by_mouse: bool = False) -> None:
        """Ask for a candidate that is shown to be written."""
        if index < len(self.shown):
            self.post_message(self.Chosen(self.shown[index].symbol, by_mouse))

    def action_take_back(self) -> None:
        """Ask for the last character to be undone."""
        self.post_message(self.TakenBack())

    def on_click(self, event: events.Click) -> None:
        """Ask for the candidate under the mouse."""
        row = self._row_of(event)
        if row is not None:
            event.stop()
            self.action_choose(row, by_mouse=True)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light the candidate under the mouse."""
        self.hovered = self._row_of(event)

    def on_leave(self) -> None:
        """Light none."""
        self.hovered = None

    def _row_of(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset(self)
        return offset.y if offset is not None and offset.y < len(self.shown) else None


def bits(nats: float) -> str:
    """Return an entropy given in nats as bits: `1.8`."""
    return units.short(units.bits(nats), 1) if math.isfinite(nats) else units.NOTHING


def figure(probability: float) -> str:
    """Return a probability as `62 %`, `4.1 %` or `<0.1 %`."""
    if not math.isfinite(probability):
        return units.NOTHING
    percent = 100.0 * probability
    if 0.0 < percent < 0.1:
        return "<0.1 %"
    return f"{percent:.1f} %" if 0.0 < percent < 9.95 else f"{percent:.0f} %"


if __name__ == "__main__":
    from textual.app import App, ComposeResult

    class Demo(App[None]):
        """The panel alone, with three vowels to come."""

        def compose(self) -> ComposeResult:
            """Show the panel."""
            yield NextPanel()

        def on_mount(self) -> None:
            """Give it something to look forward to."""
            vowels = (Candidate("e", 0.5, 0.7), Candidate("a", 0.3, 0.25), Candidate("o", 0.2, 0.05))
            outlook = Outlook(vowels, entropy=0.74, raw_entropy=1.03, after="h", drawn=0.4)
            self.query_one(NextPanel).gauges = Gauges(vocabulary="aeiouh", outlook=outlook)

    Demo().run()
