"""The hands on the network: what is learnt and how, what is written and how, and writing together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from msgspec import structs
from textual.widget import Widget
from textual.widgets import Input

from corpora.choice import TextChoice
from corpora.info import Treatment
from model import protocol
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.protocol import RunState
from tui import loops
from tui.knobs import Knob, turned
from tui.manners import Manner
from tui.saving import working_folder
from tui.screens.panels import Panels
from tui.sight import in_sight
from tui.widgets.corpus_panel import CorpusPanel

if TYPE_CHECKING:
    # imported when they are first asked for: this screen is to be seen soon
    from tui.app import LSTMApp
    from tui.widgets.duet_line import DuetLine
    from tui.widgets.next_panel import NextPanel
    from tui.widgets.sampling_panel import SamplingPanel
    from tui.widgets.training_panel import TrainingPanel


class Hands(Panels):
    """Turns what people do into commands to the engine."""

    _prime = ""
    """What a fresh start of writing begins with."""

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
            sampling = structs.replace(preset.sampling, rate=self.sampling.rate)
            if sampling != self.sampling and self.send(protocol.SetSampling(sampling)):
                self.sampling = sampling
        return settings

    def on_corpus_panel_chosen(self, message: CorpusPanel.Chosen) -> None:
        """Learn it, with what is filled in; a quick hand chooses before there are fields."""
        if self.furnished.is_set():
            self.load(message)
        else:
            self.call_after_refresh(self.load, message)

    def on_corpus_panel_missing(self, message: CorpusPanel.Missing) -> None:
        """Tell how to get it."""
        self.say(f"{message.entry.name} is not on this machine. To get it: {message.entry.install}", "warning", 12)

    def on_training_panel_learning_rate_changed(self, message: TrainingPanel.LearningRateChanged) -> None:
        """Let it act."""
        self.send(protocol.SetLearningRate(message.learning_rate))

    def on_training_panel_steered(self, message: TrainingPanel.Steered) -> None:
        """Let it act."""
        self.send(protocol.SetTraining(message.training))

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
            self.gauges = structs.replace(self.gauges, state=RunState.PAUSED if pause else RunState.TRAINING)

    def action_one_step(self) -> None:
        """Train one step."""
        self.send(protocol.Step())

    def action_start_over(self) -> None:
        """Leave the network behind and begin with one of the shape that is filled in."""
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
            if loading:
                self._training.refuse()  # what was to come with the text is not in force

    def action_save(self) -> None:
        """Save beside the person's other files; the engine says when it is done."""
        self.send(protocol.Save(str(working_folder())))

    # ------------------------------------------------------------------------------------------ how it writes

    def on_sampling_panel_changed(self, message: SamplingPanel.Changed) -> None:
        """Grant the wish."""
        self.sample_with(message.sampling)

    def sample_with(self, sampling: SamplingSettings) -> None:
        """Draw the next character with these settings."""
        if sampling.temperature != self.sampling.temperature:
            self._did("turn")
        if sampling != self.sampling and self.send(protocol.SetSampling(sampling)):
            self.sampling = sampling
            self._keep("sampling", sampling)
            self._advise()
        else:
            from tui.widgets.sampling_panel import SamplingPanel

            for panel in self.query(SamplingPanel):  # a small window has two
                panel.put_back()

    def write_like(self, manner: Manner) -> None:
        """Draw the next character in a manner that has a name."""
        self.sample_with(manner.applied(self.sampling))

    def action_turn(self, knob: Knob, direction: int) -> None:
        """Turn one of the sampling settings by a step."""
        self.sample_with(turned(self.sampling, knob, direction))

    def _advise(self) -> None:
        """Say so where the text goes round in a circle."""
        room = self._sample.outer_size.width - 18
        self._sample.advice = loops.advice(
            self._sample.tail(loops.WINDOW), self.sampling, room, cast("LSTMApp", self.app).shown_keys
        )

    def action_toggle_writing(self) -> None:
        """Stop writing, or go on; where someone wrote with it, it writes on alone."""
        if self._duet is not None:
            self._end_duet()
        elif self.send(protocol.StopSampling() if self._sample.writing else protocol.StartSampling()):
            self._sample.writing = not self._sample.writing

    def action_restart_writing(self) -> None:
        """Write from a fresh start."""
        self._lay_down_pen()
        if self.send(protocol.StartSampling(prime=self._prime, restart=True)):
            self._sample.writing = True

    # ---------------------------------------------------------------------------------------- writing with it

    async def action_write_with(self) -> None:
        """Let a person write with the network, until they go somewhere else."""
        from tui.widgets.duet_line import DuetLine

        if not self.gauges.vocabulary:
            self.say("There is nobody to write with yet: the network comes with its text.")
        elif self._duet is not None:
            self._duet.focus()
        elif self.send(protocol.GoOn("word") if self._in_a_word else protocol.StopSampling()):
            if self.alone or self.panel in ("corpora", "training", "sampling"):
                self.panel = "sample"  # the others leave no room for it
            self._duet = DuetLine(lambda: in_sight(self._next))
            await self.query_one("#stage").mount(self._duet, after=self._sample)
            self.set_focus(self._duet)  # at once: what is typed meanwhile is for it already
            self._sample.follow()
            self._sample.writing, self._sample.listening = False, True
            self._sample.add_class("-duet")

    @property
    def _in_a_word(self) -> bool:
        """Whether it writes and is in the middle of a word, which it then ends before a person goes on."""
        return self._sample.writing and self._sample.tail(1).isalpha()

    def watch_focused(self, focused: Widget | None) -> None:
        """See who lays down the pen: that is who goes elsewhere than to the page or to what may come next."""
        if self._duet is None:
            return
        if focused is self._sample:
            self._duet.focus()
        elif focused not in (None, self._duet, self._next):
            self._end_duet()

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

    def watch_ended(self) -> None:
        """Take the pen away: nobody reads what would be typed."""
        super().watch_ended()
        if self.ended and self._duet is not None:
            had_focus = self._duet.has_focus
            self._lay_down_pen()
            if had_focus:
                self.set_focus(self._sample)

    def _end_duet(self) -> None:
        """Let the network write on, where someone wrote with it."""
        if self._lay_down_pen():
            self._sample.writing = self.send(protocol.StartSampling())

    def _lay_down_pen(self) -> bool:
        """Take the line away on which someone wrote with the network; whether there was one."""
        if self._duet is None:
            return False
        self._duet.remove()
        self._duet, self._sample.listening = None, False
        self._sample.remove_class("-duet")
        return True

    def on_next_panel_chosen(self, message: NextPanel.Chosen) -> None:
        """Have it written; the mouse does not take away the pen."""
        self.send(protocol.Choose(message.symbol))
        if message.by_mouse and self._duet is not None:
            self._duet.focus()

    def on_next_panel_taken_back(self) -> None:
        """Have it undone."""
        self.send(protocol.TakeBack())
