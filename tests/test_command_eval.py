"""`lstm-tui eval`: the loss of one long stream, and what was left out."""

import math
from pathlib import Path

import numpy as np
import pytest

from model.checkpoint import load_checkpoint, save_checkpoint
from tui.__main__ import main

from command_line import complaint, json_lines, trained
from naive_lstm import Floats, NaiveNetwork

pytestmark = pytest.mark.usefixtures("own_folders")

Captured = pytest.CaptureFixture[str]

TEXT = "12 waves came in, and 7 went out again;\nand so on until 9 waves came in.\n" * 3


@pytest.fixture
def file(tmp_path: Path, capsys: Captured) -> Path:
    path = trained(tmp_path, "--layers", "2")
    capsys.readouterr()
    return path


def naive_loss(file: Path, text: str) -> float:
    """The same, gate by gate in double precision."""
    saved = load_checkpoint(file)
    ids = np.array([saved.vocabulary.index(character) for character in text if character in saved.vocabulary])
    tensors: dict[str, Floats] = {name: tensor.astype(np.float64) for name, tensor in saved.tensors.items()}
    network = NaiveNetwork(tensors, saved.network.layers)
    state = np.zeros((saved.network.layers, 2, 1, saved.network.hidden_size))
    return network.run(ids[:-1, None], ids[1:, None], state)[0]


def test_the_loss_is_that_of_one_stream(tmp_path: Path, file: Path, capsys: Captured) -> None:
    text = tmp_path / "held.txt"
    text.write_text(TEXT)
    assert main(["eval", str(file), str(text), "--json"]) == 0
    (result,) = json_lines(capsys.readouterr().out)
    known = sum(character in load_checkpoint(file).vocabulary for character in TEXT)
    assert result["nats_per_char"] == pytest.approx(naive_loss(file, TEXT), abs=1e-5)
    assert result["bits_per_char"] == pytest.approx(result["nats_per_char"] / math.log(2.0))
    assert result["characters"] == known - 1
    assert result["unknown"] == len(TEXT) - known > 0


def test_a_text_of_one_symbol_has_a_loss_too(tmp_path: Path, file: Path, capsys: Captured) -> None:
    text = tmp_path / "again.txt"
    text.write_text("aaaa")
    assert main(["eval", str(file), str(text), "--json"]) == 0
    (result,) = json_lines(capsys.readouterr().out)
    assert result["nats_per_char"] == pytest.approx(naive_loss(file, "aaaa"), abs=1e-5)


def test_the_sentence_says_what_was_left_out(tmp_path: Path, file: Path, capsys: Captured) -> None:
    text = tmp_path / "held.txt"
    text.write_text("waves \x1b[31m came é in")
    assert main(["eval", str(file), str(text)]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("held.txt: ")
    assert "bits" in printed
    assert "left out: " in printed
    assert "\x1b" not in printed


def test_a_text_is_treated_as_the_one_that_was_learnt(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path, "--treat", "lower")
    text = tmp_path / "loud.txt"
    text.write_text("WAVES CAME IN")
    capsys.readouterr()
    assert main(["eval", str(file), str(text), "--json"]) == 0
    assert main(["eval", str(file), str(text), "--json", "--treat", "none"]) == 0
    treated, plain = json_lines(capsys.readouterr().out)
    assert (treated["characters"], treated["unknown"]) == (12, 0)
    assert (plain["characters"], plain["unknown"]) == (1, 11)  # it knows the two spaces


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("NET",), 2, "TEXT"),
        (("NET", "missing.txt"), 1, "missing.txt: no such file"),
        (("NET", "EMPTY"), 1, "empty"),
        (("NET", "FOREIGN"), 1, "the network knows 0 of its 6 characters"),
        (("FOREIGN", "NET"), 1, "not a safetensors file"),
    ],
)
def test_bad_input_is_one_sentence(
    tmp_path: Path, file: Path, capsys: Captured, words: tuple[str, ...], code: int, sentence: str
) -> None:
    stand_ins = {"NET": file, "EMPTY": tmp_path / "empty.txt", "FOREIGN": tmp_path / "foreign.txt"}
    stand_ins["EMPTY"].touch()
    stand_ins["FOREIGN"].write_text("ΑΒΓΔΕΖ", encoding="utf-8")
    assert main(["eval", *(str(stand_ins.get(word, word)) for word in words)]) == code
    assert sentence in complaint(capsys)


def test_weights_that_went_astray_are_said(tmp_path: Path, capsys: Captured) -> None:
    file = trained(tmp_path)
    checkpoint = load_checkpoint(file)
    checkpoint.tensors["decoder.weight"][...] = 3e38
    save_checkpoint(checkpoint, file)
    capsys.readouterr()
    assert main(["eval", str(file), str(tmp_path / "sea.txt"), "--json"]) == 1
    assert "is no number" in complaint(capsys)
