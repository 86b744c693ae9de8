"""The lab's screen, on a laboratory that learns in this process, some slices for each question."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widgets import ContentSwitcher, Static

from corpora.drawn_digits import drawn
from model.lab.digits import DigitReading
from model.lab.frames import Counter, CountingFrame, DigitsFrame, Losses, SineFrame
from model.lab.laboratory import Laboratory
from model.lab.orders import Answer, Ask, Begin, Order, Trouble
from model.lab.session import LabEndedError
from model.lab.sine import Sine
from model.protocol import LossPoint
from tui import lab_words
from tui.lab_app import LabApp
from tui.screens.lab import LabScreen
from tui.screens.lab_about import LabAboutScreen
from tui.settings import DEFAULT_THEME
from tui.widgets import counting_view, digit_view, sine_view
from tui.widgets.counting_view import CountingView
from tui.widgets.digit_view import DigitView
from tui.widgets.key_bar import KeyBar
from tui.widgets.lab_chart import LabChart, curves_of
from tui.widgets.room_notice import RoomNotice
from tui.widgets.sine_view import SineView

SLICES = 40


class HereLab:
    """Learns a little before each answer."""

    def __init__(self) -> None:
        self._answers: list[Answer | Trouble] = []
        self._laboratory = Laboratory(self._answers.append)
        self.orders: list[Order] = []
        self.ended = self.gone = False

    def send(self, order: Order) -> None:
        self.orders.append(order)
        self._laboratory.obey(order)

    async def ask(self) -> Answer | Trouble:
        if self.gone:
            raise LabEndedError("the process of the experiment ended")
        for _ in range(SLICES):
            self._laboratory.turn()
        self._laboratory.obey(Ask())
        return self._answers.pop()

    def end(self) -> None:
        self.ended = True


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Experiments that begin at once, and answers that come quickly."""
    monkeypatch.setattr("corpora.drawn_digits.drawn", lambda: drawn(train=60, test=5))
    monkeypatch.setattr("tui.lab_app.ANSWERS_PER_SECOND", 100)


@asynccontextmanager
async def opened(
    name: str = "sine", size: tuple[int, int] = (120, 40), steps: int | None = 4, **changes: Any
) -> AsyncIterator[tuple[Pilot[None], LabScreen, HereLab]]:
    lab = HereLab()
    app = LabApp(lambda: lab, name, steps=steps, **changes)
    async with app.run_test(size=size) as pilot:
        yield pilot, app.lab_screen, lab
    assert lab.ended


async def until(pilot: Pilot[None], done: Callable[[], object]) -> None:
    for _ in range(300):
        if done():
            return
        await pilot.pause(0.01)
    raise AssertionError("it did not happen")


def words(screen: LabScreen, selector: str) -> str:
    return str(screen.query_one(selector, Static).visual)


def seeds(lab: HereLab) -> list[int]:
    return [order.seed for order in lab.orders if isinstance(order, Begin)]


def named(screen: LabScreen) -> str | None:
    """The experiment of the latest answer."""
    frames = {SineFrame: "sine", CountingFrame: "counting", DigitsFrame: "digits"}
    return None if screen.answer is None else frames[type(screen.answer.frame)]


def cell(screen: LabScreen) -> str | None:
    return None if screen.answer is None else screen.answer.frame.curves[0].name


def finished(screen: LabScreen) -> Callable[[], bool]:
    return lambda: screen.answer is not None and screen.answer.frame.finished


async def test_an_experiment_begins_at_once_and_comes_to_its_end() -> None:
    async with opened() as (pilot, screen, lab):
        await until(pilot, finished(screen))
        assert "done · step 4 of 4" in words(screen, "#lab-state")
        assert "the next value" in words(screen, "#lab-found") and "2015xli" in words(screen, "#lab-found")
        assert isinstance(screen.query_one(SineView).frame, SineFrame)
        assert screen.query_one(LabChart).frame is not None
        await pilot.press("ctrl+q")
    assert lab.orders


