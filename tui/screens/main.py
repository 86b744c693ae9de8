"""The one main screen: corpora, training and sampling beside the loss and the text that is being written."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

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

from corpora.choice import TextChoice
from corpora.entry import Entry
from corpora.info import CorpusInfo, Treatment
from model import protocol
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.protocol import MAIN, Command, Gauges, RunState, RunUpdate
from tui import chronicle, loops, units
from tui.bindings import DUET_FOOTER, FOOTER, WALK_FOOTER, screen_bindings, working_bindings
from tui.chronicle import Event
from tui.knobs import Knob, turned
from tui.manners import Manner
from tui.portrayer import Look
from tui.praise import Praise
from tui.recent_texts import RecentTexts
from tui.run_shelf import SUFFIX, RunShelf
from tui.sanitize import excerpt, sanitize, sanitize_line
from tui.saving import free_path, network_stem
from tui.screens.room import HEIGHTS, WIDTHS, is_ample, room_classes
from tui.sight import in_sight, is_covered
from tui.units import LossUnit
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.ink import NEURON, next_ink
from tui.widgets.key_bar import KeyBar
from tui.widgets.loss_panel import LossPanel
from tui.widgets.loss_view import LossView, Switch
from tui.widgets.neuron_panel import NeuronPanel
from tui.widgets.next_panel import NextPanel
from tui.widgets.page_tabs import PANELS, PageTabs
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sample_pane import SamplePane
from tui.widgets.sampling_panel import SamplingPanel
from tui.widgets.top_bar import TopBar
from tui.widgets.training_panel import TrainingPanel

if TYPE_CHECKING:
    # the other screens are imported when they are first asked for: this one is to be seen soon
    from model.passage import Passage
    from tui.app import LSTMApp
    from tui.screens.pick_text import Elsewhere
    from tui.walk import Moment
    from tui.widgets.duet_line import DuetLine
    from tui.widgets.hint_line import Deed, HintLine
    from tui.widgets.walk_card import WalkCard

PRAISE_SECONDS = 3


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
    """The panel in use; a narrow window shows no other, but that the sample goes with loss, next and neurons."""
    mind: reactive[bool] = reactive(True, repaint=False)
    """Whether next and neurons are shown where there is room beside all else; a small window has a page for each."""
    alone: reactive[bool] = reactive(False, repaint=False)
    """Whether the panel in use has the whole window; the others are hidden and not drawn."""
    ended: reactive[bool] = reactive(False, repaint=False)
    """The engine is gone."""
    happenings: reactive[tuple[Event, ...]] = reactive(tuple, repaint=False)
    """What has happened, newest last."""

    def __init__(
        self,
        send: Callable[[Command], None],
        *,
        network: NetworkSettings,
        training: TrainingSettings,
        sampling: SamplingSettings,
        insisted: Mapping[str, Any] | None,
        loss_unit: LossUnit,
        catalogue: Sequence[Entry],
        describe: Callable[[str], CorpusInfo],
        shelf: RunShelf,
        keep: Callable[[str, Any], None],
        look_at: Callable[[TextChoice], Look],
        recent: RecentTexts,
    ) -> None:
        super().__init__(id="main", classes="-at-sample")
        self.shelf = shelf
        self._send, self._keep = send, keep
        self._praise = Praise()
        self._prime = ""
        self._top = TopBar()
        self._corpora = CorpusPanel(catalogue, describe)
        self._catalogue, self._look_at, self._recent = catalogue, look_at, recent
        self._training = TrainingPanel(network, training)
        self._loss = LossPanel(LossView(loss_unit), id="loss")
        self._sample = SamplePane(id="sample")
        self._next = NextPanel(id="next")
        self._neurons = NeuronPanel(id="neurons")
        self._duet: DuetLine | None = None  # while someone writes with the network
        self.furnished = asyncio.Event()
        """All panels are there; before, no key of this screen acts."""
        self._watched = False
        self.set_reactive(MainScreen.sampling, sampling)
        self._insisted = insisted  # as long as a saved network is awaited, which brings the rest
        self.hints = False
        """Whether the first steps are still to be shown."""

    def compose(self) -> ComposeResult:
        """Controls on the left, the stage on the right; what has no room is hidden by the stylesheet.

        What the eye does not go to first is mounted once this much has been painted.
        """
        # Textual would give these classes after all has been styled, and style it all once more.
        self.add_class(*room_classes(self.app.size), update=False)
        yield self._top.data_bind(MainScreen.gauges, MainScreen.ended)
        with Horizontal(id="room"):
            with VerticalScroll(id="controls", can_focus=False):
                yield self._corpora.data_bind(MainScreen.gauges)
            with Vertical(id="stage"):
                yield self._loss.data_bind(MainScreen.gauges)
                yield self._sample
                yield Horizontal(id="mind")
        yield KeyBar()

    def on_mount(self) -> None:
        """Mount the rest as soon as the first of it is seen."""
        self._name_panels()
        self.call_after_refresh(self._furnish)

    async def _furnish(self) -> None:
        sampling = SamplingPanel(id="sampling").data_bind(MainScreen.sampling)
        with self.app.batch_update():
            await self.query_one("#controls").mount(self._training.data_bind(MainScreen.gauges), sampling)
            await self.query_one("#mind").mount(self._next.data_bind(MainScreen.gauges), self._neurons)
            self._name_panels()
            if self.hints:
                from tui.widgets.hint_line import HintLine

                await self.mount(HintLine(), before=self.query_one(KeyBar))
        self._watch()
        self.furnished.set()

    def _name_panels(self) -> None:
        """Give those that are there the names of their keys."""
        for name in PANELS:
            for panel in self.query(f"#{name}"):
                panel.border_title = Content(f"{self._key(f'jump-{name}')} {name.capitalize()}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Let nothing be used before it is there."""
        return super().check_action(action, parameters) if self.furnished.is_set() else None

    def on_resize(self, event: events.Resize) -> None:
        """Mount what only small windows show, where it is needed first: most windows start without."""
        if is_ample(event.size) or self.query(RoomNotice):
            return
        self._top.mount(PageTabs().data_bind(MainScreen.panel), after="#name")
        self.mount(SamplingPanel(id="strip").data_bind(MainScreen.sampling), RoomNotice(), after="#room")

    # ---------------------------------------------------------------------------------- what comes up

    def apply(self, update: RunUpdate) -> None:
        """Show what happened since the last update."""
        if update.fresh:
            self._tell_of_the_run_before(update.gauges)
            self._loss.reset()
            self._neurons.reset()
        if new := tuple(chronicle.happened(self.gauges, update)):
            self.happenings = (*self.happenings, *new)[-chronicle.MOST :]
        if praise := self._praise.of(update):
            self.say(praise, timeout=PRAISE_SECONDS)  # it may lie over numbers
        # before the gauges: when they are shown, the panel rests for a moment
        self._loss.extend(update.losses, update.validations, update.events)
        self.gauges = update.gauges
        if update.fresh and self._insisted is not None:
            self._follow_saved(update.gauges, self._insisted)
        self._neurons.see(update.gauges, update.neurons)
        for written in update.written:
            if written.sampler != MAIN:
                continue  # it is for a screen of its own
            self._sample.append(written)
            self._neurons.append(written)
            # a character's values come with the next one
            self._colour(len(written.text) + 1)
            self._advise()
        for notice in update.notices:
            self.say(notice.text, notice.severity)
        if update.passage is not None:
            self._keep_passage(update.passage)

    def _tell_of_the_run_before(self, new: Gauges) -> None:
        """Say that what was learnt is not lost."""
        if new.left_behind > self.gauges.left_behind and self.gauges.step:
            step = units.whole(self.gauges.step)
            self.say(f"The run before rests at step {step}: {self._key('bring-back')} brings it back.", timeout=8)

    def _advise(self) -> None:
        """Say so where the text goes round in a circle."""
        room = self._sample.outer_size.width - 18
        self._sample.advice = loops.advice(
            self._sample.tail(loops.WINDOW), self.sampling, room, cast("LSTMApp", self.app).shown_keys
        )

    def _follow_saved(self, saved: Gauges, insisted: Mapping[str, Any]) -> None:
        """Show what a saved network brings, once; what a flag said holds against it."""
        self._insisted = None
        self._training.bring(saved.network, saved.training)
        self.sampling = dataclasses.replace(saved.sampling, **insisted)
        if self.sampling != saved.sampling:
            self.send(protocol.SetSampling(self.sampling))

    def _key(self, id: str) -> str:  # noqa: A002
        """The key that does something here, as people write it."""
        return cast("LSTMApp", self.app).shown_keys[id]

    def say(self, text: str, severity: SeverityLevel = "information", timeout: float | None = None) -> None:
        """Show a sentence for some seconds; whatever is in it, it is data."""
        self.notify(sanitize(text), severity=severity, timeout=timeout, markup=False)

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Let the footer say Train or Pause, and remember which text was learnt."""
        if old.state is not new.state:
            self.refresh_bindings()
        if new.corpus is not None and new.corpus is not old.corpus and new.corpus != old.corpus:
            self._recent.add_soon(TextChoice.of(new.corpus))

    def watch_ended(self) -> None:
        """Show nothing as if it went on."""
        if self.ended:
            self.gauges = dataclasses.replace(self.gauges, state=RunState.PAUSED, loading=None)
            self._sample.writing = False

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
            super().active_bindings, typing=typing, training=training, alone=self.alone, footer=footer
        )

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Remember which panel is in use."""
        for node in event.widget.ancestors_with_self:
            if node.id in PANELS:
                self.panel = node.id
                return

    def watch_focused(self, focused: Widget | None) -> None:
        """See who lays down the pen: that is who goes elsewhere than to the page or to what may come next."""
        if self._duet is not None and focused is self._sample:
            self._duet.focus()
        elif focused not in (None, self._duet, self._next):
            self._end_duet()

    # ------------------------------------------------------------------------------- what people do

    def send(self, command: Command) -> bool:
        """Hand a command to the engine; returns whether there is one still. The top bar says if there is none."""
        if not self.ended:
            self._send(command)
        return not self.ended

    def load(self, text: CorpusPanel.Chosen | TextChoice) -> None:
        """Start a new run on a text, with the settings that are filled in."""
        # The dialog for a text of one's own has asked about these.
        treatments = text.treatments | (self._treatments if isinstance(text, CorpusPanel.Chosen) else set())
        settings = self._take_settings()
        if settings is None:
            return
        load = protocol.LoadCorpus(text.sources, *settings, treatments=treatments, encoding=text.encoding)
        if self.send(load):
            self.say("A new run begins as soon as the text is read.")

    def _take_settings(self) -> tuple[NetworkSettings, TrainingSettings] | None:
        """The settings that are filled in; where they cannot be used, the person is brought to what says why."""
        preset = self._training.draft.picked
        try:
            settings = self._training.take()
        except SettingsError:
            if self._training.wrong_elsewhere:
                self.action_recipe()
            else:
                self.action_jump("training")
            return None
        if preset is not None:
            # It brings a way of writing too, though not how fast; that is for this run and not remembered.
            sampling = dataclasses.replace(preset.sampling, rate=self.sampling.rate)
            if sampling != self.sampling and self.send(protocol.SetSampling(sampling)):
                self.sampling = sampling
        return settings

    def on_corpus_panel_chosen(self, message: CorpusPanel.Chosen) -> None:
        """Learn it."""
        self.load(message)

    def on_corpus_panel_missing(self, message: CorpusPanel.Missing) -> None:
        """Tell how to get it."""
        self.say(f"{message.entry.name} is not on this machine. To get it: {message.entry.install}", "warning", 12)

    def on_training_panel_learning_rate_changed(self, message: TrainingPanel.LearningRateChanged) -> None:
        """Let it act."""
        self.send(protocol.SetLearningRate(message.learning_rate))

    def on_training_panel_steered(self, message: TrainingPanel.Steered) -> None:
        """Let it act."""
        self.send(protocol.SetTraining(message.training))

    def on_sampling_panel_changed(self, message: SamplingPanel.Changed) -> None:
        """Grant the wish."""
        self.sample_with(message.sampling)

    def on_next_panel_chosen(self, message: NextPanel.Chosen) -> None:
        """Have it written."""
        self.send(protocol.Choose(message.symbol))

    def on_next_panel_taken_back(self) -> None:
        """Have it undone."""
        self.send(protocol.TakeBack())

    def on_neuron_panel_asked(self, message: NeuronPanel.Asked) -> None:
        """Find out."""
        message.stop()
        self.send(protocol.FindNeurons())

    def on_neuron_panel_looked_at(self, message: NeuronPanel.LookedAt) -> None:
        """Colour the text by it."""
        message.stop()
        self._colour()

    def on_neuron_panel_shown(self, message: NeuronPanel.Shown) -> None:
        """Have the values sent while someone looks."""
        message.stop()
        self._watch()

    def _watch(self) -> None:
        """Have the units' values sent while they can be seen, in their panel or in the text."""
        seen = self._neurons.shown or (self.ink == NEURON.name and in_sight(self._sample))
        wanted = seen and not is_covered(self)
        if wanted != self._watched and self.send(protocol.Watch(wanted)):
            self._watched = wanted

    def on_sample_pane_shown(self, message: SamplePane.Shown) -> None:
        """Have the values sent while someone reads."""
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
        self._next.catch_up()

    def _colour(self, characters: int | None = None) -> None:
        """Colour the last characters by the unit that is looked at, or all whose values are kept."""
        if self.ink == NEURON.name:
            self._sample.colour(NEURON.name, self._neurons.shades(characters), anew=characters is None)
            self._sample.about = self._neurons.sentence

    def on_page_tabs_picked(self, message: PageTabs.Picked) -> None:
        """Go there."""
        self.action_jump(message.panel)

    def _did(self, deed: Deed) -> None:
        """Go on to the next hint, where this is what was hinted at."""
        for line in self.query("#hint"):
            cast("HintLine", line).done |= {deed}

    def on_hint_line_finished(self, message: HintLine.Finished) -> None:
        """Hint no more, now or ever."""
        message.stop()
        self.hints = False
        cast("LSTMApp", self.app).in_force["hints"] = False
        self.query("#hint").remove()

    def sample_with(self, sampling: SamplingSettings) -> None:
        """Draw the next character with these settings."""
        if sampling.temperature != self.sampling.temperature:
            self._did("turn")
        if sampling != self.sampling and self.send(protocol.SetSampling(sampling)):
            self.sampling = sampling
            self._keep("sampling", sampling)
            self._advise()

    def write_like(self, manner: Manner) -> None:
        """Draw the next character in a manner that has a name."""
        self.sample_with(manner.applied(self.sampling))

    # ---------------------------------------------------------------------------------------- keys

    def action_toggle_training(self) -> None:
        """Train or pause."""
        if not self.ended and self.gauges.state in (RunState.EMPTY, RunState.LOADING):
            self.say("There is nothing to train yet: the text is still being read.")
            return
        pause = self.gauges.state is RunState.TRAINING
        if pause:
            self._did("pause")
        if self.send(protocol.Pause() if pause else protocol.Train()):
            # The next update says the same; until then the key has its answer.
            self.gauges = dataclasses.replace(self.gauges, state=RunState.PAUSED if pause else RunState.TRAINING)

    def action_one_step(self) -> None:
        """Train one step."""
        self.send(protocol.Step())

    def action_start_over(self) -> None:
        """Throw the network away and begin with one of the shape that is filled in."""
        settings = self._take_settings()
        if settings is not None:
            self.send(protocol.NewNetwork(*settings))
            self._leave_field()

    def _leave_field(self) -> None:
        """Give the keys back to the screen, where a field still has them."""
        if isinstance(self.focused, Input):
            self.set_focus(self._sample)

    def action_bring_back(self) -> None:
        """Take back what was left behind last; or what is being read is not wanted any more."""
        loading = self.gauges.state is RunState.LOADING
        if not (self.gauges.left_behind or loading):
            self.say(f"No run was left behind since the app was opened; {self._key('runs')} has those of earlier days.")
        elif self.send(protocol.BringBack()):
            self.app.clear_notifications()  # they were of the run that goes
            if not loading:
                self._insisted = {}  # its settings are filled in again

    def action_runs(self) -> None:
        """Show the runs of earlier days."""
        from tui.screens.runs import RunsScreen

        self.app.push_screen(RunsScreen(self, self.shelf, self._loss.record, self._loss.view), self._open_run)

    def _open_run(self, chosen: protocol.OpenCheckpoint | None) -> None:
        """Put an earlier run in place of the present one, which is left behind."""
        if chosen is not None and self.send(chosen):
            self._insisted = {}
            self.say("It is there as soon as its text is read.")

    def action_save(self) -> None:
        """Save beside the person's other files; the engine says when it is done."""
        self.send(protocol.Save(str(free_path(Path.cwd(), network_stem(self.gauges), SUFFIX))))

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn one of the sampling settings by a step."""
        self.sample_with(turned(self.sampling, knob, direction))

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

    @property
    def loss_unit(self) -> LossUnit:
        """What losses are shown in."""
        return self._loss.view.unit

    @loss_unit.setter
    def loss_unit(self, unit: LossUnit) -> None:
        self._loss.view = dataclasses.replace(self._loss.view, unit=unit)

    def action_toggle_writing(self) -> None:
        """Stop writing, or go on."""
        if self.send(protocol.StopSampling() if self._sample.writing else protocol.StartSampling()):
            self._sample.writing = not self._sample.writing

    async def action_write_with(self) -> None:
        """Let a person write with the network, until they go somewhere else."""
        from tui.widgets.duet_line import DuetLine

        if not self.gauges.vocabulary:
            self.say("There is nobody to write with yet: the network comes with its text.")
        elif self._duet is not None:
            self._duet.focus()
        elif self.send(protocol.StopSampling()):
            if self.panel in ("corpora", "training", "sampling"):
                self.panel = "sample"
            self._duet = DuetLine(lambda: in_sight(self._next))
            await self.query_one("#stage").mount(self._duet, after=self._sample)
            self._duet.focus()
            self._sample.follow()
            self._sample.writing, self._sample.listening = False, True
            self._sample.add_class("-duet")

    def on_duet_line_told(self, message: DuetLine.Told) -> None:
        """Pass it on."""
        message.stop()
        self._sample.follow()
        self.send(message.command)

    def on_duet_line_left(self, message: DuetLine.Left) -> None:
        """Let it write on."""
        message.stop()
        self._end_duet()
        self.set_focus(self._sample)

    def _end_duet(self) -> None:
        """Let the network write on, where someone wrote with it."""
        if self._duet is not None:
            self._duet.remove()
            self._duet, self._sample.listening = None, False
            self._sample.remove_class("-duet")
            self._sample.writing = self.send(protocol.StartSampling())

    def action_restart_writing(self) -> None:
        """Write from a fresh start."""
        if self.send(protocol.StartSampling(prime=self._prime, restart=True)):
            self._sample.writing = True

    def action_begin_with(self) -> None:
        """Ask for the words to begin with."""
        from tui.screens.begin_with import BeginWithScreen

        self.app.push_screen(BeginWithScreen(self._prime), self._begin)

    def _begin(self, prime: str | None) -> None:
        if prime is not None:
            self._prime = prime
            self.action_restart_writing()

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

    def action_step_unit(self, steps: int) -> None:
        """Look at another unit."""
        self._neurons.step_by(steps)

    def action_find_neurons(self) -> None:
        """Find units that follow something, and look at the next of them, where it can be seen."""
        if not self._neurons.shown and self.ink != NEURON.name:
            self.action_jump("neurons")
        self._neurons.find()

    def action_save_sample(self) -> None:
        """Ask for a passage to be written to a file."""
        from tui.screens.save_sample import SaveSampleScreen

        if self.gauges.network is None:
            self.say("There is no network yet that could write.")
            return
        path = free_path(Path.cwd(), network_stem(self.gauges), SUFFIX)
        self.app.push_screen(SaveSampleScreen(str(path), self._prime, self.sampling), self._write_passage)

    def _write_passage(self, wish: protocol.WritePassage | None) -> None:
        if wish is not None and self.send(wish):
            self.say("The passage is being written.")

    def _keep_passage(self, passage: Passage) -> None:
        """Save it beside the person's other files, and show it."""
        from tui.passage_file import save_passage
        from tui.screens.passage import PassageScreen

        try:
            text, recipe = save_passage(passage, Path.cwd())
        except OSError as error:
            self.say(f"could not save the passage: {error.filename or Path.cwd()}: {error.strerror or error}", "error")
            return
        self.say(f"saved {text}; {recipe.name} beside it writes it again", timeout=8)
        self.app.push_screen(PassageScreen(passage, text))

    def action_copy_sample(self) -> None:
        """Copy all that is written."""
        if text := self._sample.text:
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

    def action_open_text(self) -> None:
        """Ask for a text of one's own."""
        self.open_dialog()

    def open_dialog(self, typed: str = "", folder: Path | None = None) -> None:
        """Ask for a text of one's own, with a path that is filled in already."""
        from tui.screens.open_text import OpenTextScreen

        self.app.push_screen(OpenTextScreen(folder or Path.cwd(), self._treatments, typed), self._open)

    def on_paste(self, event: events.Paste) -> None:
        """Open what is dropped here: terminals paste its path. A field of text keeps what is pasted into it."""
        event.stop()
        self.run_worker(self._open_pasted(event.text), group="pasted", exclusive=True)

    async def _open_pasted(self, pasted: str) -> None:
        from tui.pasted import pasted_paths, typed_as

        paths = await asyncio.to_thread(pasted_paths, pasted)
        if len(paths) == 1 and paths[0].suffix == SUFFIX and paths[0].is_file():
            self._open_run(protocol.OpenCheckpoint(str(paths[0])))
            return
        typed = typed_as(paths) if paths else ""
        if not paths:
            self.say(f"{excerpt(pasted)!r} is no path of a file or folder; one that is pasted here is opened.")
        elif typed != sanitize_line(typed):
            self.say(f"That name has characters that a field cannot show; {self._key('open')} lists it.", "warning")
        else:
            self.open_dialog(typed, paths[0].parent)

    def _open(self, choice: TextChoice | None) -> None:
        if choice is not None:
            self.load(choice)

    def action_pick_text(self) -> None:
        """Choose what is learnt."""
        from tui.screens.pick_text import PickTextScreen

        picker = PickTextScreen(self._recent.all(), self._catalogue, self._look_at, self.gauges.corpus)
        self.app.push_screen(picker, self._picked)

    def _picked(self, picked: TextChoice | Elsewhere | None) -> None:
        if isinstance(picked, TextChoice):
            self.load(CorpusPanel.Chosen(picked.sources) if picked == TextChoice(picked.sources) else picked)
        elif picked is not None:
            self.open_dialog(picked.typed)

    def action_past(self) -> None:
        """Read what the network would have written at earlier steps."""
        from tui.screens.past import PastScreen

        if self.gauges.snapshots:
            self.app.push_screen(PastScreen(self, self._loss.record, self._loss.view, self._prime))
        else:
            self.say("There is no past to read: it is kept while a network learns.")

    def action_three(self) -> None:
        """Read what the network writes at three temperatures."""
        from tui.screens.three import ThreeScreen

        if self.gauges.vocabulary:
            self.app.push_screen(ThreeScreen(self, self._prime))
        else:
            self.say("There is nobody to write yet: the network comes with its text.")

    def action_race(self) -> None:
        """Ask who shall race."""
        from tui.screens.race_setup import RATE, RaceSetupScreen

        network, training = self.gauges.network, self.gauges.training
        if network is None or training is None or self.gauges.corpus is None or self.gauges.state is RunState.LOADING:
            self.say("There is no text to race on yet: choose a corpus, or wait until it has been read.")
            return
        sampling = dataclasses.replace(self.sampling, rate=RATE)
        self.app.push_screen(RaceSetupScreen(network, training, sampling), self._race)

    def _race(self, start: protocol.StartRace | None) -> None:
        if start is not None and self.gauges.corpus is not None and self.send(start):
            from tui.screens.race import RaceScreen

            race = RaceScreen(self.send, start, self.gauges.corpus.name, self.loss_unit)
            self.app.push_screen(race, self._after_race)

    def _after_race(self, sampling: SamplingSettings | None) -> None:
        """Where a racer took over, fill in its settings, and write as it wrote, at the usual rate."""
        if sampling is not None:
            self._training.bring(self.gauges.network, self.gauges.training)
            self.sample_with(dataclasses.replace(sampling, rate=self.sampling.rate))

    @property
    def _treatments(self) -> frozenset[Treatment]:
        """What a preset that was picked wants to be done to a text."""
        preset = self._training.draft.picked
        return preset.treatments if preset else frozenset()

    def action_recipe(self) -> None:
        """Show all settings of network and training."""
        from tui.screens.recipe import RecipeScreen

        self.app.push_screen(RecipeScreen(self._training), self._start_with_recipe)

    def _start_with_recipe(self, start: bool | None) -> None:
        if start:
            self.action_start_over()

    def action_events(self) -> None:
        """Show what has happened."""
        from tui.screens.events import EventsScreen

        self.app.push_screen(EventsScreen(self))

    def action_toggle_alone(self) -> None:
        """Give the panel in use the whole window, or give it back."""
        self.alone = not self.alone

    def action_back(self) -> None:
        """Show all panels again; else leave a field."""
        if self.alone:
            self.alone = False
        else:
            self.action_jump("sample")

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
        start = place.first_used if isinstance(place, TrainingPanel) else place
        self.set_focus(next((widget for widget in start.query("*") if widget.focusable), place))
        place.scroll_visible(animate=False)

    async def action_walk(self) -> None:
        """Tell of what is seen, card by card; or enough of it."""
        from tui.widgets.walk_card import WalkCard

        if self.query("#walk"):
            self._end_walk()
            return
        card = WalkCard(self._moment)
        self.add_class("-walking")
        await self.mount(card, before=self.query_one(KeyBar))
        card.focus()

    def _moment(self) -> Moment:
        from tui.walk import Moment

        unit = self._neurons.unit
        return Moment(self.gauges, self.sampling, unit, self._neurons.trace.latest(unit))

    def on_walk_card_turned(self, message: WalkCard.Turned) -> None:
        """Point at the panel that the card is about."""
        message.stop()
        self.panel = message.panel
        if message.panel in ("next", "neurons") and is_ample(self.size):
            self.mind = True
        for name in PANELS:
            self.query(f"#{name}").set_class(name == message.panel, "-pointed")
        self.query("#walk").set_class(message.panel in ("corpora", "training", "sampling"), "-right")

    def on_walk_card_closed(self, message: WalkCard.Closed) -> None:
        """Put the cards away."""
        message.stop()
        self._end_walk()

    def _end_walk(self) -> None:
        self.remove_class("-walking")
        self.query(".-pointed").remove_class("-pointed")
        self.panel = "sample"
        self.set_focus(self._sample)
        self.query("#walk").remove()

    def action_settings(self) -> None:
        """Show the settings of the app."""
        cast("LSTMApp", self.app).show_settings()

    def action_help(self) -> None:
        """Show all keys."""
        from tui.screens.help import HelpScreen

        self._did("help")
        self.app.push_screen(HelpScreen())
