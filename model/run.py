"""From settings to a trainer, from a trainer to a checkpoint, and back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from msgspec.structs import replace

from corpora.corpus import Corpus, CorpusError
from model.checkpoint import DAMAGE, STATE, Checkpoint, CheckpointError, CorpusOrigin, finite, require_like
from model.config import NetworkSettings, SamplingSettings, TrainingSettings, require_whole
from model.network import Network
from model.parameters import Floats
from model.schedules import PlateauWatch
from model.trainer import Trainer

DROPOUT = "dropout"
"""Name of the random generator that dropout draws from."""

LAYOUT = "input major"
"""How weights lie in vectors such as the optimiser's moments: (D, G H) where PyTorch has (G H, D)."""

SNAPSHOT = "snapshot."
"""Before the names of what an exploding run goes back to."""


def new_trainer(
    corpus: Corpus,
    network: NetworkSettings,
    training: TrainingSettings,
    *,
    clock: Callable[[], float] = time.perf_counter,
    threads: int | None = 1,
) -> Trainer:
    """Return a trainer at step 0, with weights drawn from the seed.

    Raises:
        CorpusError: If the text is too short for a single window.
    """
    corpus.require_window(training.seq_length)
    fresh = Network(network, len(corpus.vocabulary))
    fresh.initialise(np.random.default_rng(training.seed))
    return Trainer(fresh, corpus, training, clock=clock, threads=threads)


def origin_of(corpus: Corpus) -> CorpusOrigin:
    """What a checkpoint remembers of a text."""
    info = corpus.info
    treatments = tuple(sorted(treatment.value for treatment in info.treatments))
    return CorpusOrigin(info.name, info.sha256, info.source, treatments, info.encoding)


def checkpoint_of(
    trainer: Trainer, sampling: SamplingSettings, generators: Mapping[str, Any] | None = None
) -> Checkpoint:
    """Everything a run needs to go on exactly, as of its last finished step.

    Args:
        trainer: May be in the middle of a step; that step is then not part of it and is done again.
        sampling: Settings of the sampler.
        generators: States of random generators by name.
    """
    trainer.settle()
    optimizer = trainer.optimizer
    state = {f"{optimizer.name}.{name}": slot for name, slot in optimizer.slots.items()}
    state["stream"] = trainer.state
    if trainer.best is not None:
        state["best"] = trainer.best
    if trainer.average is not None:
        state["raw"] = trainer.network.parameters.values
    snapshot, watch, stopwatch = trainer.snapshot, trainer.watch, trainer.stopwatch
    if trainer.settings.guard:
        state |= {SNAPSHOT + name: array for name, array in snapshot.arrays.items()}
    return Checkpoint(
        vocabulary=trainer.corpus.vocabulary.symbols,
        network=trainer.network.settings,
        training=trainer.settings,
        sampling=sampling,
        # copies, since the trainer goes on
        tensors={name: tensor.copy() for name, tensor in trainer.player.named_tensors.items()},
        state={name: tensor.copy() for name, tensor in state.items()},
        step=trainer.step,
        progress={
            "layout": LAYOUT,
            "epoch": trainer.batches.epoch,
            "position": trainer.batches.position,
            "optimizer_step": optimizer.step,
            "average_count": trainer.average.count if trainer.average is not None else 0,
            "planned_steps": trainer.planned_steps,
            "train_loss": trainer.train_loss,
            "validation_loss": trainer.validation_loss,
            "best_validation_loss": trainer.best_validation_loss,
            "best_step": trainer.best_step,
            "validated_step": trainer.validated_step,
            "waited": trainer.waited,
            "plateau": [finite(watch.best), watch.waited, watch.drops],
            "rate_factor": trainer.rate_factor,
            "restarts": trainer.restarts,
            "rollbacks": trainer.rollbacks,
            "snapshot": [snapshot.optimizer_step, snapshot.average_count],
            "guard": trainer.guard.state(),
            "training_seconds": stopwatch.training_seconds,
            "validation_seconds": stopwatch.validation_seconds,
        },
        generators={**(generators or {}), DROPOUT: trainer.rng_state},
        corpus=origin_of(trainer.corpus),
    )


def _fill(state: Mapping[str, Floats], name: str, target: Floats) -> None:
    require_like(STATE + name, state[name], target)
    target[...] = state[name]


