"""Whether what is drawn comes as often as is told, and whether the limits of each knob are exact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings
from model.network import Network
from model.parameters import Floats
from model.sampling import Draw, Sampler, distribution, tempered, top_k, top_p

V = 24
SYMBOLS = "\nabcdefghijklmnopqrstuvw"
DRAWS = 8000

LEAST_CHANCE = 1e-3
"""A fair sampler does worse than this once in a thousand seeds; the seeds here are fixed."""


def chance_of(chi_square: float, freedom: int) -> float:
    """How likely chance alone makes a sum of squares this large: the upper tail of the chi-square distribution.

    For one and two degrees of freedom it is erfc(sqrt(x / 2)) and exp(-x / 2), and each two more add
    (x / 2)^(n / 2) exp(-x / 2) / gamma(n / 2 + 1).
    """
    half = chi_square / 2.0
    tail = math.erfc(math.sqrt(half)) if freedom % 2 else math.exp(-half)
    for n in range(freedom % 2 or 2, freedom, 2):
        tail += math.exp(n / 2.0 * math.log(half) - half - math.lgamma(n / 2.0 + 1.0))
    return tail


@pytest.mark.parametrize(
    ("freedom", "critical", "chance"),
    [(1, 3.841, 0.05), (2, 5.991, 0.05), (4, 18.467, 0.001), (5, 11.070, 0.05), (23, 49.728, 0.001)],
)
def test_the_chance_of_a_sum_of_squares_is_that_of_the_printed_tables(
    freedom: int, critical: float, chance: float
) -> None:
    assert chance_of(critical, freedom) == pytest.approx(chance, rel=2e-3)


def network_of(layers: int = 1) -> Network:
    """A network whose opinion hangs on all that it has read."""
    network = Network(NetworkSettings(hidden_size=8, layers=layers), V)
    network.parameters.values[...] = np.random.default_rng(3).normal(0.0, 1.0, len(network.parameters))
    return network


SETTINGS = [
    SamplingSettings(temperature=temperature, top_k=k, top_p=p)
    for temperature in (0.3, 0.8, 1.0, 2.0, 100.0)
    for k, p in ((0, 1.0), (5, 1.0), (0, 0.9), (7, 0.6))
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_characters_come_as_often_as_is_told(settings: SamplingSettings) -> None:
    logits = np.random.default_rng(11).normal(0.0, 1.5, V).astype(np.float32)
    network = Network(NetworkSettings(hidden_size=1), V)
    network.b_out[...] = logits
    sampler = Sampler(network, Vocabulary(SYMBOLS), settings, np.random.default_rng(5))
    counts = np.bincount([sampler.draw().id for _ in range(DRAWS)], minlength=V)
    probs = distribution(logits, settings)
    assert not counts[probs == 0.0].any()
    # the statistic needs a handful of expected draws in each place: what is rarer is counted together
    common = probs * DRAWS >= 10.0
    observed, expected = list(counts[common]), list(probs[common] * DRAWS)
    if (rest := probs[~common].sum() * DRAWS) >= 10.0:
        observed.append(counts[~common].sum())
        expected.append(rest)
    if len(observed) > 1:
        chi_square = sum((seen - told) ** 2 / told for seen, told in zip(observed, expected, strict=True))
        assert chance_of(float(chi_square), len(observed) - 1) > LEAST_CHANCE


@pytest.mark.parametrize("at_rest", [False, True])
@pytest.mark.parametrize("settings", SETTINGS[:8:3], ids=str)
def test_along_a_text_each_candidate_comes_as_often_as_its_probabilities_say(
    settings: SamplingSettings, at_rest: bool
) -> None:
    network = network_of(layers=2)
    if at_rest:
        network.rest()
    sampler = Sampler(network, Vocabulary(SYMBOLS), settings, np.random.default_rng(0))
    hits, told, spread = np.zeros(3), np.zeros(3), np.zeros(3)
    for _ in range(3000):
        draw = sampler.draw()
        for place, (character, probability) in enumerate(draw.candidates[:3]):
            hits[place] += character == draw.id
            told[place] += probability
            spread[place] += probability * (1.0 - probability)
    # a sum of many independent draws lies within 4 standard deviations but once in sixteen thousand times
    assert (np.abs(hits - told) <= 4.0 * np.sqrt(spread) + 1e-9).all()


@pytest.mark.parametrize("value", [0.0, 1.0 - 2.0**-53])
@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_the_ends_of_chance_fall_on_characters_that_may_come(settings: SamplingSettings, value: float) -> None:
    class Stuck(np.random.Generator):
        def random(self, *_: object, **__: object) -> float:  # type: ignore[override]
            return value

    for seed in range(20):
        sampler = Sampler(network_of(), Vocabulary(SYMBOLS), settings, Stuck(np.random.PCG64(seed)))
        sampler.restart(SYMBOLS[seed])
        draw = sampler.draw()
        possible = np.flatnonzero(draw.probs)
        assert draw.id == possible[0 if value == 0.0 else -1]


def test_weights_at_rest_write_the_same_text() -> None:
    def text(*, at_rest: bool) -> list[Draw]:
        network = network_of(layers=2)
        if at_rest:
            network.rest()
        sampler = Sampler(network, Vocabulary(SYMBOLS), SamplingSettings(), np.random.default_rng(4))
        return [sampler.draw() for _ in range(500)]

    living, resting = text(at_rest=False), text(at_rest=True)
    assert [draw.id for draw in living] == [draw.id for draw in resting]
    for before, after in zip(living, resting, strict=True):
        np.testing.assert_allclose(after.probs, before.probs, rtol=1e-4, atol=1e-7)


# -------------------------------------------------------------------------------------------- the limits

few_weights = st.lists(st.integers(1, 4), min_size=1, max_size=30)
"""Very many equals."""


def kept_by_hand(weights: list[int], count: int) -> Floats:
    """The `count` likeliest, of equals the lower ids, by sorting pairs."""
    order = sorted(range(len(weights)), key=lambda character: (-weights[character], character))[:count]
    total = sum(weights[character] for character in order)
    return np.array([weights[character] / total if character in order else 0.0 for character in range(len(weights))])


@given(few_weights, st.integers(1, 35))
def test_top_k_among_equals_is_what_sorting_by_hand_keeps(weights: list[int], k: int) -> None:
    probs = np.array(weights) / sum(weights)
    np.testing.assert_allclose(top_k(probs, k), kept_by_hand(weights, min(k, len(weights))), rtol=1e-14)


@given(few_weights, st.data())
def test_top_p_among_equals_is_what_sorting_by_hand_keeps(weights: list[int], data: st.DataObject) -> None:
    total = sum(weights)
    reach = data.draw(st.integers(1, total))
    count, reached = 0, 0
    for weight in sorted(weights, reverse=True):
        if reached >= reach:
            break
        count, reached = count + 1, reached + weight
    probs = np.array(weights) / total
    np.testing.assert_allclose(top_p(probs, reach / total), kept_by_hand(weights, count), rtol=1e-13)


@given(st.lists(st.floats(-100.0, 100.0, width=32), min_size=1, max_size=20))
def test_an_endless_temperature_makes_all_exactly_equal(logits: list[float]) -> None:
    np.testing.assert_array_equal(
        tempered(np.array(logits, np.float32), math.inf), np.full(len(logits), 1 / len(logits))
    )


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=20))
def test_a_vanishing_temperature_is_the_likeliest_shared_among_equals(whole: list[int]) -> None:
    logits = np.array(whole, np.float32)
    best = logits == logits.max()
    np.testing.assert_array_equal(tempered(logits, 1e-5), best / best.sum())
    assert tempered(logits, 0.0).argmax() == best.argmax()


@given(st.lists(st.floats(-1e3, 1e3, width=32), min_size=2, max_size=20), st.floats(0.01, 100.0))
def test_taking_the_highest_logit_off_changes_nothing(logits: list[float], temperature: float) -> None:
    # tame logits go without: both ways meet here
    here = tempered(np.array(logits, np.float32), temperature)
    exact = np.array(logits, np.float32).astype(np.longdouble)
    odds = np.exp((exact - exact.max()) / temperature)
    np.testing.assert_allclose(here, (odds / odds.sum()).astype(float), rtol=1e-12, atol=1e-300)
