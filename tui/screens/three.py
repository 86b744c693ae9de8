"""Three at once: one network writes the same text by the same random numbers, careful, as now, and wild."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal
from textual.reactive import reactive

from model.config import SamplingSettings
from model.protocol import EndVoice, Gauges, RunState, RunUpdate, SetSampling, StartVoice
from tui.bindings import OF_THE_ENGINE, THREE_FOOTER, three_bindings, working_bindings
from tui.changed_only import ChangedOnly
from tui.knobs import Knob, turned
from tui.manners import BY_NAME
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.screens.dialog import LeftOnce
from tui.screens.help import HelpScreen
from tui.screens.panels import Panels
from tui.widgets.ink import NEURON
from tui.widgets.key_bar import KeyBar
from tui.widgets.room_notice import RoomNotice
from tui.widgets.three_bar import ThreeBar
from tui.widgets.voice_pane import VoicePane

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

NAMES = ("left", "middle", "right")
"""Of the samplers."""
RATE = 30.0
"""Characters a second that each writes at most, at first: three are to be read at once."""


class ThreeScreen(LeftOnce[None]):
    """Starts three voices, and lets them go; training and the main page go on behind it."""

    BINDINGS = three_bindings()
    AUTO_FOCUS = "#voice-middle"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    ThreeScreen {
        & #three-room { height: 1fr; }
        & VoicePane {
            width: 1fr;
            height: 100%;
            border: round $rule;
            border-title-color: $faint;
            border-subtitle-color: $faint;
            background: $background;
            color: $page;
            padding: 0 0 0 1;
        }
        & VoicePane:focus { border: round $primary 60%; border-title-color: $accent; }
        &.-slim #three-room { layout: vertical; }
        &.-slim VoicePane { width: 100%; height: 1fr; border: none; border-top: solid $rule; }
        &.-slim VoicePane:focus { border: none; border-top: solid $primary 60%; }
        &.-slim ThreeBar { padding: 0 1; }
        &.-slim #three-about { display: none; }
        &.-slim #three-name { width: 1fr; margin-right: 0; text-wrap: nowrap; text-overflow: ellipsis; }
    }
    """

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    def __init__(self, main: MainScreen, prime: str) -> None:
        """Let the network of a run write.

        Args:
            main: Knows where the run stands, and hands commands to the engine.
            prime: What each text begins with.
        """
        super().__init__(id="three")
        self._compositor = ChangedOnly()
        self._main, self._prime, self._seed = main, prime, 0
        now = replace(main.sampling, rate=min(main.sampling.rate, RATE))
        ways = (BY_NAME["careful"].applied(now), now, BY_NAME["wild"].applied(now))
        self.panes = {name: VoicePane(name, way, id=f"voice-{name}") for name, way in zip(NAMES, ways, strict=True)}
        for pane in self.panes.values():
            pane.ink = "plain" if main.ink == NEURON.name else main.ink  # the values of units come for one page only
        self.set_reactive(ThreeScreen.gauges, main.gauges)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the samplers."""
        return NAMES

    def compose(self) -> ComposeResult:
        """Three pages in a row, or one above the other."""
        self.add_class(*room_classes(self.app.size), update=False)
        yield ThreeBar(self._prime, self._main.loss_unit).data_bind(ThreeScreen.gauges)
        with Horizontal(id="three-room"):
            yield from self.panes.values()
        yield RoomNotice()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin, and follow the run."""
        self._begin()
        self.follow(self._main, Panels.gauges, self._follow, init=False)

    def _begin(self) -> None:
        for name, pane in self.panes.items():
            self._main.send(StartVoice(name, pane.sampling, self._prime, self._seed))

    # ---------------------------------------------------------------------------------- what comes up

    def apply(self, update: RunUpdate) -> None:
        """Show what each has written."""
        for written in update.written:
            if (pane := self.panes.get(written.sampler)) is not None:
                pane.append(written)

    def _follow(self, gauges: Gauges) -> None:
        self.gauges = gauges

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Let the footer say Train or Pause."""
        if old.state is not new.state:
            self.refresh_bindings()

    def watch_ended(self) -> None:
        """Show nothing as if it went on."""
        if self.ended:
            for pane in self.panes.values():
                pane.writing = False
            self.refresh_bindings()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        training = self.gauges.state is RunState.TRAINING
        idle = OF_THE_ENGINE if self.ended else ()
        return working_bindings(
            super().active_bindings, typing=False, training=training, idle=idle, footer=THREE_FOOTER
        )

    # ------------------------------------------------------------------------------------ what people do

    @property
    def _pane(self) -> VoicePane:
        """The one that the keys are for."""
        return self.focused if isinstance(self.focused, VoicePane) else self.panes["middle"]

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn one of the sampling settings of this page by a step; the rate, of all."""
        for pane in self.panes.values() if knob == "rate" else (self._pane,):
            self._write(pane, turned(pane.sampling, knob, direction))

    def _write(self, pane: VoicePane, sampling: SamplingSettings) -> None:
        if sampling != pane.sampling and self._main.send(SetSampling(sampling, sampler=pane.sampler)):
            pane.sampling = sampling

    def action_other_page(self, steps: int) -> None:
        """Turn to the next page, or the one before."""
        panes = list(self.panes.values())
        panes[(panes.index(self._pane) + steps) % len(panes)].focus()

    def action_again(self) -> None:
        """Begin anew by other random numbers."""
        self._seed += 1
        self._begin()

    def action_write_so(self) -> None:
        """Go back, and go on there in the way of this page."""
        self._main.sample_with(replace(self._pane.sampling, rate=self._main.sampling.rate))
        self.action_leave()

    def action_toggle_training(self) -> None:
        """Train or pause."""
        self._main.action_toggle_training()

    def action_leave(self) -> None:
        """Go back; the three fall silent."""
        for name in self.panes:
            self._main.send(EndVoice(name))
        self.dismiss()

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())
