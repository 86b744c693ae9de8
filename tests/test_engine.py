"""The engine in this process: commands, turns, and what it tells, with a clock that only the test moves."""

from __future__ import annotations

import math
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.config import NetworkSettings, SamplingSettings
from model.news import EVENT_BACKLOG, News
from model.progress import Event
from model.protocol import (
    Acknowledge,
    FindNeurons,
    Gauges,
    LoadCorpus,
    NewNetwork,
    Pause,
    RunState,
    Save,
    SetLearningRate,
    SetSampling,
    SetTraining,
    StartSampling,
    Step,
    StopSampling,
    Train,
)
from model.sideline import SHARE, Sideline
from model.slices import Slices

from engine_desk import NETWORK, TRAINING, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_loaded_corpus_is_trained_at_once(desk: Desk) -> None:
    desk.load()
    desk.turn(40)
    assert desk.state is RunState.TRAINING
    assert desk.step > 0
    gauges = desk.runs[-1].gauges
    assert gauges.corpus is not None and gauges.corpus.name == "counting"
    assert gauges.vocabulary == "\nab"


def test_loading_is_told_as_a_share_that_grows(desk: Desk) -> None:
    desk.load("python-code")
    shares = [run.gauges.loading for run in desk.runs if run.gauges.loading is not None]
    assert len(shares) > 1
    assert shares == sorted(shares)
    assert desk.runs[-1].gauges.loading is None


def test_every_loss_arrives_once_and_in_order(desk: Desk) -> None:
    desk.load()
    desk.turn(60)
    assert [loss.step for loss in desk.losses] == list(range(1, desk.step + 1))


def test_only_one_update_is_on_its_way(desk: Desk) -> None:
    desk.load()
    desk.engine.obey(StartSampling())
    desk.engine.turn()
    sent = len(desk.updates)
    for _ in range(50):
        desk.engine.turn()
        desk.clock.now += 0.05
    assert len(desk.updates) == sent
    desk.engine.obey(Acknowledge(desk.updates[-1].number))
    desk.engine.turn()
    assert len(desk.updates) == sent + 1
    # nothing of what happened meanwhile is lost
    assert [loss.step for loss in desk.losses] == list(range(1, desk.step + 1))
    assert len(desk.text) > 50


def test_what_waits_for_a_slow_app_stays_bounded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("model.news.LOSS_BACKLOG", 50)
    monkeypatch.setattr("model.writer.BACKLOG", 200)
    desk.load()
    desk.say(SetSampling(SamplingSettings(rate=1e9)), StartSampling())
    desk.engine.turn()
    for _ in range(200):
        desk.engine.turn()
    desk.engine.obey(Acknowledge(desk.updates[-1].number))
    desk.engine.turn()
    assert len(desk.runs[-1].written[0].text) == 200
    assert 25 <= len(desk.runs[-1].losses) <= 50
    assert desk.runs[-1].losses[-1].step > 50


def test_pause_stops_the_steps_and_train_goes_on(desk: Desk) -> None:
    desk.load()
    desk.turn(20)
    desk.say(Pause())
    desk.turn(2)
    assert desk.is_in(RunState.PAUSED)
    step = desk.step
    desk.turn(20)
    assert desk.step == step
    desk.say(Train())
    desk.turn(20)
    assert desk.is_in(RunState.TRAINING)
    assert desk.step > step


def test_step_trains_exactly_one_step(desk: Desk) -> None:
    desk.load(train=False)
    assert desk.state is RunState.PAUSED
    desk.say(Step())
    desk.turn(30)
    assert desk.step == 1
    desk.say(Step(), Step())
    desk.turn(60)
    assert desk.step == 3
    assert desk.state is RunState.PAUSED


def test_a_new_network_is_told_as_fresh_and_begins_at_step_zero(desk: Desk) -> None:
    desk.load()
    desk.turn(30)
    seen = len(desk.runs)
    desk.say(NewNetwork(NetworkSettings(hidden_size=5), TRAINING, train=False))
    desk.turn(2)
    later = desk.runs[seen:]
    assert [run.fresh for run in later].count(True) == 1
    assert desk.step == 0
    assert desk.runs[-1].gauges.network == NetworkSettings(hidden_size=5)


def test_a_learning_rate_acts_without_a_new_network(desk: Desk) -> None:
    desk.load()
    desk.turn(20)
    step = desk.step
    desk.say(SetLearningRate(0.0))
    desk.turn(20)
    weights = desk.trainer.network.parameters.values.copy()
    desk.turn(40)
    after = desk.trainer.network.parameters.values
    np.testing.assert_array_equal(after, weights)
    assert desk.step > step
    training = desk.runs[-1].gauges.training
    assert training is not None and training.learning_rate == 0.0


