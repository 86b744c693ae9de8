"""A race: the losses of all on one chart, their numbers, and what they write side by side."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Button

from model.config import SamplingSettings
from model.protocol import MAIN, Command, EndRace, Pause, RunState, RunUpdate, SetSampling, StartRace, Train
from tui import units
from tui.bindings import OF_THE_ENGINE, RACE_FOOTER, race_bindings, working_bindings
from tui.changed_only import ChangedOnly
from tui.knobs import Knob, turned
from tui.lanes import Curve, Lane, Standing, characters_read, leader, standings
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.sanitize import sanitize, sanitize_line
from tui.screens.dialog import LeftOnce
from tui.screens.help import HelpScreen
from tui.screens.race_end import EndRaceScreen
from tui.seldom import Seldom
from tui.units import LossUnit
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_button import LineButton
from tui.widgets.race_bar import RaceBar
from tui.widgets.race_chart import RaceChart
from tui.widgets.race_pages import RacePages
from tui.widgets.race_table import RaceTable
from tui.widgets.room_notice import RoomNotice

SHARED = {"time": "the same time for each", "characters": "the same text for each"}
LEGEND = "bright: validation \u00b7 faint: training"
DRAWINGS_PER_SECOND = 4

LONG = 60.0
"""Seconds that somebody has learnt for, from which on it is asked whether the race shall end."""


class RaceScreen(LeftOnce[SamplingSettings | None]):
    """Holds a lane for each racer; is left with how they wrote where one took over, and with None where none did."""

    BINDINGS = race_bindings()
    AUTO_FOCUS = "SamplePane"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    RaceScreen {
        & #race-room { height: 1fr; }
        & #race-top { height: 40%; min-height: 9; }
        & #race-losses, & #race-standings {
            border: round $rule;
            border-title-color: $faint;
            border-subtitle-color: $faint;
            padding: 0 1;
        }
        & #race-losses { width: 1fr; height: 100%; }
        & #race-standings { width: 56; height: 100%; }
        & RaceTable { margin-bottom: 1; }
        &.-narrow #race-top, &.-slim #race-top { layout: vertical; height: 55%; }
        &.-narrow #race-losses, &.-slim #race-losses { width: 100%; height: 1fr; }
        &.-narrow #race-standings, &.-slim #race-standings { width: 100%; height: auto; border: none; }
        &.-narrow #race-go-on, &.-slim #race-go-on { display: none; }
        &.-narrow RaceTable, &.-slim RaceTable { margin: 0; }
        &.-middle #race-standings, &.-short #race-standings { padding: 0 2; }
        &.-short #race-losses { border: none; padding: 0; }
        &.-short #race-top { min-height: 5; }
        &.-slim #race-about { display: none; }
    }
    """

    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How all of them write."""
    curves: reactive[tuple[Curve, ...]] = reactive((), repaint=False)
    """Their losses."""
    standings: reactive[tuple[Standing, ...]] = reactive((), repaint=False)
    """Who is where."""
    going: reactive[bool] = reactive(True, repaint=False)
    """Whether anybody trains, or is about to."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    class TakeOver(Message):
        """Someone wants to go on with a racer."""

        def __init__(self, name: str) -> None:
            super().__init__()
            self.winner = name

    def __init__(self, send: Callable[[Command], bool], start: StartRace, corpus: str, unit: LossUnit) -> None:
        """Show a race that the engine has been told to start.

        Args:
            send: Hands a command to the engine; returns whether there is one still.
            start: What it was told.
            corpus: The name of the text.
            unit: What losses are shown in.
        """
        super().__init__(id="race")
        self._compositor = ChangedOnly()
        self._send, self._fairness, self._unit = send, start.fairness, unit
        self._lanes = {entrant.name: Lane(entrant.name, start.fairness) for entrant in start.entrants}
        self._bar = RaceBar(corpus, SHARED[start.fairness])
        self._table = Vertical(id="race-standings")
        self._pages = RacePages(list(self._lanes), id="race-pages")
        self.set_reactive(RaceScreen.sampling, start.sampling)
        self._losses = Seldom(self, self._show, DRAWINGS_PER_SECOND)
        self._begun = False  # a racer has been heard of
        self._wished = False  # someone has wanted a racer to take over: nothing else brings a new network here
        self._asked = False  # whether that happens is told in a moment

    def compose(self) -> ComposeResult:
        """Chart and standings above, pages below."""
        self.add_class(*room_classes(self.app.size), update=False)
        yield self._bar.data_bind(RaceScreen.sampling, RaceScreen.going, RaceScreen.ended)
        with Vertical(id="race-room"):
            with Horizontal(id="race-top"):
                with Vertical(id="race-losses") as losses:
                    losses.border_title = "Loss"
                    losses.border_subtitle = f"{self._unit.value} \u00b7 {LEGEND}"
                    yield RaceChart(self._fairness, self._unit).data_bind(RaceScreen.curves)
                with self._table:
                    self._table.border_title = "Standings"
                    yield RaceTable(self._unit).data_bind(RaceScreen.standings)
                    yield LineButton("Go on with the leader", id="race-go-on")
            yield self._pages
        yield RoomNotice()
        yield KeyBar()

    def on_mount(self) -> None:
        """Show who races before the first news."""
        self._show()

    # ---------------------------------------------------------------------------------- what comes up

    def apply(self, update: RunUpdate) -> None:
        """Show what happened in a run since the last update; in the main run, whether a racer took it over."""
        if update.run == MAIN:
            if update.fresh and self._wished:
                self.leave_with(self.sampling)
            elif update.refused and not self._begun:
                self._send(EndRace())
                self.leave_with(None)
            elif update.refused:
                self._asked = False  # the race goes on
            return
        self._begun = True
        lane = self._lanes.get(update.run)
        if lane is None:
            return
        if lane.apply(update):
            for written in update.written:
                self._pages.pages[lane.name].append(written)
        for notice in update.notices:
            text = sanitize(f"{lane.name}: {notice.text}")
            self.notify(text, severity=notice.severity, markup=False)
        self._losses.ask()

    def _show(self) -> None:
        lanes = list(self._lanes.values())
        self.curves, self.standings = tuple(lane.curve for lane in lanes), standings(lanes)
        self._table.border_subtitle = self._had()
        self.going = any(lane.gauges.state in (RunState.TRAINING, RunState.LOADING) for lane in lanes)

    def _had(self) -> str:
        """What each has had so far."""
        racing = [lane.gauges for lane in self._lanes.values() if not lane.out]
        if self._fairness == "time":
            return f"{units.duration(min((gauges.training_seconds for gauges in racing), default=0.0))} each"
        return f"{units.characters(min((characters_read(gauges) for gauges in racing), default=0))} read by each"

    def watch_standings(self) -> None:
        """Name the leader on the button."""
        name = leader(self.standings)
        button = self.query_one("#race-go-on", Button)
        button.disabled = name is None
        button.label = Content("Go on with the leader" if name is None else f"Go on with {sanitize_line(name)}")

    def watch_going(self) -> None:
        """Let the footer say Train or Pause."""
        self.refresh_bindings()

    def watch_ended(self) -> None:
        """Show nothing as if it went on."""
        if self.ended:
            self.going = False
            self.refresh_bindings()
            for page in self._pages.pages.values():
                page.writing = False

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        idle = OF_THE_ENGINE if self.ended else ()
        return working_bindings(
            super().active_bindings, typing=False, training=self.going, idle=idle, footer=RACE_FOOTER
        )

    # ------------------------------------------------------------------------------------ what people do

    def action_toggle_training(self) -> None:
        """Pause all, or let all go on."""
        going = self.going
        state = RunState.PAUSED if going else RunState.TRAINING
        for lane in self._lanes.values():
            if not lane.out:
                self._send(Pause(run=lane.name) if going else Train(run=lane.name))
                if not self.ended:
                    lane.gauges = replace(lane.gauges, state=state)
        if not self.ended:
            self.going = not going  # the next update says the same; until then the key has its answer

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn one of the sampling settings of all by a step."""
        sampling = turned(self.sampling, knob, direction)
        if sampling != self.sampling and not self.ended:
            for name in self._lanes:
                self._send(SetSampling(sampling, run=name))
            self.sampling = sampling

    def action_end(self) -> None:
        """Give up the race; the main run goes on where it was."""
        if self._asked and not self.ended:
            return  # whether a racer takes over is told in a moment
        learnt = max(lane.gauges.training_seconds for lane in self._lanes.values())
        if learnt >= LONG and not self.ended:
            self.app.push_screen(EndRaceScreen(list(self._lanes), learnt), self._end_if)
        else:
            self._end()

    def _end_if(self, meant: bool | None) -> None:
        if meant:
            self._end()

    def _end(self) -> None:
        name = leader(self.standings)
        self._send(EndRace())
        if name is not None and not self.ended:
            self.app.notify(f"The race is over: {sanitize_line(name)} led. You are back at your run.", markup=False)
        self.leave_with(None)

    def action_go_on(self) -> None:
        """Go on with who leads; this screen is left when the engine has done so."""
        name = leader(standings(list(self._lanes.values())))
        if name is None:
            self.notify("Nobody leads yet.", markup=False)
        else:
            self._asked = self._wished = True
            self.post_message(self.TakeOver(name))

    def on_button_pressed(self, event: Button.Pressed) -> None:
        """The same by mouse."""
        event.stop()
        self.action_go_on()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())
