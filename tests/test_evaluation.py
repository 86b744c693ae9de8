"""The loss on a text that is only read."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from model.config import NetworkSettings
from model.evaluation import WARM_UP, one_stream_loss, parallel_loss, parallel_slices, sampled_loss, slices_of
from model.network import Network
from model.slices import finish
from model.softmax import Ids

V = 7
SPLIT = 2 * 4 * WARM_UP
"""From this length on the text is read as two streams or more."""


def network_of(layers: int, dtype: type = np.float64) -> Network:
    network = Network(NetworkSettings(hidden_size=5, layers=layers), V, dtype)
    network.parameters.values[...] = np.random.default_rng(layers).normal(0.0, 0.5, len(network.parameters))
    return network


def text_of(length: int) -> Ids:
    return np.random.default_rng(length).integers(0, V, length).astype(np.uint8)


@pytest.mark.parametrize("layers", [1, 2])
def test_one_stream_is_the_sum_over_single_steps(layers: int) -> None:
    network, ids = network_of(layers), text_of(300)
    state, total = network.initial_state(), 0.0
    for read, following in pairwise(ids):
        logits = network.step(np.array([read]), state)[0]
        total -= logits[following] - np.log(np.exp(logits).sum())
    assert finish(one_stream_loss(network, ids)) == pytest.approx(total / 299, rel=1e-12)


@pytest.mark.parametrize("length", [2, 3, 128, 129, 130, SPLIT - 1, SPLIT, SPLIT + 1, 3 * SPLIT + 17, 50_021])
def test_all_characters_but_the_first_are_predicted_once_each(length: int) -> None:
    # a network without memory gives each character the same cost wherever it stands
    network, ids = network_of(1), text_of(length)
    network.parameters.values[...] = 0.0
    costs = -np.log(np.arange(1.0, V + 1) / (V * (V + 1) / 2))
    network.b_out[...] = -costs
    expected = costs[ids[1:]].mean()
    assert finish(parallel_loss(network, ids)) == pytest.approx(expected, rel=1e-12)
    assert finish(one_stream_loss(network, ids)) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("length", [2, 129, SPLIT - 1])
def test_a_text_of_one_part_costs_in_parallel_what_it_costs_as_one_stream(length: int) -> None:
    network, ids = network_of(2, np.float32), text_of(length)
    assert finish(parallel_loss(network, ids)) == finish(one_stream_loss(network, ids))


def test_parts_side_by_side_hardly_differ_from_one_stream() -> None:
    network, ids = network_of(2), text_of(10 * SPLIT)
    one_stream = finish(one_stream_loss(network, ids))
    assert finish(parallel_loss(network, ids)) == pytest.approx(one_stream, abs=1e-9)


def test_the_warm_up_of_a_part_is_what_stands_before_it() -> None:
    # bound to remember its whole past, this network would betray a part that began from nothing
    network, ids = network_of(1), text_of(SPLIT + 100)
    network.layers[0].b_ih[1] = 4.0
    one_stream = finish(one_stream_loss(network, ids))
    assert finish(parallel_loss(network, ids)) == pytest.approx(one_stream, abs=1e-5)


@pytest.mark.parametrize("length", [0, 1])
def test_a_text_without_a_character_to_predict_is_an_error(length: int) -> None:
    for loss in (one_stream_loss, parallel_loss):
        with pytest.raises(ValueError, match=f"at least 2 characters, not {length}"):
            finish(loss(network_of(1), text_of(length)))


def test_a_loss_leaves_the_weights_alone_and_can_be_put_aside() -> None:
    network, ids = network_of(1), text_of(300)
    before = network.parameters.values.copy()
    slices = sum(1 for _ in one_stream_loss(network, ids))
    assert slices >= 9  # at least three pauses in each of its three windows
    np.testing.assert_array_equal(network.parameters.values, before)
    assert math.isfinite(finish(one_stream_loss(network, ids)))


def test_a_sampled_loss_is_that_of_passages_from_all_over_the_text() -> None:
    network = network_of(1)
    rng = np.random.default_rng(0)
    # the first half is easy for nobody; the second half is one character
    ids = np.concatenate([rng.integers(0, 3, 20_000), np.zeros(20_000, int)]).astype(np.uint8)
    whole = finish(parallel_loss(network, ids))
    sampled = finish(sampled_loss(network, ids, 8_192))
    beginning = finish(parallel_loss(network, ids[:8_192]))
    assert abs(sampled - whole) < 0.05 * abs(beginning - whole)


def test_a_short_text_is_not_sampled_but_read_whole() -> None:
    network = network_of(1)
    ids = np.random.default_rng(1).integers(0, 3, 3_000).astype(np.uint8)
    assert finish(sampled_loss(network, ids, 8_192)) == finish(parallel_loss(network, ids))


@pytest.mark.parametrize("length", [700, 70_000])
def test_how_many_slices_a_loss_takes_is_known_before(length: int) -> None:
    network = network_of(1)
    ids = text_of(length)
    taken = sum(1 for _ in parallel_loss(network, ids))
    assert parallel_slices(network, length) == pytest.approx(taken, rel=0.2, abs=3)
    assert slices_of(network, length - 1, 1) == pytest.approx(sum(1 for _ in one_stream_loss(network, ids)), rel=0.05)
