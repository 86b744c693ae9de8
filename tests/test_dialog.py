"""Dialogs are left once, however many keys come at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from test_app_mouse_elsewhere import DIALOGS, RUNNING, go_to, keep_some_runs
from textual import events
from textual.screen import Screen

from tui.screens.begin_with import BeginWithScreen
from tui.screens.dialog import LeftOnce
from tui.screens.help import HelpScreen
from tui.screens.open_text import OpenTextScreen
from tui.screens.pick_text import PickTextScreen
from tui.screens.race_setup import RaceSetupScreen
from tui.screens.run_name import NameRunScreen
from tui.screens.runs import RunsScreen
from tui.screens.save_sample import SaveSampleScreen

from scripted_session import disk_answered, playing

LEFT_BY_ENTER: dict[type[Screen[Any]], tuple[str, ...]] = {
    **{
        dialog: DIALOGS[dialog][0]
        for dialog in (
            BeginWithScreen,
            OpenTextScreen,
            PickTextScreen,
            RaceSetupScreen,
            SaveSampleScreen,
            NameRunScreen,
        )
    },
    HelpScreen: ("question_mark", "down"),
    RunsScreen: ("R",),
}


@pytest.mark.parametrize("dialog", LEFT_BY_ENTER, ids=[dialog.__name__ for dialog in LEFT_BY_ENTER])
async def test_enter_twice_at_once_leaves_no_more_than_the_dialog(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dialog: type[Screen[Any]]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x").write_text("text", encoding="utf-8")
    keep_some_runs(tmp_path)
    async with playing(tmp_path, size=(76, 22), gauges=RUNNING) as (session, app, pilot):
        await go_to(session, app, pilot, LEFT_BY_ENTER[dialog])
        assert isinstance(app.screen, dialog)
        below = app.screen_stack[-2]
        for _ in range(2):
            app.post_message(events.Key("enter", "\r"))
        await disk_answered(app, pilot)
        await pilot.pause()
        assert below in app.screen_stack
        assert not any(isinstance(screen, dialog) for screen in app.screen_stack)


async def test_a_screen_under_another_stays(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await go_to(session, app, pilot, ("b",))
        dialog = app.screen
        assert isinstance(dialog, LeftOnce)
        await app.push_screen(HelpScreen())
        dialog.dismiss(None)
        await pilot.pause()
        assert app.screen_stack[-2:] == [dialog, app.screen] and isinstance(app.screen, HelpScreen)


async def test_a_dialog_stands_in_the_middle_and_the_screen_below_is_seen_through_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("o")
        await pilot.pause()
        dialog = app.screen.query_one(".dialog").region
        left, above = dialog.x, dialog.y
        right, below = app.size.width - dialog.right, app.size.height - dialog.bottom
        assert left > 0 and above > 0 and abs(left - right) <= 1 and abs(above - below) <= 1
        assert app.screen.styles.background.a < 1
