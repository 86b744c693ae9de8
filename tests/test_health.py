"""The guard: what it takes for an explosion, what for a plateau, and how a run is helped on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Literal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from model.config import NetworkSettings, TrainingSettings
from model.health import LOOK_STEPS, LOOKS, Guard, saturation, update_ratio
from model.presets import PRESETS
from model.progress import Event, Gate
from model.run import new_trainer
from model.trainer import MOST_RESTARTS, MOST_ROLLBACKS, SNAPSHOT_STEPS, Trainer

from text_helpers import TickingClock, corpus_of

EASY = "abcdefg\n" * 60
FOREVER = math.inf
TRAINING = TrainingSettings(seq_length=8, batch_size=4, learning_rate=0.02)
SHAPE = NetworkSettings(hidden_size=7)


def trainer_of(training: TrainingSettings = TRAINING, shape: NetworkSettings = SHAPE) -> Trainer:
    return new_trainer(corpus_of(EASY), shape, training, clock=TickingClock())


def standing(losses: Iterable[float], chance: float = 4.0) -> float | None:
    """What a guard says at the end, which looks every `LOOK_STEPS` steps."""
    guard = Guard(chance, 10**6)
    for loss in losses:
        guard.note(loss)
    return guard.standing


# ---------------------------------------------------------------------------------------- what it sees


def test_one_wild_window_of_a_small_batch_is_no_explosion_but_many_are() -> None:
    guard = Guard(4.0, 25)
    assert not guard.exploded(20.0)
    for _ in range(20):
        guard.note(20.0)
    assert guard.exploded(20.0)


@pytest.mark.parametrize(("loss", "exploded"), [(0.0, False), (4.9, False), (5.1, True), (math.inf, True)])
def test_a_loss_far_above_chance_has_exploded(loss: float, exploded: bool) -> None:
    assert Guard(4.0, 5_000).exploded(loss) is exploded


def test_no_number_is_an_explosion() -> None:
    assert Guard(4.0, 5_000).exploded(math.nan)


def test_a_flat_loss_is_seen_after_a_few_looks_and_not_before() -> None:
    flat = [3.3 + 0.1 * math.sin(step) for step in range(LOOKS * LOOK_STEPS)]
    assert standing(flat) == pytest.approx(3.3, abs=0.01)
    assert standing(flat[:-1]) is None


@given(st.floats(1e-6, 1e-2))
def test_a_loss_that_falls_steadily_is_never_standing_however_slowly(fall: float) -> None:
    assert standing(4.0 - fall * step / LOOK_STEPS for step in range(LOOKS * LOOK_STEPS)) is None


def test_a_loss_that_falls_unsteadily_but_by_enough_is_not_standing() -> None:
    looks = [3.0, 3.1, 2.9, 2.95]
    assert standing(loss for look in looks for loss in [look] * LOOK_STEPS) is None


def test_the_guard_remembers_across_a_pause() -> None:
    losses = np.random.default_rng(0).normal(3.0, 0.1, LOOKS * LOOK_STEPS).tolist()
    straight, first, second = Guard(4.0, 10**6), Guard(4.0, 10**6), Guard(4.0, 10**6)
    for loss in losses:
        straight.note(loss)
    for loss in losses[:333]:
        first.note(loss)
    second.restore(first.state())
    for loss in losses[333:]:
        second.note(loss)
    assert second.state() == straight.state()
    assert second.standing == straight.standing is not None


@pytest.mark.parametrize("state", [[], [1.0], [4.0, 0.0, -1.0], [4.0, 0.0, 1e9], [math.nan] * 3, [0.0] * 9])
def test_a_damaged_memory_is_refused(state: list[float]) -> None:
    with pytest.raises(ValueError, match=r"guard|unpack"):
        Guard(4.0, 10**6).restore(state)


def test_vitals_are_ratios_and_shares() -> None:
    assert update_ratio(np.array([3.0, 4.0]), np.array([0.0, 50.0])) == pytest.approx(0.1)
    assert update_ratio(np.ones(3), np.zeros(3)) == 0.0
    assert saturation(np.array([[0.0, 0.5], [1.0, 0.5]]), ("input", "forget")) == (
        Gate("input", shut=0.5, open=0.0, mean=0.25),
        Gate("forget", shut=0.0, open=0.5, mean=0.75),
    )
    assert saturation(np.empty((0, 3)), ()) == ()


@pytest.mark.parametrize(
    ("cell", "names"), [("lstm", ["input", "forget", "output"]), ("gru", ["reset", "update"]), ("rnn", [])]
)
def test_vitals_tell_each_kind_of_gate_apart(cell: Literal["lstm", "gru", "rnn"], names: list[str]) -> None:
    trainer = trainer_of(shape=replace(SHAPE, cell=cell))
    # every gate of the first kind is driven open, and of the second shut
    for layer in trainer.network.layers:
        for place, _ in enumerate(names[:2]):
            layer.b_ih.reshape(layer.G, -1)[place] = (50.0, -50.0)[place]
    vitals = trainer.increment(FOREVER, steps=1).vitals
    assert vitals is not None
    assert [gate.name for gate in vitals.gates] == names
    if names:
        first, second, *_ = vitals.gates
        assert (first.shut, first.open, second.shut, second.open) == (0.0, 1.0, 1.0, 0.0)
    assert vitals.saturated == pytest.approx(sum(g.shut + g.open for g in vitals.gates) / max(1, len(names)))


# ------------------------------------------------------------------------------------------- explosions


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e4])
def test_an_explosion_is_rolled_back_said_and_survived(value: float) -> None:
    trainer = trainer_of()
    trainer.increment(FOREVER, steps=SNAPSHOT_STEPS + 20)
    good, moments = trainer.snapshot.arrays["values"].copy(), trainer.snapshot.arrays["m"].copy()
    trainer.network.b_out[3] = value
    while not (progress := trainer.increment(0.0)).incidents:
        pass

    assert trainer.step == SNAPSHOT_STEPS + 20
    np.testing.assert_array_equal(trainer.network.parameters.values, good)
    np.testing.assert_array_equal(trainer.optimizer.slots["m"], moments)
    assert trainer.optimizer.step == SNAPSHOT_STEPS
    (sentence,) = progress.incidents
    assert "after step 120: back to the last good weights" in sentence
    assert sentence.endswith("the learning rate at 0.01")
    assert progress.events == (Event(120, "rollback", "back to good weights, learning rate 0.01"),)
    assert progress.learning_rate == 0.01

    later = trainer.increment(FOREVER, steps=200)
    assert not later.diverged and later.incidents == ()
    assert all(math.isfinite(loss.loss) for loss in later.losses)
    assert later.train_loss is not None and later.train_loss < 0.05
    assert later.learning_rate == 0.01


def test_a_run_that_explodes_again_and_again_is_given_up_with_good_weights() -> None:
    trainer = trainer_of()
    good = trainer.network.parameters.values.copy()
    trainer.increment(FOREVER, steps=1)
    incidents: list[str] = []
    while not trainer.diverged:
        trainer.network.b_out[0] = math.nan
        incidents += trainer.increment(FOREVER, steps=1).incidents
    assert len(incidents) == MOST_ROLLBACKS
    assert "was no longer a number" in incidents[0]
    np.testing.assert_array_equal(trainer.network.parameters.values, good)


def test_rollbacks_are_counted_anew_when_the_run_has_been_well_for_long() -> None:
    trainer = trainer_of()
    for _ in range(2 * MOST_ROLLBACKS):
        trainer.network.b_out[0] = math.nan
        trainer.increment(FOREVER, steps=SNAPSHOT_STEPS)
    assert not trainer.diverged
    assert trainer.rate_factor == 0.5 ** (2 * MOST_ROLLBACKS)


def test_the_average_is_rolled_back_too() -> None:
    trainer = trainer_of(replace(TRAINING, average=0.9))
    trainer.increment(FOREVER, steps=30)
    trainer.network.b_out[0] = math.nan
    trainer.increment(FOREVER, steps=1)
    assert np.isfinite(trainer.player.parameters.values).all()
    assert trainer.average is not None and trainer.average.count == 1


# --------------------------------------------------------------------------------------------- plateaus


@pytest.fixture
def quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look is two passes over the text, so that no test takes long."""
    monkeypatch.setattr("model.health.LOOK_CHARACTERS", 0)
    monkeypatch.setattr("model.health.LOOK_STEPS", 24)


