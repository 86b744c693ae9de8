"""One network at three temperatures, side by side."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from model.config import SamplingSettings
from model.protocol import (
    EndVoice,
    Gauges,
    Mark,
    NewNetwork,
    Pause,
    SetSampling,
    StartSampling,
    StartVoice,
    Written,
)
from model.session import EngineError
from model.voices import MOST
from tui.app import LSTMApp
from tui.screens.help import HelpScreen
from tui.screens.three import NAMES, RATE, ThreeScreen
from tui.units import LossUnit
from tui.widgets.key_bar import KeyBar
from tui.widgets.sample_pane import SamplePane
from tui.widgets.voice_pane import VoicePane

from engine_desk import NETWORK, TRAINING, Desk
from scripted_session import PLAY, playing, update

START = replace(SamplingSettings(), rate=RATE)
CAREFUL, WILD = replace(START, temperature=0.5, top_p=0.9), replace(START, temperature=1.3)


def spoken(desk: Desk, name: str) -> str:
    return "".join(text.text for run in desk.runs for text in run.written if text.sampler == name)


def voice(text: str, name: str, *, begins: bool = True) -> Written:
    marks = (Mark(0, "start", "a new text"),) if begins else ()
    return Written(text, (0.25,) * len(text), marks=marks, sampler=name)


def screen(app: LSTMApp) -> ThreeScreen:
    assert isinstance(app.screen, ThreeScreen)
    return app.screen


# ----------------------------------------------------------------------------------------- the engine


def test_voices_of_one_seed_and_one_temperature_write_the_same() -> None:
    desk = Desk()
    desk.load("brackets", train=False)
    for name in "ab":
        desk.say(StartVoice(name, START, "([", seed=3))
    desk.say(StartVoice("c", START, "([", seed=4))
    desk.turn(900)
    count = min(len(spoken(desk, name)) for name in "abc")
    assert count > 20
    assert spoken(desk, "a")[:count] == spoken(desk, "b")[:count] != spoken(desk, "c")[:count]
    assert spoken(desk, "a").startswith("([")
    assert spoken(desk, "main") == ""


def test_each_voice_has_its_own_temperature_at_the_same_random_numbers() -> None:
    desk = Desk()
    desk.load("brackets", train=False)
    for name, temperature in (("cold", 0.0), ("warm", 1.0)):
        desk.say(StartVoice(name, replace(START, temperature=temperature)))
    desk.turn(900)
    assert spoken(desk, "cold") != spoken(desk, "warm")
    desk.say(SetSampling(replace(START, temperature=0.0), sampler="warm"))
    assert desk.gauges.sampling == SamplingSettings()  # that of the main sampler stays


def test_voices_go_on_while_training_goes_on_and_the_main_text_stays_what_it_was() -> None:
    alone, beside = Desk(), Desk()
    for desk in (alone, beside):
        desk.load("brackets", train=False)
        desk.say(StartSampling())
    beside.say(StartVoice("a", START))
    for desk in (alone, beside):
        desk.turn(600)
    count = min(len(spoken(alone, "main")), len(spoken(beside, "main")))
    assert count > 20
    assert spoken(alone, "main")[:count] == spoken(beside, "main")[:count]
    assert len(spoken(beside, "a")) > 10


def test_a_voice_that_is_let_go_is_silent_and_its_name_is_free() -> None:
    desk = Desk()
    desk.load("brackets", train=False)
    desk.say(StartVoice("a", START))
    desk.turn(100)
    before = spoken(desk, "a")
    assert before
    desk.say(EndVoice("a"), EndVoice("nobody"))
    desk.turn(200)
    assert spoken(desk, "a") == before


def test_another_network_lets_the_voices_begin_anew() -> None:
    desk = Desk()
    desk.load("brackets", train=False)
    desk.say(StartVoice("a", START, "("))
    desk.turn(50)
    desk.say(NewNetwork(replace(NETWORK, hidden_size=5), TRAINING, train=False))
    desk.turn(200)
    starts = [mark for run in desk.runs for text in run.written if text.sampler == "a" for mark in text.marks]
    assert [mark.kind for mark in starts] == ["start", "start"]


def test_there_are_only_so_many_voices_and_none_without_a_network() -> None:
    desk = Desk()
    desk.say(StartVoice("early", START))
    desk.turn(5)
    assert spoken(desk, "early") == ""
    desk.load("brackets", train=False)
    for number in range(MOST + 3):
        desk.say(StartVoice(str(number), START))
    assert len(list(desk.engine._runs["main"].voices)) == MOST


# ----------------------------------------------------------------------------------------- the screen


async def test_m_begins_three_voices_and_escape_ends_them(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        ways = (CAREFUL, START, WILD)
        assert session.told(StartVoice) == [StartVoice(name, way) for name, way in zip(NAMES, ways, strict=True)]
        await pilot.press("escape")
        await pilot.pause()
        assert session.told(EndVoice) == [EndVoice(name) for name in NAMES]
        assert app.screen is app.main


async def test_each_text_stands_on_its_own_page_and_none_on_the_main_one(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        stale = voice("of another time", "left", begins=False)
        texts = tuple(voice(f"I am {name}. " * 3, name) for name in NAMES)
        await session.play(update(texts=(stale, *texts)))
        for name in NAMES:
            assert screen(app).panes[name].text == f"I am {name}. " * 3
        assert "2.0 bits" in str(screen(app).panes["middle"].border_title)
        assert app.main.query_one(SamplePane).text == PLAY


async def test_brackets_turn_the_page_that_is_lit_and_only_that(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        session.sent.clear()
        await pilot.press("]", "right", "]", "left", "left")
        await pilot.pause()
        await pilot.press("[")
        assert session.sent == [
            SetSampling(replace(START, temperature=0.85), sampler="middle"),
            SetSampling(replace(WILD, temperature=1.35), sampler="right"),
            SetSampling(replace(CAREFUL, temperature=0.45), sampler="left"),
        ]
        assert app.main.sampling == SamplingSettings()
        await pilot.pause()
        assert str(screen(app).panes["left"].border_title).startswith("temperature 0.45")


async def test_the_rate_is_one_for_all(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("m")
        await pilot.pause()
        session.sent.clear()
        await pilot.press("-")
        slower = [replace(way, rate=20.0) for way in (CAREFUL, START, WILD)]
        assert session.sent == [SetSampling(way, sampler=name) for name, way in zip(NAMES, slower, strict=True)]


async def test_enter_goes_on_in_the_way_of_the_page(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        await pilot.press("right")
        await pilot.pause()
        session.sent.clear()
        await pilot.press("enter")
        await pilot.pause()
        assert session.sent[0] == SetSampling(SamplingSettings(temperature=1.3))
        assert app.screen is app.main


async def test_r_begins_anew_by_other_random_numbers(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("m")
        await pilot.pause()
        session.sent.clear()
        await pilot.press("r")
        ways = zip(NAMES, (CAREFUL, START, WILD), strict=True)
        assert session.sent == [StartVoice(name, way, seed=1) for name, way in ways]


async def test_space_and_help_work_there_too(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        session.sent.clear()
        await pilot.press("space")
        assert session.sent == [Pause()]
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)


async def test_numbers_that_are_none_do_no_harm(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        odd = Written("abc", (float("nan"), float("inf"), -1.0), marks=(Mark(0, "start", "x"),), sampler="left")
        await session.play(update(texts=(odd,)))
        assert screen(app).panes["left"].text == "abc"


async def test_before_there_is_a_network_it_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=Gauges()) as (_session, app, pilot):
        await pilot.press("m")
        assert app.screen is app.main


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 20), (40, 12)])
async def test_all_three_can_be_read_at_every_size(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as (session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        await session.play(update(texts=tuple(voice("It is the east. " * 9, name) for name in NAMES)))
        await pilot.pause()
        room, panes = screen(app).query_one("#three-room").region, list(screen(app).query(VoicePane))
        assert all(room.contains_region(pane.region) for pane in panes)
        assert not any(one.region.overlaps(other.region) for one in panes for other in panes if one is not other)
        assert all(pane.content_size.width >= 20 and pane.content_size.height >= 2 for pane in panes)
        assert str(screen(app).query_one(KeyBar).render()).startswith(" space Pause  [] Temperature ")
        titles = [str(pane.border_title) for pane in panes]
        assert [title[:16] for title in titles] == [f"temperature {t}" for t in ("0.50", "0.80", "1.30")]
        assert all(len(title) <= pane.region.width - 4 for title, pane in zip(titles, panes, strict=True))


@pytest.mark.parametrize("size", [(120, 40), (40, 12)])
@pytest.mark.parametrize(
    ("unit", "told"), [(LossUnit.BITS, "loss 2.340 bits"), (LossUnit.PERPLEXITY, "perplexity 5.063")]
)
async def test_the_loss_is_in_the_unit_that_was_chosen(
    tmp_path: Path, size: tuple[int, int], unit: LossUnit, told: str
) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        app.main.loss_unit = unit
        await pilot.press("m")
        await pilot.pause()
        state = screen(app).query_one("#three-state", Static)
        assert str(state.render()) == f"\u25cf 1,240  {told}"
        assert screen(app).region.contains_region(state.region) and state.size.width == len(str(state.render()))


async def test_what_was_given_is_no_surprise(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        pane = next(iter(screen(app).panes.values()))
        start = Mark(0, "start", "a new text", given=380)
        text = "g" * 380 + "d" * 20
        await session.play(
            update(texts=(Written(text, (1.0,) * 380 + (0.125,) * 20, marks=(start,), sampler=pane.sampler),))
        )
        await pilot.pause()
        assert "3.0 bits" in str(pane.border_title)


async def test_there_is_no_colour_for_units_whose_values_do_not_come(tmp_path: Path) -> None:
    async with playing(tmp_path, ink="neuron") as (_session, app, pilot):
        await pilot.press("m")
        assert {pane.ink for pane in screen(app).panes.values()} == {"plain"}


async def test_without_an_engine_three_pages_rest(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("m")
        three = screen(app)
        await session.play(EngineError("the engine has ended"))
        await pilot.pause()
        assert not any(pane.writing for pane in three.panes.values())
        footer = str(three.query_one(KeyBar).render())
        assert "Back" in footer and "Again" not in footer and "Train" not in footer


async def test_eighty_columns_have_room_for_going_on_with_a_page(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        await pilot.press("m")
        await pilot.pause()
        assert "enter Write so" in str(app.screen.query_one(KeyBar).render())
