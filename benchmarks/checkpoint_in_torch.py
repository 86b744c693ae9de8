"""A checkpoint of `lstm-tui train` in PyTorch's own modules: the same names, the same shapes, the same loss.

    pip install torch==2.13.0
    python benchmarks/checkpoint_in_torch.py [TEXT]

Networks of one and two layers are trained for a moment and saved. The file is read with safetensors alone and loaded
into `torch.nn.LSTM` and `torch.nn.Linear` by name, strictly; PyTorch's loss on a held text must be that of
`lstm-tui eval`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from beside_torch import torch_and_text

TOLERANCE = 1e-4
"""Nats per character by which the two losses may differ."""

HELD = 20_000
"""Characters of the validation part that are read."""


def lstm_tui(*words: str) -> dict[str, Any]:
    """Run a command of `lstm-tui` with `--json`; the last object it prints."""
    command = [sys.executable, "-m", "tui", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"lstm-tui {' '.join(words)} failed:\n{done.stderr}")
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


def loss_in_torch(torch: Any, path: Path, text: str) -> float:
    """Nats per character of a checkpoint on `text`, read as one stream, by PyTorch alone."""
    with import_module("safetensors").safe_open(path, framework="pt") as file:
        header = json.loads(file.metadata()["lstm_tui"])
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    vocabulary, shape = header["vocabulary"], header["settings"]["network"]
    V, H = len(vocabulary), shape["hidden_size"]

    modules = torch.nn.ModuleDict({"lstm": torch.nn.LSTM(V, H, shape["layers"]), "decoder": torch.nn.Linear(H, V)})
    modules.load_state_dict(
        {name: value for name, value in tensors.items() if not name.startswith("state.")}, strict=True
    )
    ids = torch.tensor([vocabulary.index(character) for character in text])
    with torch.no_grad():
        hidden, _ = modules["lstm"](torch.eye(V)[ids[:-1], None])  # (N - 1, 1, H)
        return float(torch.nn.functional.cross_entropy(modules["decoder"](hidden[:, 0]), ids[1:]))


def main() -> int:
    """Compare networks of one and two layers; 1 if a loss differs."""
    parser = argparse.ArgumentParser(description="Load checkpoints into PyTorch and compare losses.")
    parser.add_argument("text", nargs="?", default="shakespeare", help="a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--steps", type=int, default=200, help="steps of training (default: 200)")
    options = parser.parse_args()
    torch, corpus = torch_and_text(options.text)
    held = corpus.vocabulary.decode(corpus.validation[:HELD])
    worst = 0.0
    print(f"{corpus.info.name}: loss on {len(held):,} held characters, nats per character\n")
    print("layers      torch       eval  difference")
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "held.txt")
        text.write_text(held, encoding="utf-8", newline="")
        for layers in (1, 2):
            file = Path(folder, f"{layers}.safetensors")
            lstm_tui(
                *("train", options.text, "--out", str(file), "--steps", str(options.steps)),
                *("--hidden-size", "96", "--layers", str(layers), "--threads", "1"),
            )
            theirs = loss_in_torch(torch, file, held)
            ours = float(lstm_tui("eval", str(file), str(text))["nats_per_char"])
            worst = max(worst, abs(ours - theirs))
            print(f"{layers:6} {theirs:10.6f} {ours:10.6f} {ours - theirs:11.1e}", flush=True)
    verdict = "within" if worst <= TOLERANCE else "NOT within"
    print(f"\n{verdict} {TOLERANCE:g}")
    return 0 if worst <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
