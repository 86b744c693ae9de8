"""Properties that hold for every cell, depth and option, over random shapes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.config import CELLS, NetworkSettings
from model.dropout import Dropout, Shares
from model.network import Network
from model.products import in_panels
from model.slices import finish

Ids = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating[Any]]


@dataclass
class Case:
    """A network in double precision, a window, and the state before it."""

    network: Network
    inputs: Ids
    targets: Ids
    state: Floats
    dropout: tuple[Shares, int]
    """And its seed."""
    first: bool

    def loss_and_gradient(self) -> tuple[float, Floats]:
        T, B = self.inputs.shape
        state = self.network.initial_state(B) if self.first else self.state.copy()
        work = self.network.workspace(T, B)
        shares, seed = self.dropout
        # the same masks each time
        dropout = Dropout(shares, np.random.default_rng(seed)) if shares else None
        loss = finish(self.network.gradients(self.inputs, self.targets, state, work, dropout=dropout, first=self.first))
        return loss, self.network.parameters.grads.copy()


@st.composite
def cases(draw: Callable[[st.SearchStrategy[Any]], Any]) -> Case:
    H = draw(st.integers(1, 5))
    embedding = draw(st.sampled_from([0, 0, 3, H]))
    network_settings = NetworkSettings(
        hidden_size=H,
        layers=draw(st.integers(1, 4)),
        cell=draw(st.sampled_from(CELLS)),
        embedding_size=embedding,
        tied=embedding == H and draw(st.booleans()),
        learned_state=draw(st.booleans()),
    )
    V, T, B = draw(st.integers(2, 6)), draw(st.integers(1, 5)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    network = Network(network_settings, V, np.float64)
    network.parameters.values[...] = rng.normal(0.0, 0.6, len(network.parameters))
    text = rng.integers(0, V, (T + 1, B))
    state = rng.normal(0.0, 0.6, network.initial_state(B).shape)
    some = st.sampled_from([0.0, 0.4])
    shares = Shares(draw(some), draw(st.booleans()), draw(some))
    return Case(network, text[:-1], text[1:], state, (shares, draw(st.integers(0, 99))), draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(cases())
def test_every_gradient_agrees_with_central_differences(case: Case) -> None:
    values, epsilon = case.network.parameters.values, 1e-5
    _, analytic = case.loss_and_gradient()

    def loss_at(index: int, value: float) -> float:
        kept, values[index] = values[index], value
        loss, _ = case.loss_and_gradient()
        values[index] = kept
        return loss

    # all of the small tensors, and some numbers of each large one
    for name, gradient in case.network.parameters.views_of(analytic).items():
        places = case.network.parameters.views_of(np.arange(len(values), dtype=float))[name].ravel().astype(int)
        some = places[:: max(1, len(places) // 12)]
        numeric = np.array(
            [(loss_at(k, values[k] + epsilon) - loss_at(k, values[k] - epsilon)) / (2 * epsilon) for k in some.tolist()]
        )
        there = analytic[some]
        scale = np.linalg.norm(there) + np.linalg.norm(numeric) + 1e-4
        assert np.linalg.norm(there - numeric) <= 1e-6 * scale, name
        assert gradient.shape == case.network.parameters.shapes[name]


@settings(max_examples=40, deadline=None)
@given(cases())
def test_one_long_window_is_many_carried_short_ones(case: Case) -> None:
    T, B = case.inputs.shape
    whole, parts = case.state.copy(), case.state.copy()
    loss = finish(case.network.evaluate(case.inputs, case.targets, whole, case.network.workspace(T, B)))
    work = case.network.workspace(1, B)
    summed = sum(
        finish(case.network.evaluate(case.inputs[t : t + 1], case.targets[t : t + 1], parts, work)) for t in range(T)
    )
    assert summed == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(parts, whole, rtol=1e-10, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases(), st.data())
def test_wherever_a_window_is_cut_every_hidden_state_stays(case: Case, data: st.DataObject) -> None:
    T, B = case.inputs.shape
    cut = data.draw(st.integers(0, T))

    def hidden(start: int, stop: int, state: Floats) -> Floats:
        work = case.network.workspace(stop - start, B)
        finish(case.network.evaluate(case.inputs[start:stop], case.targets[start:stop], state, work))
        return np.array([layer.h[1:] for layer in work.layers])  # (L, T, B, H)

    whole = hidden(0, T, case.state.copy())
    state = case.state.copy()
    parts = [hidden(start, stop, state) for start, stop in ((0, cut), (cut, T)) if start < stop]
    np.testing.assert_allclose(np.concatenate(parts, axis=1), whole, rtol=1e-12, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_learning_costs_what_reading_costs(case: Case) -> None:
    T, B = case.inputs.shape
    learning, reading = case.state.copy(), case.state.copy()
    work = case.network.workspace(T, B)
    loss = finish(case.network.gradients(case.inputs, case.targets, learning, work))
    summed = finish(case.network.evaluate(case.inputs, case.targets, reading, work))
    assert loss == pytest.approx(summed / (T * B), rel=1e-12)
    np.testing.assert_allclose(learning, reading, rtol=1e-12, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_the_gradient_of_a_batch_is_the_mean_of_its_streams(case: Case) -> None:
    # masks of dropout would be other ones in another shape
    case.dropout = (Shares(), 0)
    loss, together = case.loss_and_gradient()
    losses, gradients = [], []
    for b in range(case.inputs.shape[1]):
        one = slice(b, b + 1)
        alone = Case(
            case.network, case.inputs[:, one], case.targets[:, one], case.state[:, :, one], (Shares(), 0), case.first
        )
        stream_loss, stream_gradient = alone.loss_and_gradient()
        losses.append(stream_loss)
        gradients.append(stream_gradient)
    assert np.mean(losses) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(np.mean(gradients, axis=0), together, rtol=1e-9, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_a_stream_in_a_batch_is_the_stream_alone(case: Case) -> None:
    T, B = case.inputs.shape
    together = case.state.copy()
    finish(case.network.evaluate(case.inputs, case.targets, together, case.network.workspace(T, B)))
    for b in range(B):
        alone = case.state[:, :, b : b + 1].copy()
        one = slice(b, b + 1)
        finish(case.network.evaluate(case.inputs[:, one], case.targets[:, one], alone, case.network.workspace(T, 1)))
        np.testing.assert_allclose(alone, together[:, :, one], rtol=1e-10, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_stepping_by_character_is_the_window(case: Case) -> None:
    T, B = case.inputs.shape
    by_window, by_step = case.state.copy(), case.state.copy()
    finish(case.network.evaluate(case.inputs, case.targets, by_window, case.network.workspace(T, B)))
    for ids in case.inputs:
        case.network.step(ids, by_step)
    np.testing.assert_allclose(by_step, by_window, rtol=1e-10, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(cases())
def test_single_precision_follows_double(case: Case) -> None:
    single = Network(case.network.settings, case.network.V, np.float32)
    single.parameters.values[...] = case.network.parameters.values
    loss, gradient = case.loss_and_gradient()
    other = Case(single, case.inputs, case.targets, case.state.astype(np.float32), case.dropout, case.first)
    single_loss, single_gradient = other.loss_and_gradient()
    assert single_loss == pytest.approx(loss, rel=1e-5)
    assert np.linalg.norm(single_gradient - gradient) <= 1e-4 * (np.linalg.norm(gradient) + 1e-3)


def test_dropout_silences_its_share_and_keeps_the_mean() -> None:
    mask = np.empty((50, 20, 30), np.float32)
    Dropout(Shares(0.3), np.random.default_rng(0)).mask(mask, 0.3)
    assert (mask == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert mask.mean() == pytest.approx(1.0, abs=0.02)


@pytest.mark.parametrize("cell", CELLS)
def test_orthogonal_recurrent_weights_keep_lengths(cell: str) -> None:
    network = Network(NetworkSettings(hidden_size=7, layers=2, cell=cell, initialisation="orthogonal"), 5, np.float64)
    network.initialise(np.random.default_rng(0))
    for layer in network.layers:
        for block in in_panels(layer.W_hh, layer.H):
            np.testing.assert_allclose(block @ block.T, np.eye(7), atol=1e-12)
