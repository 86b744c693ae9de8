"""Runs that were left behind: put on the shelf, and brought back exactly."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from model.checkpoint import Checkpoint, load_checkpoint
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.curve import MOST_POINTS, Curve, few
from model.left_behind import MOST
from model.news import News
from model.progress import Loss, Progress
from model.protocol import (
    BringBack,
    EndRace,
    Entrant,
    Gauges,
    LoadCorpus,
    LossPoint,
    NewNetwork,
    OpenCheckpoint,
    Pause,
    RunState,
    RunUpdate,
    SetTraining,
    StartRace,
    StartSampling,
    StartVoice,
    Step,
    Stop,
    Train,
    Watch,
)
from model.run_names import FEWEST_STEPS, is_name, run_name
from model.shelf import Shelf
from model.trainer import Trainer
from tui.run_shelf import LONGEST_NAME

import engine_desk

NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4, dropout=0.2)
BEGUN = datetime(2026, 5, 14, 14, 23, 10)


class Desk(engine_desk.Desk):
    """An engine with a shelf, that trains exactly as far as it is told."""

    def __init__(self, folder: Path | None = None, threads: int | None = 1) -> None:
        self.shelf = Shelf(folder, lambda: BEGUN) if folder is not None else None
        rescue = folder / "last.safetensors" if folder is not None else None
        super().__init__(rescue, threads, self.shelf)

    def load(self, source: str = "counting", *, train: bool = False, training: TrainingSettings = TRAINING) -> None:
        self.say(LoadCorpus((source,), NETWORK, training, train=train))
        self.settle()

    def settle(self) -> None:
        """Let it read what it was told to read."""
        self.turn()
        while self.run.gauges.state in (RunState.EMPTY, RunState.LOADING):
            self.turn()

    def train_to(self, step: int) -> None:
        """Train exactly so far, step by step, and then rest."""
        self.say(Pause(), *[Step()] * (step - self.trainer.step))
        while self.trainer.step < step:
            self.turn()
        self.turn()

    @property
    def run(self) -> RunUpdate:
        """The latest news of the main run."""
        return [run for update in self.updates for run in update.runs if run.run == "main"][-1]

    @property
    def gauges(self) -> Gauges:
        return self.run.gauges

    @property
    def curve(self) -> list[LossPoint]:
        """What the screen has of the losses: all since the run was last told as a fresh one."""
        points: list[LossPoint] = []
        for update in self.updates:
            for run in update.runs:
                if run.run == "main":
                    points = [*([] if run.fresh else points), *run.losses]
        return points

    @property
    def notices(self) -> list[str]:
        return [notice.text for update in self.updates for run in update.runs for notice in run.notices]

    def kept(self) -> list[Path]:
        assert self.shelf is not None
        self.shelf.finish()
        return sorted(path for path in self.shelf.folder.glob("*.safetensors") if path.stem != "last")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "runs")
    yield desk
    if not desk.engine.stopped:
        desk.say(Stop())


def whole(trainer: Trainer) -> dict[str, np.ndarray]:
    """Everything that goes on from one step to the next."""
    return {
        "weights": trainer.network.parameters.values.copy(),
        "streams": trainer.state.copy(),
        **{name: slot.copy() for name, slot in trainer.optimizer.slots.items()},
        "place": np.array([trainer.step, trainer.batches.epoch, trainer.batches.position]),
    }


def same(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name]) for name in one)


# ------------------------------------------------------------------------------------- brought back


@pytest.mark.parametrize("how", ["start over", "another corpus", "a saved network"])
def test_a_run_that_was_left_comes_back_exactly(desk: Desk, tmp_path: Path, how: str) -> None:
    desk.load()
    desk.train_to(30)
    before, curve, gauges = whole(desk.trainer), desk.curve, desk.gauges
    other = NetworkSettings(hidden_size=9)
    if how == "start over":
        desk.say(NewNetwork(other, TRAINING))
    elif how == "another corpus":
        desk.load("brackets", train=True)
    else:
        path = saved_elsewhere(tmp_path)
        desk.say(OpenCheckpoint(str(path), train=True))
        desk.settle()
    desk.turn(20)
    assert desk.gauges.left_behind == 1
    assert desk.gauges.step != 30

    step, take_up = desk.gauges.step, Trainer.take_up

    def full(_: Trainer) -> None:
        raise MemoryError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Trainer, "take_up", full)
        desk.say(BringBack())
        desk.turn()
    assert Trainer.take_up is take_up
    assert "not enough memory" in desk.notices[-1]
    assert desk.gauges.left_behind == 1  # it is not lost, and the other goes on
    assert desk.gauges.step >= step

    desk.say(BringBack())
    desk.turn()
    assert desk.run.fresh
    assert same(whole(desk.trainer), before)
    assert desk.curve == curve and len(curve) == 30
    assert desk.gauges.left_behind == 0
    wanted = replace(gauges, outlook=None, state=RunState.PAUSED)
    assert replace(desk.gauges, outlook=None, baselines=gauges.baselines, sampling=gauges.sampling) == wanted


def saved_elsewhere(folder: Path) -> Path:
    """A network on another text, in a file of its own."""
    other = Desk(folder / "elsewhere")
    other.load("brackets")
    other.train_to(5)
    path = folder / "brackets.safetensors"
    other.say(Stop(str(path)))
    return path


@pytest.mark.parametrize("threads", [1, 2])
def test_it_learns_on_as_if_nothing_had_been_wherever_in_a_step_it_was_left(threads: int) -> None:
    plain = Desk(threads=threads)
    plain.load()
    plain.train_to(60)

    left = Desk(threads=threads)
    left.load()
    for turns in (1, 2, 3, 2):
        left.say(Train())
        left.turn(turns)  # a turn ends in the middle of a step
        left.say(Pause(), NewNetwork(NETWORK, TRAINING, train=False))
        left.turn()
        left.say(BringBack())
        left.turn()
    assert 0 < left.trainer.step <= 60
    left.train_to(60)
    assert same(whole(left.trainer), whole(plain.trainer))
    for desk in (plain, left):
        desk.say(Stop())


def test_what_trained_when_it_was_left_trains_on(desk: Desk) -> None:
    desk.load(train=True)
    desk.turn(5)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn()
    states = [desk.gauges.state]
    desk.say(BringBack())
    desk.turn(5)
    assert [*states, desk.gauges.state] == [RunState.PAUSED, RunState.TRAINING]


def test_it_writes_on_with_what_it_had_in_mind(desk: Desk) -> None:
    desk.load()
    desk.train_to(3)
    desk.say(StartSampling("aab", restart=True), Watch(True))
    desk.turn(5)
    writer = desk.engine._runs["main"].writer
    assert writer is not None
    mind, last = writer.sampler.state.copy(), writer.sampler.last
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn(300)
    desk.say(BringBack())
    back = desk.engine._runs["main"].writer
    assert back is not None and back.on and back.sampler.trace is not None
    assert np.array_equal(back.sampler.state, mind) and back.sampler.last == last
    desk.turn(300)
    assert desk.run.gauges.writing


def test_all_that_write_beside_it_write_with_the_network_that_came_back(desk: Desk) -> None:
    desk.load()
    desk.train_to(3)
    network = desk.trainer.player
    desk.say(StartVoice("v", SamplingSettings()), NewNetwork(replace(NETWORK, hidden_size=9), TRAINING, train=False))
    desk.turn(3)
    desk.say(BringBack())
    desk.turn(3)
    voice = desk.engine._runs["main"].voices.get("v")
    assert voice is not None and voice.sampler.network is network


def test_what_rests_keeps_no_room_for_windows(desk: Desk) -> None:
    desk.say(LoadCorpus(("counting",), NETWORK, replace(TRAINING, seq_length=64, batch_size=64), train=False))
    desk.settle()
    desk.train_to(1)
    trainer, window = desk.trainer, desk.trainer.parallel.work.T
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    assert (window, trainer.parallel.work.T) == (64, 1)


def test_a_step_that_leaving_completes_is_told() -> None:
    desk = Desk()
    desk.load()
    desk.train_to(4)
    desk.say(Train())
    for _ in range(100):
        desk.trainer._advance()
        if desk.trainer._updating:
            break
    assert desk.trainer._updating
    desk.say(Pause(), NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn(3)
    desk.say(BringBack())
    desk.turn(3)
    assert desk.gauges.step == desk.trainer.step == 5


def test_several_come_back_one_after_the_other_the_last_first(desk: Desk) -> None:
    desk.load()
    for steps in (5, 7, 9):
        desk.train_to(steps)
        desk.say(NewNetwork(NETWORK, TRAINING, train=False))
        desk.turn()
    assert desk.gauges.left_behind == 3
    for steps in (9, 7, 5):
        desk.say(BringBack())
        desk.turn()
        assert desk.gauges.step == steps
    desk.say(BringBack())
    desk.turn()
    assert "no run was left behind here" in desk.notices


def test_only_what_was_left_behind_or_saved_brings_settings_of_its_own(desk: Desk, tmp_path: Path) -> None:
    def resumed() -> list[bool]:
        return [run.resumed for update in desk.updates for run in update.runs if run.fresh]

    desk.load()
    desk.train_to(5)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn()
    assert resumed() == [False, False]
    desk.say(BringBack())
    desk.turn()
    desk.say(OpenCheckpoint(str(desk.save(tmp_path / "saved"))))
    desk.settle()
    assert resumed() == [False, False, True, True]
    assert not any(run.refused for update in desk.updates for run in update.runs)


@pytest.mark.parametrize("shelf", [True, False])
def test_bringing_a_run_back_says_where_the_one_is_that_is_left_if_it_is_kept(tmp_path: Path, shelf: bool) -> None:
    desk = Desk(tmp_path if shelf else None)
    desk.load()
    desk.train_to(5)
    for steps in (3, FEWEST_STEPS):
        desk.say(NewNetwork(NETWORK, TRAINING, train=False))
        desk.train_to(steps)
        told = len(desk.notices)
        desk.say(BringBack())
        desk.turn()
        kept = [notice for notice in desk.notices[told:] if "kept among the earlier ones" in notice]
        assert len(kept) == (shelf and steps == FEWEST_STEPS)
    desk.say(Stop())
    if shelf:
        name = kept[0].rpartition(" ")[2]
        assert load_checkpoint(tmp_path / f"{name}.safetensors").step == FEWEST_STEPS


def test_no_more_rest_in_memory_than_have_room(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.load()
    for _ in range(MOST + 2):
        desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn()
    assert desk.gauges.left_behind == MOST
    monkeypatch.setattr("model.left_behind.MEMORY", 1)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn()
    assert desk.gauges.left_behind == 1


def test_a_text_that_is_being_read_is_let_be(desk: Desk) -> None:
    desk.load()
    desk.train_to(4)
    desk.say(LoadCorpus(("brackets",), NETWORK, TRAINING), BringBack())
    desk.turn(3)
    assert desk.gauges.corpus is not None and desk.gauges.corpus.name == "counting"
    assert (desk.gauges.step, desk.gauges.state) == (4, RunState.PAUSED)


def test_settings_that_were_changed_meanwhile_are_those_of_the_other_run(desk: Desk) -> None:
    desk.load()
    desk.say(NewNetwork(NETWORK, TRAINING, train=False), SetTraining(replace(TRAINING, learning_rate=0.5)), BringBack())
    desk.turn()
    assert desk.gauges.training is not None
    assert desk.gauges.training.learning_rate == TRAINING.learning_rate


def test_after_a_race_the_run_before_can_be_brought_back_too(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.train_to(6)
    before = whole(desk.trainer)
    racers = tuple(Entrant(name, NETWORK, TRAINING) for name in ("A", "B"))
    desk.say(StartRace(racers))
    desk.turn(30)
    desk.say(BringBack())  # not in the middle of it
    desk.turn(30)
    desk.say(EndRace("A", str(tmp_path / "kept")))
    desk.turn()
    assert desk.gauges.left_behind == 1
    desk.say(BringBack())
    desk.turn()
    assert same(whole(desk.trainer), before)


def test_a_text_that_was_being_read_in_a_race_does_not_disturb_the_winner(desk: Desk, tmp_path: Path) -> None:
    desk.load()
    desk.train_to(6)
    desk.say(StartRace(tuple(Entrant(name, NETWORK, TRAINING) for name in ("A", "B"))))
    desk.turn(30)
    desk.say(LoadCorpus(("brackets",), NETWORK, TRAINING), EndRace("A", str(tmp_path / "kept")))
    desk.turn(200)
    winner = desk.trainer
    assert desk.gauges.corpus is not None and desk.gauges.corpus.name == "counting"
    assert "the text is not read any further; the winner goes on" in desk.notices
    desk.say(BringBack())
    assert desk.trainer is not winner


# --------------------------------------------------------------------------------------- on the shelf


def test_a_run_that_was_left_is_on_the_shelf_with_its_curve(desk: Desk) -> None:
    desk.load()
    desk.train_to(120)
    before = whole(desk.trainer)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    (path,) = desk.kept()
    assert path.stem == run_name("counting", BEGUN) == "counting-0514-142310"
    kept = load_checkpoint(path)
    assert kept.step == 120
    assert np.array_equal(kept.state["stream"], before["streams"])
    curve = Curve.of(kept.progress)
    assert curve.losses[-1].step == 120 and 50 < len(curve.losses) <= MOST_POINTS


@pytest.mark.parametrize("end", [False, True])
def test_a_run_that_cannot_be_put_there_is_said(tmp_path: Path, end: bool) -> None:
    folder = tmp_path / "runs"
    folder.write_text("a file where the folder should be")
    desk = Desk(folder)
    desk.load()
    desk.train_to(120)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    if end:
        desk.say(Stop())
    else:
        assert desk.shelf is not None
        desk.shelf.finish()
        desk.turn(2)
    said = [notice for update in desk.updates for run in update.runs for notice in run.notices]
    (trouble,) = [notice for notice in said if "could not keep" in notice.text]
    assert trouble.text.startswith("could not keep counting-0514-142310 among the earlier runs: ")
    assert trouble.severity == "error"


def test_a_run_of_a_few_steps_is_not(desk: Desk) -> None:
    desk.load()
    desk.train_to(20)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    assert desk.kept() == []


def test_going_on_with_one_tells_its_curve_and_keeps_it_under_the_same_name(desk: Desk) -> None:
    desk.load()
    desk.train_to(110)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    (path,) = desk.kept()
    desk.say(OpenCheckpoint(str(path)))
    desk.settle()
    assert desk.gauges.kept_as == path.stem
    assert [point.step for point in desk.curve] == list(range(1, 111))
    desk.train_to(130)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    assert desk.kept() == [path]
    assert load_checkpoint(path).step == 130


def test_two_runs_of_one_second_have_two_names(desk: Desk) -> None:
    desk.load()
    for _ in range(2):
        desk.train_to(100)
        desk.say(NewNetwork(NETWORK, TRAINING, train=False))
        desk.turn()
    assert sorted(path.stem for path in desk.kept()) == ["counting-0514-142310", "counting-0514-142310-2"]


def test_the_run_that_gives_way_to_an_earlier_one_is_kept(desk: Desk) -> None:
    desk.load()
    desk.train_to(3)
    desk.say(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn()
    desk.train_to(105)
    desk.say(BringBack())
    desk.turn()
    assert desk.gauges.step == 3
    (path,) = desk.kept()
    assert load_checkpoint(path).step == 105


def test_the_run_of_the_last_quit_says_which_one_it_is(desk: Desk) -> None:
    assert desk.shelf is not None
    desk.load()
    desk.train_to(12)
    last = desk.shelf.folder / "last.safetensors"
    desk.say(Stop(str(last)))
    saved = load_checkpoint(last)
    assert saved.progress["kept_as"] == "counting-0514-142310"
    other = Desk(desk.shelf.folder)
    other.say(OpenCheckpoint(str(last)))
    other.settle()
    assert other.gauges.kept_as == "counting-0514-142310"


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "last", "a b", 7])
def test_a_name_that_could_lead_elsewhere_is_not_taken_over(tmp_path: Path, name: object) -> None:
    desk = Desk(tmp_path)
    checkpoint = Checkpoint("ab", NETWORK, TRAINING, replace(desk.engine._runs["main"].sampling), {})
    checkpoint = replace(checkpoint, progress={"kept_as": name})
    assert desk.engine._left.name_of(tmp_path / "last.safetensors", checkpoint) == ""
    assert desk.engine._left.name_of(tmp_path.parent / "mine.safetensors", checkpoint) == ""
    assert desk.engine._left.name_of(tmp_path / "mine.safetensors", checkpoint) == "mine"


def test_names_are_made_of_harmless_characters() -> None:
    assert run_name("../../\x1b[31mred sea.txt", BEGUN) == "31mred-sea-0514-142310"
    assert run_name("", BEGUN) == "network-0514-142310"
    assert is_name(run_name("x" * 300, BEGUN))
    assert len(run_name("x" * 300, BEGUN)) < LONGEST_NAME, "it can be edited where a run is given another"
    assert run_name("x" * 39 + " " + "y" * 9, BEGUN) == "x" * 39 + "-0514-142310"


# ------------------------------------------------------------------------------------------ the curve


def test_a_curve_is_thinned_and_forgets_what_was_rolled_back() -> None:
    points = [LossPoint(step, 1.0) for step in (*range(1, 51), *range(41, 1_000))]
    thin = few(points)
    steps = [point.step for point in thin]
    assert steps == sorted(set(steps)) and steps[-1] == 999
    assert MOST_POINTS / 2 < len(thin) <= MOST_POINTS


def test_the_curve_of_a_long_run_is_as_fine_at_its_beginning_as_at_its_end() -> None:
    losses = news_of(18_000).curve.losses
    steps = [0, *(point.step for point in losses)]
    assert set(np.diff(steps)[:-1]) == {128}
    for before, point in itertools.pairwise([LossPoint(0, 0.0), *losses]):
        told = [progress(step).losses[0].loss for step in range(before.step + 1, point.step + 1)]
        assert point.loss == pytest.approx(sum(told) / len(told))


@pytest.mark.parametrize("told", [None, 3, "x", [[1]], [["a", 2.0]], [[1, "x"]], [[-1, 1.0]], [[1, float("nan")]]])
def test_a_curve_that_makes_no_sense_is_left_out(told: object) -> None:
    assert Curve.of({"losses": told, "validations": told}) == Curve()


def test_a_curve_outlives_its_file() -> None:
    curve = Curve((LossPoint(1, 2.5), LossPoint(2, 2.25)), (LossPoint(2, 2.5),))
    assert Curve.of(curve.told()) == curve


def test_a_long_run_is_told_anew_as_finely_as_the_screen_has_it() -> None:
    news = news_of(3_899)
    news.tell_anew("main", resumed=True)
    news.add(progress(3_900))
    update = news.take(Gauges(step=3_900), ())
    assert update is not None and update.fresh
    assert [point.step for point in update.losses] == list(range(1, 3_901))


def news_of(steps: int) -> News:
    """Of a run of so many steps, all told as they came."""
    news = News("main")
    news.begin()
    for step in range(1, steps + 1):
        news.add(progress(step))
        news.take(Gauges(step=step), ())
    return news


def progress(step: int) -> Progress:
    return Progress(
        step=step,
        epochs=0.0,
        losses=(Loss(step, 1 + 9 / step),),
        validations=(),
        incidents=(),
        train_loss=1.0,
        validation_loss=None,
        best_validation_loss=None,
        learning_rate=0.1,
        vitals=None,
        chars_per_second=None,
        step_seconds=None,
        validation_share=0.0,
        seconds=0.0,
        finished=False,
        diverged=False,
        events=(),
    )


def test_what_was_said_of_one_run_is_not_said_again_of_the_run_that_comes_back(tmp_path: Path) -> None:
    text = tmp_path / "short.txt"
    text.write_text("to and fro, to and fro, " * 20, encoding="utf-8")
    desk = Desk(tmp_path / "runs")
    desk.load(str(text))
    desk.train_to(3)
    desk.say(NewNetwork(NETWORK, replace(TRAINING, batch_size=1000), train=False))
    desk.turn(3)
    desk.say(BringBack())
    desk.turn(3)
    said = [notice.text for update in desk.updates for run in update.runs for notice in run.notices]
    assert sum("is short" in sentence for sentence in said) == 1
