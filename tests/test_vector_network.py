"""Networks of vectors: their gradients, and that they are the networks of characters where both can do the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.config import CELLS, NetworkSettings, TrainingSettings
from model.lab.pupil import Pupil
from model.network import Network
from model.objectives import CrossEntropy, SquaredError
from model.slices import finish
from model.vector_network import EVERYWHERE, Lesson, VectorNetwork


@dataclass
class Case:
    """A network in double precision, and something to learn."""

    network: VectorNetwork
    lesson: Lesson

    def loss(self) -> float:
        T, B, _ = self.lesson.x.shape
        return finish(self.network.gradients(self.lesson, self.network.workspace(T, B)))


@st.composite
def cases(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
    shape = NetworkSettings(
        hidden_size=draw(st.integers(1, 4)), layers=draw(st.integers(1, 3)), cell=draw(st.sampled_from(CELLS))
    )
    D, K = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    T, B = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    network = VectorNetwork(shape, D, K, np.float64)
    network.parameters.values[...] = rng.normal(0.0, 0.6, len(network.parameters))
    some = rng.permutation(T * B)[: draw(st.integers(1, T * B))]
    places = draw(st.sampled_from([EVERYWHERE, some]))
    N = T * B if places is EVERYWHERE else len(some)
    objective = draw(st.sampled_from([CrossEntropy(rng.integers(0, K, N)), SquaredError(rng.normal(0.0, 1.0, (N, K)))]))
    return Case(network, Lesson(rng.normal(0.0, 1.0, (T, B, D)), objective, places))


@settings(max_examples=25, deadline=None)
@given(cases())
def test_every_gradient_agrees_with_central_differences(case: Case) -> None:
    values, epsilon = case.network.parameters.values, 1e-5
    case.loss()
    analytic = case.network.parameters.grads.copy()

    def loss_at(index: int, value: float) -> float:
        kept, values[index] = values[index], value
        loss = case.loss()
        values[index] = kept
        return loss

    numeric = np.array(
        [
            (loss_at(index, value + epsilon) - loss_at(index, value - epsilon)) / (2 * epsilon)
            for index, value in enumerate(values.tolist())
        ]
    )
    np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-8)


@pytest.mark.parametrize("cell", CELLS)
def test_one_hot_vectors_are_learnt_as_characters_are(cell: str) -> None:
    T, B, V = 6, 4, 5
    rng = np.random.default_rng(1)
    shape = NetworkSettings(hidden_size=7, layers=2, cell=cell)
    of_characters, of_vectors = Network(shape, V, np.float64), VectorNetwork(shape, V, V, np.float64)
    of_characters.initialise(rng)
    of_vectors.parameters.values[...] = of_characters.parameters.values
    text = rng.integers(0, V, (T + 1, B))
    lesson = Lesson(np.eye(V)[text[:-1]], CrossEntropy(text[1:].reshape(-1)))
    loss = finish(of_vectors.gradients(lesson, of_vectors.workspace(T, B)))
    state, work = of_characters.initial_state(B), of_characters.workspace(T, B)
    assert loss == pytest.approx(finish(of_characters.gradients(text[:-1], text[1:], state, work)), rel=1e-12)
    np.testing.assert_allclose(of_vectors.parameters.grads, of_characters.parameters.grads, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_what_comes_after_the_last_place_changes_nothing(cell: str) -> None:
    rng = np.random.default_rng(2)
    network = VectorNetwork(NetworkSettings(hidden_size=6, cell=cell), 3, 4)
    network.initialise(rng)
    x, wanted = rng.normal(0.0, 1.0, (5, 2, 3)).astype(np.float32), CrossEntropy(np.array([1, 3, 0]))
    lesson = Lesson(x, wanted, np.array([0, 1, 4]))  # steps 0 and 2 of the first sequence, step 0 of the second
    before = finish(network.gradients(lesson, network.workspace(5, 2)))
    kept = network.parameters.grads.copy()
    filled = x.copy()
    filled[3:, 0] = filled[1:, 1] = 9.0
    assert finish(network.gradients(replace(lesson, x=filled), network.workspace(5, 2))) == before
    np.testing.assert_array_equal(network.parameters.grads, kept)


@pytest.mark.parametrize("cell", CELLS)
def test_step_by_step_it_says_what_it_says_of_all_at_once(cell: str) -> None:
    pupil = Pupil(NetworkSettings(hidden_size=9, layers=2, cell=cell), TrainingSettings(), 2, 3)
    x = np.random.default_rng(3).normal(0.0, 1.0, (6, 4, 2)).astype(np.float32)
    state = pupil.network.initial_state(4)
    one_by_one = [pupil.read(x[t : t + 1], state)[0] for t in range(len(x))]
    np.testing.assert_allclose(np.stack(one_by_one), pupil.read(x), rtol=1e-4, atol=1e-6)


def test_a_pupil_learns_a_rule() -> None:
    """The sign of a sum of all that was read."""
    rng = np.random.default_rng(4)
    x = rng.normal(0.0, 1.0, (6, 64, 1)).astype(np.float32)
    right = (x.sum(axis=(0, 2)) > 0.0).astype(int)
    lesson = Lesson(x, CrossEntropy(right), 5 * 64 + np.arange(64))
    pupil = Pupil(NetworkSettings(hidden_size=8), TrainingSettings(learning_rate=0.02), 1, 2)
    losses = [finish(pupil.learn(lesson)) for _ in range(120)]
    assert losses[0] > 0.6 and losses[-1] < 0.1
    assert pupil.step == 120
    assert (pupil.read(x)[-1].argmax(axis=1) == right).mean() > 0.95
