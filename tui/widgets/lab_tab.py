"""The name of an experiment, at the top of the lab."""

from __future__ import annotations

from textual import events
from textual.message import Message
from textual.widgets import Static


class LabTab(Static):
    """The name of an experiment, to be clicked."""

    class Clicked(Message):
        """It was."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.experiment = name

    def __init__(self, number: int, name: str) -> None:
        super().__init__(f"{number} {name}", id=f"tab-{name}", markup=False)
        self.experiment = name

    def on_click(self, event: events.Click) -> None:
        """Tell whose name it was."""
        event.stop()
        self.post_message(self.Clicked(self.experiment))
