"""The instrument: one session with an engine, one main screen, and what outlives them."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual.app import App, SystemCommand
from textual.screen import Screen

from corpora.catalogue import CATALOGUE
from corpora.choice import TextChoice
from corpora.entry import Entry
from corpora.info import CorpusInfo
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.protocol import MAIN, EndRace
from model.session import EngineError, Session
from tui.bindings import KEYS, app_bindings
from tui.line import swallowed
from tui.pace import Pace
from tui.palette import TableProvider
from tui.portrayer import Look, ProcessLook, facts_of
from tui.recent_texts import RecentTexts
from tui.saving import free_path, network_stem
from tui.screens.main import MainScreen
from tui.settings import DEFAULT_THEME, last_run, load_settings, paths, recent_texts, save_settings, settings_file
from tui.theme import LAMPLIGHT, with_our_variables
from tui.units import LossUnit
from tui.widgets.ink import PLAIN

if TYPE_CHECKING:
    # these are imported when they are first asked for
    from tui.screens.past import PastScreen
    from tui.screens.race import RaceScreen


class LSTMApp(App[None]):
    """Shows what the engine does; all that trains and writes is on the other side of `session`."""

    TITLE = "lstm-tui"
    CSS_PATH = "app.tcss"
    BINDINGS = app_bindings()
    COMMANDS = {TableProvider}  # noqa: RUF012 - Textual looks at the class

    def __init__(
        self,
        session: Session,
        *,
        network: NetworkSettings | None = None,
        training: TrainingSettings | None = None,
        sampling: SamplingSettings | None = None,
        insisted: Mapping[str, Any] | None = None,
        theme: str = DEFAULT_THEME,
        ink: str = PLAIN.name,
        mind: bool = True,
        loss_unit: LossUnit = LossUnit.NATS,
        config_dir: Path | None = None,
        state_dir: Path | None = None,
        cache_dir: Path | None = None,
        catalogue: Sequence[Entry] = CATALOGUE,
        describe_corpus: Callable[[str], CorpusInfo] | None = None,
        look_at: Callable[[TextChoice], Look] | None = None,
        fps: float = 15,
    ) -> None:
        """Prepare the app.

        Args:
            session: The engine, which has been told what to begin with. It is stopped on leaving.
            network: The first network's shape, as it was told.
            training: How it is trained.
            sampling: How it writes.
            insisted: Which sampling settings hold although a saved network, which is opened, brings its own; None
                where no saved network is opened.
            theme: The look; a name that is unknown is said and passed over.
            ink: What the colour of the written characters tells; a name that is unknown is plain.
            mind: Whether what may come next is shown.
            loss_unit: What losses are shown in.
            config_dir: Where settings are remembered; None is the user's folder, as for the next two.
            state_dir: Where the run is saved on leaving.
            cache_dir: Where the facts of texts are kept.
            catalogue: What can be picked.
            describe_corpus: Finds out the facts of one of the catalogue; runs in a thread.
            look_at: Begins a closer look at a text; likewise.
            fps: Updates taken in a second, at most.
        """
        super().__init__()
        self.register_theme(LAMPLIGHT)
        self.animation_level = "none"
        self.session = session
        self.pace = Pace(fps)
        self._wanted_theme = theme
        self._put_on(theme if self.get_theme(theme) else DEFAULT_THEME)
        self._first_theme = self.theme
        self._first_unit = loss_unit
        user = paths()
        self._settings_file = settings_file(config_dir or user.config)
        self._run_file = last_run(state_dir or user.state)
        self.main = MainScreen(
            session.send,
            network=network or NetworkSettings(),
            training=training or TrainingSettings(),
            sampling=sampling or SamplingSettings(),
            insisted=insisted,
            loss_unit=loss_unit,
            catalogue=catalogue,
            describe=describe_corpus or partial(facts_of, cache_dir=cache_dir or user.cache),
            look_at=look_at or partial(ProcessLook, cache_dir=cache_dir or user.cache),
            recent=RecentTexts(recent_texts(state_dir or user.state)),
        )
        self.main.ink, self.main.mind = ink, mind
        self._first_ink, self._first_mind = self.main.ink, mind
        self._leaving = False

    def get_default_screen(self) -> Screen[None]:
        """The main screen is there from the first frame on."""
        return self.main

    def _put_on(self, theme: str) -> None:
        """Wear a theme from the first frame on; changed while the app runs it would style every widget twice."""
        self.set_reactive(App.theme, theme)
        dark = self.current_theme.dark
        self.update_classes({"-dark-mode": dark, "-light-mode": not dark}, update=False)
        self.stylesheet.set_variables(self.get_css_variables())

    def get_css_variables(self) -> dict[str, str]:
        """Textual's variables and ours, whichever theme is on."""
        return with_our_variables(super().get_css_variables())

    def on_ready(self) -> None:
        """Begin to listen, now that there is something to show it on."""
        if self.get_theme(self._wanted_theme) is None:
            self.main.say(f"There is no theme {self._wanted_theme!r}; ctrl+p has the list.", "warning")
        self.run_worker(self._listen(), name="listen", exit_on_error=True)

    async def _listen(self) -> None:
        """Show each update as it comes; outlive the engine."""
        await self.main.furnished.wait()
        try:
            async for update in self.session.updates(lambda: self.pace.per_second):
                self.pace.begin()
                with self.batch_update():
                    for run in update.runs:
                        if run.run == MAIN:
                            self.main.apply(run)
                            if (past := self.past) is not None:
                                past.apply(run)
                        if (race := self.race) is not None:
                            race.apply(run)
                await swallowed(self)
                self.pace.end()
        except EngineError as death:
            self.main.ended = True
            if (race := self.race) is not None:
                race.ended = True
            self.main.say(f"{sentence(str(death))} What was written stays here; ctrl+q leaves.", "error", timeout=30)

    def on_app_blur(self) -> None:
        """Go on more calmly: who types in another window needs the processor more than this does."""
        self.pace.focused = False

    def on_app_focus(self) -> None:
        """Go on as before."""
        self.pace.focused = True

    @property
    def race(self) -> RaceScreen | None:
        """The screen of the race, while there is one."""
        return next((cast("RaceScreen", screen) for screen in self.screen_stack if screen.id == "race"), None)

    @property
    def past(self) -> PastScreen | None:
        """The time machine, while it is open."""
        return next((cast("PastScreen", screen) for screen in self.screen_stack if screen.id == "past"), None)

    def on_race_screen_take_over(self, message: RaceScreen.TakeOver) -> None:
        """Let a racer become the run; what was learnt before is kept beside the last run."""
        kept = free_path(self._run_file.parent, network_stem(self.main.gauges), ".safetensors")
        self.main.send(EndRace(message.winner, str(kept)))

    # ---------------------------------------------------------------------------------------- leaving

    async def action_quit(self) -> None:
        """Save the run and the settings, end the engine, and leave; whatever goes wrong on the way."""
        if self._leaving:
            return
        self._leaving = True
        try:
            with contextlib.suppress(OSError):
                self._run_file.parent.mkdir(parents=True, exist_ok=True)
            await self.session.stop(save_to=str(self._run_file))
            self._remember()
        finally:
            self.exit()

    def _remember(self) -> None:
        """Keep the look and the way of writing that were chosen at this screen.

        What came by a flag was for this time only; so is the shape of a network, which belongs to a run.
        """
        changes: dict[str, Any] = {}
        if self.theme != self._first_theme:
            changes["theme"] = self.theme
        if self.main.ink != self._first_ink:
            changes["ink"] = self.main.ink
        if self.main.mind != self._first_mind:
            changes["mind"] = self.main.mind
        if self.main.loss_unit is not self._first_unit:
            changes["loss_unit"] = self.main.loss_unit
        if self.main.turned:
            changes["sampling"] = self.main.sampling
        if not changes:
            return
        # A file that cannot be read is someone's work in progress: it is left as it is.
        with contextlib.suppress(OSError, SettingsError):
            settings = load_settings(self._settings_file)
            save_settings(self._settings_file, dataclasses.replace(settings, **changes))

    # --------------------------------------------------------------------------------------- commands

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that has a key, then the theme and a screenshot."""
        if screen is self.main:
            for key in KEYS:
                if key.palette:
                    yield SystemCommand(key.label, key.help, partial(self.run_action, key.action, self.main))
        yield SystemCommand("Explain", "What the panel or field in use is for.", self.action_explain)
        yield SystemCommand("Theme", "Change the look.", self.action_change_theme)
        yield SystemCommand(
            "Screenshot",
            "Save a picture of the screen in the current folder.",
            lambda: self.call_after_refresh(self._save_picture),
        )
        yield SystemCommand("Quit", "Save the run and leave.", self.action_quit)

    def _save_picture(self) -> None:
        """Save a picture of the screen beside the person's other files, and say where."""
        path = free_path(Path.cwd(), "lstm-tui", ".svg")
        try:
            path.write_text(self.export_screenshot(), encoding="utf-8")
        except OSError as error:
            self.main.say(f"could not save {path}: {error.strerror or error}", "error")
        else:
            self.main.say(f"saved {path}")

    def action_explain(self) -> None:
        """Say what the part in use is for, above all keys; once more closes that."""
        from tui.explained import explained
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(explained(self.screen.focused, self.screen)))

    def action_help_quit(self) -> None:
        """Answer ctrl+c, where there is nothing to copy."""
        self.main.say("ctrl+q leaves; your run is saved.")

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, and say how much that was: nothing else shows that it was done."""
        super().copy_to_clipboard(text)
        self.main.say("1 character copied." if len(text) == 1 else f"{len(text):,} characters copied.")


def sentence(words: str) -> str:
    """Return words that came from elsewhere with a capital and a full stop."""
    return words[:1].upper() + words[1:].rstrip(".") + "."
