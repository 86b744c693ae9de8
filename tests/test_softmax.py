"""The loss and its gradient, near 0 and where exponentials would overflow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.parameters import Floats
from model.softmax import FAR, Ids, cross_entropy, cross_entropy_gradient


def plainly(logits: Floats, targets: Ids, whole: int) -> tuple[float, Floats]:
    """The sum of losses and the gradient of its share, by the textbook in double precision."""
    z = logits.astype(np.float64)
    z -= z.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    rows = np.arange(len(z))
    gradient = np.exp(log_p)
    gradient[rows, targets] -= 1.0
    return float(-log_p[rows, targets].sum()), gradient / whole


@given(
    st.integers(1, 40),
    st.integers(1, 70),
    st.sampled_from([1.0, FAR / 8, FAR, 1e4]),
    st.sampled_from([0.0, -FAR, FAR, 1e4, -1e4]),
    st.integers(0, 2**32 - 1),
)
def test_loss_and_gradient_are_those_of_the_textbook(N: int, V: int, spread: float, shift: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits = (rng.standard_normal((N, V)) * spread + shift).astype(np.float32)
    targets = rng.integers(V, size=N)
    loss, gradient = plainly(logits, targets, 3 * N)
    tolerance = 1e-6 * N * float(np.abs(logits).max() + 10)
    assert cross_entropy(logits.copy(), targets) == pytest.approx(loss, rel=1e-5, abs=tolerance)
    assert cross_entropy_gradient(logits, targets, 3 * N) == pytest.approx(loss, rel=1e-5, abs=tolerance)
    assert np.allclose(logits, gradient, rtol=1e-4, atol=2e-5 / N)


@pytest.mark.parametrize("height", [0.0, FAR + 1, 80.0, 3e38])
def test_one_logit_far_above_all_others_leaves_finite_numbers(height: float) -> None:
    logits = np.zeros((2, 3), np.float32)
    logits[0, 1] = height
    assert np.isfinite(cross_entropy_gradient(logits, np.array([1, 1]), 2))
    assert np.isfinite(logits).all()


@pytest.mark.parametrize("height", [0.99 * FAR, -0.99 * FAR, 2.0 * FAR])
def test_many_high_or_low_logits_in_a_large_batch_leave_the_gradient_exact(height: float) -> None:
    V, whole = 1000, 1_000_000
    logits = np.full((2, V), height, np.float32)
    assert cross_entropy_gradient(logits, np.array([0, 1]), whole) == pytest.approx(2 * np.log(V), rel=1e-5)
    assert logits[0, 0] == pytest.approx((1 / V - 1) / whole, rel=1e-5)
    assert logits[0, 1:] == pytest.approx(1 / V / whole, rel=1e-5)


def test_what_is_predicted_for_certain_has_no_gradient_left_by_rounding() -> None:
    for whole in range(1, 200):
        logits = np.array([[30.5 - whole / 7, -whole / 7]], np.float32)
        cross_entropy_gradient(logits, np.array([0]), whole)
        assert logits[0, 0] == 0.0


def test_a_row_far_below_another_has_its_own_maximum_taken_off() -> None:
    logits = np.array([[-300.0, -300.0], [300.0, 300.0]], np.float32)
    assert cross_entropy(logits, np.array([0, 1])) == pytest.approx(2 * np.log(2), rel=1e-5)


def test_a_logit_that_is_no_number_is_seen_in_the_loss() -> None:
    logits = np.array([[np.nan, 0.0], [0.0, 0.0]], np.float32)
    assert np.isnan(cross_entropy(logits, np.array([0, 0])))
