"""The engine in this process: commands, turns, and what it tells, with a clock that only the test moves."""

from __future__ import annotations

import itertools
import math
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.checkpoint import load_checkpoint, save_checkpoint
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.engine import Engine
from model.news import EVENT_BACKLOG, News
from model.progress import Event
from model.protocol import (
    MAIN,
    Acknowledge,
    Choose,
    Command,
    FindNeurons,
    Gauges,
    GoOn,
    LoadCorpus,
    LossPoint,
    NewNetwork,
    OpenCheckpoint,
    Pause,
    RunState,
    RunUpdate,
    Save,
    SetLearningRate,
    SetSampling,
    SetTraining,
    ShowPast,
    StartSampling,
    StartVoice,
    Step,
    Stop,
    StopSampling,
    TakeBack,
    Train,
    Type,
    Update,
    Watch,
    WritePassage,
    Written,
)
from model.sideline import SHARE, Sideline
from model.slices import Slices
from model.trainer import Trainer
from model.wire import WireClosed

NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)


class Clock:
    """Time passes a little with each look, as it does for a program that works."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1e-4
        return self.now


class Desk:
    """An engine, its clock, and every update it sent."""

    def __init__(self, rescue: Path | None = None, threads: int = 1) -> None:
        self.clock = Clock()
        self.updates: list[Update] = []
        self.engine = Engine(self.updates.append, self.clock, rescue=rescue, threads=threads)

    def say(self, *commands: Command) -> None:
        for command in commands:
            self.engine.obey(command)

    def turn(self, turns: int = 1) -> None:
        """Let the engine work, taking in each update as the app does."""
        for _ in range(turns):
            self.engine.turn()
            self.clock.now += 0.002
            if self.updates:
                self.engine.obey(Acknowledge(self.updates[-1].number))

    def load(self, source: str = "counting", *, train: bool = True, training: TrainingSettings = TRAINING) -> None:
        self.say(LoadCorpus((source,), NETWORK, training, train=train))
        while self.state in (RunState.EMPTY, RunState.LOADING):
            self.turn()

    @property
    def runs(self) -> list[RunUpdate]:
        return [run for update in self.updates for run in update.runs]

    @property
    def state(self) -> RunState:
        return self.runs[-1].gauges.state if self.runs else RunState.EMPTY

    def is_in(self, state: RunState) -> bool:
        return self.state is state

    @property
    def gauges(self) -> Gauges:
        return self.runs[-1].gauges

    @property
    def trainer(self) -> Trainer:
        trainer = self.engine._runs["main"].trainer
        assert trainer is not None
        return trainer

    @property
    def step(self) -> int:
        return self.gauges.step

    @property
    def losses(self) -> list[LossPoint]:
        return [loss for run in self.runs for loss in run.losses]

    @property
    def text(self) -> str:
        return "".join(written.text for run in self.runs for written in run.written)

    @property
    def labels(self) -> list[str]:
        return [mark.label for run in self.runs for written in run.written for mark in written.marks]

    @property
    def events(self) -> list[Event]:
        return [event for run in self.runs for event in run.events]

    @property
    def notices(self) -> list[str]:
        return [notice.text for run in self.runs for notice in run.notices]


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


def test_sampling_goes_on_while_training_is_paused(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(100)
    assert len(desk.text) > 5
    assert desk.step == 0


def test_characters_come_at_the_rate_that_was_asked_for(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(rate=100.0)), StartSampling())
    begin = desk.clock.now
    desk.turn(500)
    assert len(desk.text) == pytest.approx(100.0 * (desk.clock.now - begin), rel=0.05)


def test_a_character_is_never_late_by_more_than_a_turn_however_large_a_step_is(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of hundreds of slices; between two characters only a few turns of the engine may pass."""
    monkeypatch.setattr("model.cell.BLOCK", 1)  # a pause after each time step, as in a large network
    big = TrainingSettings(seq_length=200, batch_size=4)
    desk.say(LoadCorpus(("counting",), NETWORK, big))
    while desk.state in (RunState.EMPTY, RunState.LOADING):
        desk.turn()
    desk.say(SetSampling(SamplingSettings(rate=50.0)), StartSampling())
    arrivals = []
    for _ in range(150):
        before = len(desk.text)
        desk.turn()
        if len(desk.text) > before:
            arrivals.append(desk.clock.now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    assert desk.step < 150
    assert max(gaps) < 0.02 + 0.015
    assert min(gaps) > 0.02 - 0.015


def test_a_new_temperature_acts_on_the_next_character_and_is_marked_there(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(100)
    written = len(desk.text)
    desk.say(SetSampling(SamplingSettings(temperature=0.85)))
    desk.turn(50)
    marks = [
        (offset + mark.offset, mark.label)
        for offset, part in _parts(desk)
        for mark in part.marks
        if mark.kind == "sampling"
    ]
    assert marks == [(written, "temperature 0.85")]


def _parts(desk: Desk) -> list[tuple[int, Written]]:
    parts: list[tuple[int, Written]] = []
    offset = 0
    for run in desk.runs:
        for written in run.written:
            parts.append((offset, written))
            offset += len(written.text)
    return parts


def test_turning_there_and_back_before_a_character_leaves_no_mark(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=1.0)), StartSampling())
    desk.turn(50)
    desk.say(SetSampling(SamplingSettings(temperature=1.5)), SetSampling(SamplingSettings(temperature=1.0)))
    desk.turn(50)
    assert desk.labels == []


