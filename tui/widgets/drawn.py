"""A widget that is drawn as a whole, and again only where that is out of date."""

from __future__ import annotations

from abc import abstractmethod

from textual.strip import Strip
from textual.widget import Widget


class Drawn(Widget):
    """Keeps its rows until `redraw`, another size or other colours."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._rows: list[Strip] | None = None  # as drawn last; None where that is out of date

    @abstractmethod
    def draw(self) -> list[Strip]:
        """Return the rows, at most as many as there is room for."""

    def redraw(self) -> None:
        """Draw anew when it is next seen."""
        self._rows = None
        self.refresh()

    def notify_style_update(self) -> None:
        """Draw in the new colours."""
        super().notify_style_update()
        self._rows = None

    def on_resize(self) -> None:
        """Draw at the new size."""
        self._rows = None

    def render_line(self, y: int) -> Strip:
        """Return row `y`."""
        if self._rows is None:
            self._rows = self.draw()
        return self._rows[y] if y < len(self._rows) else Strip.blank(self.size.width, self.rich_style)
