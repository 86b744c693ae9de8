"""Turning what is written, at the real screen."""

from __future__ import annotations

import math
from pathlib import Path

from msgspec.structs import replace
from textual import events
from textual.content import Content
from textual.widgets import Input, Static

from model.config import SamplingSettings
from model.protocol import SetSampling, StartSampling, StopSampling
from model.session import EngineError
from tui.screens.begin_with import BeginWithScreen
from tui.widgets.neuron_panel import NeuronPanel
from tui.widgets.sample_pane import SamplePane
from tui.widgets.sampling_panel import SamplingPanel
from tui.widgets.slider import Slider

from scripted_session import GAUGES, PLAY, describe, playing, update, written

START = SamplingSettings()


def shown(app: object, panel: str) -> str:
    """What a sampling panel says of the temperature."""
    text = app.main.query_one(f"#{panel} #temperature-text", Static)  # type: ignore[attr-defined]
    return str(text.render())


async def test_brackets_turn_the_temperature_from_every_panel_without_fields(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        wanted = START.temperature
        for panel in "1345":
            await pilot.press(panel)
            await pilot.pause()
            await pilot.press("]")
            wanted = round(wanted + 0.05, 2)
            assert session.told(SetSampling) == [SetSampling(replace(START, temperature=wanted))]
            await pilot.pause()
            assert f"temperature {wanted:.2f}" in shown(app, "sampling")
        await pilot.press("[")
        assert session.sent == [SetSampling(replace(START, temperature=round(wanted - 0.05, 2)))]


async def test_brackets_are_typed_in_a_text_field(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#hidden-size Input", Input).focus()
        await pilot.press("]", "[")
        assert session.sent == []


async def test_the_temperature_is_in_sight_on_every_page_of_a_narrow_window(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        for panel in "13452":
            await pilot.press("]", panel)
            await pilot.pause()
            place = app.main.query_one("#sampling" if panel == "3" else "#strip", SamplingPanel)
            assert place.region.height >= 1
            assert f"temperature {app.main.sampling.temperature:.2f}" in shown(app, place.id or "")


async def test_the_temperature_stops_at_nought(tmp_path: Path) -> None:
    async with playing(tmp_path, sampling=replace(START, temperature=0.05)) as (session, _app, pilot):
        await pilot.press("[", "[", "[")
        assert session.sent == [SetSampling(replace(START, temperature=0.0))]


async def test_braces_and_parentheses_turn_top_k_and_top_p(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("{", "(")
        assert session.sent == [
            SetSampling(replace(START, top_k=100)),
            SetSampling(replace(START, top_k=100, top_p=0.99)),
        ]
        await pilot.press("}", ")")
        assert app.main.sampling == START


async def test_plus_and_minus_turn_the_rate_up_to_as_fast_as_it_goes(tmp_path: Path) -> None:
    async with playing(tmp_path, sampling=replace(START, rate=2000.0)) as (session, app, pilot):
        await pilot.press("+")
        assert session.sent == [SetSampling(replace(START, rate=math.inf))]
        await pilot.press("-")
        assert app.main.sampling.rate == 2000.0


async def test_w_rests_and_writes_on(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("w", "w")
        assert session.sent == [StopSampling(), StartSampling()]


async def test_while_the_writing_rests_the_page_says_so_and_a_click_on_that_goes_on(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        pane = app.main.query_one(SamplePane)

        def foot() -> str:
            return Content.from_markup(pane.border_subtitle or "").plain

        assert "rests" not in foot()
        await pilot.press("w")
        assert foot() == "writing rests, w goes on"
        await pilot.click(pane, offset=(pane.size.width - 10, pane.outer_size.height - 1))
        assert session.sent == [StopSampling(), StartSampling()]
        assert "rests" not in foot()
        await pilot.press("w")
        await session.play(EngineError("it fell"))
        await pilot.pause()
        assert "rests" not in foot()


async def test_the_words_to_begin_with_are_asked_for_and_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("b")
        assert isinstance(app.screen, BeginWithScreen)
        await pilot.press(*"ROMEO:\\n", "enter")
        await pilot.press("r")
        assert session.sent == [StartSampling(prime="ROMEO:\n", restart=True)] * 2


async def test_an_example_of_words_to_begin_with_is_the_beginning_of_the_text(tmp_path: Path) -> None:
    corpus = replace(describe("names"), preview="\n  Ada\nGrace\n")
    async with playing(tmp_path, gauges=replace(GAUGES, corpus=corpus)) as (_session, app, pilot):
        await pilot.press("b")
        assert app.screen.query_one("#prime", Input).placeholder == "Ada"


async def test_what_is_pasted_to_begin_with_keeps_its_lines_and_is_cut_where_there_is_no_room(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("b", *"So ")
        line = app.screen.query_one("#prime", Input)
        line.post_message(events.Paste("shaken as we are,\nso wan"))
        await pilot.pause()
        assert line.value == "So shaken as we are,\\nso wan"
        assert not app._notifications
        line.post_message(events.Paste("x" * 60_000))
        await pilot.pause()
        assert len(line.value) == 2_000
        said = "The first 1,972 of 60,000 characters: there is no room for more."
        assert [notice.message for notice in app._notifications] == [said]
        await pilot.press("enter")
        assert isinstance(session.sent[-1], StartSampling)
        assert session.sent[-1].prime.startswith("So shaken as we are,\nso wanxxx")


async def test_leaving_the_question_changes_nothing(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("b", "x", "escape")
        assert app.screen is app.main
        assert session.sent == []


async def test_what_is_written_appears_and_can_be_cleared(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(texts=(written("and then"),)))
        assert app.main.query_one(SamplePane).text == PLAY + "and then"
        await pilot.press("ctrl+l")
        assert app.main.query_one(SamplePane).text == ""


async def test_a_click_on_the_slider_turns_the_temperature(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.click("#sampling #temperature", offset=(0, 0))
        assert session.sent == [SetSampling(replace(START, temperature=0.0))]
        await pilot.pause()
        assert "temperature 0.00" in shown(app, "sampling")


async def test_the_palette_has_the_manners(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        commands = {command.title: command for command in app.get_system_commands(app.main)}
        commands["Wild"].callback()
        assert session.told(SetSampling) == [SetSampling(replace(START, temperature=1.3))]
        commands["Careful"].callback()
        assert session.sent == [SetSampling(replace(START, temperature=0.5, top_p=0.9))]


async def test_a_knob_goes_back_where_nobody_grants_the_wish(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(EngineError("it has ended"))
        slider = app.main.query_one("#temperature", Slider)
        before = slider.value
        slider.focus()
        await pilot.press("right", "right")
        await pilot.pause()
        assert slider.value == before == app.main.sampling.temperature
        await pilot.press("f")
        assert not app.main.query_one(NeuronPanel)._looking
