"""A batch in parts: the same gradients, wherever a part is worked out."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import numpy as np
import pytest

from model.batches import Window
from model.config import CELLS, NetworkSettings
from model.dropout import Shares
from model.network import Network
from model.parallel import Parallel
from model.parameters import Floats
from model.shards import Shards
from model.slices import Slices, finish

V, T, B = 7, 5, 5


def network_of(cell: str = "lstm", **settings: object) -> Network:
    network = Network(NetworkSettings(hidden_size=6, layers=2, cell=cell, **settings), V)  # type: ignore[arg-type]
    network.initialise(np.random.default_rng(0))
    return network


def window() -> Window:
    ids = np.random.default_rng(1).integers(0, V, (T + 1, B)).astype(np.uint8)
    return Window(ids[:-1], ids[1:], first=True)


def worked_out(shards: Shards, network: Network, dropout: float = 0.0) -> tuple[float, Floats, Floats]:
    """Loss, gradient, and the state afterwards."""
    state = network.initial_state(B)
    loss = finish(shards.gradients(window(), state, shares=Shares(dropout), seed=(3, 4), first=True))
    return loss, network.parameters.grads.copy(), state


def wait_for(shards: Shards) -> None:
    while not shards.ready:
        shards._parts[-1]._pipe.poll(0.1)  # type: ignore[union-attr]


@pytest.fixture
def two() -> Iterator[tuple[Shards, Network]]:
    network = network_of()
    shards = Shards(network, T, B, 2)
    yield shards, network
    shards.close()


@pytest.mark.parametrize("cell", CELLS)
def test_the_parts_add_up_to_the_gradient_of_the_whole(cell: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.shards.Part.helped", False)
    network = network_of(cell, learned_state=True)
    state, work = network.initial_state(B), network.workspace(T, B)
    text = window()
    loss = finish(network.gradients(text.inputs, text.targets, state, work, first=True))
    gradient = network.parameters.grads.copy()
    shards = Shards(network, T, B, 3)
    loss_of_parts, gradient_of_parts, state_of_parts = worked_out(shards, network)
    shards.close()
    assert loss_of_parts == pytest.approx(loss, rel=1e-6)
    np.testing.assert_allclose(gradient_of_parts, gradient, rtol=1e-4, atol=1e-7)
    np.testing.assert_allclose(state_of_parts, state, rtol=1e-5, atol=1e-7)


def test_another_process_gives_the_same_result_to_the_last_bit(two: tuple[Shards, Network]) -> None:
    shards, network = two
    here = worked_out(shards, network, dropout=0.3)
    wait_for(shards)
    away = worked_out(shards, network, dropout=0.3)
    assert shards.cpu_seconds > 0
    assert here[0] == away[0]
    np.testing.assert_array_equal(here[1], away[1])
    np.testing.assert_array_equal(here[2], away[2])


def test_what_a_process_that_died_had_to_do_is_done_here(two: tuple[Shards, Network]) -> None:
    shards, network = two
    wait_for(shards)
    expected = worked_out(shards, network)
    state = network.initial_state(B)
    work = shards.gradients(window(), state, shares=Shares(), seed=(3, 4), first=True)
    next(work)
    os.kill(shards._parts[1]._process.pid, signal.SIGKILL)  # type: ignore[union-attr, arg-type]
    shards._parts[1]._process.join()  # type: ignore[union-attr]
    assert finish(work) == expected[0]
    np.testing.assert_array_equal(network.parameters.grads, expected[1])
    assert worked_out(shards, network)[0] == expected[0]
    assert not shards.ready


def test_what_a_process_that_cannot_be_started_had_to_do_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    network = network_of()
    expected = worked_out(Shards(network, T, B, 2), network)
    monkeypatch.setattr("multiprocessing.context.SpawnProcess.start", full)
    pair = Parallel(network, T, B, threads=2)
    pair.wait()
    assert pair._shards is not None and not pair._shards.ready
    here = worked_out(pair._shards, network)
    assert here[0] == expected[0]
    np.testing.assert_array_equal(here[1], expected[1])


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_without_memory_to_share_one_process_does_it_alone(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    pair = parallel(monkeypatch, None)

    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr("model.parallel.Shards", full)
    assert set(train(pair, {1: 0.1, 2: 0.1})) == {1}
    with pytest.raises(type(error)):
        Parallel(network_of(), T, B, threads=2)


def test_what_a_helped_part_would_be_worked_out_in_is_made_when_it_is_needed(two: tuple[Shards, Network]) -> None:
    shards, _ = two
    assert shards._parts[0]._work is not None
    assert shards._parts[1]._work is None
    assert shards._parts[1].work.B == 3


def test_when_a_process_has_died_one_goes_on_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = parallel(monkeypatch, None)
    assert set(train(pair, {1: 0.1, 2: 0.06})[-30:]) == {2}
    monkeypatch.setattr(Pretended, "ready", False)
    assert train(pair, {1: 0.1, 2: 0.1})[1:] == [1] * 59


def test_a_process_that_is_on_its_way_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pretended, "ready", False)
    monkeypatch.setattr(Pretended, "awaited", True)
    pair = parallel(monkeypatch, None)
    assert set(train(pair, {1: 0.1})) == {1}
    monkeypatch.setattr(Pretended, "ready", True)
    assert 2 in train(pair, {1: 0.1, 2: 0.06})


def test_no_process_is_left_when_they_are_closed(two: tuple[Shards, Network]) -> None:
    shards, _ = two
    wait_for(shards)
    process = shards._parts[1]._process
    shards.close()
    assert process is not None and process.exitcode == 0


class Pretended:
    """Parts that are ready at once, and of which nothing is wanted."""

    ready, awaited = True, False
    cpu_seconds = 0.0

    def __init__(self, *_: object) -> None:
        self.closed = False

    def gradients(self, *_: object, **__: object) -> Slices[float]:
        yield from ()
        return 0.0

    def close(self) -> None:
        self.closed = True


def parallel(monkeypatch: pytest.MonkeyPatch, threads: int | None, streams: int = B) -> Parallel:
    monkeypatch.setattr("model.parallel.Shards", Pretended)
    monkeypatch.setattr("model.parallel.os.cpu_count", lambda: 2)
    return Parallel(network_of(), T, streams, threads=threads)


def train(pair: Parallel, seconds: dict[int, float], steps: int = 60) -> list[int]:
    """Steps that take so long with one and with two processes; how many each was worked out by."""
    counts = []
    for _ in range(steps):
        counts.append(pair.count)
        pair.note(seconds[pair.count])
    return counts


def test_the_quicker_number_of_processes_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(train(parallel(monkeypatch, None), {1: 0.1, 2: 0.06})[-30:]) == {2}
    counts = train(parallel(monkeypatch, None), {1: 0.1, 2: 0.11})
    assert 2 in counts
    assert set(counts[-30:]) == {1}


def test_a_short_training_starts_no_other_process(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = parallel(monkeypatch, None)
    train(pair, {1: 0.1, 2: 0.05}, steps=9)
    assert pair._shards is None


def test_when_steps_take_longer_the_choice_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = parallel(monkeypatch, None)
    train(pair, {1: 0.1, 2: 0.06})
    assert set(train(pair, {1: 0.1, 2: 0.2})[-30:]) == {1}


def test_after_a_while_the_choice_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    pair = parallel(monkeypatch, None)
    train(pair, {1: 0.1, 2: 0.2})
    assert set(train(pair, {1: 0.1, 2: 0.05}, steps=300)[-30:]) == {2}


def test_a_fixed_number_stays_and_is_bounded_by_the_streams(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(train(parallel(monkeypatch, 2), {1: 0.1, 2: 0.5})) == {2}
    assert set(train(parallel(monkeypatch, 1), {1: 0.5, 2: 0.1})) == {1}
    assert parallel(monkeypatch, 3, streams=1).count == 1
    assert set(train(parallel(monkeypatch, None, streams=1), {1: 0.1})) == {1}


def test_dropout_of_a_part_is_drawn_from_the_seed_alone(two: tuple[Shards, Network]) -> None:
    shards, network = two
    first = worked_out(shards, network, dropout=0.5)
    assert worked_out(shards, network, dropout=0.5)[0] == first[0]
    assert worked_out(shards, network, dropout=0.2)[0] != first[0]
