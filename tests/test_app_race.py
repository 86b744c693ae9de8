"""A race on the screen: setting it up, every key and click, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Button, Input, OptionList, Static

from model.config import NetworkSettings, TrainingSettings
from model.protocol import (
    EndRace,
    Entrant,
    Gauges,
    Notice,
    Pause,
    RunState,
    RunUpdate,
    SetSampling,
    StartRace,
    Train,
    Update,
)
from model.session import EngineError
from tui.app import LSTMApp
from tui.races import READY
from tui.screens.help import HelpScreen
from tui.screens.race import RaceScreen
from tui.screens.race_end import EndRaceScreen
from tui.screens.race_setup import RATE, RaceSetupScreen
from tui.settings import Settings
from tui.units import LossUnit
from tui.widgets.key_bar import KeyBar
from tui.widgets.race_bar import RaceBar
from tui.widgets.race_chart import RaceChart
from tui.widgets.race_pages import RacePages, arrangement
from tui.widgets.race_table import RaceTable
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sample_pane import SamplePane
from tui.widgets.text_buffer import TextBuffer

from scripted_session import GAUGES, ScriptedSession, losses, playing, scripted_app, update, validations, written

NAMES = ("RNN", "GRU", "LSTM")
ENDS = {"RNN": 0.3, "GRU": 0.0, "LSTM": 0.1}
"""How much higher than the others each ends: GRU leads."""


def news(name: str, *, fresh: bool = True, steps: int = 300, **changes: object) -> RunUpdate:
    """What one racer tells."""
    gauges: dict[str, object] = {
        "network": NetworkSettings(cell=name.lower()),
        "step": steps,
        "training_seconds": steps / 20,
        "train_loss": 1.5 + ENDS[name],
        "validation_loss": 1.6 + ENDS[name],
        **changes,
    }
    return RunUpdate(
        gauges=replace(GAUGES, **gauges),
        fresh=fresh,
        losses=tuple(replace(point, loss=point.loss + ENDS[name]) for point in losses(steps)),
        validations=tuple(replace(point, loss=point.loss + ENDS[name]) for point in validations(steps)),
        written=(written(f"{name} speaks:\nmy words are mine.\n"),),
        run=name,
    )


def all_news(**changes: object) -> Update:
    """What all racers tell at once."""
    return Update(0, tuple(news(name, **changes) for name in NAMES))  # type: ignore[arg-type]


@asynccontextmanager
async def racing(
    folder: Path, *, size: tuple[int, int] = (120, 40), **options: Any
) -> AsyncIterator[tuple[ScriptedSession, RaceScreen, Pilot[None]]]:
    """A race of three that has been going on for a while; what was sent to get there is forgotten."""
    async with playing(folder, size=size, **options) as (session, app, pilot):
        await pilot.press("ctrl+r")
        await pilot.press("enter")
        assert isinstance(app.screen, RaceScreen)
        await session.play(all_news())
        app.screen._show()
        await pilot.pause()
        await pilot.pause()
        session.sent.clear()
        yield session, app.screen, pilot


def said(app: object) -> str:
    assert isinstance(app, LSTMApp)
    return "\n".join(notice.message for notice in app._notifications)


# -------------------------------------------------------------------------------------- setting it up


async def test_ctrl_r_and_enter_start_a_race_of_cells_with_the_settings_in_force(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r")
        assert isinstance(app.screen, RaceSetupScreen)
        await pilot.press("enter")
        (start,) = session.told(StartRace)
        assert isinstance(start, StartRace)
        assert start.fairness == "time"
        assert [entrant.name for entrant in start.entrants] == list(NAMES)
        assert [entrant.network for entrant in start.entrants] == [
            NetworkSettings(cell=cell) for cell in ("rnn", "gru", "lstm")
        ]
        assert {entrant.training for entrant in start.entrants} == {TrainingSettings()}
        assert start.sampling == replace(app.main.sampling, rate=RATE)
        assert isinstance(app.screen, RaceScreen)


@pytest.mark.parametrize("key", ["left", "right"])
async def test_an_arrow_to_the_side_chooses_the_other_fairness(tmp_path: Path, key: str) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("ctrl+r", key, "enter")
        (start,) = session.told(StartRace)
        assert isinstance(start, StartRace) and start.fairness == "characters"


async def test_fairness_and_race_can_be_clicked(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r")
        await pilot.pause()
        await pilot.click("#fair-characters")
        await pilot.click("#fair-time")
        await pilot.click("#fair-characters")
        await pilot.click(OptionList, offset=(3, 1))
        (start,) = session.told(StartRace)
        assert isinstance(start, StartRace) and start.fairness == "characters"
        assert [entrant.network.hidden_size for entrant in start.entrants] == [64, 128, 256]
        assert isinstance(app.screen, RaceScreen)


@pytest.mark.parametrize("downs", range(len(READY)))
async def test_each_race_can_be_picked_by_arrow(tmp_path: Path, downs: int) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("ctrl+r", *["down"] * downs, "enter")
        (start,) = session.told(StartRace)
        assert isinstance(start, StartRace)
        assert start.entrants == READY[downs].entrants(NetworkSettings(), TrainingSettings())


def test_a_race_of_sizes_unties_weights_that_bind_the_size() -> None:
    tied = NetworkSettings(hidden_size=96, embedding_size=96, tied=True)
    assert [entrant.network.hidden_size for entrant in READY[1].entrants(tied, TrainingSettings())] == [64, 128, 256]


def test_optimizers_race_at_rates_of_their_own_on_the_same_windows() -> None:
    training = TrainingSettings(seq_length=50, batch_size=20, optimizer="adagrad", initial_sum=1.0)
    found = [entrant.training for entrant in READY[3].entrants(NetworkSettings(), training)]
    assert {(each.seq_length, each.batch_size) for each in found} == {(50, 20)}
    assert len({(each.optimizer, each.learning_rate) for each in found}) == 3


async def test_escape_leaves_the_choice_without_a_race(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "escape")
        assert app.screen is app.main
        assert not session.told(StartRace)


@pytest.mark.parametrize(
    "gauges",
    [Gauges(), Gauges(state=RunState.LOADING), replace(GAUGES, state=RunState.LOADING), replace(GAUGES, corpus=None)],
)
async def test_without_a_text_there_is_nothing_to_race_on(tmp_path: Path, gauges: Gauges) -> None:
    async with playing(tmp_path, gauges=gauges) as (_session, app, pilot):
        await pilot.press("ctrl+r")
        assert app.screen is app.main
        assert "no text to race on" in said(app)


async def test_ctrl_r_works_while_a_field_has_the_focus(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("2", "tab", "tab")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        await pilot.press("ctrl+r")
        assert isinstance(app.screen, RaceSetupScreen)


# ---------------------------------------------------------------------------------------- what is shown


async def test_chart_standings_and_pages_show_each_racer(tmp_path: Path) -> None:
    async with racing(tmp_path) as (_session, screen, _pilot):
        chart = screen.query_one(RaceChart)
        drawn = "\n".join(chart.render_line(y).text for y in range(chart.size.height))
        table = str(screen.query_one(RaceTable).render())
        for name in NAMES:
            assert name in drawn and name in table
        assert any("\u2801" <= sign <= "\u28ff" for sign in drawn)
        rows = {name: line.split() for line in table.splitlines() for name in NAMES if f" {name} " in line}
        assert [rows[name][0] for name in NAMES] == ["3", "1", "2"]
        assert "1.600" in rows["GRU"] and "1.500" in rows["GRU"]
        for number, name in enumerate(NAMES):
            page = screen.query_one(f"#page-{number}", SamplePane)
            assert page.text == f"{name} speaks:\nmy words are mine.\n"
            assert name in str(page.border_title)


async def test_the_main_run_and_strangers_change_nothing_on_it(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, _pilot):
        before = screen.query_one("#page-0", SamplePane).text
        await session.play(update(texts=(written("main"),)), Update(0, (replace(news("GRU"), run="stranger"),)))
        assert screen.query_one("#page-0", SamplePane).text == before
        assert isinstance(screen.app, LSTMApp)
        assert screen.app.main.query_one(SamplePane).text.endswith("main")
        assert screen.app.screen is screen


async def test_news_that_come_before_the_screen_has_its_parts_wait_for_them(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        entrants = tuple(Entrant(name, NetworkSettings(), TrainingSettings()) for name in NAMES)
        start = StartRace(entrants, "time", app.main.sampling)
        screen = RaceScreen(app.main.send, start, "shakespeare", LossUnit.NATS)
        app.push_screen(screen)
        assert app.race is screen and not screen.is_mounted
        async with asyncio.timeout(30.0):  # where the app has gone down, nothing is taken in any more
            await session.play(all_news())
        assert "".join(pane.text for pane in screen.query(SamplePane))
        assert app.return_code is None


async def test_news_of_an_earlier_race_that_come_late_are_left_out(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "enter")
        screen = app.screen
        assert isinstance(screen, RaceScreen)
        await session.play(Update(0, (news("GRU", fresh=False, steps=900),)))
        assert screen.query_one("#page-1", SamplePane).text == ""
        await session.play(all_news(steps=20))
        screen._show()
        assert max(point.step for curve in screen.curves for point in curve.training) == 1000


async def test_what_a_racer_says_is_said_with_its_name(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, _pilot):
        words = Notice("the loss [/] went \x1b[31mastray", "error")
        await session.play(Update(0, (replace(news("RNN", fresh=False), notices=(words,)),)))
        assert "RNN: the loss [/] went" in said(screen.app)
        assert "\x1b" not in said(screen.app)


async def test_who_diverged_is_out_and_does_not_lead(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await session.play(Update(0, (news("GRU", fresh=False, state=RunState.DIVERGED, train_loss=None),)))
        screen._show()
        table = str(screen.query_one(RaceTable).render())
        assert "\u2715 out" in next(line for line in table.splitlines() if "GRU" in line)
        assert str(screen.query_one("#race-go-on", Button).label) == "Go on with LSTM"
        await pilot.press("space")
        assert session.told(Pause, Train) == [Pause(run="RNN"), Pause(run="LSTM")]


async def test_the_training_loss_decides_until_all_have_been_validated(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, _pilot):
        await session.play(Update(0, (news("RNN", validation_loss=None, train_loss=0.5),)))
        screen._show()
        assert [standing.place for standing in screen.standings] == [1, 2, 3]


# --------------------------------------------------------------------------------------------- keys


async def test_space_pauses_all_and_lets_all_go_on(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await pilot.press("space")
        assert session.told(Pause, Train) == [Pause(run=name) for name in NAMES]
        assert not screen.going
        await session.play(all_news(fresh=False, state=RunState.PAUSED))
        screen._show()
        await pilot.press("space")
        assert session.told(Pause, Train) == [Train(run=name) for name in NAMES]
        assert screen.going


@pytest.mark.parametrize(
    ("key", "field", "value"),
    [
        ("]", "temperature", 0.85),
        ("[", "temperature", 0.75),
        ("{", "top_k", 100),
        ("(", "top_p", 0.99),
        ("+", "rate", 30.0),
        ("-", "rate", 15.0),
    ],
)
async def test_the_way_of_writing_is_turned_for_all(tmp_path: Path, key: str, field: str, value: float) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        before = screen.sampling
        await pilot.press(key)
        told = session.told(SetSampling)
        wanted = replace(before, **{field: value})
        assert told == [SetSampling(wanted, run=name) for name in NAMES]
        temperature = screen.query_one(RaceBar).query_one("#race-temperature")
        assert f"temperature {screen.sampling.temperature:.2f}" in str(temperature.render())


async def test_escape_ends_the_race_at_once_and_the_main_screen_is_as_it_was(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        sampling = app.main.sampling
        await pilot.press("]")
        session.sent.clear()
        await pilot.press("escape")
        assert app.screen is app.main
        assert session.told(EndRace) == [EndRace()]
        assert said(app) == "The race is over: GRU led. You are back at your run."
        assert app.main.sampling == sampling
        await session.play(all_news(fresh=False), update(texts=(written("on"),)))  # late news of it do no harm
        assert app.main.query_one(SamplePane).text.endswith("on")


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("size", [(120, 40), (40, 12)])
async def test_a_race_of_a_minute_asks_whether_it_shall_end(
    tmp_path: Path, size: tuple[int, int], *, quiet: bool
) -> None:
    async with racing(tmp_path, size=size, settings=Settings(quiet=quiet)) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await session.play(all_news(fresh=False, training_seconds=60.0))
        session.sent.clear()
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, EndRaceScreen)
        asked = str(app.screen.query_one(Static).render())
        assert asked.startswith("RNN, GRU and LSTM have learnt for 1:00. Nobody keeps that;")
        await pilot.press("escape")
        await pilot.pause()
        assert app.race is screen and not session.told(EndRace)

        await pilot.press("escape", "y")
        await pilot.pause()
        assert app.race is None
        assert session.told(EndRace) == [EndRace()]


async def test_the_answers_can_be_clicked(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await session.play(all_news(fresh=False, training_seconds=60.0))
        await pilot.press("escape")
        await pilot.pause()
        await pilot.click("#race-on")
        await pilot.pause()
        assert screen.app.screen is screen
        await pilot.press("escape")
        await pilot.pause()
        await pilot.click("#end-race")
        await pilot.pause()
        assert screen.app.screen is not screen and session.told(EndRace) == [EndRace()]


async def test_with_the_engine_gone_a_long_race_is_left_at_once(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await session.play(all_news(fresh=False, training_seconds=60.0))
        screen.ended = True
        await pilot.press("escape")
        assert screen.app.screen is not screen


@pytest.mark.parametrize("how", ["enter", "click"])
async def test_going_on_with_the_leader_keeps_the_run_before_and_shows_the_new_one(tmp_path: Path, how: str) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("]")
        session.sent.clear()
        await (pilot.press("enter") if how == "enter" else pilot.click("#race-go-on"))
        await pilot.pause()
        assert session.sent == [EndRace("GRU", str(tmp_path / "state" / "runs"))]
        assert app.screen is screen  # the engine may find that the run cannot be kept
        session.sent.clear()

        winner = replace(news("GRU"), run="main")
        await session.play(Update(0, (winner,)))
        await pilot.pause()
        assert app.screen.id == "main"
        assert app.main.gauges.network == NetworkSettings(cell="gru")
        assert "GRU of 1 layer" in str(app.main.query_one("#description").render())
        assert app.main.sampling.temperature == pytest.approx(0.85)
        assert app.main.sampling.rate == 60.0
        assert session.told(SetSampling) == [SetSampling(app.main.sampling)]


async def test_each_thing_about_the_run_before_is_said_once(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await pilot.press("enter")
        words = Notice("GRU goes on; the run before is kept as shakespeare-1240")
        winner = news("GRU", left_behind=1, validation_loss=None)
        await session.play(Update(0, (replace(winner, run="main", notices=(words,)),)))
        await pilot.pause()
        assert said(screen.app).splitlines() == ["ctrl+z brings the run before back.", words.text]


async def test_a_run_that_cannot_be_kept_leaves_the_race_on(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await pilot.press("enter")
        await session.play(update(refused="could not save there: No space left on device"))
        assert screen.app.screen is screen
        assert "Could not save" in said(screen.app)


async def test_escape_after_enter_waits_for_the_answer(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("]", "enter", "escape")
        await pilot.pause()
        assert app.race is screen
        await session.play(Update(0, (replace(news("GRU"), run="main"),)))
        await pilot.pause()
        assert app.race is None
        assert app.main.gauges.network == NetworkSettings(cell="gru")
        assert app.main.sampling.temperature == pytest.approx(0.85)


async def test_a_racer_that_could_not_take_over_brings_nothing_along(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        before = app.main.sampling
        await pilot.press("]", "enter")
        await session.play(update(refused="could not save there: No space left on device"))
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen is app.main and app.main.sampling == before
        assert "The race is over" in said(app)


async def test_a_winner_that_comes_while_help_is_open_is_shown_after_it(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("enter", "?")
        await session.play(Update(0, (replace(news("GRU"), run="main"),)))
        assert isinstance(app.screen, HelpScreen)
        await pilot.press("escape")
        await pilot.pause()
        assert app.screen.id == "main"


async def test_nobody_is_gone_on_with_before_there_is_a_loss(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "enter", "enter")
        await pilot.pause()
        assert not session.told(EndRace)
        assert "Nobody leads yet" in said(app)
        assert isinstance(app.screen, RaceScreen)
        assert app.screen.query_one("#race-go-on", Button).disabled


async def test_enter_pressed_once_more_than_it_takes_to_start_a_race_does_not_end_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "enter")
        assert isinstance(app.screen, RaceScreen)
        await session.play(all_news(training_seconds=0.4))
        await pilot.press("enter")
        await pilot.pause()
        assert not session.told(EndRace)
        assert "Nobody leads yet" in said(app)
        await session.play(all_news(fresh=False, training_seconds=1.2))
        await pilot.press("enter")
        await pilot.pause()
        assert session.told(EndRace)


async def test_the_footer_of_a_race_can_be_clicked(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        bar = str(screen.query_one(KeyBar).render())
        words = "space Pause enter Go on [] Temperature esc End the race ? Help ctrl+q Quit"
        assert " ".join(bar.split()) == words
        await pilot.click(KeyBar, offset=(bar.index("End the race") + 3, 0))
        await pilot.pause()
        assert EndRace() in session.sent


@pytest.mark.parametrize(
    ("width", "words"),
    [
        (80, "space Pause enter Go on [] Temperature esc End the race ? Help"),
        (60, "space Pause enter Go on esc End the race ? Help"),
        (40, "space Pause esc End the race ? Help"),
    ],
)
async def test_in_a_narrow_window_the_footer_of_a_race_has_what_ends_it(tmp_path: Path, width: int, words: str) -> None:
    async with racing(tmp_path, size=(width, 24)) as (_session, screen, _pilot):
        assert " ".join(str(screen.query_one(KeyBar).render()).split()) == words


@pytest.mark.parametrize("before", ["", "?", "ctrl+p"])
async def test_ctrl_q_quits_from_a_race(tmp_path: Path, before: str) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        await pilot.press(*before.split(), "ctrl+q")
        assert session.stopped
        assert session.saved_to == str(tmp_path / "state" / "runs" / "last.safetensors")
    assert app.return_code == 0


@pytest.mark.parametrize("paused", [False, True])
async def test_a_race_outlives_its_engine(tmp_path: Path, *, paused: bool) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await pilot.press(*["space"] * paused)
        session.sent.clear()
        await session.play(EngineError("the engine ended with exit code 1"))
        await pilot.pause()
        await pilot.press("space", "]", "enter")
        assert not session.sent
        assert "engine ended" in str(screen.query_one("#race-state").render())
        assert " ".join(str(screen.query_one(KeyBar).render()).split()) == "esc End the race ? Help ctrl+q Quit"
        await pilot.press("escape")
        assert screen.app.screen.id == "main"


# --------------------------------------------------------------------------------------------- sizes


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (100, 30), (120, 40), (200, 60)])
async def test_nothing_overlaps_and_chart_numbers_and_a_page_are_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with racing(tmp_path, size=size) as (_session, screen, pilot):
        await pilot.pause()
        shown = [page for page in screen.query(SamplePane) if page.region.area]
        parts = [screen.query_one(RaceBar), screen.query_one(RaceChart), screen.query_one(RaceTable), *shown]
        parts.append(screen.query_one(KeyBar))
        assert shown
        for part in parts:
            assert part.region.area > 0, part
            assert screen.region.contains_region(part.region), part
            assert not any(other is not part and other.region.overlaps(part.region) for other in parts), part
        assert len(shown) == (3 if size[0] >= 80 else 2 if size[0] >= 60 else 1)
        assert str(screen.query_one(RaceTable).render()).count("\n") >= 2


@pytest.mark.parametrize("size", [(39, 12), (40, 11), (20, 5), (1, 1)])
async def test_without_room_it_asks_for_some(tmp_path: Path, size: tuple[int, int]) -> None:
    async with racing(tmp_path, size=size) as (_session, screen, _pilot):
        notice = screen.query_one(RoomNotice)
        assert notice.region == screen.region


async def test_a_race_can_be_resized(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        for size in [(20, 5), (200, 60), (40, 12), (120, 40)]:
            await pilot.resize_terminal(*size)
            await session.play(all_news(fresh=False))
            await pilot.pause()
        assert screen.query_one("#page-2").region.area > 0


@pytest.mark.parametrize(
    ("pages", "width", "height", "expected"),
    [
        (3, 120, 22, (3, 1)),
        (3, 80, 10, (3, 1)),
        (4, 80, 10, (2, 2)),
        (4, 80, 9, (2, 1)),
        (3, 60, 9, (2, 1)),
        (2, 40, 5, (1, 1)),
        (2, 40, 12, (1, 2)),
    ],
)
def test_pages_stand_in_one_row_or_two_or_the_first_ones(
    pages: int, width: int, height: int, expected: tuple[int, int]
) -> None:
    assert arrangement(pages, width, height) == expected


async def test_four_pages_stand_in_two_rows_where_that_is_how_they_fit(tmp_path: Path) -> None:
    session = ScriptedSession()
    async with scripted_app(session, tmp_path).run_test(size=(80, 10)) as pilot:
        pages = RacePages(["A", "B", "C", "D"])
        await pilot.app.screen.mount(pages)
        pages.styles.dock = "top"
        await pilot.pause()
        regions = [page.region.translate(-pages.region.offset) for page in pages.pages.values()]
        half = pages.size.width // 2
        assert [region.offset for region in regions] == [(0, 0), (half, 0), (0, 5), (half, 5)]
        assert pages.size.width == 2 * half
        assert {region.size for region in regions} == {(half, 5)}


async def test_pages_are_wrapped_to_no_width_that_they_have_only_for_a_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    widths: list[int] = []
    set_width = TextBuffer.set_width

    def note(buffer: TextBuffer, width: int) -> None:
        if any(page._buffer is buffer for page in pages):
            widths.append(width)
        set_width(buffer, width)

    async with racing(tmp_path, size=(80, 24)) as (_session, screen, pilot):
        pages = screen.query_one(RacePages).pages.values()
        monkeypatch.setattr(TextBuffer, "set_width", note)
        for size in [(60, 20), (40, 12), (200, 60)]:
            widths.clear()
            await pilot.resize_terminal(*size)
            await pilot.pause()
            shown = [page for page in pages if page.region.area]
            assert sorted(widths) == sorted(page.scrollable_content_region.width - 1 for page in shown)


async def test_a_page_without_room_gives_the_keys_to_one_that_is_shown(tmp_path: Path) -> None:
    async with racing(tmp_path, size=(120, 40)) as (_session, screen, pilot):
        screen.query_one("#page-2").focus()
        await pilot.resize_terminal(60, 20)
        await pilot.pause()
        assert screen.focused is screen.query_one("#page-0")
        await pilot.press("tab", "tab")
        assert screen.focused is screen.query_one("#page-0")
        await pilot.resize_terminal(120, 40)
        await pilot.press("tab", "tab")
        assert screen.focused is screen.query_one("#page-2")


async def test_a_network_that_was_on_its_way_before_is_no_winner(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        await session.play(update(fresh=True))
        await pilot.pause()
        assert screen.app.screen is screen
        assert session.sent == []


async def test_a_race_that_the_engine_refuses_is_left(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "enter")
        assert app.race is not None
        await session.play(update(refused="there is no text to race on yet"))
        await pilot.pause()
        assert app.race is None
        assert EndRace() in session.sent


async def test_what_else_goes_wrong_does_not_end_a_race_that_is_about_to_begin(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r", "enter")
        await session.play(update(notices=(Notice("could not save there: No space left on device", "error"),)))
        await pilot.pause()
        assert app.race is not None
        assert EndRace() not in session.sent


async def test_no_race_begins_while_another_text_is_read(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("ctrl+r")
        await session.play(update(replace(GAUGES, state=RunState.LOADING)))
        await pilot.press("enter")
        await pilot.pause()
        assert app.screen is app.main
        assert not session.told(StartRace)
        assert "Another text is being read" in said(app)


async def test_a_winner_is_one_though_something_else_went_wrong_meanwhile(tmp_path: Path) -> None:
    async with racing(tmp_path) as (session, screen, pilot):
        app = screen.app
        assert isinstance(app, LSTMApp)
        await pilot.press("enter")
        await session.play(update(notices=(Notice("a copy could not be written", "error"),)))
        await session.play(Update(0, (replace(news("GRU"), run="main"),)))
        await pilot.pause()
        assert app.race is None
