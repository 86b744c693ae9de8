"""What the racers write, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import Grid
from textual.content import Content

from tui.sanitize import sanitize_line
from tui.widgets.race_chart import INKS
from tui.widgets.race_table import sample
from tui.widgets.sample_pane import SamplePane

LEAST_WIDTH, LEAST_HEIGHT = 26, 5
"""Cells of a page in its frame, below which there is not enough text on it to be worth a look."""


class RacePages(Grid):
    """A page for each racer, in one row or two; where not even that has room, the first ones."""

    DEFAULT_CSS = """
    RacePages {
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

    def on_resize(self) -> None:
        """Arrange the pages for the room there is; a change of layout amid a layout would be lost."""
        self.call_after_refresh(self._arrange)

    def _arrange(self) -> None:
        columns, rows = arrangement(len(self.pages), *self.size)
        self.styles.grid_size_columns, self.styles.grid_size_rows = columns, rows
        for number, page in enumerate(self.pages.values()):
            page.display = number < columns * rows


def arrangement(pages: int, width: int, height: int) -> tuple[int, int]:
    """Return in how many columns and rows the pages are shown; there may be fewer places than pages."""
    columns = next((count for count in (pages, -(-pages // 2)) if count * LEAST_WIDTH <= width), 1)
    rows = min(-(-pages // columns), max(1, height // LEAST_HEIGHT))
    return columns, rows
