"""Drawing characters: the arithmetic of chance, and a sampler that is steered between two characters."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings
from model.network import Network
from model.parameters import Floats
from model.sampling import CANDIDATES, Sampler, distribution, tempered, top_k, top_p

PLAIN = SamplingSettings(temperature=1.0)
LOGITS = np.array([0.5, -1.0, 2.0, 0.0, 1.0], np.float32)

logits_lists = st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=20)
weights_lists = st.lists(st.integers(1, 50), min_size=1, max_size=20)


def normal(weights: list[int]) -> Floats:
    return np.array(weights) / sum(weights)


def memoryless(symbols: str, logits: Floats) -> tuple[Network, Vocabulary]:
    """A network that always has the same opinion."""
    network = Network(NetworkSettings(hidden_size=3), len(symbols))
    network.b_out[...] = logits
    return network, Vocabulary(symbols)


def opinionated(symbols: str = "\nabcdefghijklmnopqr") -> tuple[Network, Vocabulary]:
    """A network whose opinion hangs on all that it has read."""
    network = Network(NetworkSettings(hidden_size=6, layers=2), len(symbols))
    network.parameters.values[...] = np.random.default_rng(1).normal(0.0, 1.0, len(network.parameters))
    return network, Vocabulary(symbols)


def written(sampler: Sampler, characters: int) -> str:
    return sampler.vocabulary.decode([sampler.draw().id for _ in range(characters)])


# -------------------------------------------------------------------------------------- the arithmetic


@given(logits_lists)
def test_temperature_zero_is_certain_of_the_likeliest(logits: list[float]) -> None:
    probs = tempered(np.array(logits, np.float32), 0.0)
    assert probs[np.argmax(logits)] == 1.0
    assert np.count_nonzero(probs) == 1


@given(logits_lists, st.sampled_from([5e-324, 1e-300, 1e-3, 1.0, 100.0, 1e300, math.inf]))
def test_no_temperature_overflows(logits: list[float], temperature: float) -> None:
    # warnings are errors here: numpy would warn of an overflow
    probs = tempered(np.array(logits, np.float32), temperature)
    assert np.isfinite(probs).all()
    assert probs.sum() == pytest.approx(1.0, rel=1e-12)
    assert probs[np.argmax(logits)] == probs.max()


def test_a_vanishing_temperature_shares_between_equals_only() -> None:
    probs = tempered(np.array([1.0, 3.0, 2.0, 3.0], np.float32), 1e-300)
    np.testing.assert_array_equal(probs, [0.0, 0.5, 0.0, 0.5])


def test_temperature_one_is_the_softmax() -> None:
    expected = np.exp(LOGITS.astype(float)) / np.exp(LOGITS.astype(float)).sum()
    np.testing.assert_allclose(tempered(LOGITS, 1.0), expected, rtol=1e-12)


def test_opinions_level_out_as_the_temperature_grows() -> None:
    spreads = [float(np.ptp(tempered(LOGITS, temperature))) for temperature in (0.0, 0.1, 0.5, 1, 2, 10, 100, 1e6)]
    assert spreads == sorted(spreads, reverse=True)
    assert spreads[-1] < 1e-6


def test_top_k_keeps_exactly_k_of_equals_those_with_the_lower_ids() -> None:
    probs = np.array([0.1, 0.2, 0.2, 0.3, 0.2])
    np.testing.assert_allclose(top_k(probs, 1), [0, 0, 0, 1, 0])
    np.testing.assert_allclose(top_k(probs, 3), np.array([0, 2, 2, 3, 0]) / 7)
    np.testing.assert_allclose(top_k(probs, 4), np.array([0, 2, 2, 3, 2]) / 9)


@given(weights_lists, st.integers(1, 25))
def test_top_k_keeps_k_characters_and_their_proportions(weights: list[int], k: int) -> None:
    probs = normal(weights)
    kept = top_k(probs, k)
    inside = kept > 0
    assert np.count_nonzero(inside) == min(k, len(probs))
    assert probs[inside].min() >= probs[~inside].max(initial=0.0)
    np.testing.assert_allclose(kept[inside], probs[inside] / probs[inside].sum(), rtol=1e-12)


def test_top_k_of_zero_keeps_all_and_below_zero_is_an_error() -> None:
    probs = normal([1, 2, 3])
    np.testing.assert_array_equal(top_k(probs, 0), probs)
    with pytest.raises(ValueError, match="top-k is -1"):
        top_k(probs, -1)


def test_top_p_keeps_of_equals_those_with_the_lower_ids() -> None:
    probs = np.array([0.125, 0.25, 0.125, 0.25, 0.25])
    np.testing.assert_allclose(top_p(probs, 0.25), [0, 1, 0, 0, 0])
    np.testing.assert_allclose(top_p(probs, 0.26), [0, 0.5, 0, 0.5, 0])
    np.testing.assert_allclose(top_p(probs, 0.75), [0, 1 / 3, 0, 1 / 3, 1 / 3])
    np.testing.assert_allclose(top_p(probs, 0.8), np.array([1, 2, 0, 2, 2]) / 7)


@given(weights_lists, st.integers(1, 1000))
def test_top_p_keeps_the_smallest_set_that_reaches_p(weights: list[int], reach: int) -> None:
    # p is so many of all the weight: whole numbers tell exactly which set is the smallest
    total = sum(weights)
    reach = min(reach, total)
    kept = top_p(normal(weights), reach / total)
    expected, smallest = 0, 0
    for weight in sorted(weights, reverse=True):
        if expected >= reach:
            break
        expected, smallest = expected + weight, smallest + 1
    assert np.count_nonzero(kept) == smallest
    assert sum(weight for weight, share in zip(weights, kept, strict=True) if share > 0) == expected
    assert kept.sum() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("V", [10, 49, 65, 1000])
def test_top_p_is_not_misled_by_rounding(V: int) -> None:
    uniform = np.full(V, 1.0 / V)
    assert [np.count_nonzero(top_p(uniform, kept / V)) for kept in range(1, V + 1)] == list(range(1, V + 1))


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1, math.nan])
def test_top_p_outside_its_range_is_an_error(p: float) -> None:
    with pytest.raises(ValueError, match="top-p is"):
        top_p(normal([1, 2]), p)


def test_temperature_acts_first_then_top_k_then_top_p() -> None:
    logits = np.log(np.array([16.0, 9.0, 4.0, 1.0]))
    settings = SamplingSettings(temperature=2.0, top_k=3, top_p=0.7)
    # temperature 2 takes roots: 4 3 2 1; three are kept: 4/9 3/9 2/9; two of them reach 0.7
    np.testing.assert_allclose(distribution(logits, settings), [4 / 7, 3 / 7, 0, 0], rtol=1e-12)
    # without top-k first, three would be needed to reach it, and without the temperature one
    assert np.count_nonzero(distribution(logits, replace(settings, top_k=0, top_p=0.75))) == 3
    assert np.count_nonzero(distribution(logits, replace(settings, temperature=1.0, top_p=0.55))) == 1


# ------------------------------------------------------------------------------------------ the sampler


@pytest.mark.parametrize(
    "settings",
    [
        PLAIN,
        SamplingSettings(temperature=0.5),
        SamplingSettings(temperature=3.0),
        SamplingSettings(temperature=1.0, top_k=3),
        SamplingSettings(temperature=1.5, top_k=4, top_p=0.8),
    ],
)
def test_characters_come_as_often_as_is_said(settings: SamplingSettings) -> None:
    network, vocabulary = memoryless("abcde", LOGITS)
    sampler = Sampler(network, vocabulary, settings, np.random.default_rng(7))
    draws = [sampler.draw() for _ in range(4000)]
    probs = distribution(LOGITS, settings)
    counts = np.bincount([draw.id for draw in draws], minlength=5)
    assert not counts[probs == 0.0].any()
    possible = probs > 0.0
    expected = probs[possible] * len(draws)
    chi_square = float(((counts[possible] - expected) ** 2 / expected).sum())
    assert chi_square < 18.5  # 0.999 of the distribution with four degrees of freedom, more of one with fewer


def test_the_same_seed_writes_the_same_text() -> None:
    def text(seed: int) -> str:
        return written(Sampler(*opinionated(), PLAIN, np.random.default_rng(seed)), 200)

    assert text(1) == text(1)
    assert text(1) != text(2)


def test_temperature_zero_writes_the_same_text_whatever_the_seed() -> None:
    def text(seed: int) -> str:
        return written(Sampler(*opinionated(), SamplingSettings(temperature=0.0), np.random.default_rng(seed)), 50)

    assert text(1) == text(2)


def test_unknown_characters_of_a_prime_are_named_once_and_the_rest_is_read() -> None:
    network, vocabulary = opinionated("\nabc")
    odd, plain = (Sampler(network, vocabulary, PLAIN, np.random.default_rng(0)) for _ in range(2))
    assert odd.restart("aXbéXc😀") == ("abc", ("X", "é", "😀"))
    assert plain.restart("abc") == ("abc", ())
    np.testing.assert_array_equal(odd.state, plain.state)
    assert written(odd, 30) == written(plain, 30)


def test_a_prime_of_unknown_characters_only_is_as_none() -> None:
    sampler = Sampler(*opinionated("\nabc"), PLAIN, np.random.default_rng(0))
    assert sampler.restart("XYZ") == ("", ("X", "Y", "Z"))
    assert sampler.last is None
    assert len(written(sampler, 5)) == 5


def test_what_is_drawn_after_a_prime_follows_from_every_character_of_it() -> None:
    network, vocabulary = opinionated()
    sampler = Sampler(network, vocabulary, PLAIN, np.random.default_rng(0))
    sampler.restart("abad")
    draw = sampler.draw()

    state = network.initial_state()
    for character in vocabulary.encode("abad")[0]:
        logits = network.step(np.array([character]), state)[0]
    np.testing.assert_array_equal(sampler.state, state)
    assert draw.probability == distribution(logits, PLAIN)[draw.id]
    following = sampler.draw()
    assert following.probability == distribution(network.step(np.array([draw.id]), state)[0], PLAIN)[following.id]


def test_without_a_prime_the_text_begins_where_a_line_begins() -> None:
    network, vocabulary = opinionated("ab\nc")
    sampler = Sampler(network, vocabulary, PLAIN, np.random.default_rng(0))
    draw = sampler.draw()
    logits = network.step(np.array([vocabulary.symbols.index("\n")]), network.initial_state())[0]
    assert draw.probability == distribution(logits, PLAIN)[draw.id]


def test_a_restart_forgets_all_that_was_written() -> None:
    sampler = Sampler(*opinionated(), SamplingSettings(temperature=0.0), np.random.default_rng(0))
    first = written(sampler, 20)
    assert written(sampler, 20) != first
    sampler.restart()
    assert written(sampler, 20) == first


@given(
    seed=st.integers(0, 100),
    temperature=st.floats(0.0, 10.0),
    k=st.integers(0, 20),
    p=st.floats(0.01, 1.0),
)
def test_candidates_are_the_likeliest_and_never_more_than_certain(
    seed: int, temperature: float, k: int, p: float
) -> None:
    network, vocabulary = opinionated()
    settings = SamplingSettings(temperature=temperature, top_k=k, top_p=p)
    sampler = Sampler(network, vocabulary, settings, np.random.default_rng(seed))
    sampler.restart("abc")
    state = sampler.state.copy()
    probs = distribution(network.step(vocabulary.encode("c")[0], state)[0], settings)
    draw = sampler.draw()

    assert draw.probability == probs[draw.id] > 0.0
    told = [probability for _, probability in draw.candidates]
    assert told == sorted(probs[probs > 0.0].tolist(), reverse=True)[:CANDIDATES]
    assert sum(told) <= 1.0 + 1e-12
    assert all(probability == probs[character] for character, probability in draw.candidates)


def test_settings_act_on_the_very_next_character() -> None:
    network, vocabulary = memoryless("abcde", LOGITS)
    sampler = Sampler(network, vocabulary, SamplingSettings(temperature=50.0), np.random.default_rng(0))
    sampler.draw()
    for settings in (
        SamplingSettings(temperature=0.0),
        SamplingSettings(temperature=50.0, top_k=1),
        SamplingSettings(temperature=50.0, top_p=1e-9),
    ):
        sampler.settings = settings
        draw = sampler.draw()
        assert (draw.id, draw.probability, draw.candidates) == (2, 1.0, ((2, 1.0),))
    sampler.settings = SamplingSettings(temperature=50.0)
    assert sampler.draw().probability < 0.25


def test_new_weights_act_on_the_very_next_character() -> None:
    network, vocabulary = memoryless("abcde", LOGITS)
    sampler = Sampler(network, vocabulary, SamplingSettings(temperature=0.0), np.random.default_rng(0))
    assert sampler.draw().id == 2
    network.b_out[4] = 10.0
    assert sampler.draw().id == 4
