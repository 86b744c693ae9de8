"""The lab: one experiment at a time, learnt in front of your eyes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import ContentSwitcher, Static

from model.config import CELLS
from model.lab.catalogue import BY_NAME, CATALOGUE
from model.lab.frames import CountingFrame, DigitsFrame, Frame, SineFrame
from model.lab.orders import Answer, Begin, Go, Order, Trouble, TurnPage
from tui import lab_words, units
from tui.bindings import working_bindings
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.sanitize import sanitize
from tui.screens.lab_about import LabAboutScreen
from tui.widgets.counting_view import CountingView
from tui.widgets.digit_view import DigitView
from tui.widgets.key_bar import KeyBar
from tui.widgets.lab_chart import COLOURS, LabChart
from tui.widgets.lab_tab import LabTab
from tui.widgets.race_table import sample
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sine_view import SineView

FOOTER = ("help", "train", "another", "cell", "anew", "quit")
FAINT = "$foreground-muted"
ROOM = 100
"""Cells of the window from which on the line at the top says all."""
LINE = 5
"""Cells of the piece of a curve before its name."""
UNITS = {"sine": "root mean square", "counting": "nats per sequence", "digits": "nats per picture"}
"""Of the losses."""
PICTURES = {
    "sine": ("What it says", "faint: the sine · crosses: what it reads, with noise"),
    "counting": ("Who counts right", "■ all of it is right · n above 9 was never seen"),
    "digits": ("What it takes it for", "at the right: the likeliest digit so far"),
}
"""Title and legend of what is shown of each."""


class LabScreen(Screen[None]):
    """Shows the latest answer, and turns keys into orders."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "learn", "Learn", id="train", tooltip="Learn on, or rest.", key_display="space"),
        Binding("n", "another", "Another", id="another", tooltip="Show another example.", key_display="n"),
        Binding(
            "r", "anew", "Begin anew", id="anew", tooltip="Begin anew, with other random numbers.", key_display="r"
        ),
        Binding(
            "c", "cell", "Cell", id="cell", tooltip="Begin anew with another cell: LSTM, GRU, RNN.", key_display="c"
        ),
        Binding("f1,question_mark", "about", "About", id="help", tooltip="What is seen here.", key_display="f1"),
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
        self,
        send: Callable[[Order], None],
        name: str,
        seed: int,
        file: str | None,
        steps: int | None = None,
        cell: str = CELLS[0],
    ) -> None:
        """Begin an experiment.

        Args:
            send: Hands an order to the lab's process.
            name: Of the experiment.
            seed: Of all that is drawn at random.
            file: Pictures for `digits`.
            steps: Length of each experiment; None is its own.
            cell: Of the network, where an experiment has but one.
        """
        super().__init__()
        self._hand_over, self._seed, self._file, self._steps = send, seed, file, steps
        self._cell = cell
        self._number = 0  # of the beginning that is waited for, or shown
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
        self._seed = (self._seed + 1) % 2**32
        self._begin()

    def action_cell(self) -> None:
        """Begin anew with the next cell, where it can have any."""
        if BY_NAME[self.experiment].any_cell:
            self._cell = CELLS[(CELLS.index(self._cell) + 1) % len(CELLS)]
            self._begin()

    def action_open(self, name: str) -> None:
        """Begin another experiment."""
        if name != self.experiment:
            self.experiment = name
            self._begin()

    def action_about(self) -> None:
        """Say what is seen, where there is no room for that beside it."""
        entry, note = BY_NAME[self.experiment], ""
        if self.answer is not None:
            note = lab_words.findings(self.answer.frame).note
        self.app.push_screen(LabAboutScreen(entry.summary, entry.about, note))

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
        cell = self._cell.upper() if BY_NAME[name].any_cell else "all four"
        losses.border_title, losses.border_subtitle = f"Loss of {cell}", UNITS[name]
        for tab in self.query(LabTab):
            tab.set_class(tab.experiment == name, "-open")
        self._show()
        self._number += 1
        file = self._file if name == "digits" else None
        self.send(Begin(name, self._seed, file, self._steps, cell=self._cell, number=self._number))

    # ---------------------------------------------------------------------------------- what comes up

    def take(self, answer: Answer | Trouble) -> None:
        """Show how it stands; what is said of a beginning before the last is passed over."""
        if answer.number != self._number:
            return
        if isinstance(answer, Trouble):
            self.trouble = sanitize(answer.sentence)
        else:
            self.trouble, self.answer = "", answer

    def watch_answer(self) -> None:
        """Show it."""
        frame = None if self.answer is None else self.answer.frame
        self.query_one(LabChart).frame = frame
        match frame:
            case SineFrame():
                self.query_one(SineView).frame = frame
            case CountingFrame():
                self.query_one(CountingView).frame = frame
            case DigitsFrame():
                self.query_one(DigitView).frame = frame
        self._show()

    def watch_trouble(self) -> None:
        """Say it where the findings would be."""
        self._show()

    def on_resize(self) -> None:
        """Say as much as there is room for."""
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        self._show_state()
        self._show_found()
        self.refresh_bindings()

    def _show_found(self) -> None:
        found = self.query_one("#lab-found", Static)
        if self.trouble:
            found.update(Content(self.trouble))
        elif self.answer is None:
            found.update(Content.styled(BY_NAME[self.experiment].about, FAINT))
        else:
            found.update(self._findings(self.answer.frame))

    def _findings(self, frame: Frame) -> Content:
        """The table; where there is room, what it means and what the experiment is."""
        findings = lab_words.findings(frame)
        heads, *rows = lab_words.lines(findings)
        several = len(frame.curves) > 1
        table = [Content.styled(" " * LINE * several + heads, FAINT)]
        for number, row in enumerate(rows):
            name = len(findings.rows[number].name)
            ink = COLOURS[number] if several else ""
            drawn = Content.styled(f"{sample(number):<{LINE}}", ink) if several else Content("")
            table.append(Content.assemble(drawn, Content(row).stylize(f"bold {ink}", 0, name) if ink else row))
        if self._roomy:
            table += [Content(f"\n{findings.note}\n"), Content.styled(BY_NAME[self.experiment].about, FAINT)]
        return Content("\n").join(table)

    @property
    def _roomy(self) -> bool:
        return self.has_class("-wide") or self.has_class("-broad")

    def _show_state(self) -> None:
        answer = self.answer
        if self.trouble:
            sign, words = "\u2715", "nothing to learn" if self.query_one("#lab-found").is_on_screen else self.trouble
        elif answer is None:
            sign, words = "\u25cc", "getting ready"
        else:
            frame = answer.frame
            word = "learning" if answer.going else "done" if frame.finished else "resting"
            sign = "\u25cf" if answer.going else "\u25cb"
            far = f"step {frame.step:,} of {frame.planned_steps:,}"
            words = f"{word} · {far}" + f" · {units.duration(answer.seconds)}" * (self.size.width >= ROOM)
        self.query_one("#lab-state", Static).update(Content(f"{sign} {words}"))

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        answer = self.answer
        idle = {
            "train": answer is None or bool(self.trouble) or answer.frame.finished,
            "another": answer is None or bool(self.trouble),
            "cell": not BY_NAME[self.experiment].any_cell,
        }
        return working_bindings(
            super().active_bindings,
            typing=False,
            training=answer is not None and answer.going,
            idle=[key for key, nothing in idle.items() if nothing],
            footer=FOOTER,
        )
