"""Neurons in the app: their values are asked for while someone looks, `f` finds them, and they colour the text."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from rich.style import Style
from textual.pilot import Pilot

from model.neurons import Finding, Neurons
from model.protocol import FindNeurons, Mark, Notice, RunUpdate, Update, Watch, Written
from model.session import EngineError
from tui.app import LSTMApp
from tui.widgets.neuron_panel import NeuronPanel
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, ScriptedSession, playing, update

H = 128
NEURONS = Neurons(
    step=1_200,
    characters=16_384,
    findings=(Finding("inside quotes", ((31, 0.91),)), Finding("vowels", ((3, -0.6),))),
    names=(("vowels", 0.1),) * H,
)


def sung(text: str, **held: int) -> Written:
    """Text at which unit 31 held what is given for the character, and all others 0."""
    rows = [bytes(31) + bytes([held.get(before, 0) % 256]) + bytes(96) for before in " " + text[:-1]]
    return Written(text, (0.5,) * len(text), hidden=b"".join(rows))


async def found(session: ScriptedSession) -> None:
    news = update()
    await session.play(replace(news, runs=(replace(news.runs[0], neurons=NEURONS),)))


def panel(app: LSTMApp) -> NeuronPanel:
    return app.main.query_one(NeuronPanel)


def inks(app: LSTMApp) -> dict[str, Style]:
    """The style of each character of the last line that is written."""
    pane = app.main.query_one(SamplePane)
    lines = [pane.render_line(y) for y in range(pane.size.height)]
    line = [line for line in lines if line.text.strip()][-1]
    return {character: segment.style or Style() for segment in line for character in segment.text}


async def test_values_are_asked_for_while_the_panel_is_in_view_and_not_longer(tmp_path: Path) -> None:
    async with playing(tmp_path, mind=True) as (session, app, pilot):
        assert panel(app).shown
        await pilot.press("v")
        await pilot.pause()
        assert session.told(Watch) == [Watch(hidden=False)]
        await pilot.press("v")
        await pilot.pause()
        assert session.told(Watch) == [Watch(hidden=True)]


async def test_a_small_window_asks_for_values_on_the_page_of_the_neurons(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (session, app, pilot):
        assert not panel(app).shown
        await pilot.press("7")
        await pilot.pause()
        await pilot.pause()
        assert session.told(Watch) == [Watch(hidden=True)]
        assert panel(app).shown
        assert app.main.query_one(SamplePane).size.height >= 5
        assert not app.main.query_one("#next").display
        await pilot.press("5")
        await pilot.pause()
        await pilot.pause()
        assert session.told(Watch) == [Watch(hidden=False)]


async def test_f_finds_and_names_and_again_names_the_next(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("f")
        await pilot.pause()
        assert session.told(FindNeurons) == [FindNeurons()]
        await found(session)
        assert panel(app).sentence == "unit 31: inside quotes, r = 0.91"
        await pilot.press("f")
        assert panel(app).sentence == "unit 3: vowels, r = -0.60"
        await pilot.press("full_stop", "full_stop", "comma")
        assert panel(app).unit == 4
        assert session.told(FindNeurons) == []


async def test_where_a_search_fails_f_asks_once_more(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("f")
        assert "reading" in panel(app).sentence
        session.sent.clear()
        failed = RunUpdate(GAUGES, notices=(Notice("that does not fit into memory", "error"),))
        await session.play(Update(0, (failed,)))
        assert "reading" not in panel(app).sentence
        await pilot.press("f")
        assert session.told(FindNeurons) == [FindNeurons()]
        await session.play(EngineError("the engine has ended"))
        assert "reading" not in panel(app).sentence


async def test_f_goes_to_the_neurons_where_they_are_out_of_sight(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (session, app, pilot):
        await pilot.press("f")
        await pilot.pause()
        await pilot.pause()
        assert panel(app).shown
        assert FindNeurons() in session.sent


async def test_another_network_takes_the_names_away(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("f")
        await found(session)
        await session.play(update(fresh=True))
        assert panel(app).sentence == "unit 31 of 128"


async def neuron_ink(session: ScriptedSession, pilot: Pilot[None]) -> None:
    await pilot.press("i", "i", "f")
    await found(session)
    await pilot.pause()


async def test_the_ink_of_a_neuron_colours_each_character_by_its_value(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await neuron_ink(session, pilot)
        await session.play(update(texts=(sung("\nabcd", a=127, b=-127, c=0),)))
        await pilot.pause()
        ink = inks(app)
        assert len({ink[character].color for character in "abcd"}) == 4
        assert ink["a"].bold and ink["a"].italic
        assert ink["b"].bold and not ink["b"].italic
        assert not ink["c"].bold
        pane = app.main.query_one(SamplePane)
        assert str(pane.border_subtitle).startswith("unit 31: inside quotes, r = 0.91")


async def test_the_last_character_is_coloured_when_the_next_one_comes(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await neuron_ink(session, pilot)
        await session.play(update(texts=(sung("\na"),)))
        assert not inks(app)["a"].italic
        row = bytes(31) + bytes([127]) + bytes(96)
        await session.play(update(texts=(Written("b", (0.5,), hidden=row),)))
        assert inks(app)["a"].italic


async def test_another_unit_colours_what_is_there_and_labels_do_not_shift_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        text = sung("\nWXYZ", W=127, Z=-127)
        marks = (Mark(2, "sampling", "temperature 0.85"), Mark(4, "sampling", "top-k 5"))
        await session.play(update(texts=(replace(text, marks=marks),)))
        await neuron_ink(session, pilot)
        assert inks(app)["W"].italic
        await pilot.press("f")
        await pilot.pause()
        assert panel(app).unit == 3
        assert not inks(app)["W"].bold
        await pilot.press("i")
        await pilot.pause()
        assert str(app.main.query_one(SamplePane).border_subtitle) == ""


async def test_the_ink_of_a_neuron_has_values_sent_though_no_panel_shows_them(tmp_path: Path) -> None:
    async with playing(tmp_path, ink="neuron", size=(80, 24)) as (_session, app, _pilot):
        assert not panel(app).shown
        assert app.main._watched


async def test_cleared_text_has_no_values(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(texts=(sung("abc", a=5),)))
        await pilot.press("ctrl+l")
        assert len(panel(app).trace) == 0
        await neuron_ink(session, pilot)
        await session.play(update(texts=(sung("xyz", x=127),)))
        assert inks(app)["x"].italic


@pytest.mark.parametrize("hidden", [b"", b"short", bytes(2_000)])
async def test_values_that_do_not_fit_are_left_out(tmp_path: Path, hidden: bytes) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await neuron_ink(session, pilot)
        await session.play(update(GAUGES, texts=(Written("\nabc", (0.5,) * 4, hidden=hidden),)))
        assert not inks(app)["a"].bold