async def test_space_rests_and_goes_on() -> None:
    async with opened(steps=100_000) as (pilot, screen, _):
        await until(pilot, lambda: screen.answer and screen.answer.frame.step > 0)
        assert "Pause" in str(screen.query_one(KeyBar).visual)
        await pilot.press("space")
        await until(pilot, lambda: screen.answer and not screen.answer.going)
        assert "resting" in words(screen, "#lab-state")
        assert screen.answer is not None
        step = screen.answer.frame.step
        await pilot.press("space")
        await until(pilot, lambda: screen.answer and screen.answer.frame.step > step)


async def test_number_keys_and_tabs_open_the_others() -> None:
    async with opened() as (pilot, screen, _):
        await pilot.press("2")
        await until(pilot, lambda: screen.query_one(CountingView).frame is not None and finished(screen)())
        assert screen.query_one(ContentSwitcher).current == "view-counting"
        assert "the least" in words(screen, "#lab-found")
        await pilot.click("#tab-digits")
        await until(pilot, lambda: screen.query_one(DigitView).frame is not None and finished(screen)())
        assert screen.query_one("#tab-digits").has_class("-open")
        assert not screen.query_one("#tab-sine").has_class("-open")
        await pilot.press("1")
        await until(pilot, lambda: named(screen) == "sine")


async def test_another_example_and_a_new_beginning() -> None:
    async with opened() as (pilot, screen, lab):
        await until(pilot, finished(screen))
        view = screen.query_one(SineView)
        assert view.frame is not None and seeds(lab) == [0]
        before = view.frame.clean
        await pilot.press("n")
        await until(pilot, lambda: view.frame is not None and view.frame.clean != before)
        await pilot.press("r")
        await until(pilot, lambda: screen.answer and screen.answer.number == 2)
        assert seeds(lab) == [0, 1]


async def test_a_file_that_is_none_is_said_where_findings_would_be() -> None:
    async with opened("digits", file="none[/].npz") as (pilot, screen, _):
        await until(pilot, lambda: screen.trouble)
        assert "none[/].npz" in words(screen, "#lab-found")
        assert "nothing to learn" in words(screen, "#lab-state")
        await pilot.press("space", "n", "1")
        await until(pilot, lambda: named(screen) == "sine")
        assert "nothing to learn" not in words(screen, "#lab-state")


async def test_a_process_that_is_gone_is_said() -> None:
    async with opened() as (pilot, screen, lab):
        await until(pilot, finished(screen))
        lab.gone = True
        await pilot.press("n")
        await until(pilot, lambda: "ended" in words(screen, "#lab-found"))
        bar = str(screen.query_one(KeyBar).visual)
        assert "Another" not in bar and "Begin anew" in bar
        await pilot.press("n", "space")
        assert "ended" in words(screen, "#lab-found")
        lab.gone = False
        await pilot.press("r")
        await until(pilot, finished(screen))


@pytest.mark.parametrize("size", [(200, 60), (120, 40), (80, 24), (60, 20), (41, 13)])
@pytest.mark.parametrize("name", ["sine", "counting", "digits"])
async def test_every_experiment_fits_every_window(name: str, size: tuple[int, int]) -> None:
    async with opened(name, size, steps=1) as (pilot, screen, _):
        await until(pilot, finished(screen))
        picture = screen.query_one(f"#view-{name}")
        assert picture.size.height >= 4 and picture.size.width >= 30
        shown = [widget for widget in screen.query("#lab-room *") if widget.region and widget.display]
        assert all(screen.region.contains_region(widget.region) for widget in shown)
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert screen.query_one(RoomNotice).display


@pytest.mark.parametrize("theme", ["daylight", "ansi-dark", "no such"])
async def test_it_wears_any_theme(theme: str) -> None:
    async with opened("digits", theme=theme, steps=1) as (pilot, screen, _):
        await until(pilot, finished(screen))
        assert screen.app.theme == (DEFAULT_THEME if theme == "no such" else theme)


# ---------------------------------------------------------------------------------------------- pictures


def a_sine() -> SineFrame:
    return Sine(planned_steps=1).frame()


def digits_frame() -> DigitsFrame:
    return DigitReading(drawn(train=20, test=3), planned_steps=1).frame()


NAMES = ("RNN", "GRU", "LSTM", "open LSTM")


