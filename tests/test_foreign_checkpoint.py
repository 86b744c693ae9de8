"""A network that another program trained and saved: the named tensors, and the least header that explains them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from tui.__main__ import main

from command_line import complaint, json_lines
from naive_lstm import Floats, NaiveNetwork

pytestmark = pytest.mark.usefixtures("own_folders")

TEXT = "a cab, a bad cad; a dab\nbad bead, dead cede\n" * 5
VOCABULARY = "".join(sorted(set(TEXT)))
V, H = len(VOCABULARY), 6


def foreign(folder: Path, layers: int) -> tuple[Path, dict[str, Floats]]:
    """Write what `torch.nn.LSTM` and `torch.nn.Linear` would hold, in single precision."""
    rng = np.random.default_rng(layers)
    shapes: dict[str, tuple[int, ...]] = {"decoder.weight": (V, H), "decoder.bias": (V,)}
    for layer in range(layers):
        shapes |= {
            f"lstm.weight_ih_l{layer}": (4 * H, H if layer else V),
            f"lstm.weight_hh_l{layer}": (4 * H, H),
            f"lstm.bias_ih_l{layer}": (4 * H,),
            f"lstm.bias_hh_l{layer}": (4 * H,),
        }
    tensors = {name: rng.normal(0.0, 0.5, shape).astype(np.float32) for name, shape in shapes.items()}
    header = {
        "format": 1,
        "vocabulary": VOCABULARY,
        "settings": {"network": {"hidden_size": H, "layers": layers}},
    }
    path = folder / "foreign.safetensors"
    save_file(tensors, path, metadata={"lstm_tui": json.dumps(header)})
    return path, {name: tensor.astype(float) for name, tensor in tensors.items()}


@pytest.mark.parametrize("layers", [1, 2])
def test_its_loss_is_what_its_numbers_say(layers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, tensors = foreign(tmp_path, layers)
    text = tmp_path / "text.txt"
    text.write_text(TEXT, encoding="utf-8", newline="")
    assert main(["eval", str(path), str(text), "--json"]) == 0
    (result,) = json_lines(capsys.readouterr().out)

    ids = np.array([[VOCABULARY.index(character)] for character in TEXT])
    loss, *_ = NaiveNetwork(tensors, layers).run(ids[:-1], ids[1:], np.zeros((layers, 2, 1, H)))
    assert result["characters"] == len(TEXT) - 1
    assert result["nats_per_char"] == pytest.approx(loss, rel=1e-6)


def test_it_can_be_played(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = foreign(tmp_path, 2)
    assert main(["sample", str(path), "--length", "40", "--prime", "bad "]) == 0
    text = capsys.readouterr().out
    assert text.startswith("bad ")
    assert len(text) == 44
    assert set(text) <= set(VOCABULARY)


def test_what_it_lacks_to_be_trained_on_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, _ = foreign(tmp_path, 1)
    before = path.read_bytes()
    assert main(["train", "--resume", str(path), "--steps", "1"]) == 1
    assert "it does not say which text it was trained on" in complaint(capsys)
    assert path.read_bytes() == before
