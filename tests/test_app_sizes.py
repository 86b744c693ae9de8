"""The main screen at sizes from a stamp to a wall."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widgets import Static
from textual.widgets._toast import Toast

from tui.widgets.loss_panel import LossPanel
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, ScriptedSession, playing, scripted_app, until, update, written

SIZES = [(20, 5), (40, 12), (80, 24), (120, 40), (200, 60)]


TOO_SMALL = [(39, 12), (39, 40), (40, 11), (100, 11), (160, 11), (20, 5), (1, 1)]


@pytest.mark.parametrize("size", TOO_SMALL)
async def test_without_room_it_asks_for_a_little_more_and_shows_nothing_else(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        for panel in "12345":
            await pilot.press(panel)
            await pilot.pause()
            notice = app.main.query_one(RoomNotice)
            assert notice.region == app.main.region
            assert not [widget for widget in app.main.children if widget is not notice and widget.region.area]


async def test_the_wish_for_room_can_be_read(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(39, 11)) as (_session, app, _pilot):
        wish = app.main.query_one("#room-wish", Static)
        assert str(wish.render()) == "A little more room, please."
        assert wish.region.width == 39
        assert 4 <= wish.region.y <= 5


async def test_there_is_a_wish_as_soon_as_a_window_gets_too_small(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(120, 40)) as (_session, app, pilot):
        assert not app.main.query(RoomNotice)
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert app.main.query_one(RoomNotice).region == app.main.region


@pytest.mark.parametrize("size", [*SIZES[1:], (120, 24), (200, 16)])
async def test_loss_sample_and_temperature_are_in_sight_at_once(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as (_session, app, _pilot):
        screen = app.main.region
        for widget in (app.main.query_one(LossPanel), app.main.query_one(SamplePane)):
            assert widget.region.height >= 3
            assert screen.contains_region(widget.region)
        texts = [text for text in app.main.query("#temperature-text") if text.region.area]
        assert any(screen.contains_region(text.region) for text in texts)
        assert not any(notice.display for notice in app.main.query(RoomNotice))


async def test_the_sample_is_the_largest_thing_on_the_screen(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(120, 40)) as (_session, app, _pilot):
        panels = app.main.query("#corpora, #training, #sampling, #loss")
        assert all(panel.region.area < app.main.query_one(SamplePane).region.area for panel in panels)


async def test_it_can_be_resized_whatever_is_open(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        for keys in ("3", "o", "escape ?"):
            await pilot.press(*keys.split())
            for size in (SIZES[0], SIZES[2], SIZES[-1]):
                await pilot.resize_terminal(*size)
                await session.play(update(GAUGES, steps=3, texts=(written("x\n" * 30),)))
        assert app.is_running


async def test_a_narrow_window_shows_one_panel_and_its_tab(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        for key, name in (("1", "corpora"), ("3", "sampling"), ("5", "sample"), ("2", "training")):
            await pilot.press(key)
            await pilot.pause()
            seen = [panel.id for panel in app.main.query("#room > * > *") if panel.region.area]
            assert seen == ([name] if name != "sample" else ["loss", "sample"])
            assert app.main.query_one(f"#tab-{name}").has_class("-open")
        await pilot.click("#tab-corpora")
        await pilot.pause()
        assert app.main.query_one("#corpora").region.area > 0


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40), (200, 60)])
async def test_what_the_app_says_hides_neither_the_line_being_written_nor_the_keys(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path)
    async with app.run_test(size=size, notifications=True) as pilot:
        await session.play(update(GAUGES, fresh=True, steps=40, texts=(written(),)))
        app.main.say("Saved to shakespeare-1240.safetensors.")
        app.main.say("Cannot save: no room on the disk. Free some, and press ctrl+s again.", "error")
        shown = 2 if size[1] > 20 else 1  # where they would hide too much, the latest alone
        await until(pilot, lambda: len([toast for toast in app.main.query(Toast) if toast.region.area]) == shown)
        assert "no room on the disk" in [notice.message for notice in app._notifications][-1]
        sample = app.main.query_one(SamplePane).region
        written_last = Region(sample.x, sample.bottom - 3, sample.width, 3)
        below = Region(0, sample.bottom, size[0], size[1] - sample.bottom)
        for toast in app.main.query(Toast):
            assert app.main.region.contains_region(toast.region)
            assert not toast.region.overlaps(written_last)
            assert not toast.region.overlaps(below)


async def test_over_the_wish_for_room_nothing_is_said_but_what_is_wrong(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(20, 5)) as (_session, app, pilot):
        app.main.say("Saved to shakespeare-1240.safetensors.")
        await pilot.pause()
        assert not list(app._notifications)
        app.main.say("Cannot save.", "error")
        await pilot.pause()
        assert [notice.message for notice in app._notifications] == ["Cannot save."]


async def test_in_a_small_window_what_is_said_goes_soon(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(40, 12)) as (_session, app, pilot):
        app.main.say("Your last run is kept.", timeout=8)
        app.main.say("Cannot save.", "error", timeout=30)
        await pilot.pause()
        assert [(notice.message, notice.timeout) for notice in app._notifications] == [("Cannot save.", 30)]
        app.main.say("Your last run is kept.", timeout=8)
        await pilot.pause()
        assert sorted(notice.timeout for notice in app._notifications) == [4.0, 30]  # no news hide what is wrong
