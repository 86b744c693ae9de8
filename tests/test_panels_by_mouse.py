"""What panels and fields name at their foot, by a click."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace
from textual.widgets import OptionList

from model.config import TrainingSettings
from model.outlook import Candidate, Outlook
from model.protocol import FindNeurons, LoadCorpus, NewNetwork, SetLearningRate, TakeBack
from tui.screens.pick_text import PickTextScreen
from tui.settings import load_settings
from tui.units import LossUnit
from tui.widgets.number_input import NumberInput
from tui.widgets.sample_pane import SamplePane

from by_mouse import click_words, place_of
from scripted_session import GAUGES, PLAY, playing, update, written

OUTLOOK = Outlook((Candidate("e", 0.6, 0.62), Candidate(" ", 0.4, 0.38)), 0.6, 0.7, "h", 0.1)
RUNNING = replace(GAUGES, outlook=OUTLOOK)


async def test_a_number_is_turned_by_the_signs_beside_it_which_are_there_under_the_mouse(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        rate = app.main.query_one("#learning-rate NumberInput", NumberInput)
        assert "\u25b8" not in rate.render_line(0).text
        await pilot.hover("#learning-rate NumberInput")
        await pilot.pause()
        assert rate.render_line(0).text.endswith("\u25c2 \u25b8")
        assert rate.value == "0.01"
        await click_words(pilot, "\u25c2 \u25b8", rate.region)
        assert float(rate.value) < 0.01
        lower = rate.value
        await click_words(pilot, "\u25b8", rate.region)
        assert float(rate.value) > float(lower)
        app.main.set_focus(app.main._sample)
        await pilot.hover("#sample")
        await pilot.pause()
        assert "\u25b8" not in rate.render_line(0).text
        assert session.sent == []


async def test_a_click_on_the_line_that_says_what_enter_does_does_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        hint = app.main.query_one("#training-hint").region
        await click_words(pilot, "A new shape", hint)
        assert session.sent == [], "there is nothing to be used"
        app.main.query_one("#learning-rate NumberInput", NumberInput).value = "0.005"
        await pilot.pause()
        await click_words(pilot, "Enter uses", hint)
        assert session.sent == [SetLearningRate(0.005)]
        session.sent.clear()
        app.main.query_one("#hidden-size NumberInput", NumberInput).value = "64"
        await pilot.pause()
        await click_words(pilot, "Enter or ctrl+n starts", hint)
        (command,) = session.sent
        assert isinstance(command, NewNetwork) and command.network.hidden_size == 64


async def test_in_the_recipe_a_number_acts_by_a_click_too(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        rate = app.screen.query_one("#learning-rate NumberInput", NumberInput)
        rate.focus()
        rate.value = "0.003"
        await pilot.pause()
        await click_words(pilot, "Enter: acts", app.screen.query_one("#recipe-hint").region)
        assert session.sent == [SetLearningRate(0.003)]


async def test_under_the_corpora_a_click_learns_or_chooses(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#catalogue", OptionList).highlighted = 3
        await pilot.pause()
        hint = app.main.query_one("#corpora-hint").region
        await click_words(pilot, "new run", hint)
        (command,) = session.sent
        assert isinstance(command, LoadCorpus) and command.sources == ("names",)
        assert command.training == TrainingSettings()
        await click_words(pilot, "choose", hint)
        assert isinstance(app.screen, PickTextScreen)


async def test_neurons_are_found_by_a_click_on_the_words_below(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await click_words(pilot, "finds what they follow")
        assert FindNeurons() in session.sent


async def test_what_was_chosen_by_hand_is_taken_back_by_a_click(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("6")
        await pilot.pause()
        await click_words(pilot, "undo")
        assert session.sent == [TakeBack()]
        await click_words(pilot, "leave")
        assert app.focused is app.main._sample


async def test_the_writing_is_followed_again_by_a_click(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(texts=(written(PLAY * 4),)))
        await pilot.press("pageup")
        await pilot.pause()
        page = app.main.query_one(SamplePane)
        assert not page.following
        await click_words(pilot, "End to follow")
        assert page.following


async def test_a_unit_that_was_switched_by_a_click_is_kept(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await click_words(pilot, "u nats")
        assert app.main.loss_unit is LossUnit.BITS
        await pilot.press("ctrl+q")
    assert load_settings(tmp_path / "config" / "settings.toml").loss_unit is LossUnit.BITS


async def test_a_setting_is_put_back_by_a_click_on_its_mark(tmp_path: Path) -> None:
    async with playing(tmp_path, ink="surprise") as (_session, app, pilot):
        await pilot.press("s")
        await pilot.pause()
        field = app.screen.query_one("#preference-ink")
        x, y = place_of(app, "\u2022 Ink", field.region)
        await pilot.click(offset=(x, y))
        await pilot.pause()
        assert app.main.ink == "plain"
        await pilot.click(offset=(x, y))
        await pilot.pause()
        assert app.main.ink == "plain", "there is no mark any more"
