"""The lab: one experiment at a time, learnt in front of your eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Static

from model.lab.catalogue import BY_NAME, CATALOGUE
from model.lab.frames import CountingFrame, DigitsFrame, SineFrame
from model.lab.orders import Answer, Begin, Go, Order, TurnPage
from tui import lab_words, units
from tui.bindings import working_bindings
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.widgets.counting_view import CountingView
from tui.widgets.digit_view import DigitView
from tui.widgets.key_bar import KeyBar
from tui.widgets.lab_chart import LabChart
from tui.widgets.race_chart import INKS
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sine_view import SineView

FOOTER = ("train", "another", "anew", "open", "quit")
FAINT = "$foreground-muted"
ROOM = 100
"""Cells of the window from which on the line at the top says all."""
UNITS = {"sine": "root mean square", "counting": "nats per sequence", "digits": "nats"}
"""Of the losses."""
PICTURES = {
    "sine": ("What it says", "faint: the sine · crosses: what it reads, with noise"),
    "counting": ("Who counts right", f"{'■'} all of it foreseen · n above 9 was never seen"),
    "digits": ("What it takes it for", "after each row that it reads"),
}
"""Title and legend of what is shown of each."""


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


class LabScreen(Screen[None]):
    """Shows the latest answer, and turns keys into orders."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "learn", "Learn", id="train", tooltip="Learn on, or rest.", key_display="space"),
        Binding("n", "another", "Another", id="another", tooltip="Show another example.", key_display="n"),
        Binding(
            "r", "anew", "Begin anew", id="anew", tooltip="Begin anew, with other random numbers.", key_display="r"
        ),
        *(
            Binding(
                str(number),
                f"open('{entry.name}')",
                entry.name.capitalize(),
                id=entry.name,
                tooltip=f"{entry.summary[0].upper()}{entry.summary[1:]}.",
                key_display=str(number),
                show=False,  # the tabs say it
            )
            for number, entry in enumerate(CATALOGUE, 1)
        ),
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    answer: reactive[Answer | None] = reactive(None, repaint=False)
    """How the experiment stands."""
    trouble: reactive[str] = reactive("", repaint=False)
    """Why there is nothing to show."""

    def __init__(
        self, send: Callable[[Order], None], name: str, seed: int, file: str | None, steps: int | None = None
    ) -> None:
        """Begin an experiment.

        Args:
            send: Hands an order to the lab's process.
            name: Of the experiment.
            seed: Of all that is drawn at random.
            file: Pictures for `digits`.
            steps: Length of each experiment; None is its own.
        """
        super().__init__()
        self._hand_over, self._seed, self._file, self._steps = send, seed, file, steps
        self.experiment = name
        self.changed = asyncio.Event()
        """Set by every order: what was answered before may be out of date."""

    def compose(self) -> ComposeResult:
        """Tabs above; the picture, and beside it curve and findings; keys below."""
        self.add_class(*room_classes(self.app.size), update=False)
        with Horizontal(id="lab-top"):
            yield Static("lstm-tui lab", id="lab-name", markup=False)
            for number, entry in enumerate(CATALOGUE, 1):
                yield LabTab(number, entry.name)
            yield Static(id="lab-state", markup=False)
        with Horizontal(id="lab-room"):
            with ContentSwitcher(id="lab-picture", initial=f"view-{self.experiment}"):
                for entry, view in zip(CATALOGUE, (SineView(), CountingView(), DigitView()), strict=True):
                    view.id = f"view-{entry.name}"
                    yield view
            with Vertical(id="lab-side"):
                with Vertical(id="lab-losses"):
                    yield LabChart()
                yield Static(id="lab-found", markup=False)
        yield RoomNotice()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin."""
        self._begin()

    # ------------------------------------------------------------------------------------ what people do

    def action_learn(self) -> None:
        """Learn on, or rest."""
        if self.answer is not None:
            self.send(Go(not self.answer.going))

    def action_another(self) -> None:
        """Show another example."""
        self.send(TurnPage())

    def action_anew(self) -> None:
        """Begin anew, with other random numbers."""
        self._seed += 1
        self._begin()

    def action_open(self, name: str) -> None:
        """Begin another experiment."""
        if name != self.experiment:
            self.experiment = name
            self._begin()

    def on_lab_tab_clicked(self, message: LabTab.Clicked) -> None:
        """The same by mouse."""
        message.stop()
        self.action_open(message.experiment)

    def on_digit_view_read(self, message: DigitView.Read) -> None:
        """Show the next picture when one has been read."""
        message.stop()
        self.send(TurnPage())

    def send(self, order: Order) -> None:
        """Hand an order over, and let its effect be looked for."""
        self._hand_over(order)
        self.changed.set()

    def _begin(self) -> None:
        name = self.experiment
        self.answer, self.trouble = None, ""
        self.query_one(ContentSwitcher).current = f"view-{name}"
        picture, losses = self.query_one("#lab-picture"), self.query_one("#lab-losses")
        picture.border_title, picture.border_subtitle = PICTURES[name]
        losses.border_title, losses.border_subtitle = "Loss", UNITS[name]
        for tab in self.query(LabTab):
            tab.set_class(tab.experiment == name, "-open")
        self.query_one("#lab-found", Static).update(BY_NAME[name].about)
        self.send(Begin(name, self._seed, self._file if name == "digits" else None, self._steps))

    # ---------------------------------------------------------------------------------- what comes up

    def watch_answer(self) -> None:
        """Show how it stands."""
        answer, chart = self.answer, self.query_one(LabChart)
        self._show_state()
        self.refresh_bindings()
        if answer is None:
            chart.frame = None
            return
        if answer.name != self.experiment:
            return  # of the one before, which a key has left meanwhile
        chart.frame = answer.frame
        match answer.frame:
            case SineFrame():
                self.query_one(SineView).frame = answer.frame
            case CountingFrame():
                self.query_one(CountingView).frame = answer.frame
            case DigitsFrame():
                self.query_one(DigitView).frame = answer.frame
        found = lab_words.findings(answer.frame)
        heads, *rows = lab_words.lines(found)
        table = [Content.styled(heads, FAINT), *self._inked(rows, len(answer.frame.curves))]
        if self.has_class("-wide") or self.has_class("-broad"):
            table += [Content(f"\n{found.note}\n"), Content.styled(BY_NAME[self.experiment].about, FAINT)]
        self.query_one("#lab-found", Static).update(Content("\n").join(table))

    def _inked(self, rows: Sequence[str], curves: int) -> list[Content]:
        """Rows of findings; where there are several curves, the names of each in its colour."""
        inks = INKS[:curves] if curves > 1 else ()
        return [
            Content(row).stylize(f"bold {inks[number]}", 0, len(row.split()[0])) if number < len(inks) else Content(row)
            for number, row in enumerate(rows)
        ]

    def watch_trouble(self) -> None:
        """Say it where the findings would be."""
        if self.trouble:
            self.query_one("#lab-found", Static).update(Content(self.trouble))
            self._show_state()

    def _show_state(self) -> None:
        answer = self.answer
        if self.trouble:
            sign, words = "\u2715", "nothing to learn"
        elif answer is None:
            sign, words = "\u25cc", "getting ready"
        else:
            frame = answer.frame
            word = "learning" if answer.going else "done" if frame.finished else "resting"
            sign = "\u25cf" if answer.going else "\u25cb"
            far = f"step {frame.step:,} of {frame.planned_steps:,}"
            words = far if self.size.width < ROOM else f"{word} · {far} · {units.duration(answer.seconds)}"
        self.query_one("#lab-state", Static).update(f"{sign} {words}")

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        going = self.answer is not None and self.answer.going
        return working_bindings(super().active_bindings, typing=False, training=going, footer=FOOTER)