def a_count(**changes: object) -> CountingFrame:
    right = tuple(n <= 10 for n in range(1, 21))
    said = tuple("a" * n + "b" * (n - 1) + "$" if n <= 10 else "a" * n + "b" * (n - 2) + "$$" for n in range(1, 21))
    counters = tuple(Counter(name, 2.2, 2.3, 1.0, right, said) for name in NAMES)
    curves = tuple(Losses(name, (LossPoint(1, 9.0), LossPoint(21, 2.2))) for name in NAMES)
    frame = CountingFrame(
        step=30,
        planned_steps=40,
        curves=curves,
        parameters=3,
        counters=counters,
        floor=2.0,
        validation_floor=2.1,
        learnt=9,
        example=10,
    )
    return replace(frame, **changes)


def test_a_sine_is_drawn_with_a_border_where_it_goes_on_by_itself() -> None:
    canvas = sine_view.drawn(a_sine(), 70, 30)
    inks = {ink for y in range(30) for x in range(70) for ink in sine_view.INKS if canvas.is_ink(x, y, ink)}
    assert inks == set(sine_view.INKS)


def test_wrong_symbols_stand_out() -> None:
    content = counting_view.told(a_count(), 64, 34)
    lines = content.plain.splitlines()
    assert lines[0].split() == ["n", "1", "5", "10", "15", "20"]
    assert "n = 10" in content.plain and "n = 11" in content.plain
    eleven = next(i for i, line in enumerate(lines) if line.startswith("n = 11"))
    assert lines[eleven + 1].endswith("bbbbbbbbb$$")
    reversed_spans = [span for span in content.spans if "reverse" in str(span.style)]
    assert reversed_spans and all(content.plain[span.start : span.end] == "$" for span in reversed_spans)


def test_as_many_sequences_are_shown_as_there_is_room_for() -> None:
    assert counting_view.told(a_count(), 64, 14).plain.count("n = ") == 1
    assert counting_view.told(a_count(example=20), 64, 60).plain.count("n = ") == 1  # there is none beyond
    wide = counting_view.told(a_count(), 80, 34).plain.splitlines()[0].split()
    assert wide == ["n", *map(str, range(1, 21))]


def test_the_floor_is_a_level_line_below_the_curves() -> None:
    curves = curves_of(a_count())
    assert [curve.name for curve in curves] == [*NAMES, lab_words.LEAST]
    assert {point.loss for point in curves[-1].validation} == {2.0}
    assert curves_of(None) == []


def test_a_picture_is_faint_where_it_was_not_read_yet() -> None:
    frame = replace(digits_frame(), image=bytes([255]) * 784)
    assert digit_view.pixels(frame.image, 2)[1][0] == 1.0 > digit_view.pixels(frame.image, 2)[2][0] > 0.0
    # without colours: both rows of the first line, the upper one of the second
    lines = [line.plain for line in digit_view.small_picture(frame, 3, None, 70)]
    assert lines[0].startswith("\u2588" * 28) and lines[1].startswith("\u2580" * 28) and lines[2].startswith(" " * 28)
    large = [line.plain for line in digit_view.large_picture(frame, 28, None)]
    assert len(large) == 30 and all(line.startswith("\u2588" * 56) for line in large[:28])


def test_the_verdict_is_told_when_all_was_read() -> None:
    frame = digits_frame()
    sure = tuple([0.0] * 7 + [0.75, 0.25, 0.0])
    frame = replace(frame, beliefs=(sure,) * 28, label=7)
    assert digit_view.verdict(frame, 0).plain == "It has read nothing yet."
    assert digit_view.verdict(frame, 5).plain == "After 5 of 28 rows: 7, 75 %"
    assert digit_view.verdict(frame, 28).plain == "It says 7, 75 %: right"
    assert digit_view.verdict(replace(frame, label=1), 28).plain == "It says 7, 75 %: it is 1"


async def test_a_picture_is_read_row_by_row_and_then_another_comes() -> None:
    async with opened("digits", steps=1) as (pilot, screen, lab):
        await until(pilot, finished(screen))
        view = screen.query_one(DigitView)
        view.row = 27
        view.read_on()
        assert view.row == 28
        orders = len(lab.orders)
        for _ in range(60):
            view.read_on()
        await until(pilot, lambda: len(lab.orders) > orders and view.row < 28)