def test_probabilities_come_with_the_text(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(60)
    for _, written in _parts(desk):
        assert len(written.probabilities) == len(written.text)
        assert all(0.0 < probability <= 1.0 for probability in written.probabilities)


def test_restarting_after_a_prime_writes_the_prime_and_names_what_is_unknown(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling(prime="aaéb", restart=True))
    desk.turn(2)
    assert desk.text.startswith("aab")
    assert [mark.given for _, part in _parts(desk) for mark in part.marks if mark.kind == "start"] == [3]
    assert any("'é'" in notice for notice in desk.notices)


def test_stopping_the_sampler_silences_it(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(40)
    desk.say(StopSampling())
    desk.turn(1)
    length = len(desk.text)
    desk.turn(40)
    assert len(desk.text) == length > 0


def test_what_may_come_next_is_told_while_all_rests(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(40)
    before = desk.gauges.outlook
    assert before is not None
    assert [each.symbol for each in before.candidates] != []
    desk.say(SetSampling(SamplingSettings(temperature=0.0)))
    desk.turn(1)
    after = desk.gauges.outlook
    assert after is not None
    assert after.candidates[0].probability == 1.0
    assert after.entropy == 0.0
    assert after.raw_entropy == before.raw_entropy


def test_what_may_come_next_changes_as_the_network_learns_though_it_does_not_write(desk: Desk) -> None:
    desk.load()
    desk.turn(100)
    outlooks = {run.gauges.outlook for run in desk.runs[-40:]}
    assert len(outlooks) > 3
    assert desk.text == ""


def test_an_update_that_tells_nothing_new_is_not_sent_for_the_outlook(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(200)  # the baselines have been worked out by then
    sent = len(desk.updates)
    desk.turn(50)
    assert len(desk.updates) == sent


def test_a_chosen_character_is_written_whether_the_sampler_writes_or_rests(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(2)
    desk.say(Choose("b"), Choose("a"))
    desk.turn(2)
    assert desk.text == "ba"
    outlook = desk.gauges.outlook
    assert outlook is not None
    assert outlook.after == "a"
    desk.say(StartSampling(), Choose("b"))
    desk.turn(40)
    assert desk.text.startswith("bab")
    assert len(desk.text) > 4


def test_a_character_that_the_network_does_not_know_is_said_and_not_written(desk: Desk) -> None:
    desk.load(train=False)
    desk.turn(2)
    desk.say(Choose("é"))
    desk.turn(2)
    assert desk.text == ""
    assert any("'é'" in notice for notice in desk.notices)


def test_the_same_seed_writes_the_same_text_however_often_the_outlook_is_told() -> None:
    def text(every: int) -> str:
        desk = Desk()
        desk.load(train=False)
        desk.say(SetSampling(SamplingSettings(rate=1e9)), StartSampling())
        for turn in range(40):
            desk.engine.turn()
            if turn % every == 0:
                desk.engine.obey(Acknowledge(desk.updates[-1].number))
        desk.turn(2)
        return desk.text[:500]

    assert text(1) == text(7)


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


def test_a_saved_run_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "runs" / "last.safetensors"
    desk.load()
    desk.turn(30)
    desk.say(Pause(), Save(str(path)))
    desk.turn(1)
    assert any(str(path) in notice for notice in desk.notices)

    other = Desk()
    other.say(OpenCheckpoint(str(path), train=True))
    while other.state in (RunState.EMPTY, RunState.LOADING):
        other.turn()
    assert other.step >= load_checkpoint(path).step > 0
    other.turn(30)
    (begin,) = (run for run in other.runs if run.fresh)
    assert other.losses[0].step == 1  # the curve so far is saved too
    assert other.losses[begin.again].step == load_checkpoint(path).step + 1


def test_a_network_whose_text_is_gone_is_played_but_not_trained(desk: Desk, tmp_path: Path) -> None:
    text, path = tmp_path / "book.txt", tmp_path / "book.safetensors"
    text.write_text("abcdefgh\n" * 200)
    desk.load(str(text))
    desk.turn(20)
    desk.say(Save(str(path)))
    text.unlink()

    other = Desk()
    other.say(OpenCheckpoint(str(path), train=True), StartSampling())
    other.turn(100)
    assert other.state is RunState.PAUSED
    assert len(other.text) > 3
    assert any("can be played" in notice for notice in other.notices)
    other.say(Train())
    other.turn(3)
    assert any("no text to learn from" in notice for notice in other.notices)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"\x00" * 64])
def test_a_file_that_is_no_checkpoint_is_said(desk: Desk, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.safetensors"
    path.write_bytes(content)
    desk.say(OpenCheckpoint(str(path)))
    desk.turn(3)
    assert any("odd.safetensors" in notice for notice in desk.notices)
    assert desk.state is RunState.EMPTY


def test_commands_without_a_network_are_answered_not_crashed_on(desk: Desk, tmp_path: Path) -> None:
    desk.say(Pause(), Step(), SetLearningRate(0.1), StartSampling(restart=True), StopSampling())
    desk.say(Train(), NewNetwork(NETWORK, TRAINING), Save(str(tmp_path / "nothing.safetensors")))
    desk.turn(3)
    assert len(desk.notices) == 3
    assert not list(tmp_path.iterdir())


def test_stop_saves_what_was_trained_and_says_goodbye(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    desk.load()
    desk.turn(30)
    desk.say(Stop(str(path)))
    assert desk.engine.stopped
    assert desk.updates[-1].stopped
    assert load_checkpoint(path).step == desk.step


def test_writing_as_fast_as_it_goes_leaves_training_its_time(desk: Desk) -> None:
    desk.load()
    desk.say(SetSampling(SamplingSettings(rate=math.inf)), StartSampling())
    desk.turn(5)
    step, text = desk.step, len(desk.text)
    begin = desk.clock.now
    desk.turn(60)
    rushed = (desk.step - step) / (desk.clock.now - begin)
    assert len(desk.text) > text + 100

    desk.say(StopSampling())
    step, begin = desk.step, desk.clock.now
    desk.turn(60)
    alone = (desk.step - step) / (desk.clock.now - begin)
    assert rushed > 0.5 * alone


def test_a_network_that_was_only_played_does_not_replace_the_last_run(desk: Desk, tmp_path: Path) -> None:
    demo, last = tmp_path / "demo.safetensors", tmp_path / "last.safetensors"
    desk.load()
    desk.turn(20)
    desk.say(Save(str(demo)))

    other = Desk()
    other.say(OpenCheckpoint(str(demo)), StartSampling())
    other.turn(100)
    other.say(Stop(str(last)))
    assert not last.exists()
    assert other.step == load_checkpoint(demo).step


def test_the_numbers_of_a_network_that_can_only_be_played_are_those_of_its_file(desk: Desk, tmp_path: Path) -> None:
    text, path = tmp_path / "book.txt", tmp_path / "book.safetensors"
    text.write_text("abcdefgh\n" * 200)
    desk.load(str(text))
    desk.turn(20)
    desk.say(Save(str(path)))
    text.unlink()

    other = Desk()
    other.say(OpenCheckpoint(str(path)))
    other.turn(20)
    gauges, saved = other.runs[-1].gauges, load_checkpoint(path)
    assert gauges.step == saved.step > 0
    assert gauges.train_loss == saved.progress["train_loss"]


def test_a_copy_of_the_run_is_kept_every_minute(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "last.safetensors"
    desk = Desk(rescue=path)
    desk.load()
    desk.turn(5)
    assert not path.exists()
    desk.clock.now += 61.0
    desk.turn(1)
    desk.engine._finish_autosave()
    first = load_checkpoint(path).step
    assert first > 0

    desk.turn(30)
    desk.clock.now += 61.0
    desk.turn(1)
    desk.engine._finish_autosave()
    assert load_checkpoint(path).step > first


def test_a_copy_that_could_not_be_written_is_tried_again_though_nothing_is_learnt_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "last.safetensors"
    desk = Desk(rescue=path)
    desk.load()
    desk.turn(5)
    path.parent.write_text("a file where the folder should be")
    desk.clock.now += 61.0
    desk.turn(1)
    desk.engine._finish_autosave()
    desk.say(Pause())
    path.parent.unlink()
    desk.clock.now += 61.0
    desk.turn(1)
    desk.engine._finish_autosave()
    assert load_checkpoint(path).step > 0


def test_the_app_is_told_of_the_saving_before_a_copy_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(rescue=tmp_path / "last.safetensors")
    desk.load()
    desk.turn(5)
    told: list[bool] = []
    monkeypatch.setattr(desk.engine, "_finish_autosave", lambda: told.append(desk.updates[-1].saving))
    desk.say(Stop(str(tmp_path / "last.safetensors")))
    assert told == [True]


def test_a_run_is_saved_though_the_app_is_gone_when_it_is_told_to_stop(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load()
    desk.turn(5)

    def closed(_update: Update) -> None:
        raise WireClosed

    monkeypatch.setattr(desk.engine, "_send", closed)
    with pytest.raises(WireClosed):
        desk.say(Stop(str(tmp_path / "run.safetensors")))
    assert load_checkpoint(tmp_path / "run.safetensors").step == desk.trainer.step > 0


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


def test_one_step_is_one_though_saving_completes_it(desk: Desk, tmp_path: Path) -> None:
    desk.load(train=False)
    for _ in range(5):
        before = desk.trainer.step
        desk.say(Step())
        while not desk.trainer._updating:
            desk.trainer.increment(0.0, steps=1)
        desk.say(Save(str(tmp_path / "run.safetensors")))
        desk.turn(20)
        assert desk.trainer.step == before + 1
    assert [loss.step for loss in desk.losses] == [1, 2, 3, 4, 5]


def test_a_run_that_went_astray_says_so_once_however_often_it_is_saved(desk: Desk, tmp_path: Path) -> None:
    desk.load(training=replace(TRAINING, guard=False))
    desk.turn(20)
    desk.trainer.network.parameters.values[...] = np.nan
    desk.turn(60)
    assert desk.state is RunState.DIVERGED
    for _ in range(3):
        desk.say(Save(str(tmp_path / "run.safetensors")))
        desk.turn(2)
    assert sum("training diverged" in notice for notice in desk.notices) == 1


@pytest.mark.parametrize("temperature", [0.0, 0.8])
def test_weights_that_went_astray_write_nothing_and_better_ones_write_on(desk: Desk, temperature: float) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(temperature=temperature)), StartSampling())
    desk.turn(100)
    values = desk.trainer.player.parameters.values
    good, written = values.copy(), len(desk.text)
    values[...] = np.nan
    desk.clock.now += 1.0
    with np.errstate(invalid="ignore"):
        desk.turn(100)
    assert len(desk.text) == written > 0
    values[...] = good
    desk.clock.now += 1.0
    desk.turn(100)
    assert len(desk.text) > written


@pytest.mark.parametrize("state", [5, {}, {"bit_generator": "MT19937"}, "chance"])
def test_random_numbers_that_are_damaged_are_said_and_the_run_stays(desk: Desk, tmp_path: Path, state: object) -> None:
    path = tmp_path / "run.safetensors"
    desk.load()
    desk.turn(5)
    saved = desk.engine._runs["main"].checkpoint()
    assert saved is not None
    save_checkpoint(replace(saved, generators={**saved.generators, "main": state}), path)
    trainer = desk.trainer
    desk.say(OpenCheckpoint(str(path)))
    desk.turn(200)
    assert any("random numbers are damaged" in notice for notice in desk.notices)
    assert desk.trainer is trainer


def test_a_network_that_learnt_from_standard_input_is_played(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    desk.load()
    desk.turn(5)
    saved = desk.engine._runs["main"].checkpoint()
    assert saved is not None and saved.corpus is not None
    save_checkpoint(replace(saved, corpus=replace(saved.corpus, source=("-",))), path)
    desk.say(OpenCheckpoint(str(path), train=True))
    desk.turn(100)
    assert any("came from standard input" in notice for notice in desk.notices)
    assert desk.state is RunState.PAUSED and desk.engine._runs["main"].trainer is None


def test_a_system_that_refuses_a_process_is_no_reason_to_end(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load()
    trainer = desk.trainer

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("model.live_run.new_trainer", full)
    desk.say(NewNetwork(NETWORK, TRAINING))
    desk.turn(3)
    assert "No space left on device" in desk.notices and desk.trainer is trainer


def test_stop_does_not_replace_an_old_run_by_an_empty_one(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    desk.load(train=False)
    desk.say(Stop(str(path)))
    assert desk.updates[-1].stopped
    assert not path.exists()


# ----------------------------------------------------------------------------- events on the loss curve


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


def test_who_watches_is_sent_what_the_units_hold(desk: Desk) -> None:
    desk.say(Watch(hidden=True))
    desk.load(train=False)
    desk.say(StartSampling())
    desk.turn(60)
    written = [part for run in desk.runs for part in run.written]
    assert written
    assert all(len(part.hidden) == len(part.text) * NETWORK.hidden_size for part in written)
    desk.say(Watch(hidden=False))
    desk.turn(60)
    assert desk.runs[-1].written[0].hidden == b""


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


def test_what_nobody_can_see_yet_is_written_a_little_later_and_together(desk: Desk) -> None:
    desk.load(train=False)
    desk.say(SetSampling(SamplingSettings(rate=100.0)), StartSampling())
    desk.turn(20)
    run = desk.engine._runs["main"]
    while run.side.busy:
        desk.turn()
    writer = run.writer
    assert writer is not None
    told = len(desk.updates)
    while len(desk.updates) == told:  # one more is on its way, and is not taken in
        desk.engine.turn()
        desk.clock.now += 0.002
    desk.clock.now += 0.03
    desk.engine.turn()
    assert not writer._text and desk.engine.patience > 0.0
    desk.say(Type("a"))
    assert desk.engine.patience == 0.0
    desk.engine.turn()
    assert writer._text[:1] == ["a"]
    before = len(writer._text)
    desk.clock.now += 0.1
    desk.engine.turn()
    assert len(writer._text) >= before + 5


def test_a_name_that_no_file_can_have_is_said(desk: Desk) -> None:
    desk.load()
    desk.turn(30)
    desk.say(Save(""))
    desk.turn()
    assert any(notice.startswith("could not save") for notice in desk.notices)


def test_what_is_typed_and_chosen_goes_to_the_sampler_that_is_named(desk: Desk) -> None:
    desk.load()
    desk.say(StartVoice("v", SamplingSettings(rate=1.0)), StopSampling(sampler="v"), Pause())
    desk.turn(3)
    desk.say(Type("ab", sampler="v"), Choose("b", sampler="v"), TakeBack(sampler="v"))
    desk.turn(3)
    written = [part for run in desk.runs for part in run.written]
    assert not any(part.text for part in written if part.sampler == MAIN)
    assert "".join(part.text for part in written if part.sampler == "v") == "ab"
    assert not desk.gauges.writing
    desk.say(StartSampling(sampler="v"), Watch(True, sampler="v"), GoOn("word", sampler="v"))
    desk.turn(300)
    assert not desk.gauges.writing
    voice = desk.engine._runs[MAIN].voices.get("v")
    assert voice is not None and voice.sampler.trace is not None


@pytest.mark.parametrize("seed", [-1, 2**80, 0.5])
def test_what_is_no_seed_is_refused(seed: int) -> None:
    for wrong in (
        lambda: StartVoice("v", SamplingSettings(), seed=seed),
        lambda: ShowPast(0, seed=seed),
        lambda: WritePassage("p", seed=seed),
    ):
        with pytest.raises(SettingsError, match="seed"):
            wrong()


def test_a_rollback_tells_the_rate_that_the_schedule_leaves(desk: Desk) -> None:
    desk.load(training=replace(TRAINING, learning_rate=0.03, schedule="cosine", schedule_steps=1_000, final_rate=0.05))
    desk.say(Pause())
    trainer = desk.trainer
    trainer.step = 900
    trainer._roll_back(9.0)
    assert f"learning rate at {trainer.learning_rate:.2g}" in trainer._incidents[-1]
    assert trainer.learning_rate < 0.01
