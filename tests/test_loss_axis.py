"""Axes: numbers on them are round, few, in order and on the scale, whatever is measured."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui import units
from tui.units import LossUnit
from tui.widgets.loss_axis import Scale, round_step, rounded, step_label, step_range, step_ticks
from tui.widgets.loss_baselines import Baseline
from tui.widgets.loss_range import LEAST_SPAN, loss_scale

LOSSES = st.one_of(st.floats(0.0, 10.0), st.sampled_from([0.0, 1e6, 1e200, 5e-324]))


@pytest.mark.parametrize(("span", "step"), [(1.0, 1.0), (0.99, 0.5), (7.3, 5.0), (240.0, 200.0), (0.0012, 0.001)])
def test_a_step_is_one_two_or_five_times_a_power_of_ten(span: float, step: float) -> None:
    assert round_step(span) == pytest.approx(step)


def test_steps_are_labelled_in_thousands() -> None:
    labels = [step_label(step) for step in (0, 500, 1_000, 1_500, 10_000, 9_999_800, 10_000_000, 2 * 10**9)]
    assert labels == ["0", "500", "1k", "1.5k", "10k", "9.9998M", "10M", "2G"]


def test_the_axis_of_steps_rests_while_training_goes_on() -> None:
    assert {step_range(1, last, 1.0) for last in range(1_001, 1_101)} == {(0, 1_100)}
    assert step_range(50_001, 50_400, 1.0) == (50_000, 50_400)
    assert step_range(1, 10_000_000, 0.1) == (9_000_000, 10_000_000)


@given(st.integers(0, 10**9), st.integers(0, 10**7), st.sampled_from([1.0, 1 / 3, 0.1]), st.integers(1, 20))
def test_any_run_is_on_its_axis_and_has_few_ticks(first: int, length: int, share: float, most: int) -> None:
    left, right = step_range(first, first + length, share)
    assert 0 <= left < right
    assert right >= first + length
    assert left >= first - max(1, length)
    ticks = step_ticks(left, right, most)
    assert len(ticks) <= most + 1
    assert all(left <= step <= right for step, _ in ticks)
    assert len({label for _, label in ticks}) == len(ticks)


@given(LOSSES, LOSSES, st.booleans(), st.integers(1, 12))
def test_any_losses_have_an_axis_with_a_length_and_different_ticks(a: float, b: float, log: bool, most: int) -> None:
    low, high = sorted((a, b))
    scale = rounded(low, high, log=log)
    assert scale.high > scale.low >= 0.0
    assert math.isfinite(scale.high)
    assert scale.share(high) <= 1.0 + 1e-6
    ticks = scale.ticks(most)
    assert [tick.share for tick in ticks] == sorted(tick.share for tick in ticks)
    assert all(-1e-6 <= tick.share <= 1.0 + 1e-6 and len(tick.label) <= 5 for tick in ticks)
    assert all(before.label != after.label for before, after in itertools.pairwise(ticks))


def test_ticks_are_round() -> None:
    assert [tick.label for tick in Scale(1.4, 4.3).ticks(4)] == ["2", "3", "4"]
    assert [tick.label for tick in Scale(1.4, 1.8).ticks(4)] == ["1.4", "1.5", "1.6", "1.7", "1.8"]
    assert [tick.label for tick in Scale(0.9, 12.0, log=True).ticks(4)] == ["1", "10"]
    assert [tick.label for tick in Scale(0.1, 1000.0, log=True).ticks(5)] == ["0.1", "1", "10", "100", "1000"]


def test_a_logarithmic_axis_gives_equal_factors_equal_room() -> None:
    scale = Scale(0.5, 8.0, log=True)
    shares = [scale.share(value) for value in (0.5, 1.0, 2.0, 4.0, 8.0)]
    assert shares == pytest.approx([0.0, 0.25, 0.5, 0.75, 1.0])


# ------------------------------------------------------------------------------------ what is on the scale


def linear(curve: list[float], validations: list[float] | None = None, baselines: tuple[Baseline, ...] = ()) -> Scale:
    return loss_scale(curve, validations or [], baselines, unit=LossUnit.NATS, log=False)


def test_noise_is_no_mountain() -> None:
    scale = linear([1.60, 1.62, 1.58, 1.61])
    assert scale.high - scale.low >= LEAST_SPAN
    assert scale.low < 1.58 < 1.62 < scale.high


def test_the_first_steps_are_cut_off_but_not_on_a_logarithmic_axis() -> None:
    curve = [1.8 + step / 100 for step in range(100)] + [400.0] * 3
    assert linear(curve).high < 4.0
    assert loss_scale(curve, [], (), unit=LossUnit.NATS, log=True).high >= 400.0


def test_nothing_is_cut_where_that_gains_little() -> None:
    assert linear([3.0 + step / 100 for step in range(100)]).high >= 3.99


def test_the_latest_validation_is_always_on_the_scale() -> None:
    assert linear([1.2] * 100, [3.0, 1.9]).high >= 1.9


def test_the_next_baseline_comes_into_sight_before_it_is_beaten() -> None:
    curve = [4.0 - step / 50 for step in range(100)]  # down to 2.02
    near, far = Baseline("xz", 1.6), Baseline("floor", 0.2)
    assert linear(curve, baselines=(near, far)).low <= 1.6
    assert linear(curve, baselines=(far,)).low > 1.6


def test_the_scale_is_in_the_unit_that_is_shown() -> None:
    curve = [2.0, 3.0]
    bits = loss_scale(curve, [], (), unit=LossUnit.BITS, log=False)
    perplexity = loss_scale(curve, [], (), unit=LossUnit.PERPLEXITY, log=False)
    assert bits.low < units.bits(2.0) < units.bits(3.0) < bits.high < 5.0
    assert perplexity.low < math.exp(2.0) < math.exp(3.0) < perplexity.high < 30.0