def test_shares_are_never_rounded_to_all() -> None:
    assert lab_words.exact_percent(1.0) == "100 %"
    assert lab_words.exact_percent(0.99999) == "99.99 %"
    assert lab_words.exact_percent(None) == "\u2013"
    assert lab_words.above(2.2, 2.0) == "+10.0 %"


def test_a_hole_ends_what_is_counted_right() -> None:
    counter = a_count().counters[0]
    assert counter.right_up_to == 10
    assert replace(counter, right=(True, False, True)).right_up_to == 1
    assert replace(counter, right=(True, True)).right_up_to == 2
    assert lab_words.told_up_to(counter) == "10"
    assert lab_words.told_up_to(replace(counter, right=(True, True))) == "2+"


def test_the_table_of_counting_fits_beside_the_picture_whatever_the_losses() -> None:
    frame = a_count()
    far = tuple(replace(counter, loss=123.456, validation_loss=123.456) for counter in frame.counters)
    assert max(map(len, lab_words.lines(lab_words.findings(replace(frame, counters=far))))) <= 45


async def test_what_it_is_can_be_asked_in_every_window() -> None:
    async with opened("counting", (60, 20), steps=1) as (pilot, screen, _):
        await until(pilot, finished(screen))
        await pilot.press("f1")
        assert isinstance(screen.app.screen, LabAboutScreen)
        text = "\n".join(str(part.visual) for part in screen.app.screen.query(Static))
        assert "open LSTM" in text and "nats per sequence" in text
        await pilot.press("escape")
        assert screen.is_active
        await pilot.press("question_mark")
        await pilot.click("LabAboutScreen Static")
        assert screen.is_active


async def test_what_was_asked_of_an_earlier_beginning_is_passed_over() -> None:
    async with opened() as (pilot, screen, _):
        await until(pilot, finished(screen))
        old = screen.answer
        assert old is not None
        await pilot.press("2")
        await until(pilot, lambda: named(screen) == "counting")
        screen.take(old)
        screen.take(Trouble(old.number, "too late"))
        assert named(screen) == "counting" and not screen.trouble


async def test_after_the_last_seed_comes_the_first() -> None:
    async with opened(seed=2**32 - 1) as (pilot, screen, lab):
        await until(pilot, finished(screen))
        await pilot.press("r")
        await until(pilot, lambda: screen.answer and screen.answer.number == 2)
        assert seeds(lab) == [2**32 - 1, 0]


async def test_a_wider_window_says_more_though_nothing_moves() -> None:
    async with opened(size=(80, 24)) as (pilot, screen, _):
        await until(pilot, finished(screen))
        assert "2015xli" not in words(screen, "#lab-found")
        await pilot.resize_terminal(120, 40)
        await until(pilot, lambda: "2015xli" in words(screen, "#lab-found"))
        assert "0:0" in words(screen, "#lab-state")


async def test_another_cell_begins_anew() -> None:
    async with opened() as (pilot, screen, _):
        for name in ("LSTM", "GRU", "RNN", "LSTM"):
            await until(pilot, lambda: finished(screen)() and cell(screen) == name)  # noqa: B023 - it is waited for here
            assert screen.query_one("#lab-losses").border_title == f"Loss of {name}"
            assert f"{name}  repeating" in words(screen, "#lab-found")
            await pilot.press("c")
        await pilot.press("2")
        await until(pilot, lambda: finished(screen)() and named(screen) == "counting")
        number = screen.answer.number if screen.answer is not None else None
        assert "Cell" not in str(screen.query_one(KeyBar).visual)
        await pilot.press("c")
        await pilot.pause()
        assert screen.answer is not None and screen.answer.number == number


async def test_keys_of_the_settings_work_here_too() -> None:
    async with opened(steps=100_000, keys={"train": "f5"}) as (pilot, screen, _):
        await until(pilot, lambda: screen.answer and screen.answer.going)
        await pilot.press("f5")
        await until(pilot, lambda: screen.answer and not screen.answer.going)