def _whole(progress: Mapping[str, Any], name: str) -> int:
    require_whole(name, progress[name], 0, 2**63)
    whole: int = progress[name]
    return whole


def best_checkpoint_of(trainer: Trainer, sampling: SamplingSettings) -> Checkpoint | None:
    """The network at its lowest validation loss, to be played; None if the present one is it, or none was measured.

    Steps since the last validation may have made it better or worse: that is for the caller to measure.
    """
    if trainer.best is None or np.array_equal(trainer.best, trainer.player.parameters.values):
        return None
    whole = checkpoint_of(trainer, sampling)
    best = Network(trainer.network.settings, trainer.network.V)
    best.parameters.values[...] = trainer.best
    progress = {"validation_loss": trainer.best_validation_loss}
    return replace(whole, tensors=best.named_tensors, state={}, step=trainer.best_step, progress=progress)


def resume_trainer(
    checkpoint: Checkpoint,
    corpus: Corpus,
    *,
    clock: Callable[[], float] = time.perf_counter,
    threads: int | None = 1,
) -> Trainer:
    """A trainer that goes on where `checkpoint` was taken.

    Raises:
        CheckpointError: If `corpus` is not the text it was trained on, or the file has no or a damaged training state.
    """
    origin = checkpoint.corpus
    if origin is None or not checkpoint.state:
        raise CheckpointError("it was saved to be played only: it holds no state to go on training from")
    if corpus.info.sha256 != origin.sha256 or corpus.vocabulary.symbols != checkpoint.vocabulary:
        raise CheckpointError(
            f"the text {origin.name} is no longer the one it was trained on; "
            "put the old text back, or start a new network on the new one"
        )
    progress = checkpoint.progress
    if progress.get("layout") != LAYOUT:
        raise CheckpointError(
            "its training state is of a version that kept weights in another order: "
            "it can be played, not trained further"
        )
    try:
        trainer = Trainer(checkpoint.build_network(), corpus, checkpoint.training, clock=clock, threads=threads)
        state, optimizer = checkpoint.state, trainer.optimizer
        for name, slot in optimizer.slots.items():
            _fill(state, f"{optimizer.name}.{name}", slot)
        _fill(state, "stream", trainer.state)
        values = trainer.network.parameters.values
        if trainer.average is not None:
            np.copyto(trainer.average.values, values)
            trainer.average.count = _whole(progress, "average_count")
            _fill(state, "raw", values)
        if "best" in state:
            trainer.best = np.empty_like(values)
            _fill(state, "best", trainer.best)
        trainer.step = checkpoint.step
        optimizer.step = _whole(progress, "optimizer_step")
        trainer.batches.seek(_whole(progress, "epoch"), _whole(progress, "position"))
        for name in ("best_step", "validated_step", "waited", "restarts", "rollbacks"):
            setattr(trainer, name, _whole(progress, name))
        for name in ("train_loss", "validation_loss", "best_validation_loss"):
            setattr(trainer, name, _number(progress[name]))
        for name in ("training_seconds", "validation_seconds"):
            setattr(trainer.stopwatch, name, _number(progress[name]) or 0.0)
        trainer.rate_factor = _number(progress["rate_factor"]) or 1.0
        if progress["planned_steps"] is not None:
            trainer.planned_steps = _whole(progress, "planned_steps")
        best, waited, drops = progress["plateau"]
        trainer.watch = PlateauWatch(math.inf if best is None else float(best), int(waited), int(drops))
        trainer.guard.restore([float(number) for number in progress["guard"]])
        trainer.rng.bit_generator.state = trainer.rng_state = checkpoint.generators[DROPOUT]
        trainer.snapshot = trainer.take_snapshot()
        if trainer.settings.guard:
            optimizer_step, average_count = map(int, progress["snapshot"])
            trainer.snapshot = replace(trainer.snapshot, optimizer_step=optimizer_step, average_count=average_count)
            for name, array in trainer.snapshot.arrays.items():
                _fill(state, SNAPSHOT + name, array)
    except CheckpointError:
        raise
    except CorpusError as error:  # the text is the one it was trained on, so it is the settings that are damaged
        raise CheckpointError(str(error)) from error
    except DAMAGE as error:
        raise CheckpointError(f"its training state is damaged ({type(error).__name__}: {error})") from error
    return trainer


def _number(value: object) -> float | None:
    if value is None:
        return None
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise CheckpointError(f"it says {value!r} where a number was expected")
    return float(value)
