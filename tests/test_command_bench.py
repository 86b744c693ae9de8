"""`lstm-tui bench` and `lstm-tui presets`: what is told, and to whom."""

from __future__ import annotations

import itertools

import pytest

from model.presets import DEFAULT, PRESETS
from model.speed import READINGS, SHAKESPEARE, SamplingSpeed, Speed, TrainingSpeed, measure_speed, per_second
from tui.__main__ import main

from command_line import complaint, json_lines

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes that take no time."""
    monkeypatch.setattr("model.speed.SIZES", (4, 6, 8))
    monkeypatch.setattr("model.speed.PEAK_SIZE", 16)
    monkeypatch.setattr("model.speed.TURNS", 1)
    monkeypatch.setattr("tui.commands.bench.QUICK_SECONDS", 0.0)


def speed_of(**chars_per_second: float) -> Speed:
    """A machine that trains `h128` characters a second at a size of 128."""
    training = tuple(TrainingSpeed(int(name[1:]), speed, 0.5) for name, speed in chars_per_second.items())
    return Speed(1e11, training, tuple(SamplingSpeed(speed.hidden_size, 20.0) for speed in training))


@pytest.mark.usefixtures("small")
def test_every_measurement_is_an_object_on_a_line(capsys: Captured) -> None:
    assert main(["bench", "--quick", "--json"]) == 0
    lines = json_lines(capsys.readouterr().out)
    assert [line["measure"] for line in lines] == ["sgemm", *["training"] * 3, *["sampling"] * 3, "recommendation"]
    assert [line["hidden_size"] for line in lines[1:4]] == [4, 6, 8]
    for line in lines:
        assert all(value > 0 for name, value in line.items() if name != "measure")


@pytest.mark.usefixtures("small")
def test_people_get_a_table_and_an_advice(capsys: Captured) -> None:
    assert main(["bench", "--quick"]) == 0
    head, *rows, advice = capsys.readouterr().out.splitlines()
    assert " ".join(head.split()) == "cells training of the peak writing a character"
    assert [row.split()[0] for row in rows] == ["4", "6", "8"]
    assert "GFLOP/s" in advice and "--hidden-size" in advice


def test_the_advice_is_the_largest_size_that_reads_shakespeare_often_enough() -> None:
    enough = 1.001 * READINGS * SHAKESPEARE / 60.0
    assert speed_of(h128=4 * enough, h256=enough, h512=enough / 4).recommended == 256
    assert speed_of(h128=16 * enough, h256=4 * enough, h512=enough).recommended == 512
    # beyond what was measured the line goes on
    assert speed_of(h128=enough / 4, h256=enough / 16, h512=enough / 64).recommended == 64
    assert speed_of(h128=1.0, h256=0.25, h512=0.06).recommended == 16


def test_speed_is_counted_by_the_clock() -> None:
    ticks = itertools.count()
    assert per_second(lambda: None, 10.0, lambda: next(ticks) * 2.0) == 0.5


@pytest.mark.usefixtures("small")
def test_a_measurement_can_be_watched() -> None:
    *waiting, found = measure_speed(0.0)
    assert len(waiting) > 5 and not any(waiting)
    assert found is not None and len(found.training) == 3


def test_presets_say_what_they_set_and_where_they_come_from(capsys: Captured) -> None:
    assert main(["presets"]) == 0
    printed = capsys.readouterr().out
    for preset in PRESETS.values():
        assert f"{preset.name}\n  {preset.summary}\n" in printed
        assert preset.source in printed
    assert "hidden size 25" in printed


def test_the_default_is_told_of_when_it_is_named(capsys: Captured) -> None:
    assert main(["presets", "default"]) == 0
    assert capsys.readouterr().out == f"default\n  {DEFAULT.summary}\n"


def test_presets_for_scripts_have_every_setting(capsys: Captured) -> None:
    assert main(["presets", "vpj", "polstm", "--json"]) == 0
    vpj, polstm = json_lines(capsys.readouterr().out)
    assert vpj["network"]["gate_mean"] == 0.5 and vpj["training"]["optimizer"] == "adagrad"
    assert polstm["treatments"] == ["collapse"]


def test_a_preset_that_is_not_there_is_said(capsys: Captured) -> None:
    assert main(["presets", "gpt"]) == 2
    assert complaint(capsys).startswith("'gpt' is not a preset; there are default, nanogpt-cpu-beater, best, vpj")
