"""Whose turn it is, with a clock that only work moves; and races in a real engine."""

from __future__ import annotations

import weakref
from pathlib import Path

import pytest

from corpora.info import Baselines
from model.checkpoint import load_checkpoint
from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.engine import TURN_SECONDS
from model.protocol import (
    Acknowledge,
    EndRace,
    Entrant,
    Fairness,
    LoadCorpus,
    Pause,
    RunState,
    RunUpdate,
    SetSampling,
    SetShare,
    StartRace,
    StartSampling,
    Stop,
    Train,
)
from model.race import Race
from model.trainer import Trainer

from engine_desk import NETWORK, TRAINING, Desk

# ------------------------------------------------------------------------------------- the policy alone


class Clock:
    """Stands still unless somebody works."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Runner:
    """Works by slices of its own length, so many to a step of so many characters."""

    def __init__(self, name: str, clock: Clock, slice_seconds: float, slices: int, step_characters: int) -> None:
        self.name, self.clock = name, clock
        self.slice_seconds, self.slices, self.step_characters = slice_seconds, slices, step_characters
        self.done = 0  # slices
        self.seconds = 0.0
        self.busy = True
        self.last: int | None = None
        """Steps after which it has nothing more to do."""

    @property
    def characters(self) -> int:
        return self.done // self.slices * self.step_characters

    def train(self, seconds: float, steps: int | None = None) -> None:
        end, step = self.clock.now + seconds, self.done // self.slices
        while True:
            self.clock.now += self.slice_seconds
            self.seconds += self.slice_seconds
            self.done += 1
            made = self.done // self.slices
            self.busy = self.last is None or made < self.last
            if self.clock.now >= end or not self.busy or (steps is not None and made - step >= steps):
                return


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def runners(clock: Clock) -> list[Runner]:
    """Small and quick, large and slow, and one whose steps take many turns."""
    return [
        Runner("small", clock, 0.0011, slices=1, step_characters=256),
        Runner("large", clock, 0.0050, slices=4, step_characters=2048),
        Runner("huge", clock, 0.0070, slices=90, step_characters=2048),
    ]


@pytest.mark.parametrize("turns", [1, 10, 997])
def test_by_time_the_shares_are_equal_within_one_turn(clock: Clock, runners: list[Runner], turns: int) -> None:
    race = Race(runners, "time", clock)
    for _ in range(turns):
        race.turn(TURN_SECONDS)
    had = [runner.seconds for runner in runners]
    assert max(had) - min(had) <= TURN_SECONDS + max(runner.slice_seconds for runner in runners)
    assert [race.share(runner) for runner in runners] == pytest.approx(had)


@pytest.mark.parametrize("turns", [1, 10, 997])
def test_by_characters_the_shares_are_equal_within_one_step(clock: Clock, runners: list[Runner], turns: int) -> None:
    race = Race(runners, "characters", clock)
    for _ in range(turns):
        race.turn(TURN_SECONDS)
    read = [runner.characters for runner in runners]
    assert max(read) - min(read) <= max(runner.step_characters for runner in runners)


def test_by_characters_the_slow_ones_get_the_time_that_they_need(clock: Clock, runners: list[Runner]) -> None:
    race = Race(runners[:2], "characters", clock)
    for _ in range(400):
        race.turn(TURN_SECONDS)
    small, large = runners[:2]
    assert small.seconds / large.seconds == pytest.approx((0.0011 / 256) / (0.0200 / 2048), rel=0.02)


@pytest.mark.parametrize("fairness", ["time", "characters"])
def test_a_turn_takes_its_time_and_no_more_than_a_slice_over(
    clock: Clock, runners: list[Runner], fairness: Fairness
) -> None:
    race = Race(runners, fairness, clock)
    for _ in range(50):
        begin = clock.now
        race.turn(TURN_SECONDS)
        assert TURN_SECONDS <= clock.now - begin <= TURN_SECONDS + 0.0070


def test_by_time_a_turn_is_of_one_racer(clock: Clock, runners: list[Runner]) -> None:
    race = Race(runners, "time", clock)
    for _ in range(50):
        before = [runner.done for runner in runners]
        race.turn(TURN_SECONDS)
        assert sum(runner.done > done for runner, done in zip(runners, before, strict=True)) == 1


@pytest.mark.parametrize("fairness", ["time", "characters"])
def test_who_has_nothing_to_do_is_passed_over_and_the_rest_share_equally(
    clock: Clock, runners: list[Runner], fairness: Fairness
) -> None:
    race = Race(runners, fairness, clock)
    runners[0].last = 3
    for _ in range(500):
        race.turn(TURN_SECONDS)
    assert runners[0].done == 3
    assert abs(race.share(runners[1]) - race.share(runners[2])) <= (2048 if fairness == "characters" else 0.015)


def test_nobody_works_where_nobody_has_anything_to_do(clock: Clock, runners: list[Runner]) -> None:
    race = Race(runners, "time", clock)
    for runner in runners:
        runner.busy = False
    race.turn(TURN_SECONDS)
    assert clock.now == 0.0


def test_who_was_away_catches_up(clock: Clock, runners: list[Runner]) -> None:
    race = Race(runners, "time", clock)
    runners[1].busy = False
    for _ in range(30):
        race.turn(TURN_SECONDS)
    runners[1].busy = True
    for _ in range(60):
        race.turn(TURN_SECONDS)
    had = [runner.seconds for runner in runners]
    assert max(had) - min(had) <= TURN_SECONDS + 0.0070


# ---------------------------------------------------------------------------------------- in the engine

CELLS = ("rnn", "gru", "lstm")


def entrants(training: TrainingSettings = TRAINING) -> tuple[Entrant, ...]:
    return tuple(Entrant(cell.upper(), NetworkSettings(hidden_size=6, cell=cell), training) for cell in CELLS)


class Course(Desk):
    """A desk on which a main run is trained, and then a race is on."""

    def start(self, fairness: Fairness = "time", *, racers: tuple[Entrant, ...] | None = None) -> None:
        self.load()
        self.turn(20)
        self.say(StartRace(racers or entrants(), fairness, SamplingSettings(rate=20.0)))
        self.turn(5)

    def of(self, name: str) -> list[RunUpdate]:
        return [run for run in self.runs if run.run == name]

    def racer(self, name: str) -> Trainer:
        trainer = self.engine._runs[name].trainer
        assert trainer is not None
        return trainer

    def said(self, name: str) -> str:
        return "\n".join(notice.text for run in self.of(name) for notice in run.notices)


@pytest.fixture
def course() -> Course:
    return Course()


def test_each_racer_tells_of_itself_under_its_name(course: Course) -> None:
    course.start()
    course.turn(60)
    for cell in CELLS:
        told = course.of(cell.upper())
        assert told[0].gauges.state is RunState.LOADING or told[0].fresh
        assert [run.fresh for run in told].count(True) == 1
        network = told[-1].gauges.network
        assert network is not None and network.cell == cell
        assert told[-1].gauges.state is RunState.TRAINING
        assert sum(len(run.losses) for run in told) == told[-1].gauges.step > 0


def test_racers_share_the_text_in_memory(course: Course) -> None:
    course.start()
    assert {id(course.racer(cell.upper()).corpus.ids) for cell in CELLS} == {id(course.trainer.corpus.ids)}


def test_by_time_racers_train_for_the_same_seconds(course: Course) -> None:
    course.start("time")
    course.turn(300)
    seconds = [course.of(cell.upper())[-1].gauges.training_seconds for cell in CELLS]
    longest = max(course.of(cell.upper())[-1].gauges.step_seconds or 0.0 for cell in CELLS)
    # by the engine's own watch; that of a trainer leaves out what lies between its slices, and the step under way
    assert max(seconds) - min(seconds) <= 0.1 * max(seconds) + 2 * TURN_SECONDS + longest
    race = course.engine._race
    assert race is not None
    shares = [race.share(racer) for racer in race.racers]
    assert max(shares) - min(shares) < 2 * TURN_SECONDS


def test_by_characters_racers_read_the_same(course: Course) -> None:
    course.start("characters")
    course.turn(300)
    steps = [course.of(cell.upper())[-1].gauges.step for cell in CELLS]
    assert max(steps) - min(steps) <= 1 < min(steps)


def test_the_main_run_rests_during_a_race_and_goes_on_after_it(course: Course) -> None:
    course.say(StartSampling())
    course.start()
    main, told = course.trainer.step, len(course.of("main"))
    course.turn(100)
    assert course.trainer.step == main
    assert not any(run.written for run in course.of("main")[told:])
    course.say(EndRace())
    before = len(course.of("main"))
    course.turn(40)
    after = course.of("main")[before:]
    assert not any(run.fresh for run in after)
    assert after[-1].gauges.step > main
    assert any(run.written for run in after)
    assert set(course.engine._runs) == {"main"}


def test_a_main_run_that_was_paused_stays_paused_after_a_race(course: Course) -> None:
    course.load()
    course.turn(10)
    course.say(Pause(), StartRace(entrants()))
    course.turn(30)
    course.say(EndRace())
    step = course.trainer.step
    course.turn(30)
    assert course.trainer.step == step
    assert course.of("main")[-1].gauges.state is RunState.PAUSED


def test_racers_write_side_by_side_and_obey_their_own_temperature(course: Course) -> None:
    course.start()
    course.turn(50)
    course.say(*(SetSampling(SamplingSettings(temperature=0.3, rate=20.0), run=cell.upper()) for cell in CELLS))
    course.turn(150)
    for cell in CELLS:
        written = [part for run in course.of(cell.upper()) for part in run.written]
        assert len("".join(part.text for part in written)) > 5
        assert [mark.label for part in written for mark in part.marks if mark.kind == "sampling"] == [
            "temperature 0.30"
        ]


def test_racers_write_at_the_rate_of_the_race(course: Course) -> None:
    course.start()
    begin, before = course.clock.now, len(course.runs)
    course.turn(400)
    for cell in CELLS:
        late = [run for run in course.runs[before:] if run.run == cell.upper()]
        count = sum(len(part.text) for run in late for part in run.written)
        assert count == pytest.approx(20.0 * (course.clock.now - begin), rel=0.15)


def test_a_racer_that_makes_single_steps_makes_no_more_of_them_than_its_turn_has(course: Course) -> None:
    course.start()
    racer = course.engine._runs["LSTM"]
    assert racer.trainer is not None
    racer.pause()
    for _ in range(3):
        racer.make_step()
    begin = racer.trainer.step
    racer.train(10.0, 1)
    assert racer.trainer.step == begin + 1
    racer.train(10.0)
    assert racer.trainer.step == begin + 3


def test_where_memory_runs_out_training_pauses_and_says_so(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    course.start()
    racer = course.engine._runs["LSTM"]
    assert racer.trainer is not None
    step = racer.trainer.step

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(racer.trainer.parallel, "gradients", full)
        course.turn(20)
    assert racer.state is RunState.PAUSED
    course.turn(1)
    assert "not enough memory" in course.said("LSTM")
    assert racer.trainer.step <= step + 1
    course.say(Train(run="LSTM"))
    course.turn(40)
    assert racer.trainer.step > step + 1


def test_racers_can_be_paused_and_go_on(course: Course) -> None:
    course.start()
    course.turn(20)
    names = [cell.upper() for cell in CELLS]
    course.say(*(Pause(run=name) for name in names))
    course.turn(2)
    steps = [course.racer(name).step for name in names]
    course.turn(20)
    assert [course.racer(name).step for name in names] == steps
    assert all(course.of(name)[-1].gauges.state is RunState.PAUSED for name in names)
    course.say(*(Train(run=name) for name in names))
    course.turn(40)
    assert all(course.racer(name).step > step for name, step in zip(names, steps, strict=True))


def test_a_racer_that_diverges_is_out_and_the_rest_go_on(course: Course) -> None:
    reckless = TrainingSettings(seq_length=8, batch_size=4, guard=False)
    course.start(racers=entrants(reckless))
    course.turn(30)
    course.racer("GRU").network.parameters.values[0] = float("nan")
    course.turn(60)
    assert course.of("GRU")[-1].gauges.state is RunState.DIVERGED
    assert "last good weights" in course.said("GRU")
    others = [course.racer(name).step for name in ("RNN", "LSTM")]
    course.turn(40)
    assert all(course.racer(name).step > step for name, step in zip(("RNN", "LSTM"), others, strict=True))


def test_who_cannot_start_says_why_and_the_rest_race(course: Course) -> None:
    long = Entrant("long", NETWORK, TrainingSettings(seq_length=4096, batch_size=4))
    course.load("counting")
    trainer = course.trainer
    object.__setattr__(trainer.corpus, "ids", trainer.corpus.ids[:2000])
    course.say(StartRace((long, *entrants()[:2])))
    course.turn(60)
    assert "too short" in course.said("long")
    assert course.of("long")[-1].gauges.state is RunState.EMPTY
    assert course.racer("GRU").step > 0


def test_the_baselines_of_the_text_are_not_worked_out_for_each_racer(course: Course) -> None:
    course.start()
    runs = course.engine._runs
    assert len({id(run.side._baselines) for run in runs.values()}) == 1
    found: Baselines | None = None
    while found is None:
        course.turn(10)
        found = course.of("GRU")[-1].gauges.baselines


def test_after_a_race_its_memory_is_given_back(course: Course) -> None:
    course.start()
    course.turn(30)
    trainers = [weakref.ref(course.racer(cell.upper())) for cell in CELLS]
    course.say(EndRace())
    assert [trainer() for trainer in trainers] == [None, None, None]


def test_a_winner_becomes_the_main_run_and_the_run_before_is_kept_in_a_file(course: Course, tmp_path: Path) -> None:
    course.start()
    course.turn(100)
    course.say(SetSampling(SamplingSettings(temperature=0.3, rate=20.0), run="GRU"))
    course.turn(100)
    main_step, winner = course.trainer.step, course.racer("GRU")
    losers = [weakref.ref(course.racer(name)) for name in ("RNN", "LSTM")]
    told = sum(len(run.losses) for run in course.of("GRU"))
    before = len(course.of("main"))
    course.say(EndRace("GRU", str(tmp_path / "runs")))
    course.turn(30)
    (kept,) = (tmp_path / "runs").iterdir()
    # a step that was all but done when the race began is done when it is saved
    assert main_step <= load_checkpoint(kept).step <= main_step + 1
    assert load_checkpoint(kept).network.cell == "lstm"
    assert course.trainer is winner
    assert [loser() for loser in losers] == [None, None]
    after = course.of("main")[before:]
    assert [run.fresh for run in after].count(True) == 1 and after[0].fresh
    assert len(after[0].losses) >= told > 0  # all that the chart of the main screen has missed
    assert after[-1].gauges.step > len(after[0].losses)
    assert course.said("main").endswith(f"GRU goes on; the run before is kept as {kept.stem}")
    assert [mark.label for run in after for part in run.written for mark in part.marks] == ["GRU, from the race"]
    assert after[-1].gauges.sampling == SamplingSettings(temperature=0.3)  # as it wrote, at the usual pace


def test_a_winner_is_trained_by_as_many_processes_and_as_hard_as_the_run_before(tmp_path: Path) -> None:
    course = Course(threads=2)
    course.say(SetShare(0.5))
    course.start()
    course.turn(100)
    winner = course.racer("GRU")
    assert winner.threads == 1
    course.say(EndRace("GRU", str(tmp_path)))
    course.turn(20)
    assert course.trainer is winner and winner.threads == 2
    assert course.engine._runs["main"].threads == 2
    assert course.of("main")[-1].gauges.share == 0.5
    course.say(Stop())


def test_quitting_after_a_take_over_saves_the_winner(course: Course, tmp_path: Path) -> None:
    last = tmp_path / "last.safetensors"
    course.start()
    course.turn(60)
    course.say(EndRace("RNN", str(tmp_path)))
    course.turn(5)
    course.say(Stop(str(last)))
    assert load_checkpoint(last).network.cell == "rnn"


def test_quitting_during_a_race_saves_the_main_run(course: Course, tmp_path: Path) -> None:
    last = tmp_path / "last.safetensors"
    course.start()
    course.turn(60)
    course.say(Stop(str(last)))
    saved = load_checkpoint(last)
    assert saved.network.cell == "lstm" and saved.step == course.trainer.step
    assert course.updates[-1].stopped


def test_a_run_that_cannot_be_kept_is_not_replaced_and_the_race_goes_on(course: Course, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    course.start()
    course.turn(30)
    main = course.trainer
    course.say(EndRace("GRU", str(tmp_path / "file")))
    step = course.racer("GRU").step
    course.turn(30)
    assert course.trainer is main
    assert "could not save" in course.said("main")
    assert any(run.refused for run in course.of("main"))
    assert course.racer("GRU").step > step


def test_without_a_text_there_is_no_race(course: Course) -> None:
    course.say(StartRace(entrants()))
    course.turn(2)
    assert "no text to race on" in course.said("main")
    assert any(run.refused for run in course.of("main"))
    assert set(course.engine._runs) == {"main"}


def test_a_race_waits_for_no_text_that_is_being_read(course: Course) -> None:
    course.load()
    course.say(LoadCorpus(("brackets",), NETWORK, TRAINING), StartRace(entrants()))
    course.turn(2)
    assert "no text to race on" in course.said("main")


def test_a_text_chosen_during_a_race_is_read_after_it(course: Course) -> None:
    course.start()
    course.say(LoadCorpus(("brackets",), NETWORK, TRAINING))
    course.turn(30)
    assert course.trainer.corpus.info.name == "counting"
    course.say(EndRace())
    while course.trainer.corpus.info.name != "brackets":
        course.turn()


def test_a_second_race_replaces_the_first(course: Course) -> None:
    course.start()
    course.say(StartRace((Entrant("A", NETWORK, TRAINING), Entrant("B", NETWORK, TRAINING))))
    course.turn(30)
    assert set(course.engine._runs) == {"main", "A", "B"}
    assert course.racer("A").step > 0


def test_commands_to_a_racer_that_is_gone_are_dropped(course: Course) -> None:
    course.start()
    course.say(EndRace(), EndRace(), Pause(run="GRU"), SetSampling(SamplingSettings(), run="GRU"))
    course.turn(5)
    course.engine.obey(Acknowledge(course.updates[-1].number))
    assert set(course.engine._runs) == {"main"}


@pytest.mark.parametrize("names", [("A",), ("A", "B", "C", "D", "E"), ("A", "A"), ("main", "B")])
def test_a_race_takes_two_to_four_of_different_names(names: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError):
        StartRace(tuple(Entrant(name, NETWORK, TRAINING) for name in names))
