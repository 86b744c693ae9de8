"""A share of a core for training: how much it takes, and that nothing else waits for it. The clock is the test's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from model.config import NetworkSettings, SamplingSettings, SettingsError, TrainingSettings
from model.engine import TURN_SECONDS, Engine
from model.live_run import LiveRun
from model.parallel import Parallel
from model.protocol import (
    Acknowledge,
    EndRace,
    Entrant,
    LoadCorpus,
    Pause,
    RunState,
    SetSampling,
    SetShare,
    StartRace,
    StartSampling,
    Update,
)
from model.throttle import Throttle

NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)
SHARES = (0.75, 0.5, 0.25)


class Clock:
    """Stands still but for what the test says takes time."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


class Room:
    """An engine as its process runs it: it waits as long as it may, then takes a turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.clock, self.updates, self.waits = Clock(), list[Update](), list[float]()
        self.trained = 0.0
        self.levels: list[bool] = []
        self.engine = Engine(self.updates.append, self.clock, background=self.levels.append)
        train = LiveRun.train

        def timed(run: LiveRun, seconds: float, steps: int | None = 1) -> None:
            # a step whatever it takes, which by this clock is the whole turn, and now and then more
            busy = run.busy
            train(run, 0.0, steps)
            if busy:
                took = seconds if len(self.waits) % 7 else 3 * TURN_SECONDS
                self.clock.now += took
                self.trained += took

        monkeypatch.setattr(LiveRun, "train", timed)
        self.engine.obey(LoadCorpus(("counting",), NETWORK, TRAINING, train=True))
        # the clock stands still while a text is read, so a turn would read for ever
        monkeypatch.setattr("model.engine.TURN_SECONDS", -1.0)
        loading = self.engine._loading["main"]
        for _ in loading:
            pass
        del self.engine._loading["main"]
        run = self.engine._runs["main"]
        run.loading = None
        run.side._baselines = run.side._passages = None
        monkeypatch.undo()
        monkeypatch.setattr(LiveRun, "train", timed)

    def turn(self) -> None:
        """Wait as the process would, a little too long as processes do, and take a turn."""
        wait = self.engine.patience
        self.waits.append(wait)
        self.clock.now += wait + (0.0003 if wait else 0.0)
        self.engine.turn()
        if self.updates:
            self.engine.obey(Acknowledge(self.updates[-1].number))

    def share_taken(self, turns: int = 400) -> float:
        begin, before = self.clock.now, self.trained
        for _ in range(turns):
            self.turn()
        return (self.trained - before) / (self.clock.now - begin)


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    return Room(monkeypatch)


@pytest.mark.parametrize("share", SHARES)
def test_training_takes_its_share(room: Room, share: float) -> None:
    room.engine.obey(SetShare(share))
    assert room.share_taken() == pytest.approx(share, abs=0.02)


def test_without_a_share_it_never_waits(room: Room) -> None:
    assert room.share_taken() == pytest.approx(1.0)
    assert set(room.waits) == {0.0}
    room.engine.obey(SetShare(0.25))
    room.share_taken()
    room.waits.clear()
    room.engine.obey(SetShare(1.0))
    assert room.share_taken() == pytest.approx(1.0)
    assert set(room.waits) == {0.0}


def test_while_it_rests_it_listens_for_commands(room: Room) -> None:
    room.engine.obey(SetShare(0.25))
    room.turn()
    assert room.engine.patience > 2 * TURN_SECONDS
    room.engine.obey(Pause())
    room.engine.turn()
    assert room.updates[-1].runs[-1].gauges.state is RunState.PAUSED


def test_a_command_and_its_turn_do_not_shorten_the_rest(room: Room) -> None:
    room.engine.obey(SetShare(0.25))
    room.turn()
    trained, until = room.trained, room.clock.now + room.engine.patience
    while room.clock.now < until - 0.002:
        room.clock.now += 0.001
        room.engine.obey(SetSampling(SamplingSettings(temperature=0.5)))
        room.engine.turn()
    assert room.trained == trained


def test_every_character_is_written_on_time_while_training_rests(room: Room) -> None:
    room.engine.obey(SetShare(0.25))
    room.engine.obey(SetSampling(SamplingSettings(rate=200.0)))
    room.engine.obey(StartSampling())
    begin = room.clock.now
    share = room.share_taken()
    written = sum(len(written.text) for update in room.updates for run in update.runs for written in run.written)
    assert written == pytest.approx((room.clock.now - begin) * 200.0, rel=0.02)
    assert share == pytest.approx(0.25, abs=0.02)


def test_a_race_takes_the_share_too(room: Room) -> None:
    room.engine.obey(SetShare(0.5))
    room.engine.obey(StartRace((Entrant("a", NETWORK, TRAINING), Entrant("b", NETWORK, TRAINING))))
    room.engine._load(room.engine._runs["a"])
    room.engine._load(room.engine._runs["b"])
    for name in "ab":
        side = room.engine._runs[name].side
        side._baselines = side._passages = None
    assert room.share_taken() == pytest.approx(0.5, abs=0.02)
    assert {run.gauges.share for run in room.updates[-1].runs} == {0.5}
    room.engine.obey(EndRace("a", "nowhere"))
    assert room.share_taken() == pytest.approx(0.5, abs=0.02)


def test_what_helpers_work_counts_as_well(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    room.turn()
    begin = room.trained
    # one helper that works as long as the engine does, after a second of importing
    monkeypatch.setattr(Parallel, "cpu_seconds", property(lambda _: 1.0 + room.trained - begin))
    room.engine.obey(SetShare(0.5))
    assert room.share_taken() == pytest.approx(0.25, abs=0.02)


def test_the_share_in_force_is_told(room: Room) -> None:
    room.engine.obey(SetShare(0.5))
    room.turn()
    assert room.updates[-1].runs[-1].gauges.share == 0.5


def test_below_all_it_works_in_the_background(room: Room) -> None:
    room.engine.obey(SetShare(0.75))
    room.engine.obey(SetShare(1.0))
    assert room.levels == [True, False]


@pytest.mark.parametrize("share", [0.0, -1.0, 1.5, float("nan")])
def test_what_is_no_share_is_refused(share: float) -> None:
    with pytest.raises(SettingsError, match="share is"):
        SetShare(share)


def worker(seconds: float, clock: Clock) -> Callable[[], None]:
    def work() -> None:
        clock.now += seconds

    return work


def test_a_rest_that_was_too_long_is_made_up_for_and_idle_time_is_not() -> None:
    clock = Clock()
    throttle = Throttle(clock, 0.5)
    throttle.do(worker(0.1, clock))
    assert throttle.rest == pytest.approx(0.1)
    clock.now += 0.1 + 0.02
    throttle.do(worker(0.1, clock))
    assert throttle.rest == pytest.approx(0.08)
    clock.now += 3600.0
    throttle.do(worker(0.1, clock))
    assert throttle.rest == pytest.approx(0.1)


def test_what_helpers_worked_before_is_not_counted() -> None:
    clock = Clock()
    throttle = Throttle(clock, 0.5)
    throttle.share = 0.5
    for seconds in (0.0, 2.0):  # not there yet; then it has imported
        throttle.note_helpers(seconds)
        assert throttle.rest == 0.0
    throttle.note_helpers(2.1)
    assert throttle.rest == pytest.approx(0.2)
    throttle.note_helpers(0.0)  # another network, with helpers of its own
    assert throttle.rest == pytest.approx(0.2)


@pytest.mark.skipif(sys.platform == "win32", reason="has no such priorities")
def test_a_process_can_go_into_the_background() -> None:
    script = (
        "import os; from model.priority import Priority\n"
        "priority = Priority(); before = os.getpriority(os.PRIO_PROCESS, 0)\n"
        "priority.step_back(True); print(os.getpriority(os.PRIO_PROCESS, 0) - max(before, 10))\n"
        "priority.step_back(False)"  # which may be allowed or not
    )
    for leads in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True, start_new_session=leads
        )
        assert done.stdout == "0\n"
