"""Checkpoints to PyTorch's own modules and back: the same names, the same shapes, the same loss.

    uv run --with torch==2.13.0 python benchmarks/checkpoint_in_torch.py [TEXT] [--checkpoint FILE]

Networks of one and two layers are trained for a moment and saved. The file is read with safetensors alone and loaded
into `torch.nn.LSTM` and `torch.nn.Linear` by name, strictly; PyTorch's loss on a held text must be that of
`lstm-tui eval`. Then PyTorch trains them further and writes a file of its own, with nothing but the named tensors and
the vocabulary and shape in the header, and `lstm-tui eval` must find PyTorch's loss again. With `--checkpoint`, that
one is read in place of all this, and both losses are on the whole validation part of TEXT.
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

from corpora.corpus import Corpus

from beside_torch import torch_and_text

TOLERANCE = 1e-4
"""Nats per character by which the two losses may differ."""

HELD = 20_000
"""Characters of the validation part that are read."""

AT_ONCE = 8192
"""Characters that PyTorch reads at a time, which bears on memory only."""


def lstm_tui(*words: str) -> dict[str, Any]:
    """Run a command of `lstm-tui` with `--json`; the last object it prints."""
    command = [sys.executable, "-m", "tui", *words, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"lstm-tui {' '.join(words)} failed:\n{done.stderr}")
    last: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return last


class InTorch:
    """A network in PyTorch's own modules."""

    def __init__(self, torch: Any, path: Path) -> None:
        """Load a checkpoint by name, strictly."""
        with import_module("safetensors").safe_open(path, framework="pt") as file:
            header = json.loads(file.metadata()["lstm_tui"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - no mapping
        self.torch, self.vocabulary, self.shape = torch, header["vocabulary"], header["settings"]["network"]
        V, H, D = len(self.vocabulary), self.shape["hidden_size"], self.shape.get("embedding_size", 0)
        modules = {"lstm": torch.nn.LSTM(D or V, H, self.shape["layers"]), "decoder": torch.nn.Linear(H, V)}
        if D:
            modules["encoder"] = torch.nn.Embedding(V, D)
        self.modules = torch.nn.ModuleDict(modules)
        named = {name: value for name, value in tensors.items() if not name.startswith("state.")}
        self.modules.load_state_dict(named, strict=True)

    def ids(self, text: str) -> Any:
        """Characters by number."""
        return self.torch.tensor([self.vocabulary.index(character) for character in text])

    def cost(self, ids: Any) -> Any:
        """Mean loss of (T + 1, B) characters read from a fresh state, nats per character."""
        return self.read(ids, None)[0]

    def read(self, ids: Any, state: Any) -> tuple[Any, Any]:
        """The same from the state (h, c), or from a fresh one; and the state that is left."""
        V = len(self.vocabulary)
        inputs = self.modules["encoder"](ids[:-1]) if "encoder" in self.modules else self.torch.eye(V)[ids[:-1]]
        hidden, state = self.modules["lstm"](inputs, state)  # (T, B, H)
        logits = self.modules["decoder"](hidden).reshape(-1, V)
        return self.torch.nn.functional.cross_entropy(logits, ids[1:].reshape(-1)), state

    def loss(self, text: str) -> float:
        """Nats per character on `text`, read as one stream."""
        ids, state, total = self.ids(text)[:, None], None, 0.0
        with self.torch.no_grad():
            for start in range(0, len(ids) - 1, AT_ONCE):
                part = ids[start : start + AT_ONCE + 1]
                mean, state = self.read(part, state)
                total += float(mean) * (len(part) - 1)
        return total / (len(ids) - 1)

    def train(self, text: str, steps: int) -> None:
        """Go on learning, by Adam."""
        optimizer = self.torch.optim.Adam(self.modules.parameters(), lr=0.002)
        ids = self.ids(text)
        windows = ids[: len(ids) // 65 * 65].reshape(-1, 65).T  # (T + 1, windows)
        for step in range(steps):
            optimizer.zero_grad()
            self.cost(windows[:, 32 * step % max(1, windows.shape[1] - 32) :][:, :32]).backward()
            optimizer.step()

    def save(self, path: Path) -> None:
        """Write a file of its own, with the least header that this project needs."""
        header = {"format": 1, "vocabulary": self.vocabulary, "settings": {"network": self.shape}}
        state = {name: value.contiguous() for name, value in self.modules.state_dict().items()}
        import_module("safetensors.torch").save_file(state, path, metadata={"lstm_tui": json.dumps(header)})


def main() -> int:
    """Compare networks of one and two layers, both ways; 1 if a loss differs."""
    parser = argparse.ArgumentParser(description="Carry checkpoints to PyTorch and back, and compare losses.")
    parser.add_argument("text", nargs="?", default="shakespeare", help="a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--checkpoint", type=Path, help="a network of one's own, on the whole validation part")
    parser.add_argument("--steps", type=int, default=200, help="steps of training (default: 200)")
    options = parser.parse_args()
    torch, corpus = torch_and_text(options.text)
    if options.checkpoint is not None:
        return compare(InTorch(torch, options.checkpoint), options.checkpoint, corpus)
    held = corpus.vocabulary.decode(corpus.validation[:HELD])
    learnt = corpus.vocabulary.decode(corpus.train[: 65 * 32 * 20])
    worst = 0.0
    print(f"{corpus.info.name}: loss on {len(held):,} held characters, nats per character\n")
    print("layers  trained by       torch       eval  difference")
    with tempfile.TemporaryDirectory() as folder:
        text, file = Path(folder, "held.txt"), Path(folder, "net.safetensors")
        text.write_text(held, encoding="utf-8", newline="")
        for layers in (1, 2):
            lstm_tui(
                *("train", options.text, "--out", str(file), "--overwrite", "--steps", str(options.steps)),
                *("--hidden-size", "96", "--layers", str(layers), "--threads", "1"),
            )
            network = InTorch(torch, file)
            for trained_by in ("lstm-tui", "torch"):
                if trained_by == "torch":
                    network.train(learnt, options.steps)
                    network.save(file)
                theirs = network.loss(held)
                ours = float(lstm_tui("eval", str(file), str(text))["nats_per_char"])
                worst = max(worst, abs(ours - theirs))
                print(f"{layers:6}  {trained_by:10} {theirs:10.6f} {ours:10.6f} {ours - theirs:11.1e}", flush=True)
    return verdict(worst)


def compare(network: InTorch, checkpoint: Path, corpus: Corpus) -> int:
    """Compare the losses of one network on the whole validation part; 1 if they differ."""
    held = corpus.vocabulary.decode(corpus.validation)
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder, "held.txt")
        text.write_text(held, encoding="utf-8", newline="")
        ours = float(lstm_tui("eval", str(checkpoint), str(text))["nats_per_char"])
    theirs = network.loss(held)
    print(f"{checkpoint.name}: loss on {len(held):,} held characters: torch {theirs:.6f}, eval {ours:.6f}")
    return verdict(abs(ours - theirs))


def verdict(difference: float) -> int:
    """Say whether it is small enough; 1 if not."""
    print(f"{'within' if difference <= TOLERANCE else 'NOT within'} {TOLERANCE:g}")
    return 0 if difference <= TOLERANCE else 1


if __name__ == "__main__":
    sys.exit(main())
