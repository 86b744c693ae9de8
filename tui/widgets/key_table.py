"""The table of keys: each row can be walked to or clicked, and does what its key does."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import ClassVar, NamedTuple

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from tui.bindings import Key
from tui.widgets.wrap import wrap

NAMES = 15
"""Cells of the names."""


class Row(NamedTuple):
    """A name, and what it means; a heading means nothing."""

    name: str
    meaning: str = ""
    key: Key | None = None
    """What is done where the row is clicked."""


class Line(NamedTuple):
    """A line of the screen."""

    row: int
    """Where in the table; -1 is a blank line."""
    name: str = ""
    meaning: str = ""


class KeyTable(Widget, can_focus=True):
    """Stands in something that scrolls, and draws what of it is seen: a widget for each line takes a second to make."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "key-table--name",
        "key-table--meaning",
        "key-table--heading",
        "key-table--idle",
        "key-table--hovered",
        "key-table--cursor",
    }
    DEFAULT_CSS = """
    KeyTable {
        height: auto;
        & > .key-table--name { color: $accent; }
        & > .key-table--meaning { color: $foreground; }
        & > .key-table--heading { color: $faint; }
        & > .key-table--idle { color: $faint; }
        & > .key-table--hovered { background: $block-hover-background; }
        & > .key-table--cursor { background: $block-cursor-background; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "walk(-1)", "Before", show=False),
        Binding("down", "walk(1)", "Next", show=False),
        Binding("pageup", "leap(-1)", "Page up", show=False),
        Binding("pagedown", "leap(1)", "Page down", show=False),
        Binding("home", "go_to_end(-1)", "First", show=False),
        Binding("end", "go_to_end(1)", "Last", show=False),
        Binding("enter", "choose", "Do it", show=False),
    ]

    cursor: reactive[int | None] = reactive(None, repaint=False)
    """The row that enter is for."""
    hovered: reactive[int | None] = reactive(None, repaint=False)
    """The row under the mouse."""

    class Chosen(Message):
        """Someone wants it to be done."""

        def __init__(self, key: Key) -> None:
            super().__init__()
            self.key = key

    def __init__(self, rows: Sequence[Row], idle: Collection[str]) -> None:
        """Show these rows.

        Args:
            rows: Headings, keys and words.
            idle: Ids of the keys that do nothing now.
        """
        super().__init__()
        self.rows, self.idle = tuple(rows), frozenset(idle)
        self._width, self._lines = 0, [Line(-1)]
        self._firsts: dict[int, int] = {}  # the line that a row begins with

    # ---------------------------------------------------------------------------------------- its lines

    def get_content_height(self, _container: Size, _viewport: Size, width: int) -> int:
        """As many lines as the meanings take."""
        self._lay_out(width)
        return len(self._lines)

    def _lay_out(self, width: int) -> None:
        if width == self._width:
            return
        self._width, self._lines, self._firsts = width, [], {}
        for place, row in enumerate(self.rows):
            if not row.meaning:
                self._lines.append(Line(-1))
            self._firsts[place] = len(self._lines)
            starts = wrap(row.meaning, 0, max(2, width - NAMES), {})
            for name, (start, stop) in zip(
                (row.name, *[""] * len(starts)), pairwise([*starts, len(row.meaning)]), strict=False
            ):
                self._lines.append(Line(place, name, row.meaning[start:stop].rstrip()))

    def render_line(self, y: int) -> Strip:
        """Return a line of a row."""
        width = self.content_size.width
        self._lay_out(width)
        line = self._lines[y] if y < len(self._lines) else Line(-1)
        if line.row < 0:
            return Strip.blank(width, self.rich_style)
        row = self.rows[line.row]
        name, meaning = ("name", "meaning") if row.meaning else ("heading", "heading")
        if row.key is not None and row.key.id in self.idle:
            name = meaning = "idle"
        lit = "cursor" if line.row == self.cursor else "hovered" if line.row == self.hovered else ""
        told = (f"{line.name:<{NAMES}}", name), (line.meaning, meaning)
        parts = [Segment(text, self._style(part, lit)) for text, part in told]
        return Strip(parts).adjust_cell_length(width, parts[-1].style)

    def _style(self, part: str, lit: str) -> Style:
        style = self.get_component_rich_style(f"key-table--{part}")
        return style + Style(bgcolor=self.get_component_rich_style(f"key-table--{lit}").bgcolor) if lit else style

    def region_of(self, row: int) -> Region:
        """Return where a row is, in this widget."""
        first = self._firsts[row]
        return Region(0, first, self._width, sum(line.row == row for line in self._lines[first : first + 20]))

    def place_of(self, key: str) -> int:
        """Return which row a key's id has."""
        return next(place for place, row in enumerate(self.rows) if row.key is not None and row.key.id == key)

    def _light(self, *rows: int | None) -> None:
        self.refresh(*(self.region_of(row) for row in rows if row is not None))

    def watch_cursor(self, old: int | None, new: int | None) -> None:
        """Light another row, where it can be seen."""
        self._light(old, new)

    def watch_hovered(self, old: int | None, new: int | None) -> None:
        """Light another row."""
        self._light(old, new)

    # ------------------------------------------------------------------------------------ walking

    @property
    def room(self) -> VerticalScroll:
        """What it stands in."""
        return next(node for node in self.ancestors if isinstance(node, VerticalScroll))

    @property
    def _seen(self) -> list[int]:
        """The rows of keys that are wholly in view."""
        room, top = self.room, self.virtual_region.y
        first, last = room.scroll_offset.y - top, room.scroll_offset.y - top + room.scrollable_content_region.height
        regions = {place: self.region_of(place) for place, row in enumerate(self.rows) if row.key is not None}
        return [place for place, region in regions.items() if first <= region.y and region.bottom <= last]

    def _go_to(self, row: int) -> None:
        self.cursor = row
        self.room.scroll_to_region(
            self.region_of(row).translate(self.virtual_region.offset), animate=False, immediate=True
        )

    def action_walk(self, direction: int) -> None:
        """Go to the next key; from where there is none, or none in view, the table just scrolls."""
        seen, keys = self._seen, [place for place, row in enumerate(self.rows) if row.key is not None]
        if self.cursor not in seen:
            if seen:
                self.cursor = seen[0 if direction > 0 else -1]
            else:
                self.room.scroll_relative(y=direction, animate=False)
            return
        place = keys.index(self.cursor) + direction
        if 0 <= place < len(keys):
            self._go_to(keys[place])
        else:
            self.room.scroll_relative(y=direction, animate=False)

    def action_leap(self, direction: int) -> None:
        """Scroll by a page; the cursor goes where it can be seen."""
        self.room.scroll_relative(y=direction * (self.room.scrollable_content_region.height - 1), animate=False)
        self.cursor = None

    def action_go_to_end(self, direction: int) -> None:
        """Scroll to the end; likewise."""
        (self.room.scroll_home if direction < 0 else self.room.scroll_end)(animate=False)
        self.cursor = None

    # ------------------------------------------------------------------------------------ doing it

    def action_choose(self) -> None:
        """Have the key's thing done."""
        if self.cursor is not None and (key := self.rows[self.cursor].key) is not None:
            self.post_message(self.Chosen(key))

    def on_click(self, event: events.Click) -> None:
        """Likewise, by mouse."""
        row = self._row_of(event)
        if row is not None and (key := self.rows[row].key) is not None:
            event.stop()
            self.post_message(self.Chosen(key))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light what a click would do."""
        row = self._row_of(event)
        key = None if row is None else self.rows[row].key
        self.hovered = row if key is not None and key.id not in self.idle else None

    def on_leave(self) -> None:
        """Light none."""
        self.hovered = None

    def _row_of(self, event: events.MouseEvent) -> int | None:
        offset = event.get_content_offset(self)
        line = self._lines[offset.y].row if offset is not None and offset.y < len(self._lines) else -1
        return line if line >= 0 else None
