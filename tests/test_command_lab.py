"""`lstm-tui lab` without a screen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from corpora.drawn_digits import drawn
from tui.__main__ import main

from command_line import complaint, json_lines

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]


def test_without_a_name_it_lists_what_there_is(capsys: Captured) -> None:
    assert main(["lab"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["sine", "counting", "digits"]
    assert main(["lab", "--json"]) == 0
    assert [line["name"] for line in json_lines(capsys.readouterr().out)] == ["sine", "counting", "digits"]


def test_a_sine_is_told_in_a_table_and_as_json(capsys: Captured) -> None:
    assert main(["lab", "sine", "--steps", "3"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("sine: 3 steps, 4.51 k weights, ") and "the next value" in out and "200 stretches" in out
    assert main(["lab", "sine", "--steps", "3", "--seed", "4", "--json"]) == 0
    (told,) = json_lines(capsys.readouterr().out)
    assert (told["experiment"], told["seed"], told["steps"]) == ("sine", 4, 3)
    assert told["next_rmse"] > 0.0 and told["free_rmse"] > 0.0 and told["seconds"] > 0.0


def test_another_cell_learns_too(capsys: Captured) -> None:
    for cell, weights in (("rnn", 1_153), ("gru", 3_393)):
        assert main(["lab", "sine", "--cell", cell, "--steps", "2", "--json"]) == 0
        (told,) = json_lines(capsys.readouterr().out)
        assert (told["cell"], told["parameters"]) == (cell, weights)


def test_counting_tells_of_all_networks_and_the_floor(capsys: Captured) -> None:
    assert main(["lab", "counting", "--steps", "2", "--json"]) == 0
    (told,) = json_lines(capsys.readouterr().out)
    assert [network["cell"] for network in told["networks"]] == ["rnn", "gru", "lstm", "open lstm"]
    assert all(network["nats_per_sequence"] > told["floor"] for network in told["networks"])
    assert main(["lab", "counting", "--steps", "2"]) == 0
    assert "the least   2.164" in capsys.readouterr().out


def test_digits_are_read_from_a_file(tmp_path: Path, capsys: Captured) -> None:
    few = drawn(train=40, test=10)
    path = tmp_path / "few.npz"
    np.savez(path, x_train=few.train_images, y_train=few.train_labels, x_test=few.test_images, y_test=few.test_labels)
    assert main(["lab", "digits", str(path), "--steps", "2", "--json"]) == 0
    (told,) = json_lines(capsys.readouterr().out)
    assert told["data"] == "few" and told["tested"] == 10 and 0.0 <= told["test_accuracy"] <= 1.0
    assert main(["lab", "digits", str(path), "--steps", "1"]) == 0
    assert "(few)" in capsys.readouterr().out


def test_a_name_with_escape_codes_is_made_visible(tmp_path: Path, capsys: Captured) -> None:
    few = drawn(train=4, test=1)
    path = tmp_path / "ev\x1b[31mil.npz"
    np.savez(path, x_train=few.train_images, y_train=few.train_labels, x_test=few.test_images, y_test=few.test_labels)
    assert main(["lab", "digits", str(path), "--steps", "1"]) == 0
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["sine", "x.npz"], 2, "x.npz: only `lstm-tui lab digits` reads a file, of pictures"),
        (["digits", "none.npz"], 1, "none.npz"),
        (["digits", ""], 2, "an empty name"),
        (["walk"], 2, "'walk'"),
        (["sine", "--steps", "0"], 2, "steps is 0; it must be a whole number from 1"),
        (["sine", "--seed", "-1"], 2, "seed is -1"),
        (["--steps", "3"], 2, "no experiment is named; there are sine, counting, digits"),
        (["counting", "--cell", "rnn"], 2, "has all cells side by side"),
        (["sine", "--cell", "transformer"], 2, "'transformer'"),
        (["--no-screen"], 2, "no experiment is named"),
    ],
)
def test_wrong_use_is_a_sentence(words: list[str], code: int, sentence: str, capsys: Captured) -> None:
    assert main(["lab", *words]) == code
    assert sentence in complaint(capsys)
