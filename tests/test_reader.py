"""Reading character by character: with living weights, with weights at rest, and many streams at once."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from model import activation, products
from model.config import CELLS, NetworkSettings, SamplingSettings
from model.network import Network
from model.sampling import Sampler
from model.slices import finish
from model.speed import noise

V, H = 7, 5
Floats = npt.NDArray[np.floating[Any]]
Ids = npt.NDArray[np.integer]


def let_avx512_be(monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    for module in (activation, products):
        monkeypatch.setattr(module, "has_avx512", lambda: there)


def network_of(cell: str, layers: int, embedding: int = 0) -> Network:
    network = Network(NetworkSettings(hidden_size=H, layers=layers, cell=cell, embedding_size=embedding), V, np.float64)
    network.parameters.values[...] = np.random.default_rng(layers).normal(0.0, 0.7, len(network.parameters))
    return network


def a_state(network: Network, B: int) -> Floats:
    state: Floats = np.random.default_rng(B).normal(0.0, 0.6, network.initial_state(B).shape)
    return state


def read_all(network: Network, text: Ids, state: Floats) -> Floats:
    """Logits after each character of (T, B), read by one reader: (T, B, V)."""
    reader = network.reader(state)
    B = text.shape[1]
    logits = [reader.read(ids if B > 1 else int(ids[0])).reshape(B, V).copy() for ids in text]
    state[...] = reader.state
    return np.array(logits)


def window_logits(network: Network, text: Ids, state: Floats) -> Floats:
    """The same by a window, which leaves its hidden states behind."""
    T, B = text.shape
    work = network.workspace(T, B)
    finish(network.evaluate(text, text, state, work))
    logits: Floats = work.layers[-1].h[1:] @ network.W_out.T + network.b_out
    return logits


@pytest.mark.parametrize("with_avx512", [False, True])
@pytest.mark.parametrize("at_rest", [False, True])
@pytest.mark.parametrize("embedding", [0, 3])
@pytest.mark.parametrize("B", [1, 2, 6, 7, 13, 34])
@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", CELLS)
def test_reading_by_character_is_the_window(
    cell: str, layers: int, B: int, embedding: int, at_rest: bool, with_avx512: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_avx512_be(monkeypatch, there=with_avx512)
    monkeypatch.setattr(products, "SMALL", 2000)  # so that 34 streams are two pieces
    network = network_of(cell, layers, embedding)
    text = np.random.default_rng(1).integers(0, V, (6, B))
    by_window, by_step = a_state(network, B), a_state(network, B)
    expected = window_logits(network, text, by_window)
    if at_rest:
        network.rest()
    np.testing.assert_allclose(read_all(network, text, by_step), expected, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(by_step, by_window, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("embedding", [0, 3])
def test_new_weights_are_read_with_at_the_very_next_character(cell: str, embedding: int) -> None:
    network = network_of(cell, 2, embedding)
    state = a_state(network, 1)
    reader = network.reader(state)
    reader.read(3)
    for name, tensor in network.parameters.tensors.items():
        tensor += 0.1
        expected = network.step(np.array([2]), reader.state.copy())[0]
        np.testing.assert_array_equal(reader.read(2), expected, err_msg=name)


@pytest.mark.parametrize("with_avx512", [False, True])
@pytest.mark.parametrize("cell", CELLS)
def test_many_streams_are_read_with_new_weights_too(
    cell: str, with_avx512: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_avx512_be(monkeypatch, there=with_avx512)
    network, ids = network_of(cell, 2), np.arange(7)
    reader = network.reader(a_state(network, 7))
    reader.read(ids)
    for name, tensor in network.parameters.tensors.items():
        tensor += 0.1
        expected = network.step(ids, reader.state.copy())
        np.testing.assert_array_equal(reader.read(ids), expected, err_msg=name)


def test_a_step_overwrites_nothing_that_an_earlier_one_gave() -> None:
    network = network_of("lstm", 1)
    state = network.initial_state()
    first = network.step(np.array([1]), state)
    kept = first.copy()
    network.step(np.array([2]), state)
    np.testing.assert_array_equal(first, kept)


def test_weights_at_rest_cannot_change() -> None:
    network = network_of("lstm", 1)
    network.rest()
    with pytest.raises(ValueError, match="read-only"):
        network.parameters.values += 1.0
    with pytest.raises(ValueError, match="read-only"):
        network.b_out[0] = 1.0
    with pytest.raises(ValueError, match="read-only"):
        network.parameters.tensors["lstm.weight_hh_l0"][...] = 0.0


@pytest.mark.parametrize("with_avx512", [False, True])
@pytest.mark.parametrize("factor", [1.0, 400.0])
@pytest.mark.parametrize("layers", [1, 2])
def test_weights_at_rest_may_be_so_large_that_an_exponential_overflows(
    layers: int, factor: float, with_avx512: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_avx512_be(monkeypatch, there=with_avx512)
    network = Network(NetworkSettings(hidden_size=H, layers=layers), V)
    network.parameters.values[...] = factor * np.random.default_rng(0).normal(0.0, 0.7, len(network.parameters))
    text = np.random.default_rng(1).integers(0, V, (30, 1))
    expected = window_logits(network, text, network.initial_state())
    network.rest()
    with warnings.catch_warnings(), np.errstate(over="warn"):
        warnings.simplefilter("error")
        found = read_all(network, text, network.initial_state())
    np.testing.assert_allclose(found, expected, rtol=2e-5, atol=2e-5 * factor)


@pytest.mark.parametrize("with_avx512", [False, True])
def test_a_look_ahead_after_a_new_beginning_knows_how_far_the_state_may_be(
    with_avx512: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_avx512_be(monkeypatch, there=with_avx512)
    network = Network(NetworkSettings(hidden_size=8, learned_state=True), 65)
    network.initialise(np.random.default_rng(0))
    network.parameters.tensors["initial.h"][...] = 400.0 * np.random.default_rng(1).choice([-1, 1], (1, 8))
    network.rest()
    sampler = Sampler(network, noise().vocabulary, SamplingSettings(), np.random.default_rng(0))
    with np.errstate(over="raise"):
        for _ in range(3):
            sampler.draw()
        sampler.peek()
        sampler.restart()
        sampler.peek()
