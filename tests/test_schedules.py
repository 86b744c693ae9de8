"""The learning rate over time, the watch for plateaus, and averaged weights."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.averaging import Average
from model.config import SCHEDULES, TrainingSettings
from model.schedules import PlateauWatch, rate_at


def rates(settings: TrainingSettings, steps: int, total: int | None = None) -> list[float]:
    return [rate_at(settings, step, 0.0, total, 0) for step in range(steps)]


def test_a_constant_rate_is_the_learning_rate() -> None:
    assert set(rates(TrainingSettings(learning_rate=0.3), 50)) == {0.3}


def test_steps_decay_after_the_tenth_epoch_and_every_epoch_from_there() -> None:
    settings = TrainingSettings(learning_rate=0.002, schedule="step", decay_factor=0.97)
    at = {epochs: rate_at(settings, 0, epochs, None, 0) for epochs in (0.0, 9.99, 10.0, 10.99, 11.0, 49.0)}
    assert at[0.0] == at[9.99] == 0.002
    assert at[10.0] == at[10.99] == pytest.approx(0.002 * 0.97)
    assert at[11.0] == pytest.approx(0.002 * 0.97**2)
    assert at[49.0] == pytest.approx(0.002 * 0.97**40)


def test_steps_may_halve_every_five_epochs() -> None:
    settings = TrainingSettings(learning_rate=1.0, schedule="step", decay_after=5, decay_every=5, decay_factor=0.5)
    halves = [rate_at(settings, 0, epochs, None, 0) for epochs in (4.9, 5.0, 9.9, 10.0, 15.0)]
    assert halves == [1, 0.5, 0.5, 0.25, 0.125]


def test_a_cosine_rises_falls_and_stays_at_its_share() -> None:
    settings = TrainingSettings(learning_rate=1.0, schedule="cosine", warmup_steps=10, final_rate=0.1)
    curve = rates(settings, 130, total=110)
    assert curve[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert curve[10] == 1.0
    assert curve[60] == pytest.approx(0.55)
    assert curve[110:] == pytest.approx([0.1] * 20)
    assert all(before > after for before, after in itertools.pairwise(curve[10:111]))


def test_a_cosine_of_its_own_length_ignores_the_run_s() -> None:
    settings = TrainingSettings(learning_rate=1.0, schedule="cosine", schedule_steps=50)
    assert rates(settings, 60, total=1000) == rates(settings, 60, total=None)
    assert rates(settings, 60)[-1] == 0.0


def test_a_cosine_of_unknown_length_stays_at_its_beginning() -> None:
    assert set(rates(TrainingSettings(learning_rate=0.2, schedule="cosine"), 20)) == {0.2}


def test_a_plateau_s_drops_multiply() -> None:
    settings = TrainingSettings(learning_rate=1.0, schedule="plateau", decay_factor=0.5)
    assert [rate_at(settings, 7, 1.0, None, drops) for drops in range(3)] == [1.0, 0.5, 0.25]


@given(
    st.sampled_from(SCHEDULES),
    st.integers(0, 200),
    st.integers(0, 200),
    st.floats(0, 30),
    st.none() | st.integers(1, 300),
    st.integers(0, 5),
    st.integers(0, 400),
)
def test_a_rate_is_never_negative_nor_above_the_learning_rate(
    schedule: str, length: int, warmup: int, epochs: float, total: int | None, drops: int, step: int
) -> None:
    settings = TrainingSettings(learning_rate=0.7, schedule=schedule, schedule_steps=length, warmup_steps=warmup)
    assert 0.0 <= rate_at(settings, step, epochs, total, drops) <= 0.7


def test_a_plateau_is_so_many_validations_without_a_better_one() -> None:
    watch, drops = PlateauWatch(), []
    for loss in (3.0, 2.0, 2.0, 2.1, 2.5, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9, 1.9):
        watch = watch.see(loss, 3)
        drops.append(watch.drops)
    assert drops == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 3]
    assert watch == PlateauWatch(best=1.9, waited=0, drops=3)


def test_a_loss_that_is_no_number_is_not_better() -> None:
    assert PlateauWatch().see(math.nan, 2) == PlateauWatch(waited=1)


def test_the_first_weights_are_soon_forgotten() -> None:
    average = Average(np.full(3, 1000.0))
    for _ in range(100):
        average.update(np.ones(3), 0.999)
    np.testing.assert_allclose(average.values, 1.0, rtol=1e-6)
    assert average.count == 100


def test_an_old_average_keeps_its_decay() -> None:
    average = Average(np.zeros(4, np.float32))
    average.count = 10**6
    average.update(np.ones(4, np.float32), 0.75)
    np.testing.assert_allclose(average.values, 0.25)
    assert average.values.dtype == np.float32


def test_an_average_goes_on_from_values_and_count() -> None:
    rng = np.random.default_rng(0)
    steps = rng.normal(size=(40, 5))
    whole = Average(steps[0])
    for weights in steps[:20]:
        whole.update(weights, 0.9)
    resumed = Average(whole.values)
    resumed.count = whole.count
    for weights in steps[20:]:
        whole.update(weights, 0.9)
        resumed.update(weights, 0.9)
    np.testing.assert_array_equal(resumed.values, whole.values)


def test_an_average_never_aliases_the_weights() -> None:
    weights = np.zeros(3)
    average = Average(weights)
    weights[...] = 5.0
    np.testing.assert_array_equal(average.values, 0.0)