def test_a_text_that_cannot_be_read_is_said_and_the_run_before_stays(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.say(LoadCorpus((str(tmp_path / "gone.txt"),), NETWORK, TRAINING))
    desk.turn(5)
    assert any("gone.txt" in notice for notice in desk.notices)
    assert desk.state is RunState.TRAINING


def test_a_text_too_short_for_a_window_is_said(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("hello")
    desk.say(LoadCorpus((str(tmp_path / "short.txt"),), NETWORK, TRAINING))
    desk.turn(5)
    assert any("short.txt" in notice and "sequence length" in notice for notice in desk.notices)
    assert desk.state is RunState.EMPTY


def test_divergence_is_a_state_and_the_weights_stay_finite(desk: Desk) -> None:
    desk.load(training=replace(TRAINING, guard=False))
    desk.turn(10)
    trainer = desk.trainer
    trainer.network.parameters.values[0] = np.nan
    desk.turn(30)
    assert desk.state is RunState.DIVERGED
    assert np.isfinite(trainer.network.parameters.values).all()
    assert all(np.isfinite(loss.loss) for loss in desk.losses)
    assert any("last good weights" in notice for notice in desk.notices)
    desk.say(Train())
    desk.turn(3)
    assert desk.is_in(RunState.DIVERGED)


def test_an_explosion_is_mended_and_said_as_a_warning(desk: Desk) -> None:
    desk.load()
    desk.turn(20)
    desk.trainer.network.parameters.values[0] = np.nan
    desk.turn(30)
    assert desk.state is RunState.TRAINING
    (notice,) = (notice for run in desk.runs for notice in run.notices if notice.severity == "warning")
    assert "back to the last good weights" in notice.text
    assert desk.gauges.learning_rate == TRAINING.learning_rate / 2
    # another rate is a person's own choice
    desk.say(SetLearningRate(0.02))
    desk.turn(2)
    assert desk.gauges.learning_rate == 0.02


def test_an_early_stop_is_said_once_and_pauses(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("abcdefgh\n" * 200)
    desk.load(str(tmp_path / "short.txt"), training=replace(TRAINING, learning_rate=0.0, stop_after=1))
    while desk.state is RunState.TRAINING:
        desk.turn(20)
    assert desk.is_in(RunState.PAUSED)
    desk.turn(20)
    assert sum("without a better one" in notice for notice in desk.notices) == 1
    step = desk.step
    desk.say(Train())
    for _ in range(1_000):
        desk.turn()
        if desk.step > step:
            break
    assert desk.step > step


def test_settings_change_live_where_they_can_and_the_others_are_named(desk: Desk) -> None:
    desk.load()
    desk.turn(20)
    wanted = replace(TRAINING, dropout=0.2, clip_norm=0.5, schedule="plateau", seq_length=9, optimizer="sgd")
    desk.say(SetTraining(wanted))
    desk.turn(20)
    assert desk.gauges.training == replace(wanted, seq_length=8, optimizer="adam")
    (notice,) = (notice for notice in desk.notices if "start over" in notice)
    assert "sequence length or optimiser" in notice
    assert desk.state is RunState.TRAINING


def test_what_the_gauges_say_can_be_sent_back(desk: Desk, tmp_path: Path) -> None:
    """Of a short text fewer streams are shown than were asked for; to ask for what is shown is no change."""
    (tmp_path / "short.txt").write_text("abc " * 10)
    desk.load(str(tmp_path / "short.txt"), training=replace(TRAINING, batch_size=64))
    training = desk.gauges.training
    assert training is not None and training.batch_size < 64
    before = len(desk.notices)
    desk.say(SetTraining(replace(training, learning_rate=0.5)))
    desk.turn(2)
    assert len(desk.notices) == before
    assert desk.gauges.learning_rate == 0.5


def test_vitals_are_sent_along(desk: Desk) -> None:
    desk.load(train=False)
    assert desk.gauges.vitals is None
    desk.say(Train())
    desk.turn(20)
    assert desk.gauges.vitals is not None and desk.gauges.vitals.gradient_norm > 0.0


@pytest.mark.parametrize("train", [True, False])
def test_baselines_are_worked_out_beside_training_and_sent(desk: Desk, train: bool) -> None:
    desk.load(train=train)
    assert desk.gauges.baselines is None
    while desk.gauges.baselines is None:
        desk.turn(20)
    assert desk.gauges.baselines.bigram < desk.gauges.baselines.unigram < desk.gauges.baselines.uniform
    assert desk.gauges.baselines.floor is not None
    # the text stays the same, and so do they
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn(2)
    assert desk.gauges.baselines is not None


def test_baselines_take_a_small_share_of_a_busy_time(desk: Desk) -> None:
    clock = desk.clock
    slices = 0

    def work() -> Slices[str]:
        nonlocal slices
        while slices < 100:
            slices += 1
            clock.now += 0.004
            yield
        return "done"

    aside = Sideline(work(), clock)
    begin = clock.now
    while not aside.done:
        aside.turn(busy=True)
        clock.now += 0.001
    assert aside.result == "done"
    assert 0.5 * SHARE < 100 * 0.004 / (clock.now - begin) < 1.25 * SHARE


def test_what_work_has_so_far_can_be_had_before_its_end() -> None:
    def work() -> Generator[str | None, None, str]:
        yield None
        yield "half"
        yield None
        return "whole"

    aside = Sideline(work(), lambda: 0.0)
    results = []
    while not aside.done:
        aside.turn(busy=False)
        results.append(aside.result)
    assert results == [None, "half", "half", "whole"]


def test_commands_without_a_network_are_answered_not_crashed_on(desk: Desk, tmp_path: Path) -> None:
    desk.say(Pause(), Step(), SetLearningRate(0.1), StartSampling(restart=True), StopSampling())
    desk.say(Train(), NewNetwork(NETWORK, TRAINING), Save(str(tmp_path)))
    desk.turn(3)
    assert len(desk.notices) == 3
    assert not list(tmp_path.iterdir())


def test_what_does_not_fit_into_memory_is_said_and_the_run_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load()
    desk.turn(5)

    def too_much(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr("model.live_run.new_trainer", too_much)
    desk.say(NewNetwork(NETWORK, TRAINING))
    desk.say(LoadCorpus(("counting",), NETWORK, TRAINING))
    step = desk.trainer.step
    desk.turn(200)
    assert [notice for notice in desk.notices if "not enough memory" in notice][1:], "of both"
    assert desk.trainer.step > step


def test_a_system_that_refuses_a_process_is_no_reason_to_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load()
    trainer = desk.trainer

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.live_run.new_trainer", full)
    desk.say(NewNetwork(NETWORK, TRAINING))
    desk.turn(3)
    assert "No space left on device" in desk.notices and desk.trainer is trainer


def test_a_turned_knob_is_marked_at_its_step_and_where_it_ends_counts(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(Step())
    while desk.step == 0:
        desk.turn()
    assert desk.events == []
    desk.say(SetLearningRate(0.01), SetLearningRate(0.005))
    desk.say(SetSampling(SamplingSettings(temperature=0.85)), SetSampling(SamplingSettings(temperature=0.85, top_k=3)))
    desk.turn(3)
    assert desk.events == [Event(1, "rate", "learning rate 0.005"), Event(1, "temperature", "temperature 0.85")]
    desk.say(SetLearningRate(0.005))
    desk.turn(3)
    assert len(desk.events) == 2


def test_a_rollback_is_told_as_an_event(desk: Desk) -> None:
    desk.load()
    desk.trainer.network.b_out[0] = math.nan
    while not desk.events:
        desk.turn()
    assert [event.kind for event in desk.events] == ["rollback"]


def test_events_that_wait_are_bounded_and_a_new_network_has_none() -> None:
    news = News("main")
    for step in range(3 * EVENT_BACKLOG):
        news.mark(Event(step, "rate", f"learning rate {step}"))
    update = news.take(Gauges())
    assert update is not None
    assert [event.step for event in update.events] == list(range(2 * EVENT_BACKLOG, 3 * EVENT_BACKLOG))
    news.mark(Event(1, "rate", "learning rate 1"))
    news.begin()
    assert news.take(Gauges()) is None


def test_neurons_are_found_while_training_goes_on(desk: Desk) -> None:
    desk.load("python-docs")
    desk.say(FindNeurons())
    step = desk.step
    for _ in range(20_000):
        desk.turn()
        if found := [run.neurons for run in desk.runs if run.neurons is not None]:
            break
    assert len(found) == 1
    assert len(found[0].names) == NETWORK.hidden_size
    assert found[0].findings[0].units
    assert step <= found[0].step < desk.step
    desk.turn(50)
    assert desk.runs[-1].neurons is None


def test_neurons_of_a_network_that_was_thrown_away_are_not_told(desk: Desk) -> None:
    desk.load("python-docs", train=False)
    desk.say(FindNeurons())
    desk.turn(3)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn(2_000)
    assert not any(run.neurons for run in desk.runs)


def test_without_a_text_there_are_no_neurons_to_find(desk: Desk) -> None:
    desk.say(FindNeurons())
    desk.turn()
    assert any("no text to find neurons by" in notice for notice in desk.notices)


def test_a_rollback_tells_the_rate_that_the_schedule_leaves(desk: Desk) -> None:
    desk.load(training=replace(TRAINING, learning_rate=0.03, schedule="cosine", schedule_steps=1_000, final_rate=0.05))
    desk.say(Pause())
    trainer = desk.trainer
    trainer.step = 900
    trainer._roll_back(9.0)
    assert f"learning rate at {trainer.learning_rate:.2g}" in trainer._incidents[-1]
    assert trainer.learning_rate < 0.01
