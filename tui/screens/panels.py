"""The panels of the main screen: how they are arranged, how one gets about among them, what of them is looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from msgspec import structs
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input

from corpora.entry import Entry
from corpora.info import CorpusInfo
from model import protocol
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import Command, Gauges, RunState
from tui.bindings import DUET_FOOTER, FOOTER, OF_THE_ENGINE, WALK_FOOTER, screen_bindings, working_bindings
from tui.changed_only import ChangedOnly
from tui.chronicle import Event
from tui.room import HEIGHTS, WIDTHS, is_ample, room_classes
from tui.sanitize import sanitize
from tui.sight import in_sight, is_covered
from tui.units import LossUnit
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.ink import NEURON, next_ink
from tui.widgets.key_bar import KeyBar
from tui.widgets.loss_panel import LossPanel
from tui.widgets.loss_view import LossView, Switch
from tui.widgets.page_tabs import PANELS, PageTabs
from tui.widgets.sample_pane import SamplePane
from tui.widgets.top_bar import TopBar

if TYPE_CHECKING:
    # imported when they are first asked for: this screen is to be seen soon
    from tui.app import LSTMApp
    from tui.widgets.duet_line import DuetLine
    from tui.widgets.hint_line import Deed, HintLine
    from tui.widgets.neuron_panel import NeuronPanel
    from tui.widgets.next_panel import NextPanel
    from tui.widgets.training_panel import TrainingPanel


SMALL, *LATER = (Path(__file__).parent.parent / f"{name}.tcss" for name in ("small", "panels", "dialogs"))
"""Styles that are not needed for the first frame; those for small windows are for that of a small one."""


class Panels(Screen[None]):
    """Holds the latest state of the run, and shows it.

    Its reactives do not repaint: that would be the whole screen, at each update; the widgets bound to them do.
    """

    BINDINGS = screen_bindings()
    AUTO_FOCUS = "#sample"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS

    gauges: reactive[Gauges] = reactive(Gauges, repaint=False)
    """Where the run stands."""
    sampling: reactive[SamplingSettings] = reactive(SamplingSettings, repaint=False)
    """How the next character is drawn."""
    panel: reactive[str] = reactive("sample", repaint=False)
    """The panel in use; a narrow window shows no other, but that the sample goes with loss, next and neurons."""
    mind: reactive[bool] = reactive(True, repaint=False)
    """Whether next and neurons are shown where there is room beside all else; a small window has a page for each."""
    alone: reactive[bool] = reactive(False, repaint=False)
    """Whether the panel in use has the whole window; the others are hidden and not drawn."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""
    happenings: reactive[tuple[Event, ...]] = reactive(tuple, repaint=False)
    """What has happened, newest last."""

    # these are made once the first frame has been painted
    _training: TrainingPanel
    _next: NextPanel
    _neurons: NeuronPanel

    def __init__(
        self,
        send: Callable[[Command], None],
        *,
        network: NetworkSettings,
        training: TrainingSettings,
        sampling: SamplingSettings,
        loss_unit: LossUnit,
        catalogue: Sequence[Entry],
        describe: Callable[[str], CorpusInfo],
        keep: Callable[[str, Any], None],
    ) -> None:
        super().__init__(id="main", classes="-at-sample")
        self._compositor = ChangedOnly()
        self._send, self._keep = send, keep
        self._top = TopBar()
        self._corpora = CorpusPanel(catalogue, describe)
        self._loss = LossPanel(LossView(loss_unit), id="loss")
        self._sample = SamplePane(id="sample")
        self._duet: DuetLine | None = None  # while someone writes with the network
        self._filled_in = network, training  # in the panel of training, to begin with
        self.furnished = asyncio.Event()
        """All panels are there; before, no key of this screen acts."""
        self._watched = False
        self.set_reactive(Panels.sampling, sampling)
        self.hints = False
        """Whether the first steps are still to be shown."""

    def compose(self) -> ComposeResult:
        """Controls on the left, the stage on the right; what has no room is hidden by the stylesheet.

        What the eye does not go to first is mounted once this much has been painted.
        """
        if not is_ample(self.app.size):
            self._read_styles(SMALL)
        # Textual would give these classes after all has been styled, and style it all once more.
        self.add_class(*room_classes(self.app.size), update=False)
        self._sample.set_reactive(SamplePane.has_focus, True)  # likewise: it is what `AUTO_FOCUS` names
        yield self._top.data_bind(Panels.gauges, Panels.ended)
        with Horizontal(id="room"):
            with VerticalScroll(id="controls", can_focus=False):
                yield self._corpora.data_bind(Panels.gauges)
            with Vertical(id="stage"):
                yield self._loss.data_bind(Panels.gauges)
                yield self._sample
                yield Horizontal(id="mind")
        yield KeyBar()

    def on_mount(self) -> None:
        """Mount the rest as soon as the first of it is seen."""
        self._entitle(self._corpora, self._loss, self._sample)
        self._sample.resting = f"writing rests, {self._key('write')} goes on"
        self.call_after_refresh(self._furnish)

    async def _furnish(self) -> None:
        from tui.widgets.neuron_panel import NeuronPanel
        from tui.widgets.next_panel import NextPanel
        from tui.widgets.sampling_panel import SamplingPanel
        from tui.widgets.training_panel import TrainingPanel

        made_small = not is_ample(self.size) and not self.app.stylesheet.has_source(str(SMALL))  # since the first frame
        self._read_styles(SMALL, *LATER)
        self._training = TrainingPanel(*self._filled_in)
        self._next = NextPanel(id="next")
        self._neurons = NeuronPanel(id="neurons", strain=lambda: cast("LSTMApp", self.app).pace.strain)
        sampling = SamplingPanel(id="sampling").data_bind(Panels.sampling)
        with self.app.batch_update():
            await self._loss.furnish()
            await self.query_one("#controls").mount(self._training.data_bind(Panels.gauges), sampling)
            await self.query_one("#mind").mount(self._next.data_bind(Panels.gauges), self._neurons)
            self._entitle(self._training, sampling, self._next, self._neurons)
        if made_small:
            self.update_node_styles()
        await self.show_hints(self.hints)
        self.furnished.set()
        self._watch()

    def _read_styles(self, *paths: Path) -> None:
        """Read them, and have them hold for what is mounted next."""
        self.app.stylesheet.read_all(paths)
        self.app.stylesheet.parse()

    def _entitle(self, *panels: Widget) -> None:
        """Give panels their names, and the keys that bring one there."""
        for panel in panels:
            name = str(panel.id)
            panel.border_title = Content(f"{self._key(f'jump-{name}')} {name.capitalize()}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be used before it is there."""
        return super().check_action(action, parameters) if self.furnished.is_set() else None

    def on_resize(self, event: events.Resize) -> None:
        """Mount what only small windows show, where it is needed first: most windows start without."""
        if is_ample(event.size) or self.query("#strip"):
            return
        from tui.widgets.room_notice import RoomNotice
        from tui.widgets.sampling_panel import SamplingPanel

        self._top.mount(PageTabs().data_bind(Panels.panel), after="#name")
        self.mount(SamplingPanel(id="strip").data_bind(Panels.sampling), RoomNotice(), after="#room")

    def send(self, command: Command) -> bool:
        """Hand a command to the engine; returns whether there is one still. The top bar says if there is none."""
        if not self.ended:
            self._send(command)
        return not self.ended

    def _key(self, id: str) -> str:  # noqa: A002
        """The key that does something here, as people write it."""
        return cast("LSTMApp", self.app).shown_keys[id]

    def say(self, text: str, severity: SeverityLevel = "information", timeout: float | None = None) -> None:
        """Show a sentence for some seconds; whatever is in it, it is data."""
        self.notify(sanitize(text), severity=severity, timeout=timeout, markup=False)

    def watch_ended(self) -> None:
        """Show nothing as if it went on."""
        if self.ended:
            self.gauges = structs.replace(self.gauges, state=RunState.PAUSED, loading=None)
            self._sample.resting, self._sample.writing = "", False
            self._neurons.wait_no_more()
            self.query("#hint").set(display=False)  # nothing that it hints at would act
            self.refresh_bindings()

    def watch_panel(self) -> None:
        """Show the panel where there is room for one."""
        self.update_classes({f"-at-{panel}": panel == self.panel for panel in PANELS})

    def watch_mind(self) -> None:
        """Show or hide what goes on in the network."""
        self.set_class(not self.mind, "-mindless")

    def watch_alone(self) -> None:
        """Hide all others, or show them again."""
        self.set_class(self.alone, "-alone")
        self.refresh_bindings()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        training, duet = self.gauges.state is RunState.TRAINING, self.focused is not None and self.focused is self._duet
        walking = self.focused is not None and self.focused.id == "walk"
        typing = duet or isinstance(self.focused, Input)
        footer = DUET_FOOTER if duet else WALK_FOOTER if walking else FOOTER
        return working_bindings(
            super().active_bindings,
            typing=typing,
            training=training,
            alone=self.alone,
            idle=OF_THE_ENGINE if self.ended else (),
            footer=footer,
        )

    # ------------------------------------------------------------------------------------- how one gets about

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember which panel is in use."""
        for node in event.widget.ancestors_with_self:
            if node.id in PANELS:
                self.panel = node.id
                return

    def on_page_tabs_picked(self, message: PageTabs.Picked) -> None:
        """Go there."""
        self.action_jump(message.panel)

    def action_jump(self, panel: str) -> None:
        """Go to a panel, to the part of it that is used first."""
        self.panel = panel
        if panel in ("next", "neurons") and is_ample(self.size):
            self._show_mind(True)
        self.call_after_refresh(self._focus_panel, panel)

    def _focus_panel(self, panel: str) -> None:
        self.panel = panel  # news of an earlier focus may have come in between
        if panel == "sample" and self._duet is not None:
            self._duet.focus()
            return
        place = self.query_one(f"#{panel}")
        start = self._training.first_used if place is self._training else place
        self.set_focus(next((widget for widget in start.query("*") if widget.focusable), place))
        place.scroll_visible(animate=False)

    def action_back(self) -> None:
        """Show all panels again; else turn back a preset that was not begun with; else leave a field."""
        if self.alone:
            self.alone = False
        elif not self._training.turn_back():
            self.action_jump("sample")

    def action_toggle_alone(self) -> None:
        """Give the panel in use the whole window, or give it back."""
        self.alone = not self.alone

    def action_toggle_next(self) -> None:
        """Show what may come next, or hide it; a small window opens or leaves its page."""
        if self.alone:
            self.alone, self.mind = False, True
            return
        if is_ample(self.size):
            self._show_mind(not self.mind)
            seen = self.mind
        else:
            seen = self.panel != "next"
            self.action_jump("next" if seen else "sample")
        if not seen and (self._next.has_focus or self._neurons.has_focus_within):
            self.action_jump("sample")

    def _show_mind(self, shown: bool) -> None:
        if shown != self.mind:
            self.mind = shown
            self._keep("mind", shown)

    def _did(self, deed: Deed) -> None:
        """Go on to the next hint, where this is what was hinted at."""
        for line in self.query("#hint"):
            cast("HintLine", line).done |= {deed}

    async def show_hints(self, shown: bool) -> None:
        """Show the first steps, from the first on, or no more of them."""
        self.hints = shown
        if not shown:
            await self.query("#hint").remove()
        elif not self.query("#hint"):
            from tui.widgets.hint_line import HintLine

            await self.mount(HintLine(), before=self.query_one(KeyBar))

    def on_hint_line_finished(self, message: HintLine.Finished) -> None:
        """Hint no more, now or ever."""
        message.stop()
        cast("LSTMApp", self.app).in_force["hints"] = False

    # -------------------------------------------------------------------------------------- what is looked at

    def on_sample_pane_shown(self, message: SamplePane.Shown) -> None:
        """Have the values sent while someone reads."""
        message.stop()
        self._watch()

    def on_neuron_panel_shown(self, message: NeuronPanel.Shown) -> None:
        """Have the values sent while someone looks."""
        message.stop()
        self._watch()

    def on_screen_suspend(self) -> None:
        """Another screen comes above this one; no dialog hides it."""
        self._watch()

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        """Show what came while nobody could see it."""
        if not self.stack_updates:
            event.refresh_styles = False  # all has been styled a moment ago, when it was mounted
        self._watch()
        self._loss.catch_up()
        if self.furnished.is_set():
            self._next.catch_up()

    def _watch(self) -> None:
        """Have the units' values sent while they can be seen, in their panel or in the text."""
        if not self.furnished.is_set():
            return
        seen = self._neurons.shown or (self.ink == NEURON.name and in_sight(self._sample))
        wanted = seen and not is_covered(self)
        if wanted != self._watched and self.send(protocol.Watch(wanted)):
            self._watched = wanted

    def _colour(self, characters: int | None = None) -> None:
        """Colour the last characters by the unit that is looked at, or all whose values are kept."""
        if self.ink == NEURON.name and self.furnished.is_set():
            self._sample.colour(NEURON.name, self._neurons.shades(characters), anew=characters is None)
            self._sample.about = self._neurons.sentence

    @property
    def ink(self) -> str:
        """What the colour of the written characters tells."""
        return self._sample.ink

    @ink.setter
    def ink(self, ink: str) -> None:
        self._sample.ink = ink
        if self.is_running:
            self._watch()
            self._colour()

    def action_next_ink(self) -> None:
        """Write in another ink."""
        self.ink = next_ink(self.ink)
        self._keep("ink", self.ink)

    def on_neuron_panel_asked(self, message: NeuronPanel.Asked) -> None:
        """Find out."""
        message.stop()
        self.send(protocol.FindNeurons())

    def on_neuron_panel_looked_at(self, message: NeuronPanel.LookedAt) -> None:
        """Colour the text by it."""
        message.stop()
        self._colour()

    def action_step_unit(self, steps: int) -> None:
        """Look at another unit."""
        self._neurons.step_by(steps)

    def action_find_neurons(self) -> None:
        """Find units that follow something, and look at the next of them, where it can be seen."""
        if self.ended:
            self.say("The engine has ended: nobody can look for them any more.")
            return
        if not self._neurons.shown and self.ink != NEURON.name:
            self.action_jump("neurons")
        self._neurons.find()

    @property
    def loss_unit(self) -> LossUnit:
        """What losses are shown in."""
        return self._loss.view.unit

    @loss_unit.setter
    def loss_unit(self, unit: LossUnit) -> None:
        self._loss.view = structs.replace(self._loss.view, unit=unit)

    def action_look(self, switch: Switch) -> None:
        """Look at the loss in another way."""
        self._loss.switch(switch)
        if switch == "unit":
            self._keep("loss_unit", self.loss_unit)

    def on_loss_panel_switched(self, message: LossPanel.Switched) -> None:
        """Keep it, as where it was switched by key."""
        message.stop()
        if message.switch == "unit":
            self._keep("loss_unit", self.loss_unit)

    def action_copy_sample(self) -> None:
        """Copy all that is written."""
        if text := self._sample.written:
            self.app.copy_to_clipboard(text)
        else:
            self.say("There is nothing to copy yet.")

    def action_clear(self) -> None:
        """Forget the written text."""
        self._sample.clear()
        self._neurons.clear()

    def action_follow(self) -> None:
        """Show the end of the written text again."""
        self._sample.follow()
