"""From settings to a trainer, from a trainer to a checkpoint, and back."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from corpora.corpus import Corpus, CorpusError
from model.checkpoint import DAMAGE, STATE, Checkpoint, CheckpointError, CorpusOrigin, require_like
from model.config import NetworkSettings, SamplingSettings, TrainingSettings, require_whole
from model.network import Network
from model.trainer import Trainer


def new_trainer(
    corpus: Corpus,
    network: NetworkSettings,
    training: TrainingSettings,
    *,
    clock: Callable[[], float] = time.perf_counter,
) -> Trainer:
    """Return a trainer at step 0, with weights drawn from the seed.

    Raises:
        CorpusError: If the text is too short for a single window.
    """
    corpus.require_window(training.seq_length)
    fresh = Network(network, len(corpus.vocabulary))
    fresh.initialise(np.random.default_rng(training.seed))
    return Trainer(fresh, corpus, training, clock=clock)


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
    state = {
        "adam.m": trainer.optimizer.m,
        "adam.v": trainer.optimizer.v,
        "stream": trainer.state,
    }
    if trainer.best is not None:
        state["best"] = trainer.best
    return Checkpoint(
        vocabulary=trainer.corpus.vocabulary.symbols,
        network=trainer.network.settings,
        training=trainer.settings,
        sampling=sampling,
        # copies, since the trainer goes on
        tensors={name: tensor.copy() for name, tensor in trainer.network.parameters.tensors.items()},
        state={name: tensor.copy() for name, tensor in state.items()},
        step=trainer.step,
        progress={
            "epoch": trainer.batches.epoch,
            "position": trainer.batches.position,
            "best_step": trainer.best_step,
            "validated_step": trainer.validated_step,
            "train_loss": trainer.train_loss,
            "validation_loss": trainer.validation_loss,
            "best_validation_loss": trainer.best_validation_loss,
            "training_seconds": trainer.training_seconds,
            "validation_seconds": trainer.validation_seconds,
        },
        generators=generators or {},
        corpus=origin_of(trainer.corpus),
    )


def best_checkpoint_of(trainer: Trainer, sampling: SamplingSettings) -> Checkpoint | None:
    """The network at its lowest validation loss, to be played; None if the present one is it, or none was measured.

    Steps since the last validation may have made it better or worse: that is for the caller to measure.
    """
    if trainer.best is None or np.array_equal(trainer.best, trainer.network.parameters.values):
        return None
    whole = checkpoint_of(trainer, sampling)
    tensors = trainer.network.parameters.views_of(trainer.best)
    progress = {"validation_loss": trainer.best_validation_loss}
    return replace(whole, tensors=tensors, state={}, step=trainer.best_step, progress=progress)


def resume_trainer(
    checkpoint: Checkpoint, corpus: Corpus, *, clock: Callable[[], float] = time.perf_counter
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
    try:
        trainer = Trainer(checkpoint.build_network(), corpus, checkpoint.training, clock=clock)
        for name, target in (
            ("adam.m", trainer.optimizer.m),
            ("adam.v", trainer.optimizer.v),
            ("stream", trainer.state),
        ):
            require_like(STATE + name, checkpoint.state[name], target)
            target[...] = checkpoint.state[name]
        if "best" in checkpoint.state:
            require_like(STATE + "best", checkpoint.state["best"], trainer.network.parameters.values)
            trainer.best = checkpoint.state["best"].copy()
        trainer.step = trainer.optimizer.step = checkpoint.step
        for name in ("epoch", "position", "best_step", "validated_step"):
            require_whole(name, progress[name], 0, 2**63)
        trainer.best_step, trainer.validated_step = progress["best_step"], progress["validated_step"]
        trainer.batches.seek(progress["epoch"], progress["position"])
        trainer.train_loss = _number(progress["train_loss"])
        trainer.validation_loss = _number(progress["validation_loss"])
        trainer.best_validation_loss = _number(progress["best_validation_loss"])
        trainer.training_seconds = _number(progress["training_seconds"]) or 0.0
        trainer.validation_seconds = _number(progress["validation_seconds"]) or 0.0
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
