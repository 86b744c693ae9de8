"""The time machine on the screen: every key and click, and passages as they come."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.content import Content
from textual.events import MouseMove
from textual.pilot import Pilot
from textual.widgets import Static

from model.config import SamplingSettings
from model.past import Past, Words
from model.protocol import Notice, Pause, RunState, RunUpdate, SetSampling, ShowPast, Train, Update
from model.session import EngineError
from tui.app import LSTMApp
from tui.bindings import PAST_KEYS
from tui.screens.help import HelpScreen
from tui.screens.past import CHARACTERS, PastScreen
from tui.units import LossUnit
from tui.widgets.key_bar import KeyBar
from tui.widgets.key_table import KeyTable
from tui.widgets.past_bar import PastBar
from tui.widgets.past_page import NEVER, WAITING, PastPage, lit
from tui.widgets.past_rail import PastRail
from tui.widgets.room_notice import RoomNotice

from scripted_session import GAUGES, PLAY, ScriptedSession, playing, update

STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 125, 157, 197, 247, 309, 387, 484, 605, 757, 947, 1184)
RUN = replace(GAUGES, snapshots=STEPS, sampling=SamplingSettings())
NOISE = "q,Xjw?thz\nkK the vwo"


def past(step: int, *, seed: int = 0, sampling: SamplingSettings | None = None, **changes: object) -> Past:
    """What the network wrote at a step: noise at first, verse from step 100 on."""
    text = PLAY[:300] if step >= 100 else NOISE
    words = Words(60, ((0, 5), (11, 14))) if step >= 100 else Words(4, ((13, 16),))
    page = Past(step, f"{step}: {text}", seed, sampling or SamplingSettings(), words=words, loss=4.0 - step / 500)
    return replace(page, **changes)


def told(*pages: Past) -> Update:
    """An update with these passages."""
    return Update(0, (RunUpdate(RUN, past=pages),))


@asynccontextmanager
async def looking_back(
    folder: Path, *, size: tuple[int, int] = (120, 40), pages: tuple[Past, ...] | None = None
) -> AsyncIterator[tuple[ScriptedSession, PastScreen, Pilot[None]]]:
    """The time machine, with all passages there; what was sent to get there is forgotten."""
    async with playing(folder, size=size, gauges=RUN) as (session, app, pilot):
        await session.play(update(RUN, steps=RUN.step))
        await pilot.press("t")
        assert isinstance(app.screen, PastScreen)
        await session.play(told(*(map(past, STEPS) if pages is None else pages)))
        await pilot.pause()
        session.sent.clear()
        yield session, app.screen, pilot


def page_of(screen: PastScreen) -> str:
    return str(screen.query_one("#past-text", Static).content)


def title_of(screen: PastScreen) -> str:
    return Content.from_markup(screen.query_one(PastPage).border_title or "").plain


def asked(session: ScriptedSession) -> list[int | None]:
    return [command.step for command in session.told(ShowPast) if isinstance(command, ShowPast)]


async def test_t_opens_the_first_snapshot_and_asks_for_its_passage(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUN) as (session, app, pilot):
        await pilot.press("t")
        assert isinstance(app.screen, PastScreen)
        assert session.told(ShowPast) == [ShowPast(0, CHARACTERS, 0, "", app.main.sampling)]
        assert page_of(app.screen) == WAITING
        assert title_of(app.screen) == "step 0 \u00b7 of 1,240"
        await session.play(told(past(0)))
        await pilot.pause()
        assert page_of(app.screen) == f"0: {NOISE}"
        assert title_of(app.screen) == "step 0 \u00b7 validation 4.000 \u00b7 of 1,240"


async def test_without_a_past_it_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("t")
        assert app.screen is app.main
        assert session.told(ShowPast) == []
        assert any("no past to read" in notice.message for notice in app._notifications)


async def test_the_opening_words_are_those_that_were_chosen(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUN) as (session, _app, pilot):
        await pilot.press("b", *"ROMEO", "enter")
        await pilot.press("t")
        (wish,) = session.told(ShowPast)
        assert isinstance(wish, ShowPast) and wish.prime == "ROMEO"


async def test_arrows_step_through_the_snapshots_and_show_them_at_once(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await pilot.press("left")
        assert screen.step == 0 and asked(session) == []
        await pilot.press(*["right"] * 7)
        await pilot.pause()
        assert asked(session) == [1, 2, 5, 10, 20, 50, 100]
        assert page_of(screen).startswith("100: ROMEO")
        assert title_of(screen) == "step 100 \u00b7 validation 3.800 \u00b7 of 1,240"
        assert screen._chart.cursor == screen.query_one(PastRail).here == 100
        await pilot.press("left")
        await pilot.pause()
        assert page_of(screen) == f"50: {NOISE}"


async def test_home_and_end_go_to_the_first_and_the_latest(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (_session, screen, pilot):
        await pilot.press("end")
        assert screen.step == STEPS[-1]
        await pilot.press("right")
        assert screen.step == STEPS[-1]
        await pilot.press("home")
        assert screen.step == 0


async def test_a_click_on_the_chart_goes_to_the_nearest_snapshot(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        plot = screen._chart.plot
        assert plot is not None
        await pilot.click("#past-chart", offset=(plot.axis + plot.cell_of(640), 3))
        await pilot.pause()
        assert screen.step == screen._chart.cursor == 605
        assert asked(session) == [605]
        assert page_of(screen).startswith("605: ")
        await pilot.click("#past-chart", offset=(plot.axis + plot.cell_of(620), 3))
        await pilot.pause()
        assert screen._chart.cursor == 605, "the cursor stands at the snapshot, not where the mouse was"


async def test_the_mouse_scrubs_while_its_button_is_held(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (_session, screen, pilot):
        plot = screen._chart.plot
        assert plot is not None
        await pilot.hover("#past-chart", offset=(plot.axis + plot.cell_of(950), 3))
        assert screen.step == 0
        await pilot.mouse_down("#past-chart", offset=(plot.axis + plot.cell_of(400), 3))
        for step in (480, 750, 950):
            offset = (plot.axis + plot.cell_of(step), 3)
            await pilot._post_mouse_events([MouseMove], "#past-chart", offset=offset, button=1)
        await pilot.pause()
        assert screen.step == 947


async def test_a_click_on_the_rail_goes_to_its_snapshot(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (_session, screen, pilot):
        rail = screen.query_one(PastRail)
        await pilot.click(PastRail, offset=(rail.place(6), 0))
        await pilot.pause()
        assert screen.step == 50


async def test_space_plays_all_and_stops_at_the_latest(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await pilot.press("space")
        assert screen.playing
        for step in STEPS[1:]:
            screen.tick()
            assert screen.step == step
        assert not screen.playing
        await pilot.press("space")
        assert screen.playing and screen.step == 0, "from the latest it begins anew"
        assert not session.told(Train, Pause), "the space key is not for training here"


async def test_what_is_played_waits_for_a_passage_and_rests_by_space_or_any_step(tmp_path: Path) -> None:
    async with looking_back(tmp_path, pages=(past(0),)) as (session, screen, pilot):
        await pilot.press("space")
        screen.tick()
        screen.tick()
        assert screen.step == 1, "which has not been written yet"
        await session.play(told(past(1, whole=False)))
        assert page_of(screen).startswith("1: ")
        screen.tick()
        assert screen.step == 1, "nor to its end"
        await session.play(told(past(1)))
        screen.tick()
        assert screen.step == 2
        await pilot.press("space")
        assert not screen.playing
        for key in ("left", "right", "home"):
            screen.playing = True
            await pilot.press(key)
            assert not screen.playing


async def test_the_footer_says_play_or_pause(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (_session, screen, pilot):
        assert "\u2190\u2192 Step" in str(screen.query_one(KeyBar).render())
        assert "space Play" in str(screen.query_one(KeyBar).render())
        await pilot.press("space")
        await pilot.pause()
        assert "space Pause" in str(screen.query_one(KeyBar).render())


@pytest.mark.parametrize("key", ["escape", "t"])
async def test_escape_goes_back_and_nothing_more_is_written_of_the_past(tmp_path: Path, key: str) -> None:
    async with looking_back(tmp_path) as (session, _screen, pilot):
        await pilot.press(key)
        assert isinstance(pilot.app, LSTMApp)
        assert pilot.app.screen is pilot.app.main
        assert asked(session) == [None]


async def test_ctrl_q_quits_from_there(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, _screen, pilot):
        await pilot.press("ctrl+q")
        assert session.stopped


async def test_the_temperature_is_turned_there_too_and_all_is_written_anew(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        before = screen.sampling
        await pilot.press("]")
        await pilot.pause()
        warmer = replace(before, temperature=0.85)
        assert session.sent == [SetSampling(warmer), ShowPast(0, CHARACTERS, 0, "", warmer)]
        assert page_of(screen) == WAITING
        assert f"temperature {warmer.temperature:.2f}" in str(screen.query_one("#past-temperature", Static).content)
        await session.play(told(past(0)))
        assert page_of(screen) == WAITING, "that was written at the old temperature"
        await session.play(told(past(0, sampling=warmer)))
        await pilot.pause()
        assert page_of(screen) == f"0: {NOISE}"
        await pilot.press("[")
        assert screen.sampling == before


async def test_r_has_another_passage_written(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await pilot.press("r")
        assert session.sent == [ShowPast(0, CHARACTERS, 1, "", screen.sampling)]
        await pilot.pause()
        assert page_of(screen) == WAITING


async def test_the_loss_is_looked_at_as_on_the_main_screen(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (_session, screen, pilot):
        await pilot.press("u", "l")
        await pilot.pause()
        assert title_of(screen).startswith("step 0 \u00b7 validation 5.771")
        assert isinstance(pilot.app, LSTMApp)
        assert pilot.app.main.loss_unit is LossUnit.BITS
        assert screen._chart.view == pilot.app.main._loss.view
        await pilot.press("?")
        assert isinstance(pilot.app.screen, HelpScreen)
        await pilot.pause()
        table = pilot.app.screen.query_one(KeyTable)
        assert {key.id for key in PAST_KEYS} <= {row.key.id for row in table.rows if row.key} - table.idle


async def test_the_run_goes_on_behind_it(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        grown = replace(RUN, step=1_500, snapshots=(*STEPS, 1_480))
        run = RunUpdate(grown, notices=(Notice("saved"),))
        await session.play(Update(0, (run,)))
        await pilot.pause()
        assert title_of(screen).endswith("of 1,500")
        assert screen.query_one(PastRail).steps[-1] == 1_480
        assert str(screen.query_one("#past-state", Static).content).endswith("1,500")
        await pilot.press("end")
        await pilot.pause()
        assert screen.step == 1_480 and page_of(screen) == WAITING
        await session.play(update(replace(grown, state=RunState.PAUSED)))
        await pilot.pause()
        assert not screen.query_one("#past-state", Static).has_class("-going")


async def test_a_snapshot_that_is_gone_is_left_for_its_neighbour(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await pilot.press("right", "right")
        await session.play(update(replace(RUN, snapshots=(0, 1, 5, 10))))
        await pilot.pause()
        assert screen.step == 1
        assert page_of(screen).startswith("1: ")


async def test_another_network_has_another_past(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await pilot.press("end")
        session.sent.clear()
        await session.play(update(replace(RUN, snapshots=(0,), step=0), fresh=True))
        await pilot.pause()
        assert screen.step == 0 and page_of(screen) == WAITING
        assert asked(session)[-1] == 0
        await pilot.press("space", "left", "right", "end")
        screen.tick()
        assert screen.step == 0


async def test_a_network_without_a_past_may_take_the_place_of_one_that_has_it(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await session.play(update(replace(RUN, snapshots=()), fresh=True))
        await pilot.press("space", "right", "end")
        screen.tick()
        await pilot.pause()
        assert not screen.playing
        await pilot.press("escape")
        assert isinstance(pilot.app, LSTMApp) and pilot.app.screen is pilot.app.main


async def test_without_an_engine_what_was_read_can_still_be_read(tmp_path: Path) -> None:
    async with looking_back(tmp_path) as (session, screen, pilot):
        await session.play(EngineError("the engine has ended"))
        await pilot.press("right")
        await pilot.pause()
        assert page_of(screen).startswith("1: ")
        assert str(screen.query_one("#past-state", Static).content) == "\u2715 engine ended"
        footer = str(screen.query_one(KeyBar).render())
        assert "Step" in footer and "Play" not in footer and "Temperature" not in footer
        await pilot.press("escape")
        assert isinstance(pilot.app, LSTMApp) and pilot.app.screen is pilot.app.main


async def test_without_an_engine_nothing_is_waited_for(tmp_path: Path) -> None:
    async with looking_back(tmp_path, pages=(past(0),)) as (session, screen, pilot):
        await pilot.press("right", "space")
        assert page_of(screen) == WAITING and screen.playing
        await session.play(EngineError("the engine has ended"))
        await pilot.pause()
        assert page_of(screen) == NEVER and not screen.playing
        await pilot.press("right", "space")
        assert page_of(screen) == NEVER and not screen.playing


async def test_text_of_the_network_is_data(tmp_path: Path) -> None:
    hostile = past(0, text="[red]\x1b[31m[/] ROMEO: [Aside]", words=Words(3, ()), loss=float("nan"))
    async with looking_back(tmp_path, pages=(hostile,)) as (_session, screen, _pilot):
        assert page_of(screen) == "[red]\u241b[31m[/] ROMEO: [Aside]"
        assert "validation" in title_of(screen)


def test_words_of_the_text_are_lit_and_the_rest_steps_back() -> None:
    page = lit(past(0, text="ab the vwo", given=2, words=Words(2, ((3, 6),))))
    inks = {page.plain[span.start : span.end]: str(span.style) for span in page.spans}
    assert inks == {"ab": "$text-secondary italic", " the vwo": "$faint", "the": "$page"}
    brackets = lit(past(0, text="([])", words=Words(0, ())))
    assert [str(span.style) for span in brackets.spans] == ["$page"]


async def test_it_is_said_where_words_begin_to_be_right_once_both_sides_were_read(tmp_path: Path) -> None:
    right = Words(2, ((0, 3), (4, 7)))
    async with looking_back(tmp_path, pages=(past(0), past(157, words=right))) as (session, screen, pilot):
        loss = screen.query_one("#past-loss")
        assert str(loss.border_subtitle or "") == ""
        await session.play(told(past(125), past(20)))
        await pilot.pause()
        assert str(loss.border_subtitle) == "half of the words are right from step 157 on"


async def test_a_long_passage_is_scrolled_by_its_own_keys_and_begins_at_its_beginning(tmp_path: Path) -> None:
    async with looking_back(tmp_path, size=(40, 12)) as (_session, screen, pilot):
        page = screen.query_one(PastPage)
        await pilot.press("end")
        await pilot.press("pagedown", "down", "up")
        await pilot.pause()
        assert page.scroll_offset.y > 0
        await pilot.press("home")
        await pilot.pause()
        assert screen.step == 0 and page.scroll_offset.y == 0


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 20), (40, 12)])
async def test_nothing_overlaps_and_all_is_in_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with looking_back(tmp_path, size=size) as (_session, screen, pilot):
        await pilot.pause()
        parts = [screen.query_one(part) for part in (PastBar, "#past-loss", PastRail, PastPage, KeyBar)]
        for part in parts:
            assert part.region.area and part.region.right >= size[0] - 3 and screen.region.contains_region(part.region)
            assert not [other for other in parts if other is not part and other.region.overlaps(part.region)]
        assert screen._chart.plot is not None and screen._chart.plot.height >= 2
        assert screen.query_one(PastPage).scrollable_content_region.height >= 3
        assert not screen.query_one(RoomNotice).display


async def test_without_room_it_asks_for_a_little_more(tmp_path: Path) -> None:
    async with looking_back(tmp_path, size=(39, 11)) as (_session, screen, _pilot):
        assert screen.query_one(RoomNotice).region == screen.region
