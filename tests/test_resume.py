"""A run that is saved and goes on is the run that was never interrupted, bit for bit, with everything switched on."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from corpora.library import load_now
from model.checkpoint import Checkpoint, CheckpointError, load_checkpoint, save_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.progress import Loss
from model.run import checkpoint_of, new_trainer, resume_trainer
from model.sampling import Sampler
from model.trainer import Trainer

from text_helpers import TickingClock

TEXT = "the quick brown fox jumps over the lazy dog, and the dog sleeps on\n" * 12
HALF = 30
"""Steps: several validations, and more than a pass over the text."""

NETWORK = NetworkSettings(hidden_size=6, layers=2, cell="gru", embedding_size=6, tied=True, learned_state=True)
EVERYTHING = TrainingSettings(
    seq_length=6,
    batch_size=4,
    learning_rate=0.02,
    optimizer="adamw",
    weight_decay=0.1,
    dropout=0.3,
    average=0.95,
    warmup_steps=7,
    seed=3,
)

GO_ON = """
import math, sys
from pathlib import Path
from corpora.library import load_now
from model.checkpoint import load_checkpoint, save_checkpoint
from model.config import SamplingSettings
from model.run import checkpoint_of, resume_trainer

path, steps, threads = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
checkpoint = load_checkpoint(path)
trainer = resume_trainer(checkpoint, load_now(checkpoint.corpus.source), threads=threads)
losses = trainer.increment(math.inf, steps=steps).losses
trainer.close()
save_checkpoint(checkpoint_of(trainer, SamplingSettings()), path)
print([loss.loss for loss in losses])
"""


def trainer_of(
    folder: Path, training: TrainingSettings, network: NetworkSettings = NETWORK, *, threads: int = 1
) -> Trainer:
    (folder / "fox.txt").write_text(TEXT)
    corpus = load_now([str(folder / "fox.txt")])
    trainer = new_trainer(corpus, network, training, clock=TickingClock(), threads=threads)
    trainer.planned_steps = 2 * HALF
    return trainer


def paused(trainer: Trainer, folder: Path) -> Trainer:
    """The trainer as it comes back from a file."""
    path = folder / "paused.safetensors"
    save_checkpoint(checkpoint_of(trainer, SamplingSettings()), path)
    return resume_trainer(load_checkpoint(path), trainer.corpus, clock=TickingClock())


def require_equal(one: Checkpoint, other: Checkpoint) -> None:
    """All but the time that it took is the same."""
    for ours, theirs in ((one.tensors, other.tensors), (one.state, other.state)):
        assert ours.keys() == theirs.keys()
        for name in ours:
            assert ours[name].tobytes() == theirs[name].tobytes(), name
    timeless = one.progress.keys() - {"training_seconds", "validation_seconds"}
    assert {name: one.progress[name] for name in timeless} == {name: other.progress[name] for name in timeless}
    assert one.generators == other.generators
    assert one.step == other.step


def sample_of(trainer: Trainer) -> list[int]:
    sampler = Sampler(trainer.player, trainer.corpus.vocabulary, SamplingSettings(), np.random.default_rng(1))
    return [sampler.draw().id for _ in range(50)]


CHANGES: list[dict[str, object]] = [
    {"schedule": "cosine"},
    {"schedule": "step", "decay_after": 0.5, "decay_every": 0.2},
    {"schedule": "plateau", "patience": 1, "learning_rate": 0.3},
    {"optimizer": "rmsprop"},
    {"optimizer": "adagrad", "initial_sum": 1e-8, "loss_sum": True, "clip_norm": 0.0, "clip_value": 1.0},
    {"optimizer": "sgd", "momentum": 0.9, "reset_every_window": True},
    {"average": 0.0, "dropout": 0.0},
]


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes.values())))
def test_a_run_with_everything_on_goes_on_exactly(tmp_path: Path, changes: dict[str, object]) -> None:
    training = replace(EVERYTHING, **changes)
    straight = trainer_of(tmp_path, training)
    expected = straight.increment(math.inf, steps=2 * HALF)

    trainer = trainer_of(tmp_path, training)
    losses = list(trainer.increment(math.inf, steps=HALF).losses)
    trainer = paused(trainer, tmp_path)
    progress = trainer.increment(math.inf, steps=HALF)

    assert (*losses, *progress.losses) == expected.losses
    assert progress.validation_loss == expected.validation_loss
    assert progress.learning_rate == expected.learning_rate
    require_equal(checkpoint_of(trainer, SamplingSettings()), checkpoint_of(straight, SamplingSettings()))
    assert sample_of(trainer) == sample_of(straight)


@pytest.mark.parametrize(("cell", "threads"), [("lstm", 1), ("gru", 1), ("rnn", 1), ("lstm", 2)])
def test_a_run_goes_on_exactly_in_another_process(tmp_path: Path, cell: str, threads: int) -> None:
    network, training = replace(NETWORK, cell=cell), replace(EVERYTHING, schedule="cosine")
    straight = trainer_of(tmp_path, training, network, threads=threads)
    expected = straight.increment(math.inf, steps=2 * HALF)
    straight.close()
    trainer = trainer_of(tmp_path, training, network, threads=threads)
    trainer.increment(math.inf, steps=HALF)
    trainer.close()
    path = tmp_path / "paused.safetensors"
    save_checkpoint(checkpoint_of(trainer, SamplingSettings()), path)

    done = subprocess.run(
        [sys.executable, "-c", GO_ON, str(path), str(HALF), str(threads)], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == str([loss.loss for loss in expected.losses[HALF:]])
    require_equal(load_checkpoint(path), checkpoint_of(straight, SamplingSettings()))


def test_a_state_with_weights_in_another_order_is_not_gone_on_with(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, EVERYTHING)
    checkpoint = checkpoint_of(trainer, SamplingSettings())
    older = replace(checkpoint, progress={k: v for k, v in checkpoint.progress.items() if k != "layout"})
    with pytest.raises(CheckpointError, match="can be played, not trained further"):
        resume_trainer(older, trainer.corpus)


def test_a_run_that_pauses_anywhere_within_its_steps_goes_on_exactly(tmp_path: Path) -> None:
    training = replace(EVERYTHING, schedule="cosine")
    straight = trainer_of(tmp_path, training)
    expected = straight.increment(math.inf, steps=HALF).losses
    trainer = trainer_of(tmp_path, training)
    losses: list[Loss] = []
    ticks = 41.0
    while trainer.step < HALF:
        losses += trainer.increment(ticks, steps=HALF - trainer.step).losses
        if trainer.step < HALF:
            # saving finishes an update that is under way
            checkpoint_of(trainer, SamplingSettings())
            losses += trainer.progress().losses
            trainer = paused(trainer, tmp_path)
        ticks += 17.0
    assert tuple(losses) == expected
    require_equal(checkpoint_of(trainer, SamplingSettings()), checkpoint_of(straight, SamplingSettings()))


def test_an_explosion_after_a_pause_is_rolled_back_as_without(tmp_path: Path) -> None:
    straight = trainer_of(tmp_path, EVERYTHING)
    trainer = trainer_of(tmp_path, EVERYTHING)
    for each in (straight, trainer):
        each.increment(math.inf, steps=HALF)
    trainer = paused(trainer, tmp_path)
    for each in (straight, trainer):
        each.network.b_out[0] = math.nan
        each.increment(math.inf, steps=1)
        assert each.rollbacks == 1
    trainer = paused(trainer, tmp_path)
    ours, theirs = (each.increment(math.inf, steps=HALF) for each in (trainer, straight))
    assert ours.losses == theirs.losses
    require_equal(checkpoint_of(trainer, SamplingSettings()), checkpoint_of(straight, SamplingSettings()))


def test_a_run_that_stopped_early_stays_so(tmp_path: Path) -> None:
    trainer = trainer_of(tmp_path, replace(EVERYTHING, learning_rate=0.0, average=0.0, stop_after=2))
    assert trainer.increment(math.inf).finished
    trainer = paused(trainer, tmp_path)
    assert trainer.increment(math.inf).losses == ()
    assert trainer.finished
