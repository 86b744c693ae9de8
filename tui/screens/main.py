"""The one main screen: corpora, training and sampling beside the loss and the text that is being written."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.notifications import SeverityLevel
from textual.reactive import reactive
from textual.screen import Screen
from textual.widgets import Input

from corpora.entry import Entry
from corpora.info import CorpusInfo
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.protocol import (
    Command,
    Gauges,
    LoadCorpus,
    NewNetwork,
    Pause,
    RunState,
    RunUpdate,
    Save,
    SetLearningRate,
    SetSampling,
    StartSampling,
    Step,
    StopSampling,
    Train,
)
from tui.bindings import screen_bindings, working_bindings
from tui.knobs import Knob, turned
from tui.sanitize import sanitize
from tui.saving import free_path
from tui.screens.begin_with import BeginWithScreen
from tui.screens.help import HelpScreen
from tui.screens.open_text import OpenTextScreen, TextChoice
from tui.screens.room import HEIGHTS, WIDTHS, is_ample, room_classes
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.key_bar import KeyBar
from tui.widgets.loss_panel import LossPanel
from tui.widgets.page_tabs import PANELS, PageTabs
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sample_pane import SamplePane
from tui.widgets.sampling_panel import SamplingPanel
from tui.widgets.top_bar import TopBar
from tui.widgets.training_panel import TrainingPanel


class MainScreen(Screen[None]):
    """Holds the latest state of the run, and turns what people do into commands.

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
    """The panel in use; a narrow window shows no other, but for loss and sample, which go together."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""

    def __init__(
        self,
        send: Callable[[Command], None],
        *,
        network: NetworkSettings,
        training: TrainingSettings,
        sampling: SamplingSettings,
        catalogue: Sequence[Entry],
        describe: Callable[[str], CorpusInfo],
    ) -> None:
        super().__init__(id="main", classes="-at-sample")
        self._send = send
        self._prime = ""
        self._writing = True
        self._equipped = False  # for small windows
        self._top = TopBar()
        self._corpora = CorpusPanel(catalogue, describe)
        self._training = TrainingPanel(network, training)
        self._loss = LossPanel(id="loss")
        self._sample = SamplePane(id="sample")
        self.set_reactive(MainScreen.sampling, sampling)
        self.entered: tuple[NetworkSettings, TrainingSettings] | None = None
        """The settings that someone asked for at this screen, to be remembered."""

    def compose(self) -> ComposeResult:
        """Controls on the left, the stage on the right; what has no room is hidden by the stylesheet."""
        # Textual would give these classes after all has been styled, and style it all once more.
        self.add_class(*room_classes(self.app.size), update=False)
        yield self._top.data_bind(MainScreen.gauges, MainScreen.ended)
        with Horizontal(id="room"):
            with VerticalScroll(id="controls", can_focus=False):
                yield self._corpora.data_bind(MainScreen.gauges)
                yield self._training.data_bind(MainScreen.gauges)
                yield SamplingPanel(id="sampling").data_bind(MainScreen.sampling)
            with Vertical(id="stage"):
                yield self._loss.data_bind(MainScreen.gauges)
                yield self._sample
        yield KeyBar()

    def on_mount(self) -> None:
        """Give the panels the numbers of their keys."""
        for number, panel in enumerate(PANELS, start=1):
            self.query_one(f"#{panel}").border_title = f"{number} {panel.capitalize()}"

    def on_resize(self, event: events.Resize) -> None:
        """Mount what only small windows show, where it is needed first: most windows start without."""
        if self._equipped or is_ample(event.size):
            return
        self._equipped = True
        self._top.mount(PageTabs().data_bind(MainScreen.panel), after="#name")
        self.mount(SamplingPanel(id="strip").data_bind(MainScreen.sampling), RoomNotice(), after="#room")

    # ---------------------------------------------------------------------------------- what comes up

    def apply(self, update: RunUpdate) -> None:
        """Show what happened since the last update."""
        if update.fresh:
            self._loss.reset()
        self.gauges = update.gauges
        self._loss.extend(update.losses, update.validations)
        for written in update.written:
            self._sample.append(written)
        for notice in update.notices:
            self.say(notice.text, notice.severity)

    def say(self, text: str, severity: SeverityLevel = "information", timeout: float | None = None) -> None:
        """Show a sentence for some seconds; whatever is in it, it is data."""
        self.notify(sanitize(text), severity=severity, timeout=timeout, markup=False)

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Let the footer say Train or Pause."""
        if old.state is not new.state:
            self.refresh_bindings()

    def watch_panel(self) -> None:
        """Show the panel where there is room for one."""
        self.update_classes({f"-at-{panel}": panel == self.panel for panel in PANELS})

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        typing, training = isinstance(self.focused, Input), self.gauges.state is RunState.TRAINING
        return working_bindings(super().active_bindings, typing=typing, training=training)

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember which panel is in use."""
        for node in event.widget.ancestors_with_self:
            if node.id in PANELS:
                self.panel = node.id
                return

    # ------------------------------------------------------------------------------- what people do

    def send(self, command: Command) -> bool:
        """Hand a command to the engine, or say that there is none any more."""
        if self.ended:
            self.say("The engine has ended; the text stays here until ctrl+q.", "warning")
            return False
        self._send(command)
        return True

    def load(self, sources: tuple[str, ...], choice: TextChoice | None = None) -> None:
        """Start a new run on a text, with the settings that are filled in."""
        settings = self._take_settings()
        if settings is None:
            return
        treatments, encoding = (choice.treatments, choice.encoding) if choice else (frozenset(), None)
        if self.send(LoadCorpus(sources, *settings, treatments=treatments, encoding=encoding)):
            self.say("A new run begins as soon as the text is read.")

    def _take_settings(self) -> tuple[NetworkSettings, TrainingSettings] | None:
        try:
            self.entered = self._training.take()
        except SettingsError as error:
            self.say(f"Not started: {error}.", "warning")
            return None
        return self.entered

    def on_corpus_panel_chosen(self, message: CorpusPanel.Chosen) -> None:
        """Learn it."""
        self.load((message.name,))

    def on_corpus_panel_missing(self, message: CorpusPanel.Missing) -> None:
        """Tell how to get it."""
        self.say(f"{message.entry.name} is not on this machine. To get it: {message.entry.install}", "warning", 12)

    def on_training_panel_learning_rate_changed(self, message: TrainingPanel.LearningRateChanged) -> None:
        """Let it act, and remember it."""
        self.entered = self._training.network, self._training.training
        self.send(SetLearningRate(message.learning_rate))

    def on_training_panel_shape_entered(self) -> None:
        """Start over with the new shape."""
        self.action_start_over()

    def on_sampling_panel_changed(self, message: SamplingPanel.Changed) -> None:
        """Grant the wish."""
        self.sample_with(message.sampling)

    def on_page_tabs_picked(self, message: PageTabs.Picked) -> None:
        """Go there."""
        self.action_jump(message.panel)

    def sample_with(self, sampling: SamplingSettings) -> None:
        """Draw the next character with these settings."""
        if sampling != self.sampling and self.send(SetSampling(sampling)):
            self.sampling = sampling

    # ---------------------------------------------------------------------------------------- keys

    def action_toggle_training(self) -> None:
        """Train or pause."""
        if self.gauges.state in (RunState.EMPTY, RunState.LOADING):
            self.say("There is nothing to train yet: the text is still being read.")
            return
        pause = self.gauges.state is RunState.TRAINING
        if self.send(Pause() if pause else Train()):
            # The next update says the same; until then the key has its answer.
            self.gauges = dataclasses.replace(self.gauges, state=RunState.PAUSED if pause else RunState.TRAINING)

    def action_one_step(self) -> None:
        """Train one step."""
        self.send(Step())

    def action_start_over(self) -> None:
        """Throw the network away and begin with one of the shape that is filled in."""
        settings = self._take_settings()
        if settings is not None:
            self.send(NewNetwork(*settings))

    def action_save(self) -> None:
        """Save beside the person's other files; the engine says when it is done."""
        self.send(Save(str(free_path(Path.cwd(), self.gauges))))

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn one of the sampling settings by a step."""
        self.sample_with(turned(self.sampling, knob, direction))

    def action_toggle_writing(self) -> None:
        """Stop writing, or go on."""
        if self.send(StopSampling() if self._writing else StartSampling()):
            self._writing = not self._writing
            self._sample.writing = self._writing

    def action_restart_writing(self) -> None:
        """Write from a fresh start."""
        if self.send(StartSampling(prime=self._prime, restart=True)):
            self._writing = True

    def action_begin_with(self) -> None:
        """Ask for the words to begin with."""
        self.app.push_screen(BeginWithScreen(self._prime), self._begin)

    def _begin(self, prime: str | None) -> None:
        if prime is not None:
            self._prime = prime
            self.action_restart_writing()

    def action_clear(self) -> None:
        """Forget the written text."""
        self._sample.clear()

    def action_open_text(self) -> None:
        """Ask for a text of one's own."""
        self.app.push_screen(OpenTextScreen(Path.cwd()), self._open)

    def _open(self, choice: TextChoice | None) -> None:
        if choice is not None:
            self.load((str(choice.path),), choice)

    def action_jump(self, panel: str) -> None:
        """Go to a panel, to the part of it that is used first."""
        self.panel = panel
        self.call_after_refresh(self._focus_panel, panel)

    def _focus_panel(self, panel: str) -> None:
        self.panel = panel  # news of an earlier focus may have come in between
        place = self.query_one(f"#{panel}")
        target = next((widget for widget in place.query("*") if widget.focusable), place)
        self.set_focus(target)
        place.scroll_visible(animate=False)

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())
