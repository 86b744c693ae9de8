"""All that a key does is done by the mouse too: each key once by key and once by click, with the same outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from model.config import SamplingSettings
from model.outlook import Candidate, Outlook
from model.protocol import Command, Step
from tui.app import LSTMApp
from tui.bindings import GROUPS, KEYS, Key
from tui.screens.help import NOT_NOW, HelpScreen
from tui.widgets.key_table import KeyTable
from tui.widgets.loss_view import LossView

from by_mouse import click_in_help, click_words, place_in_bar
from scripted_session import GAUGES, PLAY, ScriptedSession, playing, update, written

MIDDLE = SamplingSettings(temperature=0.8, top_k=10, top_p=0.9, rate=30.0)
"""Each of them can be turned both ways."""
OUTLOOK = Outlook((Candidate("e", 0.6, 0.62), Candidate(" ", 0.4, 0.38)), 0.6, 0.7, "h", 0.1)
RUNNING = replace(GAUGES, snapshots=(0, 1, 2, 5), left_behind=1, outlook=OUTLOOK)


def outcome(session: ScriptedSession, app: LSTMApp) -> dict[str, Any]:
    """What was sent, and all of the screen that a key may change."""
    main, focused = app.main, app.focused
    sent: list[Command] = list(session.sent)
    return {
        "sent": sent,
        "screen": type(app.screen).__name__,
        "about": getattr(app.screen, "_about", None),
        "focus": None if focused is None else focused.id or type(focused).__name__,
        "panel": main.panel,
        "alone": main.alone,
        "mind": main.mind,
        "ink": main.ink,
        "view": main._loss.view,
        "unit": main._neurons.unit,
        "writing": main._sample.writing,
        "text": main._sample.text,
        "walk": bool(main.query("#walk")),
        "duet": main._duet is not None,
        "said": [notice.message for notice in app._notifications],
        "copied": app.clipboard,
    }


async def at_rest(session: ScriptedSession, app: LSTMApp, pilot: Pilot[None], panel: str) -> None:
    """Back to the main screen, as it is when nobody has done anything."""
    main = app.main
    for _ in range(4):
        if app.screen is main and main._duet is None and not main.query("#walk") and not main.alone:
            break
        await pilot.press("escape")
        await pilot.pause()
    assert app.screen is main
    if main.gauges.state is not RUNNING.state or main._sample.text != PLAY or main._neurons._looking:
        main._sample.clear()
        await session.play(update(RUNNING, fresh=True, texts=(written(),)))
    main.ink, main.mind, main.sampling, main._loss.view = "plain", True, MIDDLE, LossView()
    main._sample.writing, main._neurons._raster.unit, app._clipboard = True, 5, ""
    main.action_jump(panel)
    await pilot.pause()
    app.clear_notifications()
    await pilot.pause()
    session.sent.clear()


def start_of(key: Key) -> str:
    """A panel from which the key changes something."""
    return "sample" if key.id == "jump-loss" else "loss"


@pytest.mark.parametrize("group", GROUPS)
async def test_a_row_of_the_help_does_on_the_main_screen_what_its_key_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path, size=(40, 12), gauges=RUNNING, sampling=MIDDLE) as (session, app, pilot):
        for key in KEYS:
            if key.group != group or key.id == "quit":
                continue
            await at_rest(session, app, pilot, start_of(key))
            rest = outcome(session, app)
            await pilot.press(key.keys.split(",")[0])
            await pilot.pause()
            by_key = outcome(session, app)
            assert by_key != rest, f"{key.id} is to do something"
            await at_rest(session, app, pilot, start_of(key))
            assert outcome(session, app) == rest
            await click_in_help(pilot, key.id)
            assert outcome(session, app) == by_key, key.id


async def test_quit_is_at_the_foot_and_in_the_help(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        assert place_in_bar(app, "quit") is not None
        await click_in_help(pilot, "quit")
        assert session.stopped


async def test_what_is_for_another_place_is_faint_and_a_click_on_it_only_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await click_in_help(pilot, "end-race")
        screen = app.screen
        assert isinstance(screen, HelpScreen)
        assert NOT_NOW in str(screen.query_one(KeyTable).room.border_subtitle)
        assert session.sent == []
        await click_words(pilot, "esc closes")
        assert app.screen is app.main


async def test_a_row_of_the_help_is_walked_to_and_done_by_enter(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("?", "enter")
        await pilot.pause()
        table = app.screen.query_one(KeyTable)
        assert table.cursor is None
        await pilot.press("down", "down", "down", "up")
        assert table.cursor == table.place_of("step")
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.main
        assert session.sent == [Step()]


async def test_the_cursor_of_the_help_stays_in_view(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        await pilot.press("?")
        await pilot.pause()
        table = app.screen.query_one(KeyTable)
        await pilot.press(*["down"] * 30)
        assert table.cursor is not None
        assert table.room.scroll_offset.y > 0
        seen = table.region_of(table.cursor).translate(table.region.offset)
        assert table.room.scrollable_content_region.translate(table.room.region.offset).contains_region(seen)
        await pilot.press("end")
        await pilot.pause()
        assert table.cursor is None and table.room.scroll_offset.y == table.room.max_scroll_y
        await pilot.press("up")
        assert table.room.scroll_offset.y == table.room.max_scroll_y - 1, "there are only words: it scrolls"


async def test_a_row_that_can_be_done_is_lit_under_the_mouse(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("?")
        await pilot.pause()
        table = app.screen.query_one(KeyTable)
        region = table.region_of(table.place_of("train"))
        await pilot.hover(KeyTable, offset=(3, region.y))
        assert table.hovered == table.place_of("train")
        lit, unlit = (next(iter(table.render_line(y))).style for y in (region.y, region.y + 1))
        assert lit is not None and unlit is not None and lit.bgcolor != unlit.bgcolor and lit.color == unlit.color
        await pilot.hover(KeyTable, offset=(3, region.y - 1))
        assert table.hovered is None, "a heading does nothing"


async def test_a_field_of_text_keeps_a_letter_for_itself_but_not_a_click(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("2", "tab", "tab", "f1")
        await pilot.pause()
        table = app.screen.query_one(KeyTable)
        assert "step" not in table.idle
        await pilot.click(KeyTable, offset=(3, table.region_of(table.place_of("step")).y))
        await pilot.pause()
        assert session.sent == [Step()]


async def test_the_palette_has_what_can_be_done_on_each_screen(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        titles = [command.title for command in app.get_system_commands(app.screen)]
        assert {"Write so", "Again", "Warmer", "Train"} <= set(titles)
        assert "Recipe" not in titles
