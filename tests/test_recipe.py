"""The table of all settings, and what is filled in from it."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from model.config import NetworkSettings, SettingsError, TrainingSettings
from model.live import FIXED
from model.presets import PRESETS
from tui.draft import Draft
from tui.recipe import BY_NAME, COMMON, PRESET, SETTINGS
from tui.setting import Setting

DRAFT = Draft(NetworkSettings(), TrainingSettings())
ROOM = 41
"""Columns that an explanation has beside its field, 80 columns wide."""

each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)


def test_every_setting_there_is_has_one_field() -> None:
    names = [*NetworkSettings.__struct_fields__, *TrainingSettings.__struct_fields__]
    assert sorted(setting.name for setting in SETTINGS) == sorted(names)
    assert len(names) == len(set(names))


@each_setting
def test_a_setting_is_explained_in_one_line(setting: Setting) -> None:
    assert setting.explanation.endswith(".") and len(setting.explanation) <= ROOM
    assert 0 < len(setting.label) < 18


@each_setting
def test_nonsense_is_refused_and_the_default_is_not(setting: Setting) -> None:
    assert DRAFT.complaint(setting) == ""
    for text in ("nonsense", "", "-1e9", "nan"):
        draft = DRAFT.edit(setting, setting.parse(text))
        assert " is " in draft.complaint(setting) and draft.complaint(setting).endswith(".")
        assert draft.wrong == (setting,)
        with pytest.raises(SettingsError):
            draft.take()


@each_setting
def test_what_is_written_is_read_back(setting: Setting) -> None:
    for preset in PRESETS.values():
        value = Draft(preset.network, preset.training).asked(setting)
        assert setting.parse(setting.write(value)) == value


@each_setting
def test_what_can_be_picked_or_turned_to_can_be_used(setting: Setting) -> None:
    values = [setting.parse(choice) for choice in setting.choices] if not setting.typed else list(setting.stops)
    values += [setting.turn(DRAFT.asked(setting), direction) for direction in (-1, 1)] if setting.typed else []
    values.append(DRAFT.asked(setting))
    for value in values:
        draft = replace(DRAFT, network=NetworkSettings(embedding_size=128)).edit(setting, value)
        assert draft.complaint(setting) == ""


@each_setting
def test_what_is_live_is_what_the_engine_can_change(setting: Setting) -> None:
    trained = set(TrainingSettings.__struct_fields__)
    assert setting.live == (setting.name in trained - set(FIXED))


def test_arrow_keys_go_up_and_down_and_stay_in_bounds() -> None:
    dropout, layers, rate = BY_NAME["dropout"], BY_NAME["layers"], BY_NAME["learning_rate"]
    assert dropout.turn(0.0, 1) == 0.05 and dropout.turn(0.0, -1) == 0.0
    assert dropout.turn(0.07, 1) == 0.1 and dropout.turn(0.07, -1) == 0.05 and dropout.turn(0.9, 1) == 0.5
    assert layers.turn(1, 1) == 2 and layers.turn(1, -1) == 1
    assert rate.turn(0.01, 1) == 0.0125
    assert rate.turn("fast", 1) == "fast"


@pytest.mark.parametrize("preset", PRESETS.values(), ids=lambda preset: preset.name)
def test_a_preset_fills_in_everything_and_is_known_by_it(preset: Any) -> None:
    draft = DRAFT.edit(BY_NAME["seed"], 7).edit(PRESET, preset.name)
    assert draft.preset == preset.name
    assert draft.picked == preset
    assert draft.recipe() == (preset.network, replace(preset.training, seed=7))
    assert (draft.network, draft.training) == (NetworkSettings(), TrainingSettings())


def test_another_field_makes_a_recipe_ones_own_and_it_can_be_gone_back_to() -> None:
    own = DRAFT.edit(BY_NAME["layers"], 3)
    assert own.preset == "own" and "own" in own.choices(PRESET)
    over = own.edit(PRESET, "vpj").edit(PRESET, "char-rnn")
    assert over.preset == "char-rnn" and over.edit(PRESET, "own").recipe()[0].layers == 3
    assert over.edit(PRESET, "default").changed == ()
    assert "own" not in DRAFT.choices(PRESET) and DRAFT.edit(PRESET, "own") == DRAFT


def test_tied_weights_are_checked_against_the_sizes_that_are_filled_in() -> None:
    tied = DRAFT.edit(BY_NAME["tied"], True)
    assert "embedding size" in tied.complaint(BY_NAME["tied"])
    assert tied.edit(BY_NAME["embedding_size"], 128).wrong == ()
    assert tied.edit(BY_NAME["embedding_size"], "x").wrong == (BY_NAME["embedding_size"],)


def test_settings_of_what_is_not_used_do_not_matter() -> None:
    assert not DRAFT.applies(BY_NAME["momentum"]) and DRAFT.applies(BY_NAME["forget_bias"])
    sgd = DRAFT.edit(BY_NAME["optimizer"], "sgd").edit(BY_NAME["cell"], "gru").edit(BY_NAME["schedule"], "cosine")
    assert sgd.applies(BY_NAME["momentum"]) and not sgd.applies(BY_NAME["forget_bias"])
    assert sgd.applies(BY_NAME["schedule_steps"]) and not sgd.applies(BY_NAME["patience"])
    assert all(DRAFT.applies(setting) for setting in COMMON)


def test_edits_stay_when_another_network_comes() -> None:
    draft = DRAFT.edit(BY_NAME["hidden_size"], 300).edit(BY_NAME["dropout"], 0.5)
    moved = draft.follow(NetworkSettings(hidden_size=300, layers=2), TrainingSettings(batch_size=3, seq_length=9))
    assert moved.changed == (BY_NAME["dropout"],)
    assert moved.recipe()[0] == NetworkSettings(hidden_size=300, layers=2)
    assert moved.training == TrainingSettings(batch_size=32, seq_length=9)
    assert moved.undo().changed == ()


def test_settings_are_checked_wherever_they_are_replaced() -> None:
    with pytest.raises(SettingsError):
        replace(TrainingSettings(), seq_length=0)
