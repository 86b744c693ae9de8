"""The panels' names in a row, for windows that have room for one column only."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from tui.keymap import shown_keys

PANELS = ("corpora", "training", "sampling", "loss", "sample", "next", "neurons")
"""In reading order, which is also that of their number keys."""


class PageTab(Static):
    """One name that can be clicked."""

    class Clicked(Message):
        """It was."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def __init__(self, key: str, panel: str) -> None:
        super().__init__(f"{key} {panel.capitalize()}", id=f"tab-{panel}", markup=False)
        self.key = key
        self.panel = panel

    def name_it(self, *, numbered: bool, named: bool) -> None:
        """Show the key, the name, or both."""
        parts = [self.key] * numbered + [self.panel.capitalize()] * named
        self.update(" ".join(parts))

    def on_click(self, event: events.Click) -> None:
        """Tell whose name it was."""
        event.stop()
        self.post_message(self.Clicked(self.panel))


ROOM_FOR_NAMES = sum(len(f"{panel} ") for panel in PANELS if panel != "loss")
"""Columns; where there are fewer than this, the loss has no tab, and only the open one has its name."""


class PageTabs(Horizontal):
    """All the names; that of the open panel is lit."""

    panel: reactive[str] = reactive("sample", repaint=False)
    """The open one."""

    class Picked(Message):
        """A name was clicked."""

        def __init__(self, panel: str) -> None:
            super().__init__()
            self.panel = panel

    def compose(self) -> ComposeResult:
        """A tab for each panel."""
        keys = shown_keys(self)
        for panel in PANELS:
            yield PageTab(keys[f"jump-{panel}"], panel)

    def on_resize(self) -> None:
        """Use the room there is; a change of layout amid a layout would be lost."""
        self.call_after_refresh(self._name_tabs)

    def _name_tabs(self) -> None:
        width, room_for_all = self.size.width, sum(len(f"{tab.key} {tab.panel} ") for tab in self.query(PageTab))
        self.set_class(width < room_for_all + len(PANELS), "-close")
        for tab in self.query(PageTab):
            tab.name_it(
                numbered=width >= room_for_all or width < ROOM_FOR_NAMES,
                named=width >= ROOM_FOR_NAMES or tab.panel == self.panel,
            )

    def watch_panel(self) -> None:
        """Light the open one."""
        for tab in self.query(PageTab):
            tab.set_class(tab.panel == self.panel, "-open")
        self._name_tabs()

    def on_page_tab_clicked(self, message: PageTab.Clicked) -> None:
        """Pass it on as our own."""
        message.stop()
        self.post_message(self.Picked(message.panel))