def stuck(**changes: object) -> TrainingSettings:
    """A run that does not learn at all."""
    return replace(TRAINING, learning_rate=0.0, **changes)


def look_of(trainer: Trainer) -> int:
    return trainer.guard._look


@pytest.mark.usefixtures("quick_looks")
def test_a_stuck_run_is_started_over_with_the_next_seed_and_said() -> None:
    trainer = trainer_of(stuck(seed=7))
    before = trainer.increment(FOREVER, steps=LOOKS * look_of(trainer) - 1)
    assert before.incidents == ()
    progress = trainer.increment(FOREVER, steps=1)
    (sentence,) = progress.incidents
    assert sentence == (
        "stuck at a loss of 2.08, above what pairs of characters tell (0.00): "
        "started over after step 96 with the seed 8"
    )
    assert progress.events == (Event(96, "restart", "stuck: new weights, seed 8"),)
    expected = new_trainer(trainer.corpus, SHAPE, replace(TRAINING, seed=8))
    np.testing.assert_array_equal(trainer.network.parameters.values, expected.network.parameters.values)
    assert trainer.step == progress.step and trainer.optimizer.step == 0


@pytest.mark.usefixtures("quick_looks")
def test_a_run_that_was_stuck_learns_after_its_new_beginning() -> None:
    trainer = trainer_of(replace(TRAINING, learning_rate=0.0))
    while trainer.restarts == 0:
        trainer.increment(FOREVER, steps=50)
    trainer.settings = replace(trainer.settings, learning_rate=0.02)
    progress = trainer.increment(FOREVER, steps=200)
    assert progress.train_loss is not None and progress.train_loss < 0.1


