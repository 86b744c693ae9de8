"""Training by increments: what is learnt, what is handed out, and that a pause changes nothing."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from model.config import NetworkSettings, TrainingSettings
from model.evaluation import parallel_loss
from model.live import steer
from model.network import Network
from model.progress import Loss, Progress
from model.schedules import PlateauWatch
from model.slices import Slices, finish
from model.trainer import VALIDATION_CHARACTERS, VALIDATION_COST, VALIDATION_SHARE, Trainer

from text_helpers import TickingClock, corpus_of

EASY = "abcdefg\n" * 60
STEPS = 23
"""More than two validations of the text above."""
FOREVER = math.inf


TRAINING = TrainingSettings(seq_length=8, batch_size=4, learning_rate=0.02)


def trainer_of(
    training: TrainingSettings = TRAINING, layers: int = 1, clock: Callable[[], float] | None = None
) -> Trainer:
    corpus = corpus_of(EASY)
    network = Network(NetworkSettings(hidden_size=7, layers=layers), len(corpus.vocabulary))
    network.initialise(np.random.default_rng(training.seed))
    return Trainer(network, corpus, training, clock=clock or TickingClock())


def bits(trainer: Trainer) -> bytes:
    return trainer.network.parameters.values.tobytes()


def test_the_loss_of_an_easy_text_falls_to_almost_nothing() -> None:
    trainer = trainer_of()
    progress = trainer.increment(FOREVER, steps=150)
    assert progress.losses[0].loss == pytest.approx(math.log(8), rel=0.05)
    assert progress.losses[-1].loss < 0.05
    assert progress.validation_loss is not None
    assert progress.validation_loss < 0.05
    assert finish(trainer.full_validation()) < 0.05


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=6), st.sampled_from([1, 2]))
def test_increments_of_any_size_come_to_the_same(budgets: list[int], layers: int) -> None:
    whole = trainer_of(layers=layers)
    expected = whole.increment(FOREVER, steps=STEPS)

    parts = trainer_of(layers=layers)
    losses: list[Loss] = []
    validations: list[Loss] = []
    while parts.step < STEPS:
        budget = budgets[0]
        budgets = [*budgets[1:], budget]
        progress = parts.increment(float(budget), steps=STEPS - parts.step)
        losses += progress.losses
        validations += progress.validations

    assert tuple(losses) == expected.losses
    assert tuple(validations) == expected.validations
    assert bits(parts) == bits(whole)
    np.testing.assert_array_equal(parts.state, whole.state)
    assert progress.train_loss == expected.train_loss


def test_steps_bound_an_increment() -> None:
    trainer = trainer_of()
    assert [trainer.increment(FOREVER, steps=steps).step for steps in (1, 1, 5)] == [1, 2, 7]


def test_an_increment_ends_when_its_time_is_up_and_the_step_is_taken_up_again() -> None:
    trainer = trainer_of()
    first = trainer.increment(5.0)
    assert (first.step, first.losses) == (0, ())
    assert trainer.increment(FOREVER, steps=1).step == 1


def test_each_loss_is_handed_out_once() -> None:
    trainer = trainer_of()
    handed: list[Loss] = []
    validated: list[Loss] = []
    while trainer.step < STEPS:
        progress = trainer.increment(37.0)
        handed += progress.losses
        validated += progress.validations
    assert [loss.step for loss in handed] == list(range(1, trainer.step + 1))
    assert [loss.step for loss in validated] == list(range(trainer.validate_every, trainer.step + 1, 10))
    assert trainer.progress().losses == trainer.progress().validations == ()


def test_between_two_increments_the_weights_are_those_of_a_finished_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.cell.BLOCK", 1)  # a pause after each time step, as in a large network
    reference = trainer_of(layers=2)
    finished = [bits(reference)]
    for _ in range(STEPS):
        reference.increment(FOREVER, steps=1)
        finished.append(bits(reference))

    trainer = trainer_of(layers=2)
    looks = 0
    while trainer.step < STEPS:
        trainer.increment(0.0)
        assert bits(trainer) == finished[trainer.step]
        looks += 1
    assert looks > 20 * STEPS


# ------------------------------------------------------------------------------------------- validation


def test_validation_comes_every_so_many_steps_and_measures_the_weights_of_that_step() -> None:
    trainer = trainer_of()
    assert trainer.validate_every == 10
    for step in (10, 20):
        progress = trainer.increment(FOREVER, steps=10)
        loss = finish(parallel_loss(trainer.network, trainer.corpus.validation))
        assert progress.validations == (Loss(step, loss),)
        assert progress.validation_loss == loss


def test_the_best_weights_are_kept_when_validation_gets_worse() -> None:
    trainer = trainer_of()
    trainer.increment(FOREVER, steps=30)
    best, weights = trainer.best_validation_loss, bits(trainer)
    assert best == trainer.validation_loss
    trainer.settings = replace(trainer.settings, learning_rate=2.0)
    progress = trainer.increment(FOREVER, steps=10)

    assert progress.validation_loss is not None
    assert best is not None
    assert progress.validation_loss > best == progress.best_validation_loss
    assert trainer.best is not None
    assert trainer.best.tobytes() == weights != bits(trainer)


@given(
    length=st.integers(20, 2_000_000),
    T=st.integers(1, 10),
    B=st.integers(1, 64),
)
@settings(deadline=None, max_examples=30)
def test_validation_cannot_cost_more_than_its_share(length: int, T: int, B: int) -> None:
    corpus = corpus_of("ab" * (length // 2))
    network = Network(NetworkSettings(hidden_size=2), 2)
    trainer = Trainer(network, corpus, TrainingSettings(seq_length=T, batch_size=B))
    read = min(VALIDATION_CHARACTERS, len(corpus.validation))
    learnt = trainer.validate_every * T * trainer.batches.B
    assert read * VALIDATION_COST <= VALIDATION_SHARE * learnt


def test_the_share_of_validation_is_told() -> None:
    trainer = trainer_of()
    assert trainer.increment(FOREVER, steps=9).validation_share == 0.0
    progress = trainer.increment(FOREVER, steps=1)
    assert 0.0 < progress.validation_share < 1.0
    assert progress.validation_share == trainer.stopwatch.validation_seconds / progress.seconds


# ------------------------------------------------------------------------------------------- the gauges


def test_before_the_first_step_nothing_is_claimed() -> None:
    assert trainer_of().progress() == Progress(
        step=0,
        epochs=0.0,
        losses=(),
        validations=(),
        incidents=(),
        train_loss=None,
        validation_loss=None,
        best_validation_loss=None,
        learning_rate=TRAINING.learning_rate,
        vitals=None,
        chars_per_second=None,
        step_seconds=None,
        validation_share=0.0,
        seconds=0.0,
        finished=False,
        diverged=False,
    )


def test_speed_is_characters_of_a_step_over_its_seconds() -> None:
    progress = trainer_of().increment(FOREVER, steps=3)
    assert progress.chars_per_second is not None
    assert progress.step_seconds is not None
    assert progress.chars_per_second * progress.step_seconds == pytest.approx(8 * 4)


def test_the_shown_loss_begins_as_a_plain_mean() -> None:
    progress = trainer_of().increment(FOREVER, steps=7)
    assert progress.train_loss == pytest.approx(sum(loss.loss for loss in progress.losses) / 7)


def test_time_between_two_increments_does_not_count_as_training() -> None:
    clock = TickingClock()
    idle, busy = trainer_of(clock=clock), trainer_of()
    while idle.step < 3:
        idle.increment(0.0)
        clock.now += 1e6
    busy.increment(FOREVER, steps=3)
    assert idle.stopwatch.training_seconds == busy.stopwatch.training_seconds


def test_a_learning_rate_acts_on_the_next_step() -> None:
    trainer = trainer_of()
    trainer.increment(FOREVER, steps=2)
    before = bits(trainer)
    trainer.settings = replace(trainer.settings, learning_rate=0.0)
    trainer.increment(FOREVER, steps=2)
    assert bits(trainer) == before


def test_vitals_are_measured_every_few_steps() -> None:
    trainer = trainer_of()
    first = trainer.increment(FOREVER, steps=1).vitals
    assert first is not None
    assert first.gradient_norm > 0.0
    assert 1e-3 < first.update_ratio < 1.0
    assert 0.0 <= first.saturated <= 1.0
    assert trainer.increment(FOREVER, steps=5).vitals == first
    assert trainer.increment(FOREVER, steps=5).vitals != first


def test_the_learning_rate_that_is_told_is_the_schedule_s() -> None:
    trainer = trainer_of(replace(TRAINING, schedule="cosine", warmup_steps=10))
    trainer.planned_steps = 50
    rates = [trainer.progress().learning_rate]
    rates += [trainer.increment(FOREVER, steps=1).learning_rate for _ in range(50)]
    assert rates[:10] == pytest.approx([0.002 * (step + 1) for step in range(10)])
    assert rates[10] == 0.02
    assert rates[30] == pytest.approx(0.01)
    assert rates[50] == pytest.approx(0.0)


def test_a_plateau_that_is_chosen_late_begins_with_the_whole_learning_rate() -> None:
    trainer = trainer_of()
    trainer.watch = PlateauWatch(best=0.5, waited=3, drops=4)
    assert steer(trainer, replace(TRAINING, schedule="plateau")) == ()
    assert trainer.learning_rate == TRAINING.learning_rate
    assert trainer.watch == PlateauWatch(best=0.5)


def test_a_sum_of_losses_has_the_gradient_of_the_mean_times_the_predictions() -> None:
    mean, total = (
        trainer_of(replace(TRAINING, clip_norm=0.0)),
        trainer_of(replace(TRAINING, clip_norm=0.0, loss_sum=True)),
    )
    norms = [each.increment(FOREVER, steps=1).vitals for each in (mean, total)]
    assert norms[0] is not None and norms[1] is not None
    assert norms[1].gradient_norm == pytest.approx(8 * 4 * norms[0].gradient_norm, rel=1e-5)


# ------------------------------------------------------------------------------------- averages, early stop


def test_the_player_has_the_mean_of_the_weights_and_is_what_is_measured() -> None:
    trainer = trainer_of(replace(TRAINING, average=0.9))
    assert trainer.player is not trainer.network
    progress = trainer.increment(FOREVER, steps=10)
    assert not np.array_equal(trainer.player.parameters.values, trainer.network.parameters.values)
    loss = finish(parallel_loss(trainer.player, trainer.corpus.validation))
    assert progress.validation_loss == loss
    assert trainer.best is not None
    np.testing.assert_array_equal(trainer.best, trainer.player.parameters.values)


def test_training_stops_when_validation_has_not_got_better_for_long_enough() -> None:
    trainer = trainer_of(replace(TRAINING, stop_after=2))
    assert not trainer.increment(FOREVER, steps=10).finished
    best = bits(trainer)
    trainer.settings = replace(trainer.settings, learning_rate=0.0)
    progress = trainer.increment(FOREVER, steps=1000)
    assert progress.finished
    assert progress.step == 30
    assert trainer.best is not None and trainer.best.tobytes() == best
    assert trainer.increment(FOREVER).step == 30


# ------------------------------------------------------------------------------------------- divergence


@pytest.mark.parametrize("value", [math.nan, math.inf])
@pytest.mark.parametrize("step", [0, 4, 9, 10, 19])
def test_a_diverged_run_stops_with_the_last_good_weights(
    step: int, value: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("model.trainer.SNAPSHOT_STEPS", 5)
    trainer = trainer_of(replace(TRAINING, guard=False))
    good = [bits(trainer)]
    for _ in range(step):
        trainer.increment(FOREVER, steps=1)
        good.append(bits(trainer))
    trainer.network.b_out[3] = value

    progress = trainer.increment(FOREVER, steps=50)
    assert progress.diverged
    assert progress.incidents == ()
    assert progress.step == step
    # of the last step whose weights were both due to be kept and seen to be well
    assert bits(trainer) == good[max(0, step - 1) // 5 * 5]
    assert all(math.isfinite(loss.loss) for loss in (*progress.losses, *progress.validations))
    assert trainer.increment(FOREVER).step == progress.step


@pytest.mark.parametrize(
    ("loss", "norm", "words"),
    [
        (9.0, 1.0, "the loss rose to 9.00"),
        (2.0, math.inf, "the gradient was too large for a number"),
        (math.nan, math.nan, "the loss was no longer a number"),
    ],
)
def test_why_it_went_back_is_told(loss: float, norm: float, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = trainer_of(TRAINING)
    trainer.increment(FOREVER, steps=3)

    def learn() -> Slices[tuple[float, float, bool]]:
        yield
        return loss, norm, False

    monkeypatch.setattr(trainer, "learn", learn)
    while not trainer._advance():
        pass
    assert trainer.progress().incidents[0].startswith(f"{words} after step 3: back to the last good weights")


def test_a_step_that_memory_was_too_short_for_is_made_again_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever helped may still be at it, and what it gives is of another step."""
    trainer = trainer_of(TRAINING)
    trainer.increment(FOREVER, steps=3)
    closed: list[int] = []
    monkeypatch.setattr(trainer.parallel, "close", lambda: closed.append(trainer.step))

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(trainer.parallel, "gradients", full)
        with pytest.raises(MemoryError):
            trainer.increment(FOREVER, steps=1)
    assert closed == [3]
    assert trainer.increment(FOREVER, steps=1).step == 4


@pytest.mark.parametrize("guard", [True, False])
def test_the_highest_learning_rate_leaves_finite_numbers(guard: bool) -> None:
    trainer = trainer_of(replace(TRAINING, learning_rate=10.0, clip_norm=1e6, guard=guard))
    progress = trainer.increment(FOREVER, steps=60)
    assert np.isfinite(trainer.network.parameters.values).all()
    assert all(math.isfinite(loss.loss) for loss in progress.losses)
