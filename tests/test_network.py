"""Forward, loss and gradients of the network, against central differences and against a naive version."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from model.config import CELLS, NetworkSettings
from model.network import Network
from model.slices import finish

from naive_lstm import NaiveNetwork

# sizes that all differ, so that no transposition can hide
T, B, H, V = 4, 3, 5, 7

Ids = npt.NDArray[np.integer]
Floats = npt.NDArray[np.floating[Any]]


def network_and_window(layers: int, dtype: type = np.float64) -> tuple[Network, Ids, Ids, Floats]:
    rng = np.random.default_rng(layers)
    network = Network(NetworkSettings(hidden_size=H, layers=layers), V, dtype)
    network.parameters.values[...] = rng.normal(0.0, 0.5, len(network.parameters))
    text = rng.integers(0, V, (T + 1, B))
    state: Floats = rng.normal(0.0, 0.5, (layers, 2, B, H)).astype(dtype)
    return network, text[:-1], text[1:], state


@pytest.mark.parametrize("layers", [1, 2])
def test_gradients_agree_with_central_differences_from_a_carried_state(layers: int) -> None:
    network, inputs, targets, state = network_and_window(layers)
    work = network.workspace(T, B)
    finish(network.gradients(inputs, targets, state.copy(), work))
    analytic = network.parameters.grads.copy()
    values, epsilon = network.parameters.values, 1e-5

    def loss_with(index: int, value: float) -> float:
        kept, values[index] = values[index], value
        loss = finish(network.evaluate(inputs, targets, state.copy(), work)) / (T * B)
        values[index] = kept
        return loss

    numeric = np.array(
        [
            (loss_with(k, values[k] + epsilon) - loss_with(k, values[k] - epsilon)) / (2 * epsilon)
            for k in range(len(values))
        ]
    )
    numeric_tensors = network.parameters.views_of(numeric)
    for name, gradient in network.parameters.views_of(analytic).items():
        difference = np.linalg.norm(gradient - numeric_tensors[name])
        scale = np.linalg.norm(gradient) + np.linalg.norm(numeric_tensors[name])
        assert difference <= 1e-6 * scale, name


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_loss_state_and_gradients_agree_with_the_naive_network(layers: int) -> None:
    network, inputs, targets, state = network_and_window(layers)
    naive = NaiveNetwork(network.parameters.tensors, layers)
    loss, grads, after, hidden = naive.run(inputs, targets, state)

    work = network.workspace(T, B)
    carried = state.copy()
    assert finish(network.gradients(inputs, targets, carried, work)) == pytest.approx(loss, rel=1e-12)
    np.testing.assert_allclose(work.layers[-1].h[1:], hidden, rtol=1e-12)
    np.testing.assert_allclose(carried, after, rtol=1e-12)
    for name, gradient in network.parameters.grad_tensors.items():
        np.testing.assert_allclose(gradient, grads[name], rtol=1e-9, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_a_single_bias_leaves_the_recurrent_one_without_a_gradient(cell: str) -> None:
    gradients = []
    for single in (False, True):
        network = Network(NetworkSettings(hidden_size=H, layers=2, cell=cell, single_bias=single), V, np.float64)
        network.initialise(np.random.default_rng(0))
        text = np.random.default_rng(1).integers(0, V, (T + 1, B))
        finish(network.gradients(text[:-1], text[1:], network.initial_state(B), network.workspace(T, B)))
        gradients.append(network.parameters.grad_tensors)
    for name, both in gradients[0].items():
        one = gradients[1][name]
        assert both.any() and not one.any() if "bias_hh" in name else np.array_equal(one, both)


def test_single_precision_follows_double_precision() -> None:
    network, inputs, targets, state = network_and_window(2)
    single = Network(network.settings, V, np.float32)
    single.parameters.values[...] = network.parameters.values
    loss = finish(network.gradients(inputs, targets, state.copy(), network.workspace(T, B)))
    single_state = state.astype(np.float32)
    single_loss = finish(single.gradients(inputs, targets, single_state, single.workspace(T, B)))
    assert single_loss == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(single.parameters.grads, network.parameters.grads, rtol=1e-3, atol=1e-6)


def test_one_long_window_costs_what_many_carried_short_ones_cost() -> None:
    network, inputs, targets, state = network_and_window(2)
    long_state, short_state = state.copy(), state.copy()
    whole = finish(network.evaluate(inputs, targets, long_state, network.workspace(T, B)))
    work = network.workspace(1, B)
    parts = sum(finish(network.evaluate(inputs[t : t + 1], targets[t : t + 1], short_state, work)) for t in range(T))
    assert parts == pytest.approx(whole, rel=1e-12)
    np.testing.assert_allclose(short_state, long_state, rtol=1e-12)


def test_a_stream_of_a_batch_is_the_same_as_the_stream_alone() -> None:
    network, inputs, targets, state = network_and_window(2)
    together = state.copy()
    finish(network.evaluate(inputs, targets, together, network.workspace(T, B)))
    alone = state[:, :, 1:2].copy()
    finish(network.evaluate(inputs[:, 1:2], targets[:, 1:2], alone, network.workspace(T, 1)))
    np.testing.assert_allclose(alone, together[:, :, 1:2], rtol=1e-12)


def test_stepping_by_character_reaches_the_state_of_the_window() -> None:
    network, inputs, targets, state = network_and_window(2)
    by_window, by_step = state.copy(), state.copy()
    finish(network.evaluate(inputs, targets, by_window, network.workspace(T, B)))
    for ids in inputs:
        logits = network.step(ids, by_step)
    np.testing.assert_allclose(by_step, by_window, rtol=1e-12)
    assert logits.shape == (B, V)


def test_uniform_logits_cost_ln_v() -> None:
    network, inputs, targets, state = network_and_window(1)
    network.parameters.values[...] = 0.0
    loss = finish(network.gradients(inputs, targets, state, network.workspace(T, B)))
    assert loss == pytest.approx(math.log(V), rel=1e-12)


def test_a_new_network_remembers_until_told_otherwise() -> None:
    network = Network(NetworkSettings(hidden_size=H), V)
    network.initialise(np.random.default_rng(0))
    forget = slice(H, 2 * H)
    bias = network.parameters.tensors["lstm.bias_ih_l0"] + network.parameters.tensors["lstm.bias_hh_l0"]
    assert (bias[forget] == 1.0).all()
    assert not np.delete(bias, np.arange(H, 2 * H)).any()


def test_the_same_seed_draws_the_same_network() -> None:
    def weights(seed: int) -> Floats:
        network = Network(NetworkSettings(hidden_size=H, layers=2), V)
        network.initialise(np.random.default_rng(seed))
        return network.parameters.values

    assert (weights(1) == weights(1)).all()
    assert (weights(1) != weights(2)).any()


def test_a_step_pauses_often_enough_for_a_large_network() -> None:
    network = Network(NetworkSettings(hidden_size=512, layers=2), V)
    work = network.workspace(8, 64)
    ids = np.zeros((8, 64), np.uint8)
    pauses = sum(1 for _ in network.gradients(ids, ids, network.initial_state(64), work))
    # forward and backward of each layer yield after two time steps, a hundred and thirty million operations each
    assert pauses >= 2 * 2 * 4
