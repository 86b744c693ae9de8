"""Earlier runs: to go on with, to play, to compare, to name and to throw away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec import structs
from textual import events
from textual.app import ComposeResult
from textual.binding import ActiveBinding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Input, Static
from textual.widgets.option_list import Option
from textual.worker import Worker

from model.protocol import MOST_RACERS, OpenCheckpoint
from tui.beside import beside
from tui.bindings import OF_A_RUN, OF_THE_ENGINE, RUNS_FOOTER, runs_bindings, working_bindings
from tui.earlier_run import EarlierRun
from tui.keymap import shown_keys
from tui.lanes import Curve
from tui.room import HEIGHTS, WIDTHS, room_classes
from tui.run_shelf import RunShelf
from tui.sanitize import sanitize, sanitize_line
from tui.screens.dialog import LeftOnce
from tui.screens.help import HelpScreen
from tui.screens.run_name import DeleteRunScreen, NameRunScreen
from tui.widgets.key_bar import KeyBar
from tui.widgets.line_input import LineInput
from tui.widgets.loss_legend import switch
from tui.widgets.loss_record import LossRecord
from tui.widgets.loss_view import LossView, Switch
from tui.widgets.race_chart import RaceChart
from tui.widgets.room_notice import RoomNotice
from tui.widgets.run_list import RunList
from tui.widgets.run_rows import heading, look_of, row

if TYPE_CHECKING:
    from tui.screens.main import MainScreen

LOOK_SECONDS = 1.0
"""Between two looks at what is on the shelf, and at the run that goes on."""
EMPTY = (
    "Nothing is kept here yet.\n\n"
    "Each run of 100 steps and more will be: the one you quit with, and any that you leave behind "
    "by starting over or for another text. The newest 20 stay, and all that you give a name."
)
NO_MATCH = "No run has these words."


class RunsScreen(LeftOnce[OpenCheckpoint | None]):
    """Is left with what the engine is to open, or with None; the run that goes on stands first."""

    BINDINGS = runs_bindings()
    AUTO_FOCUS = "RunList"
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_CSS = """
    RunsScreen {
        & #runs-top { height: 1; padding: 0 2; }
        & #runs-name { width: auto; color: $accent; text-style: bold; margin-right: 3; }
        & #runs-about { width: 1fr; height: 1; color: $faint; text-wrap: nowrap; text-overflow: ellipsis; }
        & #runs-find { width: 30; height: 1; background: $background; padding: 0; }
        & #runs-find:focus { background: $panel; }
        & #runs-room { height: 1fr; }
        & #runs-kept, & #runs-loss {
            border: round $rule;
            border-title-color: $faint;
            border-subtitle-color: $faint;
            padding: 0 1;
        }
        & #runs-kept { height: 1fr; }
        & #runs-kept:focus-within { border: round $primary 60%; border-title-color: $foreground; }
        & #runs-loss { height: 42%; }
        & #runs-heading { height: 1; text-wrap: nowrap; }
        & RunList {
            height: 1fr; padding: 0; border: none; background: $background; scrollbar-size-vertical: 1;
            text-wrap: nowrap;
        }
        & RunList:focus { border: none; background-tint: $foreground 0%; }
        & #runs-empty { display: none; height: 1fr; padding: 1 2; color: $faint; }
        &.-bare RunList, &.-bare #runs-heading { display: none; }
        &.-bare #runs-empty { display: block; }
        &.-bare #runs-loss { display: none; }
        &.-middle #runs-loss { height: 40%; }
        &.-short #runs-loss { display: none; }
        &.-short #runs-kept, &.-short #runs-loss { border: none; }
        &.-short.-comparing #runs-loss { display: block; height: 5; }
        &.-narrow #runs-top, &.-slim #runs-top { padding: 0 1; }
        &.-slim #runs-about { display: none; }
        &.-slim #runs-find { width: 1fr; }
        &.-slim #runs-name { margin-right: 2; }
    }
    """

    runs: reactive[tuple[EarlierRun, ...]] = reactive((), repaint=False)
    """Those that are listed."""
    view: reactive[LossView] = reactive(LossView, repaint=False)
    """How losses are looked at."""

    def __init__(self, main: MainScreen, shelf: RunShelf, record: LossRecord, view: LossView) -> None:
        """Show what is kept.

        Args:
            main: Knows of the run that goes on.
            shelf: Has the others.
            record: The losses of the one that goes on.
            view: How they are looked at.
        """
        super().__init__(id="runs")
        self._main, self._shelf, self._record = main, shelf, record
        self._all: list[EarlierRun] = []
        self._going: set[str] = set()  # by their keys, while they are being deleted
        self._looking: Worker[None] | None = None
        self._marked: list[str] = []  # by their keys, in the order of marking
        self.set_reactive(RunsScreen.view, view)

    def compose(self) -> ComposeResult:
        """The list above, the curves below."""
        self.add_class(*room_classes(self.app.size), update=False)
        with Horizontal(id="runs-top"):
            yield Static("earlier runs", id="runs-name", markup=False)
            yield Static(id="runs-about", markup=False)
            yield LineInput(
                placeholder=f"{shown_keys(self)['find-run']} finds", id="runs-find", compact=True, max_length=100
            )
        with Vertical(id="runs-room"):
            with Vertical(id="runs-kept") as kept:
                kept.border_title = "Runs"
                yield Static(id="runs-heading", markup=False)
                yield RunList(markup=False)
                yield Static(EMPTY, id="runs-empty", markup=False)
            with Vertical(id="runs-loss"):
                yield RaceChart("steps", self.view.unit)
        yield RoomNotice()
        yield KeyBar()

    def on_mount(self) -> None:
        """Look now, and now and then."""
        self.query_one("#runs-find", Input).cursor_blink = False
        self.query_one(RaceChart).look(self.view.unit, log=self.view.log)
        self._look()
        self.set_interval(LOOK_SECONDS, self._look_again)

    # ---------------------------------------------------------------------------------- what is there

    def _look(self) -> None:
        """Find out what is on the shelf by now; a look that is under way would tell how it was before."""
        self._looking = self.run_worker(self._find_out, name="shelf", group="shelf", exclusive=True)

    def _look_again(self) -> None:
        """Look, unless the last look still goes on."""
        if self._looking is None or self._looking.is_finished:
            self._look()

    async def _find_out(self) -> None:
        """List what is on the shelf, and how far the present run is; reading it is no work for this thread."""
        kept = await beside(self._shelf.runs)
        if not self.is_attached:
            return  # it was closed meanwhile
        gauges = self._main.gauges
        found = [run for run in kept if run.key != gauges.kept_as and run.key not in self._going]
        if gauges.network is not None:
            now = EarlierRun.of_gauges(gauges, self._record.losses, self._record.validations)
            same = next((run for run in kept if run.key == gauges.kept_as), None)
            if same is not None:
                now = structs.replace(now, path=same.path, name=same.name, named=same.named)
            found.insert(0, now)
        self._all = found
        self._show()

    def _show(self) -> None:
        """List those that have the words, and keep the cursor on its run."""
        words = self.query_one("#runs-find", Input).value
        self.runs = tuple(run for run in self._all if run.matches(words))
        kept = sum(run.path is not None for run in self._all)
        self._marked = [key for key in self._marked if any(key == run.key for run in self._all)]
        self.set_class(not self.runs or (not kept and not words), "-bare")
        self.query_one("#runs-empty", Static).update(NO_MATCH if words and self._all else EMPTY)
        about = f"{kept} kept" if kept else ""
        if words and self.runs:
            about = f"{len(self.runs)} of {len(self._all)}"
        self.query_one("#runs-about", Static).update(about)
        self._draw()
        self.refresh_bindings()

    def watch_runs(self, old: tuple[EarlierRun, ...], new: tuple[EarlierRun, ...]) -> None:
        """Make the list anew where there are other runs on it."""
        if [run.key for run in old] == [run.key for run in new]:
            return
        rows, before = self.query_one(RunList), self._at(old)
        # at first on the newest of those that are kept; and where one is gone, on the next
        least = rows.highlighted if old and rows.highlighted is not None else 1
        rows.clear_options().add_options([Option("", id=f"run-{place}") for place in range(len(new))])
        if new:
            places = (place for place, run in enumerate(new) if before is not None and run.key == before.key)
            rows.highlighted = next(places, min(least, len(new) - 1))

    def _at(self, runs: Sequence[EarlierRun]) -> EarlierRun | None:
        """The run of these that the cursor is on."""
        place = self.query_one(RunList).highlighted
        return runs[place] if place is not None and place < len(runs) else None

    @property
    def here(self) -> EarlierRun | None:
        """The run under the cursor; None where no list is shown."""
        return None if self.has_class("-bare") else self._at(self.runs)

    def _is_present(self, run: EarlierRun) -> bool:
        return run.path is None or run.key == self._main.gauges.kept_as

    def _draw(self) -> None:
        """Write all rows, and draw the curves of those that are marked, or of the one under the cursor."""
        rows = self.query_one(RunList)
        look = look_of(self.runs, max(1, rows.scrollable_content_region.width), self.view.unit, datetime.now())
        self.query_one("#runs-heading", Static).update(heading(look))
        for place, run in enumerate(self.runs):
            mark = self._marked.index(run.key) if run.key in self._marked else None
            prompt = row(run, look, present=self._is_present(run), mark=mark)
            if rows.get_option_at_index(place).prompt != prompt:
                rows.replace_option_prompt_at_index(place, prompt)
        self._draw_curves()

    def _draw_curves(self) -> None:
        by_key = {run.key: run for run in self._all}
        here = self.here
        shown = [by_key[key] for key in self._marked] or ([here] if here is not None else [])
        chart = self.query_one(RaceChart)
        curves = tuple(Curve(sanitize_line(run.name), run.curve.losses, run.curve.validations) for run in shown)
        if curves != chart.curves:
            chart.curves = curves
        self.set_class(len(self._marked) > 1, "-comparing")
        panel, keys = self.query_one("#runs-loss"), shown_keys(self)
        panel.border_title = Content(self._title(shown))
        panel.border_subtitle = Content("  ").join(
            [
                switch(keys["unit"], self.view.unit.value, "screen.look('unit')"),
                switch(keys["log"], "log" if self.view.log else "linear", "screen.look('axis')"),
                Content("bright: validation \u00b7 faint: training"),
            ]
        )

    def _title(self, shown: Sequence[EarlierRun]) -> str:
        if len(shown) > 1:
            return "Loss \u00b7 " + ", ".join(sanitize_line(run.name) for run in shown)
        if not shown:
            return "Loss"
        (run,) = shown
        return " \u00b7 ".join(filter(None, ["Loss", sanitize_line(run.name), sanitize_line(run.network), run.preset]))

    # ------------------------------------------------------------------------------------ what people do

    def on_resize(self, _event: events.Resize) -> None:
        """Write as many columns as there is room for."""
        self.call_after_refresh(self._draw)

    def on_option_list_option_highlighted(self, event: RunList.OptionHighlighted) -> None:
        """Show the curve of the run under the cursor."""
        event.stop()
        self._draw_curves()

    def on_run_list_marked(self, message: RunList.Marked) -> None:
        """Mark it."""
        message.stop()
        self.action_mark()

    def on_run_list_chosen(self, message: RunList.Chosen) -> None:
        """Go on with it."""
        message.stop()
        self.action_go_on()

    def on_input_changed(self, event: Input.Changed) -> None:
        """List those that have the words."""
        event.stop()
        self._show()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go to what was found."""
        event.stop()
        self.query_one(RunList).focus()

    def on_key(self, event: events.Key) -> None:
        """Go down from the words to what was found."""
        if event.key in ("down", "up") and isinstance(self.focused, Input):
            event.stop()
            self.query_one(RunList).focus()

    @property
    def active_bindings(self) -> dict[str, ActiveBinding]:
        """The keys that work now."""
        typing = isinstance(self.focused, Input)
        idle = OF_A_RUN if self.here is None else OF_THE_ENGINE if self._main.ended else ()
        return working_bindings(super().active_bindings, typing=typing, training=False, idle=idle, footer=RUNS_FOOTER)

    def say(self, text: str) -> None:
        """Show a sentence for some seconds; whatever is in it, it is data."""
        self.notify(sanitize(text), markup=False)

    def action_go_on(self) -> None:
        """Go on with the run under the cursor."""
        self._open(train=True)

    def action_play(self) -> None:
        """Let the run under the cursor write only."""
        self._open(train=False)

    def _open(self, *, train: bool) -> None:
        run = self.here
        if run is None:
            return
        if run.path is None or self._is_present(run):
            self._main.say("That is the run that you are in.")
            self.dismiss(None)
        else:
            self.dismiss(OpenCheckpoint(str(run.path), train=train))

    def action_mark(self) -> None:
        """Compare the run under the cursor with others, or no more."""
        run = self.here
        if run is None:
            return
        if run.key in self._marked:
            self._marked.remove(run.key)
        elif len(self._marked) == MOST_RACERS:
            self.say(f"{MOST_RACERS} are as many as can be told apart on one chart.")
        else:
            self._marked.append(run.key)
        self._draw()

    def action_find(self) -> None:
        """Type words."""
        self.query_one("#runs-find", Input).focus()

    def action_look(self, what: Switch) -> None:
        """Look at the losses in another way, here and on the main page."""
        self._main.action_look(what)
        self.view = self.view.switched(what)
        self.query_one(RaceChart).look(self.view.unit, log=self.view.log)
        self._draw()

    def action_name(self) -> None:
        """Ask for a name."""
        run = self.here
        if run is not None and run.path is None:
            self.say("The run that you are in can be named when it is kept: once you have left it.")
        elif run is not None:
            self.app.push_screen(NameRunScreen(self._shelf, run), self._changed)

    def action_delete(self) -> None:
        """Ask whether it shall be thrown away."""
        run = self.here
        if run is not None and run.path is None:
            self.say("The run that you are in is not kept yet.")
        elif run is not None:
            self.app.push_screen(DeleteRunScreen(run), partial(self._delete, run))

    def _delete(self, run: EarlierRun, sure: bool | None) -> None:
        if sure:
            self._going.add(run.key)
            self._all = [other for other in self._all if other.key != run.key]
            self._show()
            # by the app: what comes of it is said though this screen may be left meanwhile
            throw_away: Callable[[], Awaitable[None]] = partial(self._throw_away, run)
            self.app.run_worker(throw_away, name="delete", group="delete")

    async def _throw_away(self, run: EarlierRun) -> None:
        try:
            await beside(self._shelf.delete, run)
        except OSError as error:
            self.say(f"Could not delete {run.name}: {error.strerror or error}")
        else:
            self.say(f"{run.name} is deleted.")
        self._going.discard(run.key)
        if self.is_attached:
            self._look()

    def _changed(self, changed: bool | None) -> None:
        if changed:
            self._look()

    def action_leave(self) -> None:
        """Leave the words, or go back to the present run."""
        words = self.query_one("#runs-find", Input)
        if words.has_focus or words.value:
            words.value = ""
            self.query_one(RunList).focus()
        else:
            self.dismiss(None)

    def action_help(self) -> None:
        """Show all keys."""
        self.app.push_screen(HelpScreen())
