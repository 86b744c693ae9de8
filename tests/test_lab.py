"""The experiments of the lab: their data, that they learn, and the process they run in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from corpora import counted, sines
from corpora.digits import Digits
from corpora.drawn_digits import drawn
from corpora.info import CorpusError
from model.lab import digits
from model.lab.catalogue import CATALOGUE, begin, pictures_of
from model.lab.counting import Counting
from model.lab.digits import DigitReading
from model.lab.experiment import KEPT, Experiment, Record
from model.lab.frames import CountingFrame, DigitsFrame, SineFrame
from model.lab.laboratory import Laboratory, still_wanted
from model.lab.orders import Answer, Ask, Begin, Go, Order, Trouble, TurnPage
from model.lab.session import LabEndedError, LabSession
from model.lab.sine import Sine
from model.slices import finish

FEW = drawn(train=300, test=20)


def learn(experiment: Experiment, steps: int) -> Experiment:
    for _ in range(steps):
        finish(experiment.learn())
    return experiment


# ------------------------------------------------------------------------------------------------ data


def test_windows_of_a_sine_are_the_notebooks() -> None:
    windows = sines.windows_to_learn(np.random.default_rng(0))
    assert windows.clean.shape == windows.noisy.shape == (31, 500)
    np.testing.assert_allclose(windows.clean[:, 0], np.sin(np.linspace(0.0, 10.0, 31)))
    # the step of all others is a sixth of a radian: sin(a - h) + sin(a + h) = 2 cos(h) sin(a)
    inner = windows.clean[1:-1, 1:]
    np.testing.assert_allclose(windows.clean[:-2, 1:] + windows.clean[2:, 1:], 2 * np.cos(1 / 6) * inner, atol=1e-12)
    errors = windows.noisy - windows.clean
    assert np.abs(errors).max() <= sines.NOISE
    assert errors.std() == pytest.approx(sines.NOISE / 3**0.5, rel=0.02)


def test_sequences_to_count_are_the_labs() -> None:
    ns = counted.lengths()
    learnt, validation, test = ns[:80], ns[80:90], ns[90:]
    # what the best network could reach on the lab's own draws, in its unit, a quarter of a nat per sequence
    floors = [counted.floor(learnt, part) / 4 for part in (learnt, validation, test)]
    assert floors == pytest.approx([0.541, 0.550, 0.567], abs=5e-4)


def test_a_sequence_is_read_as_a_b_and_an_end() -> None:
    sequences = counted.sequences(np.array([2, 1]))
    symbols = np.array(counted.SYMBOLS)
    read = [symbols[row.argmax(axis=1)][row.any(axis=1)].tolist() for row in sequences.x.transpose(1, 0, 2)]
    assert read == [["a", "a", "b", "b"], ["a", "b"]]
    first = sequences.places % 2 == 0
    assert symbols[sequences.targets[first]].tolist() == ["a", "b", "b", "EOS"]
    assert symbols[sequences.targets[~first]].tolist() == ["b", "EOS"]
    assert sequences.determined[first].tolist() == [False, False, True, True]


def test_what_was_never_learnt_has_no_floor() -> None:
    assert counted.floor(np.array([1, 2]), np.array([3])) == np.inf


# ---------------------------------------------------------------------------------------------- learning


def test_an_lstm_sees_through_noise() -> None:
    experiment = Sine(planned_steps=250)
    assert experiment.frame().next_error > 0.3
    learn(experiment, 250)
    frame = experiment.frame()
    assert frame.finished and experiment.finished
    assert frame.next_error < 0.04 < frame.repeat_error
    assert frame.free_error < 0.25 < frame.repeat_free_error
    assert len(frame.clean) == 60 and len(frame.noisy) == 30 and len(frame.said) == 59


def test_the_same_seed_gives_the_same_to_the_last_bit() -> None:
    first, again, other = (learn(Sine(seed, 20), 20).frame() for seed in (1, 1, 2))
    assert first == again != other


def test_another_page_shows_another_stretch() -> None:
    experiment = Sine(planned_steps=1)
    before = experiment.frame()
    experiment.turn_page()
    assert experiment.frame().clean != before.clean
    for _ in range(before.windows - 1):
        experiment.turn_page()
    assert experiment.frame().clean == before.clean


def test_four_networks_learn_to_count() -> None:
    experiment = Counting(planned_steps=400)
    learn(experiment, 400)
    frame = experiment.frame()
    assert [counter.name for counter in frame.counters] == ["RNN", "GRU", "LSTM", "open LSTM"]
    assert all(frame.floor < counter.loss < 1.6 * frame.floor for counter in frame.counters)
    assert all(counter.determined > 0.9 for counter in frame.counters)
    assert all(len(counter.right) == len(counter.said) == 20 for counter in frame.counters)
    rnn = frame.counters[0]
    for n, (right, said) in enumerate(zip(rnn.right, rnn.said, strict=True), 1):
        assert right == (said[n:] == "b" * (n - 1) + "$")


def test_digits_are_learnt_and_tested_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digits, "MEASURE_STEPS", 10)
    experiment = DigitReading(drawn(train=500, test=100), planned_steps=30)
    assert experiment.frame().accuracy is None
    learn(experiment, 10)
    early = experiment.frame()
    assert early.accuracy is not None and early.test_accuracy is None
    learn(experiment, 20)
    frame = experiment.frame()
    assert frame.test_accuracy is not None and frame.test_accuracy > max(0.4, early.accuracy)
    assert frame.tested == 100 and len(frame.image) == 28 * 28
    assert len(frame.beliefs) == 28 and all(sum(row) == pytest.approx(1.0, abs=1e-5) for row in frame.beliefs)


def test_a_handful_of_digits_is_enough_to_begin() -> None:
    frame = learn(DigitReading(drawn(train=2, test=1), planned_steps=2), 2).frame()
    assert isinstance(frame, DigitsFrame) and frame.finished
    with pytest.raises(CorpusError, match="1 picture to learn from; it takes 2"):
        DigitReading(drawn(train=1, test=1))


def test_it_is_over_when_all_was_measured() -> None:
    experiment = DigitReading(drawn(train=60, test=600), planned_steps=2)
    learn(experiment, 1)
    last = experiment.learn()
    while not experiment.finished:
        frame = experiment.frame()
        assert frame.test_accuracy is None or not frame.finished
        next(last, None)
    assert experiment.frame().test_accuracy is not None


@pytest.mark.parametrize("make", [lambda: Sine(5, 30), lambda: Counting(5, 30), lambda: DigitReading(FEW, 5, 6)])
def test_who_watches_changes_nothing(make: Callable[[], Experiment]) -> None:
    alone, watched = make(), make()
    learn(alone, alone.planned_steps)
    while not watched.finished:
        step = watched.learn()
        watched.frame()
        while next(step, "over") is None:
            watched.frame()
    assert watched.frame() == alone.frame()


def test_only_the_last_beginning_counts() -> None:
    first, second = Begin("sine", number=1), Begin("sine", number=2)
    orders: list[Order | None] = [Go(going=True), first, TurnPage(), Ask(), second, TurnPage()]
    assert still_wanted(orders) == [second, Ask(), TurnPage()]
    assert still_wanted([Ask(), Go(going=False)]) == [Ask(), Go(going=False)]
    assert still_wanted([]) == []


def test_pictures_are_kept_from_one_beginning_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[Path | None] = []

    def few(file: Path | None) -> Digits:
        got.append(file)
        return FEW

    monkeypatch.setattr("model.lab.laboratory.pictures_of", few)
    desk = Desk()
    for file in (None, None, "a.npz", "a.npz", None):
        desk.laboratory.obey(Begin("digits", file=file))
    assert got == [None, Path("a.npz"), None]


def test_a_curve_stays_short() -> None:
    record = Record("LSTM")
    for step in range(1, 5_001):
        record.add(step, 1.0)
    points = record.losses.points
    assert len(points) <= KEPT and points[-1].step == 5_000 and points[0].step <= 100


# --------------------------------------------------------------------------------------------- the process


class Desk:
    """A laboratory and what it has answered; a tick of its clock is a second."""

    def __init__(self) -> None:
        self.answers: list[Answer | Trouble] = []
        self.ticks = 0
        self.laboratory = Laboratory(self.answers.append, self.tick)

    def tick(self) -> float:
        self.ticks += 1
        return float(self.ticks)

    def ask(self) -> Answer:
        self.laboratory.obey(Ask())
        answer = self.answers[-1]
        assert isinstance(answer, Answer)
        return answer


def test_it_learns_between_orders_and_rests_when_told() -> None:
    desk = Desk()
    assert desk.laboratory.idle
    desk.laboratory.obey(Begin("sine", planned_steps=3))
    assert not desk.laboratory.idle
    while desk.ask().frame.step < 2:
        desk.laboratory.turn()
    assert desk.ask().going and desk.ask().seconds > 0.0
    desk.laboratory.obey(Go(going=False))
    assert desk.laboratory.idle and not desk.ask().going
    desk.laboratory.turn()
    assert desk.ask().frame.step == 2
    desk.laboratory.obey(Go(going=True))
    for _ in range(1_000):
        desk.laboratory.turn()
    assert desk.ask().frame.finished and desk.laboratory.idle and not desk.ask().going


def test_a_new_experiment_takes_the_place_of_the_one_before() -> None:
    desk = Desk()
    desk.laboratory.obey(Begin("sine"))
    first = desk.ask().frame
    desk.laboratory.obey(TurnPage())
    assert desk.ask().frame != first
    desk.laboratory.obey(Begin("counting", seed=3, number=7))
    answer = desk.ask()
    assert answer.number == 7 and isinstance(answer.frame, CountingFrame)


def test_a_file_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    desk = Desk()
    desk.laboratory.obey(Begin("digits", file=str(tmp_path / "none.npz")))
    desk.laboratory.obey(Ask())
    trouble = desk.answers[-1]
    assert isinstance(trouble, Trouble) and "none.npz" in trouble.sentence
    desk.laboratory.obey(TurnPage())
    desk.laboratory.turn()
    assert desk.laboratory.idle


def test_all_of_the_catalogue_can_be_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    def few() -> Digits:
        return drawn(train=20, test=5)

    monkeypatch.setattr("corpora.drawn_digits.drawn", few)
    for entry in CATALOGUE:
        experiment = begin(entry.name, 0, lambda: pictures_of(None), planned_steps=2)
        assert experiment.planned_steps == 2
        assert not experiment.finished


async def test_an_app_asks_a_process(tmp_path: Path) -> None:
    session = LabSession.start(tmp_path / "lab.log")
    try:
        session.send(Begin("sine", planned_steps=5))
        answer = await session.ask()
        while isinstance(answer, Answer) and not answer.frame.finished:
            await asyncio.sleep(0.01)
            answer = await session.ask()
        assert isinstance(answer, Answer) and isinstance(answer.frame, SineFrame)
    finally:
        session.end()
    with pytest.raises(LabEndedError, match="the process of the experiment ended"):
        await session.ask()
    session.end()  # once more does no harm


async def test_it_can_do_without_a_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    session = LabSession.start(tmp_path / "file" / "lab.log")
    try:
        session.send(Begin("counting", planned_steps=1))
        assert isinstance(await session.ask(), Answer)
    finally:
        session.end()
