"""What panels say of their keys, where they are others than the usual ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from model.outlook import Candidate, Outlook
from model.protocol import NewNetwork
from tui.app import LSTMApp
from tui.screens.recipe import RecipeScreen
from tui.settings import Settings
from tui.walk import CARDS

from by_mouse import lines
from scripted_session import GAUGES, playing, update, written

KEYS = {
    "unit": "f5",
    "log": "f6",
    "zoom": "f7",
    "gates": "f8",
    "find-neurons": "f9",
    "pick": "f10",
    "recipe": "f11",
    "temperature-up": "U",
    "temperature-down": "D",
    "write-with": "W",
    "jump-next": "N",
    "begin": "B",
    "ink": "I",
    "find-run": "f2",
    "start-over": "f4",
}
OUTLOOK = Outlook((Candidate("e", 0.6, 0.62), Candidate(" ", 0.4, 0.38)), 0.6, 0.7, "h", 0.1)
RUNNING = replace(GAUGES, outlook=OUTLOOK)


def seen(app: LSTMApp) -> str:
    return "\n".join(lines(app))


async def test_panels_name_the_keys_that_are_bound(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, hints=True, settings=Settings(keys=KEYS)) as (session, app, pilot):
        shown = seen(app)
        for words in (
            *(
                "f5 nats",
                "f6 linear",
                "f7 all",
                "f8 numbers",
                "f9 finds what they follow",
                "enter new run   f10 choose",
            ),
            *("Recipe\u2026  f11", "U warms it, D cools it", "\u2500 N Next \u2500", "\u2500 4 Loss "),
        ):
            assert words in shown
        for words in ("u nats", "f finds", "c choose", "6 Next"):
            assert f" {words}" not in shown
        await pilot.press("2", "tab", "right")
        await pilot.pause()
        assert "f4 starts over" in " ".join(seen(app).split())
        app.main._sample.clear()
        await session.play(update(RUNNING, texts=(written("la " * 100),)))
        await pilot.pause()
        assert "It repeats itself: warm it up with U" in seen(app)


async def test_what_is_told_of_a_panel_and_on_the_cards_names_them_too(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, settings=Settings(keys=KEYS)) as (_session, app, pilot):
        await pilot.press("f1")
        await pilot.pause()
        assert "B gives it words to begin with, I colours it" in str(app.screen.query_one("#help-about").render())
        await pilot.press("escape", "x")
        await pilot.pause()
        told = []
        for _ in CARDS:
            told.append(str(app.main.query_one("#walk-says").render()))
            await pilot.press("right")
            await pilot.pause()
        said = " ".join(told)
        assert "The f8 key shows" in said and "f9 finds units" in said and "Press D and U now" in said
        assert "{" not in said


async def test_earlier_runs_and_the_pen_that_was_put_aside_name_them_too(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, settings=Settings(keys=KEYS)) as (_session, app, pilot):
        await pilot.press("R")
        await pilot.pause()
        assert "f2 finds" in seen(app)
        await pilot.press("escape", "W")
        await pilot.pause()
        app.main.set_focus(app.main._next)
        await pilot.pause()
        assert "W goes on with it" in seen(app)


async def test_the_recipe_s_own_screen_starts_over_by_the_key_that_it_names(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, settings=Settings(keys=KEYS)) as (session, app, pilot):
        await pilot.press("f11")
        await pilot.pause()
        assert "It begins with a new network (f4)." in seen(app)
        await pilot.press("tab")
        await pilot.pause()
        assert "Needs a new network (f4)." in seen(app)
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert isinstance(app.screen, RecipeScreen) and session.told(NewNetwork) == []
        await pilot.press("f4")
        await pilot.pause()
        assert app.screen.id == "main" and len(session.told(NewNetwork)) == 1


async def test_where_the_recipe_is_open_the_palette_can_start_over_too(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert "Start over" in [command.title for command in app.get_system_commands(app.screen)]


@pytest.mark.parametrize("size", [(80, 24), (60, 20)])
async def test_in_a_narrow_window_the_tabs_do(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, settings=Settings(keys={"jump-next": "f6"})) as (_session, app, pilot):
        await pilot.press("f6")
        await pilot.pause()
        assert app.main.panel == "next"
        assert "f6 Next" in seen(app) or size[0] < 80
        assert "6 Next" not in seen(app).replace("f6 Next", "")
