"""The other screens by mouse: each of their keys, and each way that a dialog names at its foot."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from test_run_shelf import put
from textual.binding import Binding
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Static

import tui.screens
from model.outlook import Candidate, Outlook
from model.passage import Passage
from tui.app import LSTMApp
from tui.bindings import DUET_KEYS, OTHER_KEYS, PAST_KEYS, RACE_KEYS, RUN_KEYS, THREE_KEYS, Key
from tui.run_shelf import RunShelf
from tui.screens.begin_with import BeginWithScreen
from tui.screens.dialog import Dialog
from tui.screens.events import EventsScreen
from tui.screens.help import HelpScreen
from tui.screens.open_text import OpenTextScreen
from tui.screens.passage import PassageScreen
from tui.screens.past import PastScreen
from tui.screens.pick_text import PickTextScreen
from tui.screens.race_end import EndRaceScreen
from tui.screens.race_setup import RaceSetupScreen
from tui.screens.recipe import RecipeScreen
from tui.screens.run_name import DeleteRunScreen, NameRunScreen
from tui.screens.save_sample import SaveSampleScreen
from tui.screens.settings import SettingsScreen

from by_mouse import click_in_help, click_words, place_in_bar
from scripted_session import GAUGES, SAMPLING_NOW, ScriptedSession, disk_answered, playing, shelf_seen, update
from staged_run import staged_race

OUTLOOK = Outlook((Candidate("e", 0.6, 0.62), Candidate(" ", 0.4, 0.38)), 0.6, 0.7, "h", 0.1)
RUNNING = replace(GAUGES, snapshots=(0, 1, 2, 5), outlook=OUTLOOK)
OF_A_SCREEN = ("step", "playing", "_seed", "_marked", "fairness", "_typed")
"""What a key may change there."""


@dataclass(frozen=True, slots=True)
class Place:
    """A screen that has keys of its own."""

    name: str
    opening: tuple[str, ...]
    keys: tuple[Key, ...]


PLACES = (
    Place("race", ("ctrl+r", "enter"), RACE_KEYS),
    Place("past", ("t",), PAST_KEYS),
    Place("three", ("m",), THREE_KEYS),
    Place("runs", ("R",), RUN_KEYS),
    Place("duet", ("y",), DUET_KEYS),
)


def outcome(session: ScriptedSession, app: LSTMApp) -> dict[str, Any]:
    """What was sent, and what of the screen may have changed."""
    screen, focused = app.screen, app.focused
    of_screen = {name: getattr(screen, name, None) for name in OF_A_SCREEN}
    return {
        "sent": list(session.sent),
        "screen": type(screen).__name__,
        "focus": None if focused is None else focused.id or type(focused).__name__,
        "duet": app.main._duet is not None,
        "fields": [getattr(field, "value", "") for field in screen.query("Input")],
        "copied": app.clipboard,
        **{name: list(value) if isinstance(value, list) else value for name, value in of_screen.items()},
    }


async def go_back(session: ScriptedSession, app: LSTMApp, pilot: Pilot[None]) -> None:
    """Leave whatever is open; a race in which a racer is to take over is left when the engine has let it."""
    if app.race is not None:
        await session.play(update(RUNNING, fresh=True))
    for _ in range(5):
        if app.screen is app.main and app.main._duet is None:
            break
        await pilot.press("y" if isinstance(app.screen, EndRaceScreen) else "escape")
        await pilot.pause()
    assert app.screen is app.main and app.main._duet is None
    if app.main.gauges != RUNNING:
        await session.play(update(RUNNING, fresh=True))
    app.main.sampling = SAMPLING_NOW
    app.clear_notifications()
    app.main.set_focus(app.main._sample)
    app._clipboard = ""


async def go_to(session: ScriptedSession, app: LSTMApp, pilot: Pilot[None], opening: Sequence[str]) -> None:
    """Open a screen; who is in the past stands in its middle."""
    await go_back(session, app, pilot)
    for key in opening:
        await pilot.press(key)
        await pilot.pause()
        await shelf_seen(app, pilot)
    if app.race is not None:
        await session.play(staged_race())
        await pilot.pause()
    if isinstance(app.screen, PastScreen):
        app.screen.step = 2
    await pilot.pause()
    session.sent.clear()


def keep_some_runs(folder: Path) -> None:
    """Have earlier runs on the shelf."""
    for age, name in enumerate(("lake-2", "sea-1")):
        put(RunShelf(folder / "state" / "runs"), name, 100 * (age + 1), at=1e9 - age)


def test_every_key_of_another_screen_is_here() -> None:
    assert {key.id for place in PLACES for key in place.keys} == {key.id for key in OTHER_KEYS}


@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
async def test_a_click_does_on_another_screen_what_its_key_does(tmp_path: Path, place: Place) -> None:
    keep_some_runs(tmp_path)
    async with playing(tmp_path, size=(60, 20), gauges=RUNNING) as (session, app, pilot):
        for key in place.keys:
            await go_to(session, app, pilot, place.opening)
            rest = outcome(session, app)
            await pilot.press(key.keys.split(",")[0])
            await pilot.pause()
            by_key = outcome(session, app)
            assert by_key != rest, f"{key.id} is to do something"
            await go_to(session, app, pilot, place.opening)
            assert outcome(session, app) == rest
            at = place_in_bar(app, key.id)
            if at is None:
                await click_in_help(pilot, key.id)
            else:
                await pilot.click(offset=at)
                await pilot.pause()
            assert outcome(session, app) == by_key, key.id


@pytest.mark.parametrize("place", PLACES, ids=[place.name for place in PLACES])
async def test_the_way_out_stands_at_the_foot_of_the_narrowest_window(tmp_path: Path, place: Place) -> None:
    keep_some_runs(tmp_path)
    leaving = {"race": "end-race", "duet": "write-on"}.get(place.name, f"leave-{place.name}")
    async with playing(tmp_path, size=(40, 12), gauges=RUNNING) as (session, app, pilot):
        await go_to(session, app, pilot, place.opening)
        assert place.name == "three" or place_in_bar(app, leaving) is not None, "there it is in the help"
        assert place_in_bar(app, "explain" if place.name == "duet" else "help") is not None


# ---------------------------------------------------------------------------------------------- dialogs

DIALOGS: dict[type[Screen[Any]], tuple[tuple[str, ...], dict[str, str]]] = {
    HelpScreen: (("question_mark",), {"escape": "esc closes"}),
    BeginWithScreen: (("b",), {"enter": "enter writes on", "escape": "esc leaves"}),
    EventsScreen: (("e",), {"escape": "esc closes"}),
    OpenTextScreen: (("o", "shift+tab", "ctrl+u", "x"), {"enter": "enter opens", "escape": "esc leaves"}),
    PickTextScreen: (("c",), {"enter": "enter begins", "escape": "esc leaves"}),
    RaceSetupScreen: (("ctrl+r",), {"enter": "enter starts", "escape": "esc leaves", "left": "\u25cb characters"}),
    SaveSampleScreen: (("ctrl+t",), {"enter": "enter writes it", "escape": "esc leaves"}),
    RecipeScreen: (
        ("p", "pagedown"),
        {
            "escape": "esc closes",
            "ctrl+n": "Start over",
            "pagedown": "pgdn groups",
        },
    ),
    SettingsScreen: (("s",), {"escape": "esc closes"}),
    NameRunScreen: (("R", "n"), {"enter": "enter names it", "escape": "esc leaves"}),
    DeleteRunScreen: (("R", "d"), {"escape": "esc keeps", "y": "y deletes"}),
    EndRaceScreen: (("ctrl+r", "enter", "escape"), {"escape": "esc races on", "y": "y ends it"}),
}
"""How each is opened, and on which words a click does what a key does."""
POINTING = {"up", "down", "pageup", "pagedown", "left", "right", "question_mark"}
"""Walk in a list or from field to field, where the mouse points by itself; or explain, which is a row of the help."""


@pytest.mark.parametrize("dialog", DIALOGS, ids=[dialog.__name__ for dialog in DIALOGS])
async def test_a_click_on_the_words_of_a_dialog_does_what_their_key_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialog: type[Screen[Any]]
) -> None:
    opening, ways = DIALOGS[dialog]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tui.screens.race.LONG", 0.0)
    bound = [binding.key.split(",")[0] for binding in dialog.BINDINGS if isinstance(binding, Binding)]
    assert set(bound) - POINTING <= set(ways)
    async with playing(tmp_path, size=(76, 22), gauges=RUNNING) as (session, app, pilot):
        for key, words in ways.items():
            outcomes = []
            for by_mouse in (False, True):
                keep_some_runs(tmp_path)
                await go_to(session, app, pilot, opening)
                assert isinstance(app.screen, dialog)
                if by_mouse:
                    await click_words(pilot, words)
                else:
                    await pilot.press(key)
                await disk_answered(app, pilot)
                outcomes.append(outcome(session, app))
            assert outcomes[0] == outcomes[1], key


def test_every_dialog_is_here() -> None:
    for module in pkgutil.iter_modules(tui.screens.__path__):
        importlib.import_module(f"tui.screens.{module.name}")
    ours = {dialog for dialog in Dialog.__subclasses__() if dialog.__module__.startswith("tui.screens.")}
    assert ours == {*DIALOGS, PassageScreen}


async def test_a_passage_is_copied_and_closed_by_a_click(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        passage = Passage("Once more", "", 9, 0, SAMPLING_NOW, "/n.safetensors", "0" * 64, "x", 1)
        app.push_screen(PassageScreen(passage, tmp_path / "passage.txt", tmp_path / "a passage.toml"))
        await pilot.pause()
        again = str(app.screen.query_one("#passage-again", Static).render())
        assert again == "lstm-tui sample --recipe 'a passage.toml'  writes it again"
        await click_words(pilot, "y copies")
        assert app.clipboard == "Once more"
        await click_words(pilot, "esc closes")
        assert app.screen is app.main
