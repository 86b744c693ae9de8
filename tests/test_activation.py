"""Gates are what they are said to be, whichever function they are made by."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import activation
from model.activation import SIGMOID, TANH, scale
from model.parameters import Floats

GAINS = (SIGMOID, TANH, SIGMOID)


def activated(z: Floats, *, with_avx512: bool) -> Floats:
    """Gates (3, N) of pre-activations, by what is quicker on such a processor."""
    with pytest.MonkeyPatch.context() as patch, np.errstate(over="ignore"):
        patch.setattr(activation, "has_avx512", lambda: with_avx512)
        scales = np.array([scale(gain) for gain in GAINS], z.dtype)[:, None]
        gates = z * scales
        activation.activation(np.array(GAINS, z.dtype)[:, None])(gates, gates[1])
    return gates


@pytest.mark.parametrize("with_avx512", [False, True])
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=9))
def test_gates_are_sigmoids_and_tanhs(with_avx512: bool, values: list[float]) -> None:
    z = np.array([values] * 3)
    sigmoid = 1 / (1 + np.exp(-z[0]))
    wanted = np.stack([sigmoid, np.tanh(z[1]), sigmoid])
    assert np.allclose(activated(z, with_avx512=with_avx512), wanted, rtol=0, atol=1e-14)


@pytest.mark.parametrize("with_avx512", [False, True])
def test_gates_far_out_are_at_their_limits(with_avx512: bool) -> None:
    z = np.array([[-1e6, 1e6, -np.inf, np.inf]] * 3, np.float32)
    gates = activated(z, with_avx512=with_avx512)
    assert np.array_equal(gates, [[0, 1, 0, 1], [-1, 1, -1, 1], [0, 1, 0, 1]])


@pytest.mark.parametrize("with_avx512", [False, True])
def test_what_is_no_number_gives_none(with_avx512: bool) -> None:
    assert np.isnan(activated(np.full((3, 2), np.nan, np.float32), with_avx512=with_avx512)).all()


def test_tanh_serves_where_it_is_quicker(monkeypatch: pytest.MonkeyPatch) -> None:
    for there in (False, True):
        monkeypatch.setattr(activation, "has_avx512", lambda there=there: there)
        assert activation.by_tanh() is there
