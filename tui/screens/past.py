"""The time machine: the loss with a cursor at a snapshot, and what the network would have written there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.timer import Timer

from model.config import SamplingSettings
from model.past import Past
from model.protocol import Gauges, RunUpdate, ShowPast
from tui import units
from tui.bindings import OF_THE_ENGINE, PAST_FOOTER, past_bindings, working_bindings
from tui.changed_only import ChangedOnly
from tui.knobs import Knob, turned
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.screens.dialog import LeftOnce
from tui.screens.help import HelpScreen
from tui.screens.panels import Panels
from tui.seldom import Seldom
from tui.widgets.key_bar import KeyBar
from tui.widgets.loss_baselines import baselines_of
from tui.widgets.loss_chart import LossChart
from tui.widgets.loss_record import LossRecord
from tui.widgets.loss_view import LossView, Switch
from tui.widgets.past_bar import PastBar
from tui.widgets.past_page import PastPage, share_right
from tui.widgets.past_rail import HALF, PastRail
from tui.widgets.room_notice import RoomNotice

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

TICK_SECONDS = 1.5
"""Each snapshot is shown for so long while they are played."""
CHARACTERS = 600
"""Of a passage."""
DRAWINGS_PER_SECOND = 4


class PastChart(LossChart, can_focus=False):
    """Is scrubbed by the mouse; keys step through the snapshots instead."""

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while its button is held."""
        if event.button and (step := self._step_under(event)) is not None:
            self._put(step)


