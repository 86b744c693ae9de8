"""Presets, the recipe's own screen, and what acts at once, at the real screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, Static

from corpora.info import Treatment
from model.config import NetworkSettings, TrainingSettings
from model.presets import PRESETS, describe
from model.protocol import LoadCorpus, NewNetwork, SetLearningRate, SetSampling, SetTraining, StartSampling
from model.session import EngineSession
from tui.app import LSTMApp
from tui.recipe import BY_NAME, PRESET, SETTINGS
from tui.screens.open_text import OpenTextScreen, Tick
from tui.screens.recipe import RecipeScreen
from tui.widgets.choice import Choice
from tui.widgets.number_input import NumberInput
from tui.widgets.setting_field import SettingField
from tui.widgets.top_bar import describe_run
from tui.widgets.training_panel import TrainingPanel

from scripted_session import GAUGES, playing, scripted_app, until, update

CHAR_RNN = PRESETS["char-rnn"]


def text_of(app: LSTMApp, id: str) -> str:  # noqa: A002
    return str(app.screen.query_one(f"#{id}", Static).render())


def field(app: LSTMApp, name: str) -> SettingField:
    return app.screen.query_one("#" + name.replace("_", "-"), SettingField)


async def go_to(app: LSTMApp, pilot: Pilot[None], name: str) -> None:
    """Go to a field as the tab key does."""
    next(widget for widget in field(app, name).query("*") if widget.focusable).focus()
    await pilot.pause()


async def fill(app: LSTMApp, pilot: Pilot[None], name: str, text: str) -> None:
    """Type `text` into a field, in place of what is there."""
    await go_to(app, pilot, name)
    await pilot.press("end", "ctrl+u", *text)
    await pilot.pause()


async def turn_to(app: LSTMApp, pilot: Pilot[None], name: str, value: str) -> None:
    """Turn a choice to `value` by the arrow key."""
    await go_to(app, pilot, name)
    for _ in field(app, name).query_one(Choice).choices:
        if field(app, name).query_one(Choice).value == value:
            return
        await pilot.press("right")
        await pilot.pause()
    assert field(app, name).query_one(Choice).value == value


# ------------------------------------------------------------------------------------------- typing


async def test_digits_that_come_before_the_draft_has_heard_of_the_last_ones_stay(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        number = field(app, "hidden_size").query_one(NumberInput)
        number.value = "9"
        field(app, "hidden_size").show(app.main.query_one(TrainingPanel).draft)
        assert number.value == "9"
        number.value = "96"
        await pilot.pause()
        assert number.value == "96"
        assert app.main.query_one(TrainingPanel).draft.value(BY_NAME["hidden_size"]) == 96


async def test_keys_that_come_all_at_once_keep_their_order(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await go_to(app, pilot, "hidden_size")
        for key in (*["backspace"] * 3, "9", "6", "4", "left", "delete", "home", "1"):
            app.post_message(events.Key(key, key if len(key) == 1 else None))
        await until(pilot, lambda: field(app, "hidden_size").query_one(NumberInput).value == "196")


async def test_a_field_that_shows_what_another_was_given_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        panel = app.main.query_one(TrainingPanel)
        edited: list[str] = []
        monkeypatch.setattr(panel, "edit", lambda one: edited.append(one.setting.name))
        panel.draft = panel.draft.edit(BY_NAME["hidden_size"], 96)
        await pilot.pause()
        assert field(app, "hidden_size").query_one(NumberInput).value == "96"
        assert edited == []


# ------------------------------------------------------------------------------------------- the panel


@pytest.mark.parametrize("by", ["key", "mouse"])
async def test_a_preset_fills_in_the_fields_and_waits_for_a_new_network(tmp_path: Path, by: str) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("2")
        await pilot.pause()
        while app.main.query_one("#preset Choice", Choice).value != "char-rnn":
            await (pilot.press("right") if by == "key" else pilot.click("#preset Choice", offset=(1, 0)))
            await pilot.pause()
        assert session.sent == []
        assert field(app, "layers").value == 2 and field(app, "layers").has_class("-changed")
        assert not field(app, "hidden_size").has_class("-changed")
        assert "starts over" in text_of(app, "training-hint")
        await (pilot.press("enter") if by == "key" else pilot.click("#start-over"))
        await pilot.pause()
        assert session.sent == [
            SetSampling(replace(CHAR_RNN.sampling, rate=60.0)),
            NewNetwork(CHAR_RNN.network, CHAR_RNN.training),
        ]
        assert not field(app, "layers").has_class("-changed")
        await app.action_quit()
    assert not (tmp_path / "config").exists()


async def test_a_preset_s_way_of_writing_comes_once(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await turn_to(app, pilot, "preset", "char-rnn")
        await pilot.press("ctrl+n", "]", "ctrl+n")
        await pilot.pause()
        assert app.main.sampling.temperature == 1.05
        assert len(session.told(SetSampling)) == 2


async def test_escape_turns_a_preset_back_and_then_leaves(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "layers", "3")
        await turn_to(app, pilot, "preset", "vpj")
        assert field(app, "layers").value == 1 and "esc turns back" in text_of(app, "training-hint")
        await pilot.press("escape")
        await pilot.pause()
        assert field(app, "preset").value == "own" and field(app, "layers").value == 3, "as it was typed"
        assert field(app, "preset").has_focus_within
        await pilot.press("escape")
        await pilot.pause()
        assert app.main.query_one("#sample").has_focus
        assert field(app, "layers").value == 3 and session.sent == []


async def test_a_click_on_the_left_sign_goes_back(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        choice = app.main.query_one("#cell Choice", Choice)
        await pilot.click(choice, offset=(len("lstm  "), 0))
        assert choice.value == "rnn"
        await pilot.click(choice, offset=(len("rnn  ◂ "), 0))
        assert choice.value == "lstm"


async def test_a_preset_s_treatments_come_with_the_next_text(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await turn_to(app, pilot, "preset", "polstm")
        await pilot.press("o")
        assert isinstance(app.screen, OpenTextScreen)
        assert app.screen.query_one("#collapse", Tick).value
        await pilot.press("escape", "1", "down", "enter")
        await pilot.pause()
        (load,) = session.told(LoadCorpus)
        assert isinstance(load, LoadCorpus) and load.treatments == {Treatment.COLLAPSE}
        assert load.network == PRESETS["polstm"].network


async def test_a_cell_needs_a_new_network(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await turn_to(app, pilot, "cell", "gru")
        assert session.sent == []
        await pilot.press("enter")
        await pilot.pause()
        assert session.sent == [NewNetwork(NetworkSettings(cell="gru"), TrainingSettings())]


async def test_space_pauses_from_a_choice_too(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("2", "space", "]")
        await pilot.pause()
        assert len(session.sent) == 2


# ----------------------------------------------------------------------------------------- the dialog


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 40)])
async def test_every_field_can_be_reached_by_key_and_is_then_in_sight(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert isinstance(app.screen, RecipeScreen)
        draft, seen = app.main._training.draft, set()
        for _ in range(len(SETTINGS) + 1):
            assert app.focused is not None
            place = next(
                node for node in app.focused.ancestors_with_self if isinstance(node, SettingField | RecipeScreen)
            )
            if isinstance(place, SettingField):
                seen.add(place.setting.name)
                assert app.screen.query_one("#recipe").region.contains_region(app.focused.region)
                assert place.setting is PRESET or text_of(app, "recipe-hint").startswith(place.setting.explanation)
            await pilot.press("tab")
            await pilot.pause()
        assert seen == {setting.name for setting in (PRESET, *SETTINGS) if draft.applies(setting)}
        for button in app.screen.query("Button"):
            assert app.screen.region.contains_region(button.region) and button.region.area


async def test_page_down_goes_from_group_to_group(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        firsts = []
        for key in ("pagedown", "pagedown", "pagedown", "pagedown", "pagedown", "pageup"):
            await pilot.press(key)
            await pilot.pause()
            assert app.focused is not None and app.focused.parent is not None
            firsts.append(app.focused.parent.id)
        assert firsts == ["cell", "seq-length", "dropout", "clip-norm", "clip-norm", "dropout"]


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
async def test_a_preset_says_what_it_sets_and_where_it_comes_from(tmp_path: Path, preset: object) -> None:
    chosen = PRESETS[getattr(preset, "name", "")]
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await turn_to(app, pilot, "preset", chosen.name)
        assert text_of(app, "preset-summary") == chosen.summary
        assert text_of(app, "preset-source") == chosen.source
        for name, value in describe(chosen):
            assert f"{name} {value}" in text_of(app, "preset-sets")


async def test_what_differs_from_the_running_network_is_marked_with_what_runs(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await fill(app, pilot, "embedding_size", "64")
        explained = field(app, "embedding_size").query_one(".setting-explanation", Static)
        assert field(app, "embedding_size").has_class("-changed")
        assert str(explained.render()) == "now 0"
        await pilot.click("#undo")
        await pilot.pause()
        assert field(app, "embedding_size").value == 0
        assert str(explained.render()) == BY_NAME["embedding_size"].explanation


@pytest.mark.parametrize("by", ["key", "mouse"])
async def test_a_new_network_begins_from_the_dialog(tmp_path: Path, by: str) -> None:
    async with playing(tmp_path, size=(80, 24)) as (session, app, pilot):
        await (pilot.press("p") if by == "key" else pilot.press("2"))
        await pilot.pause()
        if by == "mouse":
            await pilot.click("#more-settings")
            await pilot.pause()
        await turn_to(app, pilot, "optimizer", "sgd")
        await fill(app, pilot, "momentum", "0.9")
        assert session.sent == []
        await (pilot.press("ctrl+n") if by == "key" else pilot.click("#recipe-start-over"))
        await pilot.pause()
        assert app.screen.id == "main"
        assert session.sent == [NewNetwork(NetworkSettings(), TrainingSettings(optimizer="sgd", momentum=0.9))]


@pytest.mark.parametrize(
    ("name", "keys", "change"),
    [
        ("dropout", ["end", "ctrl+u", *"0.3", "enter"], {"dropout": 0.3}),
        ("dropout", ["shift+up", "shift+up", "enter"], {"dropout": 0.1}),
        ("guard", ["left"], {"guard": False}),
        ("schedule", ["right"], {"schedule": "step"}),
        ("clip_value", ["end", "ctrl+u", "5", "enter"], {"clip_value": 5.0}),
    ],
)
async def test_what_can_change_while_it_trains_acts_at_once(
    tmp_path: Path, name: str, keys: Sequence[str], change: dict[str, object]
) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await go_to(app, pilot, name)
        await pilot.press(*keys)
        await pilot.pause()
        assert session.sent == [SetTraining(replace(TrainingSettings(), **change))]
        assert not field(app, name).has_class("-changed")
        assert isinstance(app.screen, RecipeScreen)


async def test_one_setting_acts_and_a_preset_that_was_picked_stays_a_draft(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await turn_to(app, pilot, "preset", "char-rnn")
        await go_to(app, pilot, "learning_rate")
        await pilot.press("enter")
        await go_to(app, pilot, "clip_value")
        await pilot.press("enter", "escape")
        await pilot.pause()
        assert session.sent == [
            SetLearningRate(0.002),
            SetTraining(TrainingSettings(learning_rate=0.002, clip_value=5.0)),
        ]
        assert app.main._training.draft.preset == "char-rnn"


async def test_what_cannot_be_used_is_said_and_brings_the_person_back(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await fill(app, pilot, "dropout", "2")
        assert text_of(app, "recipe-hint").startswith("Dropout is 2.0; it must be")
        await pilot.press("enter", "ctrl+n")
        await pilot.pause()
        assert app.screen.query("#recipe") and session.sent == []
        assert app.focused is field(app, "dropout").query_one(Input)
        # who leaves it at that has what was there before: a text that is picked next is to be learnt
        await fill(app, pilot, "layers", "2")
        await pilot.press("escape")
        await pilot.pause()
        draft = app.main._training.draft
        assert (draft.value(BY_NAME["dropout"]), draft.value(BY_NAME["layers"])) == (0.0, 2)
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert any(isinstance(sent, NewNetwork) and sent.network.layers == 2 for sent in session.sent)


async def test_escape_leaves_nothing_behind_that_cannot_be_used(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await fill(app, pilot, "learning_rate", "fast")
        assert app.main._training.draft.wrong
        await pilot.press("escape")
        await pilot.pause()
        asked = app.main._training.draft.asked(BY_NAME["learning_rate"])
        assert field(app, "learning_rate").value == asked and not app.main._training.draft.wrong
        assert app.focused is app.main.query_one("#sample")
        assert session.sent == []


async def test_settings_of_another_optimiser_are_not_shown(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        assert not field(app, "momentum").display and field(app, "decay_rate").display
        await turn_to(app, pilot, "optimizer", "sgd")
        assert field(app, "momentum").display and not field(app, "decay_rate").display


async def test_the_dialog_follows_a_network_that_comes_meanwhile(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("p")
        await pilot.pause()
        await session.play(update(replace(GAUGES, network=NetworkSettings(cell="rnn", layers=3)), fresh=True))
        await pilot.pause()
        assert field(app, "cell").value == "rnn" and field(app, "layers").value == 3


# ---------------------------------------------------------------------------------------- the top bar


@pytest.mark.parametrize(
    ("network", "training", "words"),
    [
        (
            NetworkSettings(cell="gru", layers=2),
            TrainingSettings(),
            "GRU of 2 layers, 128 cells · 107,328 parameters · Adam",
        ),
        (CHAR_RNN.network, CHAR_RNN.training, "LSTM of 2 layers, 128 cells · 107,328 parameters · char-rnn"),
        (
            NetworkSettings(cell="rnn"),
            TrainingSettings(optimizer="sgd"),
            "RNN of 1 layer, 128 cells · 107,328 parameters · SGD",
        ),
    ],
)
def test_the_top_bar_names_cell_and_preset_or_optimiser(
    network: NetworkSettings, training: TrainingSettings, words: str
) -> None:
    shown = describe_run(replace(GAUGES, network=network, training=training))
    assert str(shown) == f"shakespeare · {words}"


# -------------------------------------------------------------------------------------- a real engine


async def test_a_gru_with_dropout_from_the_screen_really_trains(tmp_path: Path) -> None:
    session = EngineSession.start(tmp_path / "engine.log", rescue=tmp_path / "rescued.safetensors")
    small, training = NetworkSettings(hidden_size=8), TrainingSettings(seq_length=8, batch_size=4)
    session.send(LoadCorpus(("counting",), small, training))
    session.send(StartSampling())
    app = scripted_app(session, tmp_path, network=small, training=training)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: app.main.gauges.step > 3)
        await pilot.press("p")
        await pilot.pause()
        await turn_to(app, pilot, "cell", "gru")
        await fill(app, pilot, "layers", "2")
        await fill(app, pilot, "dropout", "0.2")
        await pilot.press("ctrl+n")
        await until(pilot, lambda: app.main.gauges.network == replace(small, cell="gru", layers=2))
        await until(pilot, lambda: app.main.gauges.step > 3 and app.main.gauges.train_loss is not None)
        assert app.main.gauges.training == replace(training, dropout=0.2)
        assert "GRU of 2 layers, 8 cells" in str(describe_run(app.main.gauges))
        await pilot.press("p")
        await pilot.pause()
        await fill(app, pilot, "dropout", "0.1")
        await pilot.press("enter")
        await until(pilot, lambda: app.main.gauges.training == replace(training, dropout=0.1))
        assert "dropout 0.1, was 0.2" in [event.text for event in app.main.happenings]
        await pilot.press("ctrl+q")
    assert (tmp_path / "engine.log").read_text() == ""
