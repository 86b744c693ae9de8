"""The one main screen: corpora, training and sampling beside the loss and the text that is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from msgspec import structs
from textual import events

from corpora.choice import TextChoice
from corpora.entry import Entry
from corpora.info import CorpusInfo
from model import protocol
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import MAIN, Command, Gauges, RunState, RunUpdate
from model.run_names import SUFFIX
from tui import chronicle, units
from tui.beside import beside
from tui.portrayer import Look
from tui.praise import Praise
from tui.recent_texts import RecentTexts
from tui.room import is_ample
from tui.run_shelf import RunShelf
from tui.sanitize import excerpt, sanitize_line
from tui.saving import working_folder
from tui.screens.hands import Hands
from tui.sentences import capitalised
from tui.units import LossUnit
from tui.widgets.corpus_panel import CorpusPanel
from tui.widgets.key_bar import KeyBar
from tui.widgets.page_tabs import PANELS

if TYPE_CHECKING:
    # the other screens are imported when they are first asked for: this one is to be seen soon
    from model.passage import Passage
    from tui.app import LSTMApp
    from tui.screens.pick_text import Elsewhere
    from tui.walk import Moment
    from tui.widgets.walk_card import WalkCard

PRAISE_SECONDS = 3


class MainScreen(Hands):
    """Takes in what the engine tells, and opens the other screens."""

    def __init__(
        self,
        send: Callable[[Command], None],
        *,
        network: NetworkSettings,
        training: TrainingSettings,
        sampling: SamplingSettings,
        insisted: Mapping[str, Any],
        loss_unit: LossUnit,
        catalogue: Sequence[Entry],
        describe: Callable[[str], CorpusInfo],
        shelf: RunShelf,
        keep: Callable[[str, Any], None],
        look_at: Callable[[TextChoice], Look],
        recent: RecentTexts,
    ) -> None:
        super().__init__(
            send,
            network=network,
            training=training,
            sampling=sampling,
            loss_unit=loss_unit,
            catalogue=catalogue,
            describe=describe,
            keep=keep,
        )
        self.shelf = shelf
        self._insisted = insisted
        self._catalogue, self._look_at, self._recent = catalogue, look_at, recent
        self._praise = Praise()
        self._lit_by_cards = False  # next and neurons are shown for the cards only
        self._one_passage = asyncio.Lock()
        """Around the saving of one: two at once would find the same names free."""

    def apply(self, update: RunUpdate) -> None:
        """Show what happened since the last update."""
        if update.fresh:
            self._tell_of_the_run_before(update.gauges)
            self._loss.reset()
            self._neurons.reset()
        if praise := self._praise.of(update, self.loss_unit):
            self.say(praise, timeout=PRAISE_SECONDS)  # it may lie over numbers
        if new := tuple(chronicle.happened(self.gauges, update, self._praise.brought)):
            self.happenings = (*self.happenings, *new)[-chronicle.MOST :]
        # before the gauges: when they are shown, the panel rests for a moment
        self._loss.extend(update.losses, update.validations, update.events)
        self.gauges = update.gauges
        if update.resumed:
            self._follow_saved(update.gauges)
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
            corpus = update.gauges.corpus
            self.say(capitalised(notice.text, corpus.name if corpus else ""), notice.severity)
            if notice.severity == "error" and update.gauges.state is RunState.EMPTY:
                self._loss.refuse(notice.text)
            if notice.severity == "error" and not update.fresh:
                self._training.refuse()
                self._neurons.wait_no_more()  # it may have been what was asked for
        if update.passage is not None:
            self._keep_passage(update.passage)

    def _tell_of_the_run_before(self, new: Gauges) -> None:
        """Say that what was learnt is not lost; in a show it is nobody's."""
        if cast("LSTMApp", self.app).showing:
            return
        # where as many rest as may, the oldest of them has gone
        if not (new.left_behind and new.left_behind >= self.gauges.left_behind and self.gauges.step):
            return
        if cast("LSTMApp", self.app).race is not None:  # what it is kept as comes with the winner
            self.say(f"{self._key('bring-back')} brings the run before back.", timeout=8)
        else:
            step = units.whole(self.gauges.step)
            self.say(f"The run before rests at step {step}: {self._key('bring-back')} brings it back.", timeout=8)

    def _follow_saved(self, saved: Gauges) -> None:
        """Show what a saved network brings; against the first, what a flag said holds."""
        self._training.bring(saved.network, saved.training)
        self.sampling = structs.replace(saved.sampling, **self._insisted)
        self._insisted = {}
        if self.sampling != saved.sampling:
            self.send(protocol.SetSampling(self.sampling))

    def watch_gauges(self, old: Gauges, new: Gauges) -> None:
        """Let the footer say Train or Pause, and remember which text was learnt."""
        if old.state is not new.state:
            self.refresh_bindings()
        self._sample.ready = bool(new.vocabulary)
        if new.corpus is not None and new.corpus is not old.corpus and new.corpus != old.corpus:
            self._recent.add_soon(TextChoice.of(new.corpus))

    def _keep_passage(self, passage: Passage) -> None:
        """Save it beside the person's other files, and show it."""
        save: Callable[[], Awaitable[None]] = partial(self._save_passage, passage)
        self.run_worker(save, name="passage", group="passage")

    async def _save_passage(self, passage: Passage) -> None:
        from tui.passage_file import save_passage
        from tui.screens.passage import PassageScreen

        try:
            async with self._one_passage:
                text, recipe = await beside(save_passage, passage, working_folder())
        except OSError as error:
            self.say(
                f"Could not save the passage: {error.filename or working_folder()}: {error.strerror or error}", "error"
            )
            return
        self.say(f"Saved {text}; {recipe.name} beside it writes it again", timeout=8)
        if self.is_active:  # else it would take the keys of what is in front
            self.app.push_screen(PassageScreen(passage, text, recipe))

    # -------------------------------------------------------------------------------------------------- texts

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

    def action_open_text(self) -> None:
        """Ask for a text of one's own."""
        self.open_dialog()

    def open_dialog(self, typed: str = "", folder: Path | None = None) -> None:
        """Ask for a text of one's own, with a path that is filled in already."""
        from tui.screens.open_text import OpenTextScreen

        self.app.push_screen(OpenTextScreen(folder or working_folder(), self._treatments, typed), self._open)

    def on_paste(self, event: events.Paste) -> None:
        """Open what is dropped here: terminals paste its path. A field of text keeps what is pasted into it."""
        event.stop()
        open_pasted: Callable[[], Awaitable[None]] = partial(self._open_pasted, event.text)
        self.run_worker(open_pasted, group="pasted", exclusive=True)

    async def _open_pasted(self, pasted: str) -> None:
        from tui.pasted import is_file, pasted_paths, typed_as

        await self.furnished.wait()
        paths = await beside(pasted_paths, pasted)
        saved = len(paths) == 1 and paths[0].suffix == SUFFIX and await beside(is_file, paths[0])
        typed = typed_as(paths) if paths else ""
        if saved and self.is_active:
            self._open_run(protocol.OpenCheckpoint(str(paths[0])))
        elif not paths:
            self.say(f"{excerpt(pasted)!r} is no path of a file or folder; one that is pasted here is opened.")
        elif not self.is_active:  # a slow disk, and a quick hand
            self.say("Something else was opened while that path was looked for: paste it again to open it.")
        elif typed != sanitize_line(typed):
            self.say(f"That name has characters that a field cannot show; {self._key('open')} lists it.", "warning")
        else:
            self.open_dialog(typed, paths[0].parent)

    def _open(self, choice: TextChoice | None) -> None:
        if choice is not None:
            self.load(choice)

    # --------------------------------------------------------------------------------------------------- runs

    def action_runs(self) -> None:
        """Show the runs of earlier days."""
        from tui.screens.runs import RunsScreen

        self.app.push_screen(RunsScreen(self, self.shelf, self._loss.record, self._loss.view), self._open_run)

    def _open_run(self, chosen: protocol.OpenCheckpoint | None) -> None:
        """Put an earlier run in place of the present one, which is left behind."""
        if chosen is not None and self.send(chosen):
            self.say("It is there as soon as its text is read.")

    def action_past(self) -> None:
        """Read what the network would have written at earlier steps."""
        from tui.screens.past import PastScreen

        if self.ended:
            self.say("The engine has ended: nobody can write it any more.")
        elif self.gauges.snapshots:
            self.app.push_screen(PastScreen(self, self._loss.record, self._loss.view, self._prime))
        else:
            self.say("There is no past to read: it is kept while a network learns.")

    def action_race(self) -> None:
        """Ask who shall race."""
        from tui.screens.race_setup import RATE, RaceSetupScreen

        network, training = self.gauges.network, self.gauges.training
        if self.ended:
            self.say("The engine has ended: nobody can race any more.")
            return
        if network is None or training is None or self.gauges.corpus is None or self.gauges.state is RunState.LOADING:
            self.say("There is no text to race on yet: choose a corpus, or wait until it has been read.")
            return
        sampling = structs.replace(self.sampling, rate=RATE)
        self.app.push_screen(RaceSetupScreen(network, training, sampling), self._race)

    def _race(self, start: protocol.StartRace | None) -> None:
        if start is None:
            return
        if self.gauges.corpus is None or self.gauges.state is RunState.LOADING:
            self.say("Another text is being read: the race can begin when it is there.")
        elif self.send(start):
            from tui.screens.race import RaceScreen

            race = RaceScreen(self.send, start, self.gauges.corpus.name, self.loss_unit)
            self.app.push_screen(race, self._after_race)

    def _after_race(self, sampling: SamplingSettings | None) -> None:
        """Where a racer took over, fill in its settings, and write as it wrote, at the usual rate."""
        if sampling is not None:
            self._training.bring(self.gauges.network, self.gauges.training)
            self.sample_with(structs.replace(sampling, rate=self.sampling.rate))

    def action_events(self) -> None:
        """Show what has happened."""
        from tui.screens.events import EventsScreen

        self.app.push_screen(EventsScreen(self))

    # ------------------------------------------------------------------------------------------------ writing

    def action_begin_with(self) -> None:
        """Ask for the words to begin with."""
        from tui.screens.begin_with import BeginWithScreen

        self.app.push_screen(BeginWithScreen(self._prime, self.gauges.corpus), self._begin)

    def _begin(self, prime: str | None) -> None:
        if prime is not None:
            self._prime = prime
            self.action_restart_writing()

    def action_save_sample(self) -> None:
        """Ask for a passage to be written to a file."""
        from tui.screens.save_sample import SaveSampleScreen

        if self.gauges.network is None:
            self.say("There is no network yet that could write.")
            return
        if self.ended:
            self.say("The engine has ended: nobody can write it any more.")
            return
        self.app.push_screen(SaveSampleScreen(self._prime, self.sampling), self._write_passage)

    def _write_passage(self, wish: protocol.WritePassage | None) -> None:
        if wish is not None and self.send(wish):
            self.say("The passage is being written.")

    def action_three(self) -> None:
        """Read what the network writes at three temperatures."""
        from tui.screens.three import ThreeScreen

        if self.ended:
            self.say("The engine has ended: nobody writes any more.")
        elif self.gauges.vocabulary:
            self.app.push_screen(ThreeScreen(self, self._prime))
        else:
            self.say("There is nobody to write yet: the network comes with its text.")

    # --------------------------------------------------------------------------------------- about the screen

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
        if message.panel in ("next", "neurons") and is_ample(self.size) and not self.mind:
            self.mind = self._lit_by_cards = True
        for name in PANELS:
            self.query(f"#{name}").set_class(name == message.panel, "-pointed")
        self.query("#walk").set_class(message.panel in ("corpora", "training", "sampling"), "-right")

    def on_walk_card_closed(self, message: WalkCard.Closed) -> None:
        """Put the cards away."""
        message.stop()
        self._end_walk()

    def _show_mind(self, shown: bool) -> None:
        self._lit_by_cards = False  # someone wants it so
        super()._show_mind(shown)

    def _end_walk(self) -> None:
        self.remove_class("-walking")
        self.query(".-pointed").remove_class("-pointed")
        self.panel = "sample"
        if self._lit_by_cards:
            self.mind = self._lit_by_cards = False
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
