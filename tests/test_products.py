"""Matrix products cut into pieces are the same products, whatever kernels the machine's BLAS has."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model import activation, processor, products
from model.config import CELLS, NetworkSettings
from model.network import Network
from model.parameters import Floats
from model.products import SMALL, aligned, copy_of, multiply_rows, piece
from model.slices import finish


def let_avx512_be(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    for module in (products, activation):
        monkeypatch.setattr(module, "has_avx512", lambda: there)


@given(st.lists(st.integers(0, 9), max_size=4), st.sampled_from([np.float32, np.float64]))
def test_an_aligned_array_begins_with_a_cache_line(shape: list[int], dtype: type[np.floating]) -> None:
    array = aligned(tuple(shape), dtype)
    assert array.shape == tuple(shape)
    assert array.dtype == dtype
    assert array.flags.c_contiguous
    assert array.flags.writeable
    assert not array.size or array.__array_interface__["data"][0] % 64 == 0


def test_a_copy_is_aligned_and_in_one_piece() -> None:
    array = np.arange(35.0).reshape(5, 7).T
    copy = copy_of(array)
    assert np.array_equal(copy, array)
    assert copy.flags.c_contiguous
    assert copy.__array_interface__["data"][0] % 64 == 0


@given(st.lists(st.integers(1, 300), max_size=3), st.integers(1, 700), st.integers(1, 700))
def test_pieces_are_small(rows: list[int], depth: int, columns: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        let_avx512_be(patch, there=True)
        if found := piece(rows, depth, columns):
            height, width = found
            assert height in rows
            assert columns % width == 0
            assert height * depth * width <= SMALL
        let_avx512_be(patch, there=False)
        assert piece(rows, depth, columns) is None


@given(st.integers(0, 400), st.integers(1, 130), st.integers(1, 130), st.booleans())
def test_rows_are_multiplied_whatever_their_number(N: int, D: int, K: int, there: bool) -> None:
    rng = np.random.default_rng(N)
    x, W = rng.standard_normal((N, D)), rng.standard_normal((K, D)).T
    out = np.full((N, K), np.nan)
    with pytest.MonkeyPatch.context() as patch:
        let_avx512_be(patch, there=there)
        multiply_rows(x, W, out)
    assert np.allclose(out, x @ W, rtol=1e-12, atol=1e-12)


def learnt(shape: NetworkSettings, T: int, B: int, V: int = 7) -> list[Floats]:
    """Loss, gradient and state after a window of noise, in double precision."""
    network = Network(shape, V, np.float64)
    network.initialise(np.random.default_rng(0))
    network.parameters.values += 0.05  # biases too
    inputs, targets = np.random.default_rng(1).integers(V, size=(2, T, B))
    state = network.initial_state(B) + 0.1
    loss = finish(network.gradients(inputs, targets, state, network.workspace(T, B)))
    return [np.array(loss), network.parameters.grads, state]


def assert_same(one: list[Floats], other: list[Floats]) -> None:
    for a, b in zip(one, other, strict=True):
        assert np.allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("B", [1, 3, 70])  # of 70 streams a piece has 35
@pytest.mark.parametrize(("layers", "H"), [(1, 256), (2, 256), (2, 64)])  # sums over 64 units are made gate by gate
@pytest.mark.parametrize("cell", CELLS)
def test_pieces_change_no_loss_and_no_gradient(
    cell: str, layers: int, H: int, B: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = NetworkSettings(cell=cell, hidden_size=H, layers=layers)
    let_avx512_be(monkeypatch, there=False)
    whole = learnt(shape, 3, B)
    let_avx512_be(monkeypatch, there=True)
    assert_same(learnt(shape, 3, B), whole)


@pytest.mark.parametrize("V", [7, 200])  # of 200, most come nowhere in the window
@pytest.mark.parametrize("B", [1, 9])
@pytest.mark.parametrize("embedding", [0, 5])
@pytest.mark.parametrize("cell", CELLS)
def test_slices_change_no_loss_and_no_gradient(
    cell: str, embedding: int, B: int, V: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = NetworkSettings(cell=cell, hidden_size=100, layers=2, embedding_size=embedding)
    at_once = learnt(shape, 20, B, V)
    for name, value in (("slices.SLICE_FLOPS", 3e5), ("cell.TILE", 3000), ("cell.SUMMED", 500), ("cell.BLOCK", 700)):
        monkeypatch.setattr(f"model.{name}", value)
    for name, value in (("AT_ONCE", 2000), ("PROJECTED", 2000), ("PART", 7), ("FEW_WEIGHTS", 10**6)):
        monkeypatch.setattr(f"model.cell.{name}", value)
    assert_same(learnt(shape, 20, B, V), at_once)


def test_avx512_is_known_by_the_name_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(architecture: str | None) -> bool:
        library = {"user_api": "blas"} | ({"architecture": architecture} if architecture else {})
        monkeypatch.setattr(processor, "threadpool_info", lambda: [{"user_api": "openmp"}, library])
        processor.has_avx512.cache_clear()
        return processor.has_avx512()

    try:
        assert asked("SkylakeX")
        assert not asked("Haswell")
        assert not asked(None)
    finally:
        processor.has_avx512.cache_clear()
