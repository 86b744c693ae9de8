"""Choose a race: who, and what all get the same of."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import Fairness, StartRace
from tui.bindings import EXPLAIN
from tui.races import READY
from tui.screens.dialog import Dialog
from tui.widgets.ways import ways

FAIRNESSES: dict[Fairness, str] = {
    "time": "Each trains for the same time: the quick read more.",
    "characters": "Each reads the same text: the slow get more time.",
}
RATE = 20.0
"""Characters a second that each racer writes: all of them together shall leave time to train, and to read."""


class FairnessOption(Static):
    """One kind of fairness, to be clicked."""

    class Clicked(Message):
        """It was."""

        def __init__(self, fairness: Fairness) -> None:
            super().__init__()
            self.fairness = fairness

    def __init__(self, fairness: Fairness) -> None:
        super().__init__(id=f"fair-{fairness}", markup=False)
        self.fairness = fairness

    def on_click(self, event: Click) -> None:
        """Tell which it was."""
        event.stop()
        self.post_message(self.Clicked(self.fairness))


class RaceSetupScreen(Dialog[StartRace | None]):
    """A list of ready-made races, and a choice of two beside it; None is no race."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Cancel"),
        Binding("left,right", "other_fairness", "Fairness"),
        EXPLAIN,
    ]

    fairness: reactive[Fairness] = reactive("time", repaint=False)
    """What all get the same of."""

    def __init__(self, network: NetworkSettings, training: TrainingSettings, sampling: SamplingSettings) -> None:
        super().__init__()
        self._settings = network, training
        self._sampling = sampling

    def compose(self) -> ComposeResult:
        """The races, the two kinds of fairness, and a line about what is chosen."""
        with Vertical(classes="dialog") as dialog:
            dialog.border_title = "Race"
            dialog.border_subtitle = ways(("enter starts", "screen.start"), ("esc leaves", "screen.dismiss(None)"))
            yield OptionList(*(Option(Content(ready.name)) for ready in READY), compact=True)
            with Horizontal(id="fair"):
                yield Static("fair by", id="fair-by", markup=False)
                for fairness in FAIRNESSES:
                    yield FairnessOption(fairness)
            yield Static(id="about", markup=False)

    def on_option_list_option_highlighted(self) -> None:
        """Tell about the race under the cursor."""
        self._show()

    def watch_fairness(self) -> None:
        """Show which is chosen."""
        self._show()

    def _show(self) -> None:
        for option in self.query(FairnessOption):
            chosen = option.fairness == self.fairness
            option.set_class(chosen, "-chosen")
            option.update(f"{chr(0x25CF) if chosen else chr(0x25CB)} {option.fairness}")
        place = self.query_one(OptionList).highlighted
        about = "" if place is None else f"{READY[place].about}\n"
        self.query_one("#about", Static).update(about + FAIRNESSES[self.fairness])

    def on_fairness_option_clicked(self, message: FairnessOption.Clicked) -> None:
        """Take that."""
        self.fairness = message.fairness

    def action_other_fairness(self) -> None:
        """Take the other one."""
        self.fairness = "characters" if self.fairness == "time" else "time"

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Start it."""
        event.stop()
        self._start(event.option_index)

    def action_start(self) -> None:
        """Start the one under the cursor."""
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._start(place)

    def _start(self, place: int) -> None:
        entrants = READY[place].entrants(*self._settings)
        self.dismiss(StartRace(tuple(entrants), self.fairness, self._sampling))
