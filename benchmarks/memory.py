"""Peak memory of training, measured and as the README's formula has it.

    uv run python benchmarks/memory.py

Trains networks of several shapes for a few steps, with validations and snapshots, and compares the most memory that
numpy held at one time (as `tracemalloc` counts it) with the formula. Ends with 1 where they differ by more than 20 %.
"""

from __future__ import annotations

import argparse
import math
import sys
import tracemalloc

import numpy as np

from model.config import NetworkSettings, TrainingSettings
from model.network import CELLS, Network
from model.optimizers import OPTIMIZERS
from model.speed import noise
from model.trainer import Trainer

TOLERANCE = 0.2
"""Of the measured peak by which the formula may be wrong."""

FLOAT = 4
"""Bytes of a number."""

ACTIVATIONS = {"lstm": 8, "gru": 9, "rnn": 3}
"""Arrays of T B H that a layer keeps for a window: gates, then gradients in their place, h, dh, and what cells add."""

VALIDATION = (128, 32)
"""T and B of the windows that a validation reads."""

SHAPES: dict[str, tuple[NetworkSettings, TrainingSettings]] = {
    "the default": (NetworkSettings(), TrainingSettings()),
    "H = 256, T = B = 64": (NetworkSettings(hidden_size=256), TrainingSettings(seq_length=64, batch_size=64)),
    "H = 512, T = 100, B = 64": (NetworkSettings(hidden_size=512), TrainingSettings(seq_length=100, batch_size=64)),
    "2 layers, dropout": (
        NetworkSettings(layers=2),
        TrainingSettings(seq_length=100, batch_size=64, dropout=0.2),
    ),
    "averaged, AdamW": (
        NetworkSettings(hidden_size=384, layers=2),
        TrainingSettings(optimizer="adamw", average=0.99),
    ),
    "GRU, SGD": (NetworkSettings(hidden_size=256, cell="gru"), TrainingSettings(batch_size=64, optimizer="sgd")),
    "plain, AdaGrad": (NetworkSettings(hidden_size=256, cell="rnn"), TrainingSettings(optimizer="adagrad")),
}


def formula(network: NetworkSettings, training: TrainingSettings, P: int) -> dict[str, float]:
    """Bytes of each part, for P parameters."""
    L, H, G = network.layers, network.hidden_size, CELLS[network.cell].G
    slots = len(OPTIMIZERS[training.optimizer].slot_names)
    averaged = bool(training.average)
    # values, gradient, slots; the best; the snapshot, and a new one before the old one goes
    copies = 2 + slots + 1 + 2 * (1 + slots + averaged)
    if averaged:
        copies += 3  # the player's values and gradient, and the change
    window = training.seq_length * training.batch_size * H
    activations = ACTIVATIONS[network.cell] + (2 if training.dropout else 0)
    folded = L * G * H * H  # W_hh as a window wants it
    return {
        "weights": FLOAT * P * copies,
        "training": FLOAT * (L * activations * window + folded),
        "validation": FLOAT * (L * ACTIVATIONS[network.cell] * math.prod(VALIDATION) * H + folded),
    }


class SoonValidated(Trainer):
    """A trainer that validates after few steps."""

    @property
    def validate_every(self) -> int:
        """Steps."""
        return 2


def measured(network: NetworkSettings, training: TrainingSettings) -> tuple[int, dict[str, float]]:
    """The peak in bytes while training, and what the formula says."""
    text = noise(1_000_000)
    tracemalloc.start()
    fresh = Network(network, len(text.vocabulary))
    fresh.initialise(np.random.default_rng(0))
    trainer = SoonValidated(fresh, text, training)
    for _ in range(2):
        trainer.increment(math.inf, steps=2)
        # as every hundred steps
        trainer.snapshot = trainer.take_snapshot()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak, formula(network, training, len(fresh.parameters))


def main() -> int:
    """Compare every shape; 1 if one is wrong."""
    argparse.ArgumentParser(description="Peak memory of training against the formula.").parse_args()
    print("MB                        weights  training  validation   formula  measured  difference")
    wrong = 0
    for name, (network, training) in SHAPES.items():
        peak, parts = measured(network, training)
        total = sum(parts.values())
        difference = total / peak - 1.0
        wrong += abs(difference) > TOLERANCE
        row = "".join(f"{size / 1e6:{width}.1f}" for size, width in zip(parts.values(), (9, 10, 12), strict=True))
        print(f"{name:24}{row}{total / 1e6:10.1f}{peak / 1e6:10.1f}{difference:11.0%}", flush=True)
    print(f"\n{'All within' if not wrong else f'{wrong} NOT within'} {TOLERANCE:.0%}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
