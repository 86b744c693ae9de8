"""Train, pause, one step, start over, and the settings, at the real screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import Button, Input, Static

from corpora.choice import TextChoice
from model.config import NetworkSettings, TrainingSettings
from model.protocol import BringBack, NewNetwork, Notice, Pause, RunState, SetLearningRate, Step, Train
from tui.app import LSTMApp
from tui.widgets.setting_field import SettingField
from tui.widgets.training_panel import TrainingPanel

from scripted_session import GAUGES, playing, update

PAUSED = replace(GAUGES, state=RunState.PAUSED)


async def fill(app: LSTMApp, pilot: Pilot[None], field: str, text: str) -> None:
    """Type `text` into a field of the training panel, in place of what is there."""
    app.main.query_one(f"#{field} Input", Input).focus()
    await pilot.pause()
    await pilot.press("end", "ctrl+u", *text)


def hint(app: LSTMApp) -> str:
    return str(app.main.query_one("#training-hint", Static).render())


async def test_space_pauses_a_run_that_trains(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("space")
        assert session.sent == [Pause()]


async def test_space_trains_a_run_that_is_paused(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=PAUSED) as (session, _app, pilot):
        await pilot.press("space")
        assert session.sent == [Train()]


async def test_space_pressed_twice_before_an_answer_pauses_and_trains(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("space", "space")
        assert session.sent == [Pause(), Train()]


@pytest.mark.parametrize("state", [RunState.EMPTY, RunState.LOADING])
async def test_space_does_nothing_while_there_is_no_network(tmp_path: Path, state: RunState) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, state=state)) as (session, _app, pilot):
        await pilot.press("space")
        assert session.sent == []


async def test_a_diverged_run_says_so_and_can_be_trained_on(tmp_path: Path) -> None:
    diverged = replace(GAUGES, state=RunState.DIVERGED, train_loss=None)
    async with playing(tmp_path, gauges=diverged) as (session, app, pilot):
        assert "lower the learning rate to go on" in hint(app)
        assert "diverged" in str(app.main.query_one("#state", Static).render())
        await pilot.press("space")
        assert session.sent == [Train()]


async def test_space_works_from_every_panel_without_fields(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        for panel in "1345":
            await pilot.press(panel)
            await pilot.pause()
            await pilot.press("space")
        assert session.sent == [Pause(), Train(), Pause(), Train()]


async def test_the_button_and_the_footer_say_what_space_does(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        assert str(app.main.query_one("#train", Button).label) == "Pause"
        assert app.main.active_bindings["space"].binding.description == "Pause"
        await session.play(update(PAUSED))
        await pilot.pause()
        assert str(app.main.query_one("#train", Button).label) == "Train"
        assert app.main.active_bindings["space"].binding.description == "Train"


async def test_buttons_do_what_their_keys_do(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.click("#train")
        await pilot.click("#one-step")
        await pilot.click("#start-over")
        assert session.sent == [Pause(), Step(), NewNetwork(NetworkSettings(), TrainingSettings())]


async def test_n_takes_one_step(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("n")
        assert session.sent == [Step()]


async def test_a_learning_rate_acts_when_it_is_entered_and_not_before(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "learning-rate", "0.002")
        assert session.sent == []
        assert "next step" in hint(app)
        await pilot.press("enter")
        assert session.sent == [SetLearningRate(0.002)]


async def test_what_cannot_be_used_is_said_and_never_sent(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        for field, text, said in (
            ("hidden-size", "0", "Hidden size is 0"),
            ("hidden-size", "many", "Hidden size is 'many'"),
            ("hidden-size", "1.5", "Hidden size is '1.5'"),
            ("layers", "9", "Layers is 9"),
            ("batch-size", "", "Batch size is ''"),
            ("learning-rate", "nan", "Learning rate is nan"),
            ("learning-rate", "11", "Learning rate is 11"),
        ):
            await fill(app, pilot, field, text)
            assert hint(app).startswith(said)
            await pilot.press("enter", "ctrl+n")
            await pilot.pause()
            assert session.sent == []
            assert not app._notifications
            assert app.focused is app.main.query_one(f"#{field} Input")
            await fill(app, pilot, field, "1")


async def test_another_shape_is_announced_and_starts_over_with_enter(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "hidden-size", "256")
        assert "new network" in hint(app)
        assert session.sent == []
        await pilot.press("enter")
        assert session.sent == [NewNetwork(NetworkSettings(hidden_size=256), TrainingSettings())]


async def test_arrow_keys_go_from_field_to_field_and_change_none(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#preset Choice").focus()
        here = []
        for key in ("down", "down", "down", "up", "up", "up"):
            await pilot.press(key)
            assert app.focused is not None
            here.append(app.focused.parent.id if app.focused.parent else None)
        assert here == ["cell", "hidden-size", "layers", "hidden-size", "cell", "preset"]
        await pilot.press("enter")
        assert session.sent == [NewNetwork(NetworkSettings(), TrainingSettings())]


async def test_arrow_keys_turn_a_number_with_shift(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#hidden-size Input", Input).focus()
        await pilot.press("shift+up", "shift+up", "shift+down", "enter")
        assert session.sent == [NewNetwork(NetworkSettings(hidden_size=256), TrainingSettings())]


async def test_the_signs_beside_a_number_stay_at_the_end_when_it_is_emptied(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        number = app.main.query_one("#hidden-size Input", Input)
        number.focus()
        await pilot.pause()
        filled = number.render_line(0)
        number.value = ""
        await pilot.pause()
        assert number.render_line(0).cell_length == filled.cell_length == number.size.width
        assert number.render_line(0).text.rstrip().endswith("\u25c2 \u25b8")


async def test_keys_that_can_be_typed_are_typed_in_a_field(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "layers", "1 []n?5")
        assert app.main.query_one("#layers Input", Input).value == "1 []n?5"
        assert session.sent == []
        assert "space" not in app.main.active_bindings
        assert app.main.active_bindings["escape"].binding.show
        await pilot.press("escape")
        await pilot.pause()
        await pilot.press("space")
        assert session.sent == [Pause()]


async def test_fields_follow_a_network_that_comes_from_elsewhere(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        opened = replace(
            GAUGES, network=NetworkSettings(hidden_size=300, layers=2), training=TrainingSettings(seq_length=99)
        )
        await session.play(update(opened, fresh=True))
        await pilot.press("ctrl+n")
        assert session.sent == [NewNetwork(NetworkSettings(hidden_size=300, layers=2), TrainingSettings(seq_length=99))]


async def test_2_goes_to_the_first_field(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("2")
        await pilot.pause()
        assert app.focused is app.main.query_one("#preset Choice")


async def test_a_short_text_does_not_shrink_what_is_asked_of_the_next(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(replace(GAUGES, training=TrainingSettings(batch_size=3)), fresh=True))
        await pilot.pause()
        assert "3 places" in hint(app)
        await pilot.press("ctrl+n")
        assert session.sent == [NewNetwork(NetworkSettings(), TrainingSettings(batch_size=32))]


async def test_what_is_being_typed_survives_an_update(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "hidden-size", "25")
        await session.play(update(replace(GAUGES, step=1_250)))
        assert app.main.query_one("#hidden-size Input", Input).value == "25"


async def test_every_setting_is_explained_where_it_is(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        for field in app.main.query(SettingField):
            next(widget for widget in field.query("*") if widget.focusable).focus()
            await pilot.pause()
            assert hint(app) == field.setting.explanation


async def test_after_starting_over_the_keys_are_the_screens_again(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        app.main.query_one("#hidden-size Input", Input).focus()
        await pilot.press("1", "ctrl+n")
        await pilot.pause()
        assert not isinstance(app.focused, Input)
        assert session.told(NewNetwork)


async def test_what_the_engine_refuses_is_not_shown_as_if_it_were_in_force(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "hidden-size", "4000")
        await pilot.press("ctrl+n")
        field = app.main.query_one("#hidden-size", SettingField)
        await pilot.pause()
        assert not field.has_class("-changed")
        await session.play(update(notices=(Notice("there is not enough memory for that", "error"),)))
        await pilot.pause()
        assert field.has_class("-changed")
        assert app.main.query_one("#hidden-size Input", Input).value == "4000"
        await pilot.press("ctrl+n")
        assert session.sent[-1] == NewNetwork(NetworkSettings(hidden_size=4000), TrainingSettings())
        await session.play(update(replace(GAUGES, network=NetworkSettings(hidden_size=4000)), fresh=True))
        await pilot.pause()
        assert not field.has_class("-changed")


async def test_a_shape_that_was_to_come_with_a_text_is_filled_in_and_not_in_force_when_that_is_let_be(
    tmp_path: Path,
) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        panel = app.main.query_one(TrainingPanel)
        app.main.query_one("#hidden-size Input", Input).value = "512"
        await pilot.pause()
        app.main.load(TextChoice(("counting",)))
        assert not panel.draft.changed
        await session.play(update(replace(GAUGES, state=RunState.LOADING)))
        await pilot.press("escape", "ctrl+z")
        await pilot.pause()
        assert BringBack() in session.sent
        assert [setting.name for setting in panel.draft.changed] == ["hidden_size"]


async def test_the_run_before_is_told_of_though_the_oldest_has_gone(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, left_behind=4)) as (session, app, pilot):
        await session.play(update(replace(GAUGES, left_behind=4, step=0), fresh=True))
        await pilot.pause()
        assert any("The run before rests" in notice.message for notice in app._notifications)
