"""Optimisers against their papers, line by line, and the bounds on the gradient."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.clipping import clip_by_norm, clip_by_value
from model.config import OPTIMIZERS, TrainingSettings
from model.optimizers import make_optimizer
from model.parameters import Floats, Parameters
from model.slices import finish

RATE = 0.01

Gradients = Iterator[Floats]


def adam(theta: Floats, gradients: Gradients, beta_2: float = 0.999, decay: float = 0.0) -> Floats:
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    for t, g in enumerate(gradients, start=1):
        theta = theta * (1 - RATE * decay)
        m = 0.9 * m + 0.1 * g
        v = beta_2 * v + (1 - beta_2) * g**2
        theta = theta - RATE * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - beta_2**t)) + 1e-8)
    return theta


def rmsprop(theta: Floats, gradients: Gradients, alpha: float = 0.99) -> Floats:
    square = np.zeros_like(theta)
    for g in gradients:
        square = alpha * square + (1 - alpha) * g**2
        theta = theta - RATE * g / (np.sqrt(square) + 1e-8)
    return theta


def adagrad(theta: Floats, gradients: Gradients) -> Floats:
    total = np.zeros_like(theta)
    for g in gradients:
        total = total + g**2
        theta = theta - RATE * g / (np.sqrt(total) + 1e-10)
    return theta


def adagrad_of_the_notebooks(theta: Floats, gradients: Gradients) -> Floats:
    total = np.zeros_like(theta)
    for g in gradients:
        total = total + g**2
        theta = theta - RATE * g / np.sqrt(total + 1e-8)
    return theta


def sgd(theta: Floats, gradients: Gradients, momentum: float = 0.0) -> Floats:
    velocity = np.zeros_like(theta)
    for g in gradients:
        velocity = momentum * velocity + g
        theta = theta - RATE * velocity
    return theta


CASES: dict[str, tuple[TrainingSettings, Callable[[Floats, Gradients], Floats]]] = {
    "adam": (TrainingSettings(optimizer="adam", weight_decay=0.3), adam),
    "adam with beta 2": (TrainingSettings(optimizer="adam", decay_rate=0.95), lambda p, g: adam(p, g, 0.95)),
    "adamw": (TrainingSettings(optimizer="adamw", weight_decay=0.3), lambda p, g: adam(p, g, decay=0.3)),
    "rmsprop": (TrainingSettings(optimizer="rmsprop"), rmsprop),
    "rmsprop with alpha": (TrainingSettings(optimizer="rmsprop", decay_rate=0.95), lambda p, g: rmsprop(p, g, 0.95)),
    "adagrad": (TrainingSettings(optimizer="adagrad"), adagrad),
    "sgd": (TrainingSettings(optimizer="sgd"), sgd),
    "sgd with momentum": (TrainingSettings(optimizer="sgd", momentum=0.9), lambda p, g: sgd(p, g, 0.9)),
}


def gradients_of(size: int, steps: int) -> Gradients:
    rng = np.random.default_rng(3)
    for _ in range(steps):
        # from vanishing to steep, so that epsilon matters here and there
        yield rng.normal(size=size) * 10.0 ** rng.uniform(-9, 2, size)


def one_vector(size: int) -> Parameters:
    parameters = Parameters({"vector": (size,)}, np.float64)
    parameters.values[...] = np.random.default_rng(4).normal(size=size)
    return parameters


@pytest.mark.parametrize("steps", [1, 2, 100])
@pytest.mark.parametrize("case", CASES)
def test_an_optimiser_does_what_its_paper_says(case: str, steps: int) -> None:
    settings, textbook = CASES[case]
    parameters = one_vector(50)
    expected = textbook(parameters.values.copy(), gradients_of(50, steps))
    optimizer = make_optimizer(parameters, settings)
    for gradient in gradients_of(50, steps):
        parameters.grads[...] = gradient
        finish(optimizer.update(RATE))
    np.testing.assert_allclose(parameters.values, expected, rtol=1e-10)
    assert optimizer.step == steps


def test_an_initial_sum_is_an_epsilon_under_the_root() -> None:
    parameters = one_vector(50)
    expected = adagrad_of_the_notebooks(parameters.values.copy(), gradients_of(50, 20))
    optimizer = make_optimizer(parameters, TrainingSettings(optimizer="adagrad", initial_sum=1e-8))
    for gradient in gradients_of(50, 20):
        parameters.grads[...] = gradient
        finish(optimizer.update(RATE))
    np.testing.assert_allclose(parameters.values, expected, rtol=1e-6)


def test_every_optimiser_of_the_settings_can_be_made_and_is_named() -> None:
    for name in OPTIMIZERS:
        assert make_optimizer(one_vector(3), TrainingSettings(optimizer=name)).name == name


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_slots_and_step_are_all_that_an_optimiser_remembers(name: str) -> None:
    settings = TrainingSettings(optimizer=name, momentum=0.5, weight_decay=0.1)
    whole, resumed = one_vector(50), one_vector(50)
    first = make_optimizer(whole, settings)
    for number, gradient in enumerate(gradients_of(50, 6)):
        if number == 3:
            resumed.values[...] = whole.values
            second = make_optimizer(resumed, settings)
            second.step = first.step
            for slot, values in first.slots.items():
                second.slots[slot][...] = values
        whole.grads[...] = gradient
        finish(first.update(RATE))
        if number >= 3:
            resumed.grads[...] = gradient
            finish(second.update(RATE))
    np.testing.assert_array_equal(resumed.values, whole.values)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_an_update_in_many_slices_and_chunks_is_the_update_in_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def after_three_updates() -> tuple[Floats, int]:
        parameters = one_vector(50)
        optimizer, slices = make_optimizer(parameters, TrainingSettings(optimizer=name)), 0
        for gradient in gradients_of(50, 3):
            parameters.grads[...] = gradient
            slices += sum(1 for _ in optimizer.update(RATE))
        return parameters.values, slices

    whole, one_each = after_three_updates()
    monkeypatch.setattr("model.slices.SLICE_FLOPS", 1400.0)
    monkeypatch.setattr("model.optimizers.CHUNK", 3)
    cut, eight_each = after_three_updates()
    assert (one_each, eight_each) == (3, 3 * math.ceil(50 / 7))
    np.testing.assert_array_equal(cut, whole)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parameters_change_only_after_the_last_slice(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.slices.SLICE_FLOPS", 1400.0)
    parameters = one_vector(50)
    before = parameters.values.copy()
    parameters.grads[...] = 1.0
    for _ in make_optimizer(parameters, TrainingSettings(optimizer=name, weight_decay=0.1)).update(RATE):
        np.testing.assert_array_equal(parameters.values, before)
    assert np.all(parameters.values != before)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_without_a_gradient_nothing_moves(name: str) -> None:
    parameters = one_vector(5)
    before = parameters.values.copy()
    finish(make_optimizer(parameters, TrainingSettings(optimizer=name)).update(0.1))
    np.testing.assert_array_equal(parameters.values, before)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_single_precision_stays_single(name: str) -> None:
    parameters = Parameters({"vector": (9,)}, np.float32)
    parameters.grads[...] = 1.0
    optimizer = make_optimizer(parameters, TrainingSettings(optimizer=name))
    finish(optimizer.update(RATE))
    assert {slot.dtype for slot in optimizer.slots.values()} == {np.dtype(np.float32)}
    assert np.all(parameters.values < 0)


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


@pytest.mark.parametrize("steep", [1e19, 3e20, 3e38])
def test_a_gradient_whose_squares_overflow_is_bounded_all_the_same(steep: float) -> None:
    grads = np.array([3.0, -4.0, 0.0], np.float32) / np.float32(5.0) * np.float32(steep)
    assert clip_by_norm(grads, 2.0) == pytest.approx(steep, rel=1e-5)
    np.testing.assert_allclose(grads, [1.2, -1.6, 0.0], rtol=1e-5)


def test_where_nothing_bounds_it_a_gradient_whose_squares_overflow_is_told() -> None:
    grads = np.array([3e20, -4e20], np.float32)
    assert clip_by_norm(grads, 0.0) == math.inf


def test_cutting_bounds_each_number_by_itself() -> None:
    grads = np.array([0.5, -3.0, 7.0])
    clip_by_value(grads, 2.0)
    np.testing.assert_array_equal(grads, [0.5, -2.0, 2.0])


def test_bounds_of_zero_leave_the_gradient() -> None:
    grads = np.array([3.0, -4.0])
    assert clip_by_norm(grads, 0.0) == 5.0
    clip_by_value(grads, 0.0)
    np.testing.assert_array_equal(grads, [3.0, -4.0])
