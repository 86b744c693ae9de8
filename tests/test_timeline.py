"""What is kept of a network's past, and that keeping it changes nothing."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from corpora.corpus import Corpus
from corpora.library import load
from model.config import NetworkSettings, TrainingSettings
from model.run import new_trainer
from model.slices import finish
from model.timeline import FACTOR, FIRST, MEMORY, MOST, Timeline, after
from model.trainer import Trainer

SIZE = 5


def seen(steps: int, *, begin: int = 0, **bounds: int) -> Timeline:
    """A timeline that saw every step, with weights that are the number of the step."""
    timeline = Timeline(SIZE, **bounds)
    for step in range(begin, begin + steps + 1):
        timeline.see(step, np.full(SIZE, step, np.float32))
    return timeline


def trained(steps: int, *, looked_at: bool, average: float = 0.0, seconds: float = 0.0) -> Trainer:
    corpus: Corpus = finish(load(("counting",)))
    training = TrainingSettings(seq_length=8, batch_size=4, average=average)
    trainer = new_trainer(corpus, NetworkSettings(hidden_size=6), training)
    if looked_at:
        trainer.timeline = Timeline(len(trainer.network.parameters))
        trainer.timeline.see(trainer.step, trainer.player.parameters.values)
    while trainer.step < steps:
        trainer.increment(seconds, steps=steps - trainer.step)
    return trainer


def weights(timeline: Timeline, step: int, size: int = SIZE) -> list[float]:
    values = np.empty(size, np.float32)
    timeline.fill(step, values)
    return [float(value) for value in values]


def test_the_steps_kept_grow_geometrically() -> None:
    assert seen(330).steps == (*FIRST, 125, 157, 197, 247, 309)
    assert all(after(step) <= FACTOR * step + 1 for step in range(100, 5000, 7))


def test_a_snapshot_is_the_weights_of_its_step_and_stays_so() -> None:
    timeline, values = Timeline(SIZE), np.zeros(SIZE, np.float32)
    for step in range(11):
        values += 1.0  # in place, as an optimiser does
        timeline.see(step, values)
    assert [weights(timeline, step)[0] for step in timeline.steps] == [step + 1 for step in timeline.steps]


def test_a_step_that_is_seen_twice_is_kept_once() -> None:
    timeline = Timeline(SIZE)
    for value in (1.0, 2.0):
        timeline.see(7, np.full(SIZE, value, np.float32))
    assert timeline.steps == (7,)
    assert weights(timeline, 7) == [1.0] * SIZE


def test_after_a_saved_run_the_timeline_begins_there() -> None:
    assert seen(60, begin=3_400).steps == (3_400, 3_401, 3_402, 3_405, 3_410, 3_420, 3_450)


def test_however_long_the_run_the_snapshots_are_bounded_and_lie_evenly_on_a_logarithmic_axis() -> None:
    timeline, step = Timeline(SIZE), 0
    while step < 10**9:
        timeline.see(step, np.zeros(SIZE, np.float32))
        step = after(step)
    assert len(timeline.steps) == MOST
    assert timeline.steps[0] == 0 and timeline.steps[-1] * FACTOR + 1 >= 10**9
    gaps = [np.log1p(right) - np.log1p(left) for left, right in pairwise(timeline.steps)]
    assert max(gaps[:-1]) <= 2.5 * min(gaps[:-1])


@pytest.mark.parametrize("room", range(2, 9))
def test_a_large_network_has_fewer_snapshots_the_first_and_the_latest_among_them(room: int) -> None:
    timeline = seen(200, memory=4 * SIZE * room + 3)
    assert len(timeline.steps) == room
    assert timeline.steps[0] == 0 and timeline.steps[-1] == 197


def test_where_not_even_two_have_room_none_are_kept() -> None:
    assert seen(50, memory=4 * SIZE * 2 - 1).steps == ()
    assert Timeline(MEMORY).steps == ()


@pytest.mark.parametrize("seconds", [0.0, 1e6])
@pytest.mark.parametrize("average", [0.0, 0.9])
def test_training_is_the_same_to_the_last_bit_whether_it_is_kept_or_not(average: float, seconds: float) -> None:
    alone = trained(60, looked_at=False, average=average)
    kept = trained(60, looked_at=True, average=average, seconds=seconds)
    assert kept.timeline is not None and kept.timeline.steps == (0, 1, 2, 5, 10, 20, 50)
    assert np.array_equal(alone.network.parameters.values, kept.network.parameters.values)
    assert np.array_equal(alone.player.parameters.values, kept.player.parameters.values)
    assert np.array_equal(alone.state, kept.state)
    assert alone.validation_loss == kept.validation_loss


def test_what_is_kept_is_what_a_run_of_that_length_ends_with_averaged_where_it_averages() -> None:
    timeline = trained(60, looked_at=True, average=0.9).timeline
    assert timeline is not None
    shorter = trained(20, looked_at=False, average=0.9)
    assert weights(timeline, 20, len(shorter.player.parameters)) == shorter.player.parameters.values.tolist()
    assert not np.array_equal(shorter.player.parameters.values, shorter.network.parameters.values)
