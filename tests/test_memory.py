"""Training makes its buffers once: a step allocates little, and leaves nothing behind."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from model.config import CELLS, OPTIMIZERS, NetworkSettings, SamplingSettings, TrainingSettings
from model.learner import Learner
from model.network import Network
from model.sampling import Sampler
from model.slices import finish

from text_helpers import TickingClock, corpus_of

TEXT = "abc cab\n" * 2000
T, B, H = 40, 24, 64
ONE_GATE = 4 * T * B * H
"""Bytes of one gate over a window: an LSTM layer keeps eight such arrays between forward and backward."""


@pytest.fixture(autouse=True)
def traced() -> Iterator[None]:
    tracemalloc.start()
    yield
    tracemalloc.stop()


def learner_of(network: NetworkSettings, training: TrainingSettings) -> Learner:
    corpus = corpus_of(TEXT)
    fresh = Network(network, len(corpus.vocabulary))
    fresh.initialise(np.random.default_rng(0))
    return Learner(fresh, corpus, training, TickingClock())


def demand(learner: Learner, steps: int) -> tuple[int, int]:
    """Bytes that `steps` more steps ask for at their worst moment, and that they keep."""
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in range(steps):
        finish(learner.learn())
    after, peak = tracemalloc.get_traced_memory()
    return peak - before, after - before


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_a_step_asks_for_little_beside_its_buffers(cell: str, layers: int) -> None:
    shape = NetworkSettings(hidden_size=H, layers=layers, cell=cell)
    learner = learner_of(shape, TrainingSettings(seq_length=T, batch_size=B, average=0.9))
    demand(learner, 3)
    peak, kept = demand(learner, 10)
    assert peak < 2 * ONE_GATE
    assert kept < 10_000


@pytest.mark.parametrize("cell", CELLS)
def test_a_single_stream_works_with_the_weights_as_they_lie(cell: str) -> None:
    network = Network(NetworkSettings(hidden_size=256, cell=cell), 5)
    tracemalloc.reset_peak()
    before, _ = tracemalloc.get_traced_memory()
    work = network.workspace(2, 1)
    finish(network.gradients(np.zeros((2, 1), int), np.ones((2, 1), int), network.initial_state(1), work))
    _, peak = tracemalloc.get_traced_memory()
    assert peak - before < network.layers[0].W_hh.nbytes / 2


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_asks_for_no_copy_of_the_weights(optimizer: str) -> None:
    # a network that is large against its window
    training = TrainingSettings(seq_length=2, batch_size=1, optimizer=optimizer)
    learner = learner_of(NetworkSettings(hidden_size=200, layers=2), training)
    demand(learner, 3)
    peak, _ = demand(learner, 10)
    assert peak < learner.network.parameters.values.nbytes / 2


@pytest.mark.parametrize("at_rest", [False, True])
def test_writing_leaves_nothing_behind(at_rest: bool) -> None:
    learner = learner_of(NetworkSettings(hidden_size=H), TrainingSettings())
    if at_rest:
        learner.network.rest()
    sampler = Sampler(learner.network, learner.corpus.vocabulary, SamplingSettings(), np.random.default_rng(0))
    for _ in range(10):
        sampler.draw()
    before, _ = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    for _ in range(100):
        sampler.draw()
    after, peak = tracemalloc.get_traced_memory()
    assert after - before < 2_000
    assert peak - before < 10_000
