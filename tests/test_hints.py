"""The first steps: shown until they are taken, and never again."""

from __future__ import annotations

from pathlib import Path

import pytest

from model.config import SettingsError
from model.protocol import RunState
from model.session import EngineError
from tui.app import LSTMApp
from tui.settings import Settings, load_settings, save_settings
from tui.widgets.hint_line import HINTS, HintLine
from tui.widgets.key_bar import KeyBar

from scripted_session import playing


def said(app: LSTMApp) -> str:
    return " ".join(str(line.render()) for line in app.main.query(HintLine))


async def test_each_hint_goes_when_it_is_followed_and_the_last_for_ever(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (_session, app, pilot):
        assert "] warms it, [ cools it" in said(app)
        await pilot.press("]")
        await pilot.pause()
        assert "space pauses" in said(app)
        await pilot.press("space")
        await pilot.pause()
        assert app.main.gauges.state is RunState.PAUSED
        assert "? has all keys" in said(app)
        await pilot.press("?")
        await pilot.press("escape")
        await pilot.pause()
        assert not app.main.query(HintLine)
        await pilot.press("ctrl+q")
    assert not load_settings(tmp_path / "config" / "settings.toml").hints


async def test_what_was_done_already_is_not_hinted_at(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (_session, app, pilot):
        await pilot.press("space", "space")
        await pilot.press("[")
        await pilot.pause()
        assert "? has all keys" in said(app)


async def test_who_leaves_before_the_end_sees_them_again(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (_session, _app, pilot):
        await pilot.press("]")
        await pilot.press("ctrl+q")
    assert load_settings(tmp_path / "config" / "settings.toml").hints


async def test_a_click_counts_as_understood(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (_session, app, pilot):
        for _ in HINTS:
            await pilot.click(HintLine)
            await pilot.pause()
        assert not app.main.query(HintLine)
        assert not app.main.hints


async def test_without_hints_there_is_no_line(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, _pilot):
        assert not app.main.query(HintLine)


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 20), (40, 12)])
async def test_the_line_stands_above_the_keys_where_there_is_room(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, hints=True) as (_session, app, pilot):
        await pilot.pause()
        line, keys = app.main.query_one(HintLine), app.main.query_one(KeyBar)
        if size[1] < 20:
            assert not line.display or not line.region.area
        else:
            assert line.region.bottom == keys.region.y
            assert app.main.region.contains_region(line.region)


def test_the_setting_is_kept_and_checked(tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    assert load_settings(file).hints
    save_settings(file, Settings(hints=False))
    assert not load_settings(file).hints
    file.write_text('hints = "no"\n')
    with pytest.raises(SettingsError, match="hints is 'no'"):
        load_settings(file)


async def test_with_the_engine_gone_nothing_is_hinted_at(tmp_path: Path) -> None:
    async with playing(tmp_path, hints=True) as (session, app, pilot):
        assert app.main.query_one(HintLine).display
        await session.play(EngineError("the engine has ended"))
        await pilot.pause()
        assert not app.main.query_one(HintLine).display
