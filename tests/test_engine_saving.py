"""What the engine saves and opens, and how it ends."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.checkpoint import load_checkpoint, save_checkpoint
from model.protocol import (
    OpenCheckpoint,
    Pause,
    RunState,
    Save,
    SetLearningRate,
    StartSampling,
    Step,
    Stop,
    Train,
    Update,
)
from model.wire import WireClosed

from engine_desk import TRAINING, Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_saved_run_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.turn(30)
    desk.say(Pause())
    path = desk.save(tmp_path / "runs")
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


def test_a_saved_network_is_named_by_its_text_and_the_step_it_has_and_overwrites_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    desk.load()
    desk.turn(30)
    paths = [desk.save(tmp_path) for _ in range(3)]
    step = load_checkpoint(paths[0]).step
    assert [path.stem for path in paths] == [f"counting-{step}", f"counting-{step}-2", f"counting-{step}-3"]
    desk.turn()
    assert [notice for notice in desk.notices if notice.startswith("saved")] == [
        f"saved {path} at step {step}" for path in paths
    ]


@pytest.fixture
def orphan(desk: Desk, tmp_path: Path) -> Path:
    """A saved network whose text is gone."""
    text = tmp_path / "book.txt"
    text.write_text("abcdefgh\n" * 200)
    desk.load(str(text))
    desk.turn(20)
    path = desk.save(tmp_path)
    text.unlink()
    return path


def test_a_network_whose_text_is_gone_is_played_but_not_trained(orphan: Path) -> None:
    other = Desk()
    other.say(OpenCheckpoint(str(orphan), train=True), StartSampling())
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


def test_stop_saves_what_was_trained_and_says_goodbye(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    desk.load()
    desk.turn(30)
    desk.say(Stop(str(path)))
    assert desk.engine.stopped
    assert desk.updates[-1].stopped
    assert load_checkpoint(path).step == desk.step


def test_a_network_that_was_only_played_does_not_replace_the_last_run(desk: Desk, tmp_path: Path) -> None:
    last = tmp_path / "last.safetensors"
    desk.load()
    desk.turn(20)
    demo = desk.save(tmp_path)

    other = Desk()
    other.say(OpenCheckpoint(str(demo)), StartSampling())
    other.turn(100)
    other.say(Stop(str(last)))
    assert not last.exists()
    assert other.step == load_checkpoint(demo).step


def test_the_numbers_of_a_network_that_can_only_be_played_are_those_of_its_file(orphan: Path) -> None:
    other = Desk()
    other.say(OpenCheckpoint(str(orphan)))
    other.turn(20)
    gauges, saved = other.runs[-1].gauges, load_checkpoint(orphan)
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


def test_that_no_copy_can_be_written_is_said_once_until_one_could_be(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "last.safetensors"
    desk = Desk(rescue=path)
    desk.load()

    def a_minute_later() -> list[str]:
        told = len(desk.runs)
        desk.clock.now += 61.0
        desk.turn(5)
        desk.engine._finish_autosave()
        desk.turn(1)
        return [notice.text for run in desk.runs[told:] for notice in run.notices]

    path.parent.write_text("a file where the folder should be")
    said = "no copy of the run can be kept: File exists; an accident would cost what it learns"
    assert a_minute_later() == [said]
    assert a_minute_later() == []
    path.parent.unlink()
    assert a_minute_later() == []
    assert path.exists()
    path.unlink()
    path.parent.rmdir()
    path.parent.write_text("again")
    assert a_minute_later() == [said]


def out_of_memory(*_: object, **__: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("where", ["model.live_run.checkpoint_of", "model.live_run.save_checkpoint"])
def test_where_memory_is_too_short_to_save_a_run_it_goes_on(
    where: str, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.load()
    desk.turn(5)

    with monkeypatch.context() as patch:
        patch.setattr(where, out_of_memory)
        desk.say(Stop(str(tmp_path / "last.safetensors")))
    assert (desk.updates[-1].unsaved, desk.engine.stopped) == (True, False)
    said = [notice.text for run in desk.updates[-1].runs for notice in run.notices]
    assert said == [f"could not save {tmp_path / 'last.safetensors'}: not enough memory"]
    desk.say(Stop(str(tmp_path / "last.safetensors")))
    assert desk.engine.stopped


@pytest.mark.parametrize("where", ["model.live_run.checkpoint_of", "model.autosave.save_checkpoint"])
def test_where_memory_is_too_short_for_a_copy_that_is_said_and_training_goes_on(
    where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(rescue=tmp_path / "copy.safetensors")
    desk.load()
    desk.turn(5)

    with monkeypatch.context() as patch:
        patch.setattr(where, out_of_memory)
        desk.clock.now += 61.0
        desk.turn(1)
        desk.engine._finish_autosave()
        desk.turn(5)
    said = "\n".join(notice.text for run in desk.runs for notice in run.notices)
    assert "no copy of the run can be kept: not enough memory" in said
    desk.clock.now += 61.0
    desk.turn(5)
    desk.engine._finish_autosave()
    assert (tmp_path / "copy.safetensors").exists()


def test_what_cannot_be_saved_goes_on_unless_it_is_to_end_anyway(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.turn(5)
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "last.safetensors"
    desk.say(Stop(str(path)))
    assert (desk.updates[-1].unsaved, desk.updates[-1].stopped, desk.engine.stopped) == (True, False, False)
    step = desk.runs[-1].gauges.step
    desk.turn(20)
    assert desk.runs[-1].gauges.step > step
    desk.say(Stop(str(path), anyway=True))
    assert (desk.updates[-1].unsaved, desk.updates[-1].stopped, desk.engine.stopped) == (True, True, True)


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


def test_one_step_is_one_though_saving_completes_it(desk: Desk, tmp_path: Path) -> None:
    desk.load(train=False)
    for _ in range(5):
        before = desk.trainer.step
        desk.say(Step())
        while not desk.trainer._updating:
            desk.trainer.increment(0.0, steps=1)
        desk.save(tmp_path)
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
        desk.save(tmp_path)
        desk.turn(2)
    assert sum("training diverged" in notice for notice in desk.notices) == 1


def test_a_run_that_went_astray_goes_on_with_another_learning_rate(desk: Desk) -> None:
    desk.load(training=replace(TRAINING, guard=False))
    desk.turn(20)
    desk.trainer.network.parameters.values[...] = np.nan
    desk.turn(60)
    assert desk.is_in(RunState.DIVERGED)
    step = desk.trainer.step
    desk.say(SetLearningRate(0.003))
    desk.turn(60)
    assert desk.is_in(RunState.TRAINING)
    assert desk.trainer.step > step
    assert math.isfinite(desk.trainer.train_loss or math.nan)
    assert desk.notices[-1] == "training goes on from the last good weights, with the learning rate at 0.003"


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


def test_stop_does_not_replace_an_old_run_by_an_empty_one(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "last.safetensors"
    desk.load(train=False)
    desk.say(Stop(str(path)))
    assert desk.updates[-1].stopped
    assert not path.exists()


def test_a_name_that_no_folder_can_have_is_said(desk: Desk) -> None:
    desk.load()
    desk.turn(30)
    desk.say(Save("\0"))
    desk.turn()
    assert any(notice.startswith("could not save") for notice in desk.notices)
