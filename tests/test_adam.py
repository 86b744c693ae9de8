"""Adam against the textbook, and clipping by norm."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.adam import Adam, clip_by_norm
from model.parameters import Floats, Parameters
from model.slices import finish


def textbook(start: Floats, gradients: Iterator[Floats], rate: float) -> Floats:
    """Algorithm 1 of Kingma and Ba, line by line."""
    theta, m, v = start, np.zeros_like(start), np.zeros_like(start)
    for t, g in enumerate(gradients, start=1):
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        theta = theta - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta


def gradients_of(size: int, steps: int) -> Iterator[Floats]:
    rng = np.random.default_rng(3)
    for _ in range(steps):
        # from vanishing to steep, so that epsilon matters here and there
        yield rng.normal(size=size) * 10.0 ** rng.uniform(-9, 2, size)


def one_vector(size: int) -> Parameters:
    parameters = Parameters({"vector": (size,)}, np.float64)
    parameters.values[...] = np.random.default_rng(4).normal(size=size)
    return parameters


@pytest.mark.parametrize("steps", [1, 2, 20])
def test_adam_does_what_the_textbook_says(steps: int) -> None:
    parameters = one_vector(50)
    expected = textbook(parameters.values.copy(), gradients_of(50, steps), 0.01)
    adam = Adam(parameters)
    for gradient in gradients_of(50, steps):
        parameters.grads[...] = gradient
        finish(adam.update(0.01))
    np.testing.assert_allclose(parameters.values, expected, rtol=1e-12)
    assert adam.step == steps


def test_an_update_in_many_slices_is_the_update_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def after_three_updates() -> tuple[Floats, int]:
        parameters = one_vector(50)
        adam, slices = Adam(parameters), 0
        for gradient in gradients_of(50, 3):
            parameters.grads[...] = gradient
            slices += sum(1 for _ in adam.update(0.01))
        return parameters.values, slices

    whole, one_each = after_three_updates()
    monkeypatch.setattr("model.slices.SLICE_FLOPS", 1400.0)
    cut, eight_each = after_three_updates()
    assert (one_each, eight_each) == (3, 3 * math.ceil(50 / 7))
    np.testing.assert_array_equal(cut, whole)


def test_parameters_change_only_after_the_last_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.slices.SLICE_FLOPS", 1400.0)
    parameters = one_vector(50)
    before = parameters.values.copy()
    parameters.grads[...] = 1.0
    for _ in Adam(parameters).update(0.01):
        np.testing.assert_array_equal(parameters.values, before)
    np.testing.assert_allclose(parameters.values, before - 0.01, rtol=1e-6)


def test_without_a_gradient_nothing_moves() -> None:
    parameters = one_vector(5)
    before = parameters.values.copy()
    finish(Adam(parameters).update(0.1))
    np.testing.assert_array_equal(parameters.values, before)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), st.floats(1e-3, 1e3))
def test_clipping_keeps_the_direction_and_bounds_the_norm(gradient: list[float], most: float) -> None:
    grads = np.array(gradient)
    before = grads.copy()
    norm = clip_by_norm(grads, most)
    assert norm == pytest.approx(math.hypot(*gradient), rel=1e-12, abs=1e-150)
    if norm <= most:
        np.testing.assert_array_equal(grads, before)
    else:
        np.testing.assert_allclose(grads, before * (most / norm), rtol=1e-12)
        assert float(np.linalg.norm(grads)) == pytest.approx(most, rel=1e-9)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_gradient_that_is_no_number_is_told_and_left_alone(value: float) -> None:
    grads = np.array([1.0, value, 2.0], np.float32)
    assert not math.isfinite(clip_by_norm(grads, 0.1))
    np.testing.assert_array_equal(grads, np.array([1.0, value, 2.0], np.float32))
