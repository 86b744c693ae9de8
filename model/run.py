"""From settings to a trainer, from a trainer to a checkpoint, and back."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from corpora.corpus import Corpus
from model.checkpoint import Checkpoint, CheckpointError, CorpusOrigin
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
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
        tensors=trainer.network.parameters.tensors,
        state={name: tensor.copy() for name, tensor in state.items()},
        step=trainer.step,
        progress={
            "epoch": trainer.batches.epoch,
            "position": trainer.batches.position,
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
    """The network at its lowest validation loss, to be played; None if the present one is it, or none was measured."""
    if trainer.best is None or trainer.validation_loss == trainer.best_validation_loss:
        return None
    whole = checkpoint_of(trainer, sampling)
    tensors = trainer.network.parameters.views_of(trainer.best)
    return replace(whole, tensors=tensors, state={}, progress={"validation_loss": trainer.best_validation_loss})


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
    trainer = Trainer(checkpoint.build_network(), corpus, checkpoint.training, clock=clock)
    progress = checkpoint.progress
    try:
        for name, target in (
            ("adam.m", trainer.optimizer.m),
            ("adam.v", trainer.optimizer.v),
            ("stream", trainer.state),
        ):
            source = checkpoint.state[name]
            if source.shape != target.shape:
                raise CheckpointError(f"its {name} has the shape {source.shape}; {target.shape} was expected")
            target[...] = source
        best = checkpoint.state.get("best")
        trainer.best = None if best is None else best.reshape(len(trainer.network.parameters)).copy()
        trainer.step = trainer.optimizer.step = checkpoint.step
        trainer.batches.seek(int(progress["epoch"]), int(progress["position"]))
        trainer.train_loss = progress["train_loss"]
        trainer.validation_loss = progress["validation_loss"]
        trainer.best_validation_loss = progress["best_validation_loss"]
        trainer.training_seconds = float(progress["training_seconds"])
        trainer.validation_seconds = float(progress["validation_seconds"])
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, CheckpointError):
            raise
        raise CheckpointError(f"its training state is damaged ({type(error).__name__}: {error})") from error
    return trainer