class PastScreen(LeftOnce[None]):
    """Steps through the snapshots; training and the main page go on behind it."""

    BINDINGS = past_bindings()
    AUTO_FOCUS = "PastPage"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    PastScreen {
        & #past-room { height: 1fr; }
        & #past-loss {
            height: 36%;
            min-height: 6;
            border: round $rule;
            border-title-color: $faint;
            border-subtitle-color: $faint;
            padding: 0 1;
        }
        & PastRail { margin: 0 3; }
        & PastPage { height: 1fr; }
        &.-short #past-loss { border: none; height: 4; min-height: 4; padding: 0 2; }
        &.-short PastPage { border: none; border-top: solid $rule; }
        &.-narrow PastBar, &.-slim PastBar { padding: 0 1; }
        &.-slim #past-about { visibility: hidden; }
        &.-slim #past-state { width: 1; margin-left: 1; }
    }
    """

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands now."""
    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How each passage is drawn."""
    step: reactive[int] = reactive(0, repaint=False)
    """The snapshot that is shown."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone; what has been written can still be read."""
    playing: reactive[bool] = reactive(False, repaint=False)
    """Whether one is shown after the other."""

    def __init__(self, main: MainScreen, record: LossRecord, view: LossView, prime: str) -> None:
        """Look back at a run.

        Args:
            main: Knows where it stands, and hands commands to the engine.
            record: Its losses.
            view: How they are looked at.
            prime: What each passage begins with.
        """
        super().__init__(id="past")
        self._compositor = ChangedOnly()
        self._main, self._prime, self._seed = main, prime, 0
        self._pages: dict[int, Past] = {}
        self._chart = PastChart(record, id="past-chart")
        self._chart.set_reactive(LossChart.view, view)
        self._rail, self._page = PastRail(), PastPage()
        self._timer: Timer | None = None
        self._losses = Seldom(self, self._chart.draw, DRAWINGS_PER_SECOND)
        self.set_reactive(PastScreen.gauges, main.gauges)
        self.set_reactive(PastScreen.sampling, main.sampling)
        self.set_reactive(PastScreen.step, main.gauges.snapshots[0])

    def compose(self) -> ComposeResult:
        """The chart above, all snapshots in a line, and the page of one."""
        self.add_class(*room_classes(self.app.size), update=False)
        yield PastBar(self._prime).data_bind(PastScreen.gauges, PastScreen.sampling, PastScreen.ended)
        with Vertical(id="past-room"):
            with Vertical(id="past-loss") as loss:
                loss.border_title = "Loss"
                yield self._chart
            yield self._rail
            yield self._page.data_bind(PastScreen.ended)
        yield RoomNotice()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the first snapshot, and follow the run."""
        self._timer = self.set_interval(TICK_SECONDS, self.tick, pause=True)
        self._ask()
        self._show()
        self.follow(self._main, Panels.gauges, self._follow, init=False)
        self.follow(self._main, Panels.sampling, self._resample, init=False)

    # ---------------------------------------------------------------------------------- what comes up

    def apply(self, update: RunUpdate) -> None:
        """Take in passages, if they are of this way of writing."""
        if update.fresh:
            self._pages.clear()
            self._ask()
        for past in update.past:
            if (past.seed, past.sampling) == (self._seed, self.sampling):
                self._pages[past.step] = past
        if update.past or update.fresh:
            self._show()
        if update.losses or update.validations or update.events:
            self._losses.ask()

    def _follow(self, gauges: Gauges) -> None:
        """Take over the steps there are; a snapshot that is gone is left for its neighbour."""
        before, self.gauges = self.gauges.snapshots, gauges
        if before != gauges.snapshots:
            self._pages = {step: page for step, page in self._pages.items() if step in gauges.snapshots}
            self._go_near(self.step)
        self._show_words()

    def _resample(self, sampling: SamplingSettings) -> None:
        """Have all written anew in another way."""
        self.sampling = sampling
        self._pages.clear()
        self._ask()
        self._show()

    # ------------------------------------------------------------------------------------ what is shown

    def _ask(self) -> None:
        self._main.send(ShowPast(self.step, CHARACTERS, self._seed, self._prime, self.sampling))

    def watch_step(self) -> None:
        """Show the passage at once if it is there, and have its neighbours written."""
        if self.is_mounted:
            self._ask()
            self._show()

    def _show(self) -> None:
        """Show where we are, and what was written there."""
        self._chart.best = self.gauges.best_validation_loss
        self._chart.baselines = baselines_of(self.gauges)
        self._chart.cursor = self.step
        self._rail.here = self.step
        self._rail.right = {step: share_right(past) for step, past in self._pages.items() if past.whole}
        self.query_one("#past-loss").border_subtitle = turning(self.gauges.snapshots, self._rail.right)
        self._page.past = self._pages.get(self.step)
        self._show_words()

    def _show_words(self) -> None:
        """Say which step that is, of how many, and how good the network was."""
        self._rail.steps = self.gauges.snapshots
        past, parts = self._pages.get(self.step), [f"step {units.whole(self.step)}"]
        if past is not None and past.loss is not None:
            parts.append(f"validation {self._chart.view.unit.show(past.loss)}")
        parts.append(f"of {units.whole(self.gauges.step)}")
        if sum(map(len, parts)) + 3 * len(parts) > self.size.width:
            parts.pop()
        title = Content(" \u00b7 ".join(parts))
        if self._page.border_title != title.markup:
            self._page.border_title = title

    # ------------------------------------------------------------------------------------ what people do

    def _go_near(self, step: int) -> None:
        """Go to the snapshot nearest to a step."""
        if steps := self.gauges.snapshots:
            self.step = min(steps, key=lambda each: abs(each - step))
        self._chart.cursor = self.step

    def on_loss_chart_scrubbed(self, message: LossChart.Scrubbed) -> None:
        """Go where the mouse points."""
        message.stop()
        self.playing = False
        if message.step is not None:
            self._go_near(message.step)

    def on_past_rail_picked(self, message: PastRail.Picked) -> None:
        """Go there."""
        self.playing = False
        self._go_near(message.step)

    def action_step(self, snapshots: int) -> None:
        """Go on, or back."""
        self.playing = False
        self._move(snapshots)

    def _move(self, snapshots: int) -> None:
        steps = self.gauges.snapshots
        if self.step in steps:
            self.step = steps[min(max(0, steps.index(self.step) + snapshots), len(steps) - 1)]

    def action_go(self, place: int) -> None:
        """Go to the first or the latest."""
        self.playing = False
        if self.gauges.snapshots:
            self.step = self.gauges.snapshots[place]

    def action_go_along(self, share: float) -> None:
        """Go to where this share of the way from the first to the latest is done."""
        self.action_go(round(share * max(0, len(self.gauges.snapshots) - 1)))

    def action_play(self) -> None:
        """Show one after the other, from the first if the latest is shown; or stop."""
        if not self.gauges.snapshots:
            return  # another run has taken the place of the one whose past this was
        if not self.playing and self.step == self.gauges.snapshots[-1]:
            self.step = self.gauges.snapshots[0]
        self.playing = not self.playing and not self.ended

    def tick(self) -> None:
        """Show the next, once the present one has been there to be read; stop at the latest."""
        if self.step in self._pages and self._pages[self.step].whole:
            self._move(1)
            self.playing = self.step not in self.gauges.snapshots[-1:]

    def watch_playing(self) -> None:
        """Let time pass, or not."""
        if self._timer is not None:
            if self.playing:
                self._timer.reset()
                self._timer.resume()
            else:
                self._timer.pause()
        self.refresh_bindings()

    def watch_ended(self) -> None:
        """Play nothing that will never come."""
        if self.ended:
            self.playing = False
            self.refresh_bindings()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now; the space key pauses what is played."""
        idle = OF_THE_ENGINE if self.ended else ()
        return working_bindings(
            super().active_bindings, typing=False, training=self.playing, idle=idle, footer=PAST_FOOTER
        )

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn the temperature, here and on the main page."""
        self._main.sample_with(turned(self.sampling, knob, direction))

    def action_look(self, switch: Switch) -> None:
        """Look at the loss in another way."""
        self._main.action_look(switch)
        self._chart.view = self._chart.view.switched(switch)
        self._show_words()

    def action_other_passage(self) -> None:
        """Have all written anew by other random numbers."""
        self._seed += 1
        self._pages.clear()
        self._ask()
        self._show()

    def action_leave(self) -> None:
        """Go back to the present; nothing more is written of the past."""
        self._main.send(ShowPast(None))
        self.dismiss()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())


def turning(steps: Sequence[int], right: Mapping[int, float | None]) -> str:
    """Return from where on half of the words are right, if the passages on both sides of that have been read."""
    shares = [(step, right.get(step)) for step in steps]
    for (_, before), (step, after) in pairwise(shares):
        if before is not None and after is not None and before < HALF <= after:
            return f"half of the words are right from step {units.whole(step)} on"
    return ""
