"""The instrument: one session with an engine, one main screen, and what outlives them."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding
from textual.notifications import Notify, SeverityLevel
from textual.screen import Screen

from corpora.catalogue import CATALOGUE, default_name
from corpora.choice import TextChoice
from corpora.entry import Entry
from corpora.info import CorpusInfo
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import MAIN, EndRace
from model.run_names import free_path
from model.session import EngineError, NotSavedError, Session
from tui.beside import beside
from tui.bindings import KEYS, OTHER_KEYS, app_bindings, shown
from tui.doer import doer
from tui.in_force import InForce
from tui.keeper import Keeper
from tui.keymap import keymap_of, keys_in_force
from tui.line import swallowed
from tui.manners import MANNERS
from tui.pace import Pace
from tui.palette import TableProvider
from tui.portrayer import Look, ProcessLook, facts_of
from tui.recent_texts import RecentTexts
from tui.rescue import Rescue
from tui.room import room_classes
from tui.run_shelf import RunShelf
from tui.saving import working_folder
from tui.screens.main import MainScreen
from tui.sentences import sentence
from tui.settings import DEFAULT_THEME, LastText, Settings, last_run, paths, recent_texts, settings_file
from tui.themed_app import ThemedApp
from tui.units import LossUnit
from tui.widgets.ink import PLAIN

if TYPE_CHECKING:
    # these are imported when they are first asked for
    from tui.demo import Demo
    from tui.screens.past import PastScreen
    from tui.screens.race import RaceScreen
    from tui.screens.three import ThreeScreen

MOST_NAMES = 3
"""That a sentence at the start has: what is wrong further on is found when these are mended."""

SETTLING_SECONDS = 3.0
"""From the start until panels and styles have been drawn once."""
READ_SECONDS, ASKED_SECONDS = 1.0, 30.0
"""To quit once more leaves without the run, from so many seconds after that was said, and until so many after."""
SHORTLY = 4.0
"""Seconds of a message where it hides much."""
HANDS = (
    events.MouseDown,
    events.MouseScrollDown,
    events.MouseScrollUp,
    events.MouseScrollLeft,
    events.MouseScrollRight,
    events.Paste,
)
"""What somebody who is there does, beside keys; a mouse that only moves may have been pushed."""
MOUNTING = 0.01
"""Between two looks whether a screen that was opened has all its parts."""


class LSTMApp(ThemedApp):
    """Shows what the engine does; all that trains and writes is on the other side of `session`."""

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
        hints: bool = False,
        loss_unit: LossUnit = LossUnit.NATS,
        config_dir: Path | None = None,
        state_dir: Path | None = None,
        cache_dir: Path | None = None,
        catalogue: Sequence[Entry] = CATALOGUE,
        describe_corpus: Callable[[str], CorpusInfo] | None = None,
        look_at: Callable[[TextChoice], Look] | None = None,
        fps: float = 15,
        demo: bool = False,
        settings: Settings | None = None,
        greetings: Sequence[str] = (),
        rescue: Rescue | None = None,
        settled: Callable[[], None] | None = None,
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
            hints: Whether the first steps are shown.
            loss_unit: What losses are shown in.
            config_dir: Where settings are remembered; None is the user's folder, as for the next two.
            state_dir: Where the run is saved on leaving.
            cache_dir: Where the facts of texts are kept.
            catalogue: What can be picked.
            describe_corpus: Finds out the facts of one of the catalogue; runs in a thread.
            look_at: Begins a closer look at a text; likewise.
            fps: Updates taken in a second, at most.
            demo: Play a show until the first key or click.
            settings: What else is remembered, or was said by a flag.
            greetings: What is to be said at once; empty ones are passed over.
            rescue: Where the engine keeps a copy of the run; it is thrown away once that is saved on leaving.
            settled: Called once, as soon as all is there that stays to the end.
        """
        super().__init__(theme)
        self.session = session
        self._settled, self._begins_anew = settled, insisted is None and not demo
        self.pace = Pace(fps)
        self._wanted_theme = theme
        self._worn = self.theme
        user, settings = paths(), settings or Settings()
        self._settings_file = settings_file(config_dir or user.config)
        self._keeper = Keeper(self._settings_file, self._write_later)
        self.in_force = InForce(self, settings, self._keeper, catalogue)
        """The settings as they are now, by name; to set one lets it act, and keeps it."""
        keymap, complaints = keymap_of(settings.keys)
        self.set_keymap(keymap)
        self.shown_keys = keys_in_force(keymap)
        """The keys that do something, by its id, as people write them."""
        if settings.unknown:
            names = ", ".join(settings.unknown[:MOST_NAMES])
            complaints = (*complaints, f"there is no setting {names}; it sets nothing.")
        self._greetings = [*greetings, *(f"{self._settings_file.name}: {complaint}" for complaint in complaints)]
        self._text, self._unkept = settings.text, ""
        self._run_file = last_run(state_dir or user.state)
        self._shelf = RunShelf(self._run_file.parent)
        self.main = MainScreen(
            session.send,
            network=network or NetworkSettings(),
            training=training or TrainingSettings(),
            sampling=sampling or SamplingSettings(),
            insisted=insisted or {},
            loss_unit=loss_unit,
            catalogue=catalogue,
            describe=describe_corpus or partial(facts_of, cache_dir=cache_dir or user.cache),
            shelf=self._shelf,
            keep=self._keeper.keep,
            look_at=look_at or partial(ProcessLook, cache_dir=cache_dir or user.cache),
            recent=RecentTexts(recent_texts(state_dir or user.state)),
        )
        self.main.ink, self.main.mind, self.main.hints = ink, mind, hints
        self._one_picture = asyncio.Lock()
        """Around the saving of one: two at once would find the same name free."""
        self._leaving, self._asked = False, -math.inf
        self._rescue = rescue
        self.farewell = ""
        """What to say where the screen was, once it is gone."""
        self._keeper.resting = demo
        self.demo: Demo | None = None
        """The show, whether or not it still goes on."""
        if demo:
            from tui.demo import Demo

            self.demo = Demo(self)

    def get_default_screen(self) -> Screen[None]:
        """The main screen is there from the first frame on."""
        return self.main

    def on_ready(self) -> None:
        """Begin to listen, now that there is something to show it on."""
        if self.get_theme(self._wanted_theme) is None:
            self.main.say(
                f"There is no theme {self._wanted_theme!r}; {self.shown_keys['palette']} has the list.", "warning"
            )
        for greeting in filter(None, self._greetings):
            self.main.say(greeting, "error" if greeting.startswith(self._settings_file.name) else "warning", 12)
        self.run_worker(self._listen(), name="listen", exit_on_error=True)
        if self._begins_anew:
            self.run_worker(self._tell_of_the_last_run(), name="last run", exit_on_error=True)
        if self._settled is not None:
            self.set_timer(SETTLING_SECONDS, self._settled)
        if self.demo is not None:
            self.run_worker(self.demo.play(), name="demo", exit_on_error=True)

    @property
    def showing(self) -> bool:
        """Whether a show plays that nobody has taken over."""
        return self.demo is not None and self.demo.going

    async def on_event(self, event: events.Event) -> None:
        """Let the first hand end a show; unless it is to quit, it does nothing else."""
        hand = isinstance(event, HANDS) or (isinstance(event, events.Key) and event.key != "ctrl+q")
        if hand and self.demo is not None and self.showing:
            self.demo.end()
            self._keeper.resting = False
            return
        await super().on_event(event)

    async def _tell_of_the_last_run(self) -> None:
        """Say, where another run begins, how to go on with the one before."""
        await self.main.furnished.wait()
        runs = await beside(self._shelf.runs)
        if runs:
            run, key = runs[0], self.shown_keys["runs"]
            self.main.say(f"Your last run, {run.network} on {run.corpus}, is kept: {key} goes on with it.", timeout=8)

    async def _listen(self) -> None:
        """Show each update as it comes; outlive the engine."""
        await self.main.furnished.wait()
        try:
            async for update in self.session.updates(lambda: self.pace.per_second):
                self.pace.begin()
                await self._screens_are_there()
                with self.batch_update():
                    for run in update.runs:
                        if run.run == MAIN:
                            self.main.apply(run)
                            if run.fresh:
                                self._keep_text(run.gauges.corpus)
                            if (past := self.past) is not None:
                                past.apply(run)
                            if (three := self.three) is not None:
                                three.apply(run)
                        if (race := self.race) is not None:
                            race.apply(run)
                await swallowed(self)
                self.pace.end()
        except EngineError as death:
            self.main.ended = True
            for screen in (self.race, self.past, self.three):
                if screen is not None:
                    screen.ended = True
            self.screen.refresh_bindings()
            self.main.say(f"{sentence(str(death))} What was written stays here; ctrl+q leaves.", "error", timeout=30)

    async def _screens_are_there(self) -> None:
        """Wait for a screen that was opened a moment ago: before its parts are there it can take nothing in."""
        while any(not screen.is_mounted for screen in (self.race, self.past, self.three) if screen is not None):
            await asyncio.sleep(MOUNTING)

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

    @property
    def three(self) -> ThreeScreen | None:
        """Three pages at once, while they are open."""
        return next((cast("ThreeScreen", screen) for screen in self.screen_stack if screen.id == "three"), None)

    def on_race_screen_take_over(self, message: RaceScreen.TakeOver) -> None:
        """Let a racer become the run; what was learnt before is kept beside the last run."""
        self.main.send(EndRace(message.winner, str(self._run_file.parent)))

    # ---------------------------------------------------------------------------------------- leaving

    async def action_quit(self) -> None:
        """Save the run and the settings, end the engine, and leave.

        Where the run cannot be saved all goes on, and to quit once more leaves whatever goes wrong on the way. Nothing
        is saved of a show that nobody has taken over: it was nobody's run.
        """
        if self._leaving:
            return
        self._leaving = True
        if self.main.furnished.is_set():
            await self._leave()
        else:
            self.run_worker(self._leave_once_furnished(), name="leave", exit_on_error=True)

    async def _leave_once_furnished(self) -> None:
        """Leave as soon as all is there: what is being mounted cannot be taken away."""
        await self.main.furnished.wait()
        await self._leave()

    async def _leave(self) -> None:
        code, anyway = 0, READ_SECONDS <= time.monotonic() - self._asked < ASKED_SECONDS
        try:
            if self.demo is not None and self.showing:
                self.demo.stop()
                with contextlib.suppress(EngineError):
                    await self.session.stop()
                return
            with contextlib.suppress(OSError):
                self._run_file.parent.mkdir(parents=True, exist_ok=True)
            async with self._shelf.alone():
                before = self._shelf.last_saved()
                await self.session.stop(save_to=str(self._run_file), anyway=anyway)
                self._shelf.adopt_last()
                # the copy may be the only one of another run, which was left while the disk was full
                if self._rescue is not None and self._shelf.has(self._rescue.path):
                    self._rescue.discard()
                self._shelf.prune()
                self.farewell = self._shelf.farewell(before)
        except NotSavedError as error:
            self._leaving = anyway
            code, self.farewell = 1, self._regret(error)
        except EngineError as death:
            code, self.farewell = 1, self._regret(death)
        finally:
            self._keeper.write()
            if self._leaving:
                self.exit(return_code=code)
        if not self._leaving:
            self._stay()

    def _regret(self, error: Exception) -> str:
        copy = self._rescue is not None and self._rescue.path.exists()
        what_is_kept = "; `lstm-tui --resume` goes on with the last copy of it" if copy else ""
        return f"Your run is not saved: {error}{what_is_kept}."

    def _stay(self) -> None:
        """Say how to leave all the same; why the run cannot be saved, the engine has said."""
        self._asked, self.farewell = time.monotonic(), ""
        save, leave = (self.shown_keys[key] for key in ("save", "quit"))
        self.main.say(
            f"Your run goes on. {save} saves it where you are; {leave} once more leaves without it.",
            "error",
            timeout=ASKED_SECONDS,
        )

    # --------------------------------------------------------------------------------------- settings

    def _write_later(self, seconds: float) -> None:
        self.set_timer(seconds, self._write_now)

    def _write_now(self) -> None:
        # not a coroutine, which nobody would await where the app ends just now
        write: Callable[[], Awaitable[None]] = self._write
        self.run_worker(write, name="settings", group="settings")

    async def _write(self) -> None:
        """Write what people chose, and say once why that cannot be done; a disk may take its time."""
        problem = await beside(self._keeper.write)
        if problem and problem != self._unkept:
            self._unkept = problem
            self.main.say(f"Settings are not kept: {problem}", "warning")

    def watch_theme(self, theme: str) -> None:
        """Keep the look."""
        if theme != self._worn:
            self._worn = theme
            self._keeper.keep("theme", theme)

    def _keep_text(self, corpus: CorpusInfo | None) -> None:
        """Keep what is learnt, to begin with it another time."""
        if corpus is None or "-" in corpus.source:
            return
        treatments = tuple(sorted(treatment.value for treatment in corpus.treatments))
        text = LastText(corpus.source, corpus.encoding or "", treatments)
        usual = self._text.sources or text != LastText((default_name(),))
        with contextlib.suppress(UnicodeError):  # a name that is no text cannot be in a file of text
            "".join(text.sources).encode()
            if text != self._text and usual:
                self._text = text
                self._keeper.keep("text", text)

    def show_settings(self) -> None:
        """Show the settings."""
        from tui.screens.settings import SettingsScreen

        self.push_screen(SettingsScreen(self.in_force, self._settings_file.name))

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = True,
    ) -> None:
        """Show a message for some seconds, but where it shall be quiet only if something is wrong.

        Over a window that is too small for anything else there are only errors; over a small one the rest goes soon.
        """
        room = room_classes(self.size)
        if severity != "error" and "-short" in room:
            timeout = SHORTLY
        if severity == "error" or not (self.in_force["quiet"] or "-tiny" in room or "-flat" in room):
            super().notify(message, title=title, severity=severity, timeout=timeout, markup=markup)

    def _on_notify(self, event: Notify) -> None:
        """Show a message; in a small window in place of the one before, which would hide what is left to see."""
        if "-short" in room_classes(self.size):
            for notification in [each for each in self._notifications if each.severity != "error"]:
                self._unnotify(notification, refresh=False)
        super()._on_notify(event)

    def get_key_display(self, binding: Binding) -> str:
        """A key as the table of keys writes it, whoever chose it."""
        return binding.key_display or shown(binding.key)

    # --------------------------------------------------------------------------------------- commands

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that has a key here, then the theme and a screenshot."""
        for key in (*KEYS, *OTHER_KEYS):
            if key.palette and (found := doer(key, screen)) is not None:
                yield SystemCommand(key.label, f"{self.shown_keys[key.id]} \u00b7 {key.help}", found.do)
        if screen is self.main:
            for manner in MANNERS:
                yield SystemCommand(manner.name.capitalize(), manner.help, partial(self.main.write_like, manner))
        yield SystemCommand("Explain", "What the panel or field in use is for.", self.action_explain)
        yield SystemCommand("Theme", "Change the look.", self.action_change_theme)
        yield SystemCommand(
            "Screenshot",
            "Save the screen as an SVG picture in the current folder.",
            lambda: self.call_after_refresh(self._save_picture),
        )
        yield SystemCommand("Quit", "Save the run and leave.", self.action_quit)

    def _save_picture(self) -> None:
        """Save a picture of the screen beside the person's other files, and say where."""
        write: Callable[[], Awaitable[None]] = partial(self._write_picture, self.export_screenshot())
        self.run_worker(write, name="picture", group="picture")

    async def _write_picture(self, picture: str) -> None:
        async with self._one_picture:
            path = working_folder()
            try:
                path = await beside(free_path, path, "lstm-tui", ".svg")
                await beside(path.write_text, picture, encoding="utf-8")
            except OSError as error:
                self.main.say(f"Could not save {path}: {error.strerror or error}", "error")
            else:
                self.main.say(f"Saved {path}")

    def action_explain(self) -> None:
        """Say what the part in use is for, above all keys; once more closes that."""
        from tui.explained import explained
        from tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        else:
            self.push_screen(HelpScreen(explained(self.screen.focused, self.screen, self.shown_keys)))

    def action_command_palette(self) -> None:
        """Show the command palette."""
        from tui.palette import Palette

        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    def action_help_quit(self) -> None:
        """Answer ctrl+c, where there is nothing to copy."""
        self.main.say("ctrl+q leaves; your run is saved.")

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, and say how much that was: nothing else shows that it was done."""
        super().copy_to_clipboard(text)
        self.main.say("1 character copied." if len(text) == 1 else f"{len(text):,} characters copied.")
