"""What has happened: all that the engine and its guard have said, with the step at which it was said."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Static

from tui.bindings import EXPLAIN
from tui.chronicle import Event
from tui.sanitize import sanitize_line
from tui.screens.dialog import Dialog
from tui.screens.panels import Panels
from tui.widgets.ways import ways

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

NOTHING = "Nothing has happened yet: no rollback, no restart, nothing saved."
SIGNS = {"information": " ", "warning": "▲", "error": "✕"}
"""So that colour is not the only one to tell."""


class EventsScreen(Dialog[None]):
    """Closes with escape, `e` or q; goes on while it is open."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,e,q", "dismiss", "Close"), EXPLAIN]

    def __init__(self, main: MainScreen) -> None:
        super().__init__()
        self._main = main
        self._last: Event | None = None  # of those on the screen

    def compose(self) -> ComposeResult:
        """The newest last."""
        with VerticalScroll(classes="dialog -tall") as dialog:
            dialog.border_title = "Events"
            dialog.border_subtitle = ways("newest last", ("esc closes", "screen.dismiss"))
            yield Static(NOTHING, id="no-events", markup=False)

    def on_mount(self) -> None:
        """Let the arrow keys scroll at once, from the newest on."""
        self.query_one(VerticalScroll).focus()
        self.follow(self._main, Panels.happenings, self._show)

    def _show(self, events: tuple[Event, ...]) -> None:
        """Add what is new; who looks at the newest goes on doing so."""
        places = [place for place, event in enumerate(events) if event is self._last]
        new = events[places[-1] + 1 if places else 0 :]
        if not new:
            return
        self._last = new[-1]
        self.query_one("#no-events").display = False
        scroll = self.query_one(VerticalScroll)
        at_end = scroll.scroll_offset.y >= scroll.max_scroll_y
        scroll.mount(*(EventRow(event) for event in new))
        scroll.remove_children(list(scroll.query(EventRow))[: -len(events)])  # nobody keeps the others any more
        if at_end:
            scroll.scroll_end(animate=False)


class EventRow(Horizontal):
    """When, how bad, and what."""

    def __init__(self, event: Event) -> None:
        super().__init__(classes=f"-{event.severity}")
        self._event = event
        self.set_class(event.begins, "-begins")

    def compose(self) -> ComposeResult:
        """The step in a column of its own."""
        event = self._event
        yield Static(f"{event.step:,}", classes="event-step", markup=False)
        yield Static(SIGNS[event.severity], classes="event-sign", markup=False)
        yield Static(sanitize_line(event.text), classes="event-text", markup=False)