@pytest.mark.usefixtures("quick_looks")
def test_new_beginnings_come_to_an_end_which_is_said_once() -> None:
    trainer = trainer_of(stuck())
    incidents = trainer.increment(FOREVER, steps=(MOST_RESTARTS + 3) * LOOKS * look_of(trainer)).incidents
    assert len(incidents) == MOST_RESTARTS + 1
    assert "other settings may help" in incidents[-1]


@pytest.mark.usefixtures("quick_looks")
def test_a_loss_below_the_bigram_entropy_may_stand() -> None:
    trainer = trainer_of()
    trainer.increment(FOREVER, steps=300)
    trainer.settings = replace(trainer.settings, learning_rate=0.0)
    progress = trainer.increment(FOREVER, steps=3 * LOOKS * look_of(trainer))
    assert progress.incidents == ()
    assert trainer.restarts == 0


@pytest.mark.usefixtures("quick_looks")
def test_a_schedule_s_end_is_no_plateau() -> None:
    trainer = trainer_of(replace(TRAINING, learning_rate=1e-4, schedule="cosine", schedule_steps=50))
    progress = trainer.increment(FOREVER, steps=(LOOKS + 1) * look_of(trainer))
    assert progress.incidents == ()


@pytest.mark.usefixtures("quick_looks")
@pytest.mark.parametrize("rate", [1e-5, 1e-4, 1e-3])
def test_a_slow_run_that_falls_is_left_alone(rate: float) -> None:
    trainer = trainer_of(replace(TRAINING, learning_rate=rate))
    progress = trainer.increment(FOREVER, steps=(LOOKS + 1) * look_of(trainer))
    assert progress.losses[-1].loss < progress.losses[0].loss
    assert progress.incidents == ()


@pytest.mark.usefixtures("quick_looks")
def test_a_guard_that_is_switched_off_lets_a_run_be() -> None:
    trainer = trainer_of(stuck(guard=False))
    assert trainer.increment(FOREVER, steps=LOOKS * look_of(trainer) + 1).incidents == ()
    trainer.network.b_out[0] = math.nan
    progress = trainer.increment(FOREVER, steps=1)
    assert progress.diverged and progress.incidents == ()


@pytest.mark.parametrize("preset", [None, "nanogpt-cpu-beater", "char-rnn", "torch-rnn", "min-char-rnn", "vpj-mended"])
def test_a_healthy_run_is_left_alone(preset: str | None) -> None:
    rng = np.random.default_rng(0)
    words = ["".join(rng.choice(list("abcdefghijklmnopqrstuvwxyz"), rng.integers(2, 9))) for _ in range(200)]
    corpus = corpus_of(" ".join(rng.choice(words, 1_500)))
    shape = replace(PRESETS[preset].network if preset else NetworkSettings(), hidden_size=16, layers=1)
    training = PRESETS[preset].training if preset else TrainingSettings()
    trainer = new_trainer(corpus, shape, training)
    progress = trainer.increment(FOREVER, steps=70)
    assert progress.incidents == ()
    assert progress.losses[-1].loss < progress.losses[0].loss
