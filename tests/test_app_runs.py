"""The screen of earlier runs, and the key that brings back what was left behind."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from test_run_shelf import put
from textual.pilot import Pilot
from textual.widgets import Input

from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import BringBack, Gauges, NewNetwork, OpenCheckpoint, RunState, SetSampling
from tui.app import LSTMApp
from tui.earlier_run import EarlierRun
from tui.run_shelf import RunShelf
from tui.screens.run_name import DeleteRunScreen, NameRunScreen
from tui.screens.runs import EMPTY, RunsScreen
from tui.units import LossUnit
from tui.widgets.key_bar import KeyBar
from tui.widgets.race_chart import RaceChart
from tui.widgets.room_notice import RoomNotice
from tui.widgets.run_list import RunList

from scripted_session import GAUGES, ScriptedSession, disk_answered, playing, shelf_seen, until, update

KEPT = ("names-3", "lake-2", "sea-1")
"""The newest first."""


def said(app: LSTMApp) -> str:
    return "\n".join(notice.message for notice in app._notifications)


@asynccontextmanager
async def listed(
    folder: Path, *, size: tuple[int, int] = (120, 40), gauges: Gauges = GAUGES, kept: tuple[str, ...] = KEPT
) -> AsyncIterator[tuple[ScriptedSession, RunsScreen, Pilot[None]]]:
    """The list, with a run going on behind it."""
    shelf = RunShelf(folder / "state" / "runs")
    for age, name in enumerate(kept):
        put(shelf, name, 100 * (age + 1), at=1e9 - age)
    async with playing(folder, size=size, gauges=gauges) as (session, app, pilot):
        await pilot.press("R")
        await pilot.pause()
        screen = app.screen
        assert isinstance(screen, RunsScreen)
        await shelf_seen(app, pilot)
        session.sent.clear()
        yield session, screen, pilot


def shown(screen: RunsScreen) -> list[str]:
    """The rows as they read, the run that goes on first."""
    rows = screen.query_one(RunList)
    return [str(rows.get_option_at_index(place).prompt) for place in range(rows.option_count)]


def app_of(screen: RunsScreen) -> LSTMApp:
    assert isinstance(screen.app, LSTMApp)
    return screen.app


# ------------------------------------------------------------------------------------------- the list


async def test_each_run_has_a_row_below_the_one_that_goes_on(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, _pilot):
        now, *kept = shown(screen)
        assert now.split()[:7] == ["\u25cf", "now", "shakespeare", "LSTM", "128", "1,240", "1.741"]
        assert [row.split()[0] for row in kept] == list(KEPT)
        assert kept[0].split()[1:7] == ["sea.txt", "GRU", "2x4", "100", "2.250", "1:05"]
        assert kept[0].rstrip().endswith("\u2582\u2581")
        assert screen.here is not None and screen.here.name == "names-3"


async def test_what_comes_to_the_shelf_meanwhile_is_listed_and_the_cursor_stays(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("down")
        put(RunShelf(tmp_path / "state" / "runs"), "newest", at=2e9)
        screen._look()
        await shelf_seen(app_of(screen), pilot)
        assert [row.split()[0] for row in shown(screen)[1:]] == ["newest", *KEPT]
        assert screen.here is not None and screen.here.name == "lake-2"


async def test_the_shelf_is_looked_at_beside_the_screen_and_one_look_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        go, seen, looks = threading.Event(), RunShelf.runs, list[int]()

        def slow(shelf: RunShelf) -> list[EarlierRun]:
            looks.append(threading.get_ident())
            go.wait(20)
            return seen(shelf)

        monkeypatch.setattr(RunShelf, "runs", slow)
        screen._look_again()
        await until(pilot, lambda: bool(looks))
        screen._look_again()
        await pilot.press("down")  # is answered meanwhile
        assert screen.here is not None and screen.here.name == "lake-2"
        assert len(looks) == 1 and looks[0] != threading.get_ident()
        await pilot.press("escape")
        await pilot.pause()
        assert screen.app.screen.id == "main"
        go.set()  # what it finds is nobody's any more


async def test_the_run_that_goes_on_has_one_row_under_its_own_name(tmp_path: Path) -> None:
    async with listed(tmp_path, gauges=replace(GAUGES, kept_as="lake-2")) as (_session, screen, _pilot):
        assert [row.split()[0] for row in shown(screen)] == ["\u25cf", "names-3", "sea-1"]
        assert shown(screen)[0].split()[1] == "lake-2"


async def test_without_runs_it_says_what_will_be_here(tmp_path: Path) -> None:
    async with listed(tmp_path, kept=()) as (_session, screen, pilot):
        empty = screen.query_one("#runs-empty")
        assert empty.display and str(empty.render()) == EMPTY
        assert " ".join(str(screen.query_one(KeyBar).render()).split()) == "/ Find esc Back ? Help ctrl+q Quit"
        await pilot.press(*"pd n", "space", "enter")
        assert screen.app.screen is screen and not screen.app._notifications
        await pilot.press("escape")
        await pilot.pause()
        assert screen.app.screen.id == "main"


@pytest.mark.parametrize(("keys", "train"), [("enter", True), ("p", False)])
async def test_a_run_is_gone_on_with_or_only_played(tmp_path: Path, keys: str, train: bool) -> None:
    async with listed(tmp_path) as (session, screen, pilot):
        app = app_of(screen)
        await pilot.press("down", keys)
        await pilot.pause()
        path = tmp_path / "state" / "runs" / "lake-2.safetensors"
        assert session.told(OpenCheckpoint) == [OpenCheckpoint(str(path), train=train)]
        assert app.screen.id == "main"
        # what it brings is filled in, as for a network that was named on the command line
        brought = replace(GAUGES, network=NetworkSettings(77), sampling=SamplingSettings(temperature=0.3), step=200)
        await session.play(update(brought, resumed=True))
        assert app.main.sampling.temperature == 0.3
        assert app.main.query_one("#hidden-size Input", Input).value == "77"


async def test_the_run_that_goes_on_is_not_opened_again(tmp_path: Path) -> None:
    async with listed(tmp_path) as (session, screen, pilot):
        app = app_of(screen)
        await pilot.press("up", "enter")
        assert app.screen.id == "main" and not session.told(OpenCheckpoint)
        assert "That is the run that you are in." in said(app)


async def test_by_mouse_a_click_goes_there_and_a_double_one_goes_on(tmp_path: Path) -> None:
    async with listed(tmp_path) as (session, screen, pilot):
        await pilot.click(RunList, offset=(10, 3))
        assert screen.here is not None and screen.here.name == "sea-1" and not session.sent
        await pilot.click(RunList, offset=(2, 2))
        assert screen._marked == ["lake-2"]
        await pilot.click(RunList, offset=(10, 3), times=2)
        await pilot.pause()
        assert len(session.told(OpenCheckpoint)) == 1


async def test_the_keys_below_can_be_clicked(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        bar = str(screen.query_one(KeyBar).render())
        words = "enter Go on p Play space Mark / Find n Name d Delete esc Back ? Help ctrl+q Quit"
        assert " ".join(bar.split()) == words
        await pilot.click(KeyBar, offset=(bar.index("Name"), 0))
        await pilot.pause()
        assert isinstance(screen.app.screen, NameRunScreen)


async def test_words_find_runs(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("/", *"gru")
        await pilot.pause()
        assert [row.split()[0] for row in shown(screen)] == list(KEPT)
        await pilot.press(*" LAKE")
        await pilot.pause()
        assert [row.split()[0] for row in shown(screen)] == ["lake-2"]
        assert "1 of 4" in str(screen.query_one("#runs-about").render())
        await pilot.press(*"zz")
        await pilot.pause()
        assert screen.query_one("#runs-empty").display
        await pilot.press("backspace", "backspace", "enter")
        await pilot.pause()
        assert isinstance(screen.focused, RunList)
        await pilot.press("escape")
        await pilot.pause()
        assert len(shown(screen)) == 4 and screen.app.screen is screen


async def test_a_marked_run_that_the_words_leave_out_stays_on_the_chart(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("space", "/", *"lake", "enter", "space")
        await pilot.pause()
        assert [curve.name for curve in screen.query_one(RaceChart).curves] == ["names-3", "lake-2"]


# ------------------------------------------------------------------------------------------- curves


async def test_the_run_under_the_cursor_is_on_the_chart_until_some_are_marked(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        chart = screen.query_one(RaceChart)
        assert [curve.name for curve in chart.curves] == ["names-3"]
        await pilot.press("down")
        assert [curve.name for curve in chart.curves] == ["lake-2"]
        await pilot.press("space", "up", "up", "space")
        assert [curve.name for curve in chart.curves] == ["lake-2", "now"]
        assert chart.curves[1].end is not None
        await pilot.press("space", "down", "down", "space", "down")
        assert [curve.name for curve in chart.curves] == ["sea-1"]


async def test_four_are_as_many_as_can_be_compared(tmp_path: Path) -> None:
    async with listed(tmp_path, kept=("e", "d", "c", "b", "a")) as (_session, screen, pilot):
        await pilot.press("home", *["space", "down"] * 5)
        assert len(screen.query_one(RaceChart).curves) == 4
        assert "4 are as many" in said(app_of(screen))


async def test_unit_and_axis_are_switched_here_and_on_the_main_page(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        main = app_of(screen).main
        await pilot.press("u", "l")
        await pilot.pause()
        assert main.loss_unit is LossUnit.BITS and main._loss.view.log and screen.view.log
        assert "3.246" in shown(screen)[1]
        # and by a click on the word
        panel = screen.query_one("#runs-loss")
        subtitle = str(panel.border_subtitle)
        assert "bits" in subtitle and "log" in subtitle


# ---------------------------------------------------------------------------------- names and deleting


async def test_a_run_is_given_a_name(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("n")
        await pilot.pause()
        asked = screen.app.screen
        field = asked.query_one(Input)
        field.value = "lake-2"
        await pilot.press("enter")
        await disk_answered(app_of(screen), pilot)
        assert "Another run is called lake-2" in str(asked.query_one("#run-name-about").render())
        await pilot.press("x")
        await pilot.pause()
        assert "lake-2" not in str(asked.query_one("#run-name-about").render())
        field.value = "[b]the best"
        await pilot.press("enter")
        await disk_answered(app_of(screen), pilot)
        assert screen.app.screen is screen
        await shelf_seen(app_of(screen), pilot)
        assert "[b]the best" in shown(screen)[1]
        assert RunShelf(tmp_path / "state" / "runs").find("[b]the best").named


async def test_a_run_is_deleted_when_that_is_meant(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        for keys in (["d", "escape"], ["d", "enter"], ["d", "n"]):
            await pilot.press(*keys)
            await pilot.pause()
            assert len(shown(screen)) == 4
        await pilot.press("d")
        await pilot.pause()
        assert isinstance(screen.app.screen, DeleteRunScreen)
        await pilot.press("y")
        await disk_answered(app_of(screen), pilot)
        await shelf_seen(app_of(screen), pilot)
        assert [row.split()[0] for row in shown(screen)[1:]] == ["lake-2", "sea-1"]
        await pilot.press("delete", "tab", "enter")
        await disk_answered(app_of(screen), pilot)
        await shelf_seen(app_of(screen), pilot)
        assert len(shown(screen)) == 2
        assert "names-3 is deleted." in said(app_of(screen))


async def test_the_run_that_goes_on_is_neither_named_nor_deleted_before_it_is_kept(tmp_path: Path) -> None:
    async with listed(tmp_path) as (_session, screen, pilot):
        await pilot.press("up", "d", "n")
        await pilot.pause()
        assert screen.app.screen is screen
        assert "not kept yet" in said(app_of(screen))


async def test_a_run_that_cannot_be_deleted_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    async with listed(tmp_path) as (_session, screen, pilot):
        monkeypatch.setattr(Path, "unlink", no)
        await pilot.press("d", "y")
        await disk_answered(app_of(screen), pilot)
        assert "Read-only file system" in said(app_of(screen))


# --------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 40), (200, 60)])
@pytest.mark.parametrize("comparing", [False, True])
async def test_nothing_overlaps_and_names_with_their_losses_are_in_sight(
    tmp_path: Path, size: tuple[int, int], comparing: bool
) -> None:
    async with listed(tmp_path, size=size) as (_session, screen, pilot):
        if comparing:
            await pilot.press("space", "down", "space")
        await pilot.pause()
        parts = [screen.query_one(kind) for kind in ("#runs-top", "#runs-kept", "#runs-loss", "KeyBar")]
        parts = [part for part in parts if part.region.area]
        assert len(parts) == (4 if comparing or size[1] >= 20 else 3)
        for part in parts:
            assert screen.region.contains_region(part.region), part
            assert not any(other is not part and other.region.overlaps(part.region) for other in parts), part
        assert all(name in row and "2.250" in row for name, row in zip(KEPT, shown(screen)[1:], strict=True))


@pytest.mark.parametrize("size", [(39, 12), (40, 11), (1, 1)])
async def test_without_room_it_asks_for_some(tmp_path: Path, size: tuple[int, int]) -> None:
    async with listed(tmp_path, size=size) as (_session, screen, _pilot):
        assert screen.query_one(RoomNotice).region == screen.region


@pytest.mark.parametrize("keys", ["", "/", "n", "d", "?"])
async def test_ctrl_q_quits_from_here_too(tmp_path: Path, keys: str) -> None:
    async with listed(tmp_path) as (session, screen, pilot):
        app = app_of(screen)
        await pilot.press(*keys, "ctrl+q")
        assert session.stopped
    assert app.return_code == 0


async def test_quitting_keeps_the_run_among_the_others(tmp_path: Path) -> None:
    shelf = RunShelf(tmp_path / "state" / "runs")
    async with playing(tmp_path) as (_session, _app, pilot):
        put(shelf, "last", kept_as="sea-9")  # as the engine does when it is told to stop
        await pilot.press("ctrl+q")
    assert [run.name for run in shelf.runs()] == ["sea-9"]
    assert (shelf.folder / "sea-9.json").exists()


# -------------------------------------------------------------------------------------- brought back


async def test_starting_over_says_how_to_bring_the_run_back_and_the_key_does(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("]", "ctrl+n")
        assert isinstance(session.told(NewNetwork, SetSampling)[-1], NewNetwork)
        new = replace(GAUGES, step=0, left_behind=1, network=NetworkSettings(9))
        await session.play(update(new, fresh=True))
        assert "The run before rests at step 1,240: ctrl+z brings it back." in said(app)

        await pilot.press("ctrl+z")
        assert session.told(BringBack) == [BringBack()]
        before = replace(GAUGES, training=TrainingSettings(batch_size=8), sampling=SamplingSettings(temperature=0.4))
        await session.play(update(before, resumed=True, steps=40))
        assert app.main.sampling.temperature == 0.4
        assert app.main.query_one("#batch-size Input", Input).value == "8"
        assert len(app.main._loss.record.losses) == 40


async def test_a_new_run_tells_how_to_go_on_with_the_last(tmp_path: Path) -> None:
    put(RunShelf(tmp_path / "state" / "runs"), "sea-1", 500)
    async with playing(tmp_path) as (_session, app, pilot):
        await until(pilot, lambda: "Your last run, GRU 2x4 on sea.txt, is kept: R goes on with it." in said(app))


async def test_where_a_run_goes_on_nothing_is_told_of_another(tmp_path: Path) -> None:
    put(RunShelf(tmp_path / "state" / "runs"), "sea-1", 500)
    async with playing(tmp_path, insisted={}) as (_session, app, pilot):
        await pilot.pause()
        assert not [worker for worker in app.workers if worker.name == "last run"]
        assert "sea.txt" not in said(app)


async def test_where_nothing_was_left_behind_the_key_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+z")
        assert not session.sent
        assert "No run was left behind" in said(app)


async def test_while_a_text_is_read_the_key_lets_it_be(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(replace(GAUGES, state=RunState.LOADING, loading=0.5)))
        await pilot.press("ctrl+z")
        assert session.sent == [BringBack()]
        turned = app.main.sampling
        await session.play(update(replace(GAUGES, sampling=SamplingSettings(temperature=0.1)), fresh=True))
        assert app.main.sampling == turned
