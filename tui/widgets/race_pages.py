"""What the racers write, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import NULL_OFFSET, NULL_SPACING, Region, Size
from textual.layout import ArrangeResult, Layout, WidgetPlacement
from textual.widget import Widget

from tui.sanitize import sanitize_line
from tui.widgets.race_chart import INKS
from tui.widgets.race_table import sample
from tui.widgets.sample_pane import SamplePane

LEAST_WIDTH, LEAST_HEIGHT = 26, 5
"""Cells of a page in its frame, below which there is not enough text on it to be worth a look."""


class RacePages(Widget):
    """A page for each racer, in one row or two; where not even that has room, the first ones."""

    DEFAULT_CSS = """
    RacePages {
        width: 1fr;
        height: 1fr;
        & SamplePane {
            border: round $rule;
            border-title-color: $faint;
            border-subtitle-color: $faint;
            background: $background;
            color: $page;
            padding: 0 0 0 1;
        }
        & SamplePane:focus { border: round $primary 60%; }
    }
    """

    def __init__(self, names: Sequence[str], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self.pages = {name: SamplePane(capacity=50_000, id=f"page-{number}") for number, name in enumerate(names)}

    def compose(self) -> ComposeResult:
        """A page for each, under its name and a piece of its line."""
        for number, (name, page) in enumerate(self.pages.items()):
            line = (f"{sample(number)} ", INKS[number])
            page.border_title = Content.assemble(line, (sanitize_line(name), f"bold {INKS[number]}"))
            yield page

    @property
    def layout(self) -> Layout:
        """One that knows how many pages there is room for."""
        return PAGES

    def on_resize(self) -> None:
        """Let keys reach only the pages that are shown."""
        columns, rows = arrangement(len(self.pages), *self.size)
        pages = list(self.pages.values())
        for number, page in enumerate(pages):
            page.can_focus = number < columns * rows
        if any(page.has_focus and not page.can_focus for page in pages):
            pages[0].focus()


class PagesLayout(Layout):
    """Shares the room out as it comes, so that no page wraps its text to a width that it has only for a moment."""

    name = "pages"

    def arrange(self, parent: Widget, children: list[Widget], size: Size, greedy: bool = True) -> ArrangeResult:  # noqa: ARG002
        """Place as many pages as there is room for."""
        columns, rows = arrangement(len(children), *size)
        placements = []
        for number, page in enumerate(children[: columns * rows]):
            row, column = divmod(number, columns)
            left, right = (size.width * edge // columns for edge in (column, column + 1))
            top, bottom = (size.height * edge // rows for edge in (row, row + 1))
            region = Region.from_corners(left, top, right, bottom)
            placements.append(WidgetPlacement(region, NULL_OFFSET, NULL_SPACING, page))
        return placements


PAGES = PagesLayout()


def arrangement(pages: int, width: int, height: int) -> tuple[int, int]:
    """Return in how many columns and rows the pages are shown; there may be fewer places than pages."""
    columns = next((count for count in (pages, -(-pages // 2)) if count * LEAST_WIDTH <= width), 1)
    rows = min(-(-pages // columns), max(1, height // LEAST_HEIGHT))
    return columns, rows
