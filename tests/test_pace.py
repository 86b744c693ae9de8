"""How many updates a second are asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual import events

from tui.pace import CALM, LEAST, Pace

from scripted_session import playing, update


class Line:
    """A clock, and a terminal that takes so many seconds for a frame."""

    def __init__(self, most: float = 15.0) -> None:
        self.now = 100.0
        self.pace = Pace(most, lambda: self.now)

    def show(self, seconds: float, frames: int = 1) -> float:
        for _ in range(frames):
            self.pace.begin()
            self.now += seconds
            self.pace.end()
        return self.pace.per_second


def test_before_anything_was_shown_the_most_is_asked_for() -> None:
    assert Pace(15.0).per_second == 15.0


def test_a_quick_line_gets_all_that_was_asked_for() -> None:
    assert Line().show(0.02, frames=100) == 15.0


def test_one_slow_frame_lowers_the_rate_at_once() -> None:
    assert Line().show(0.25) == pytest.approx(3.0)


def test_a_line_that_is_quick_again_has_the_full_rate_after_about_ten_frames() -> None:
    line = Line()
    line.show(0.25)
    rates = [line.show(0.01) for _ in range(12)]
    assert rates == sorted(rates)
    assert rates[0] < 5.0
    assert rates[-1] == 15.0


def test_the_slowest_line_never_stops() -> None:
    assert Line().show(60.0) == LEAST


def test_a_rate_below_the_least_is_kept_where_it_was_asked_for() -> None:
    assert Line(0.1).show(60.0) == 0.1


def test_without_the_focus_it_goes_on_calmly() -> None:
    line = Line()
    line.pace.focused = False
    assert line.show(0.02) == CALM
    assert line.show(0.5) == pytest.approx(1.5)


def test_without_the_focus_it_is_no_faster_than_was_asked_for() -> None:
    line = Line(2.0)
    line.pace.focused = False
    assert line.show(0.02) == 2.0


def test_strain_tells_how_many_times_rarer_than_wanted_things_are_shown() -> None:
    line = Line()
    assert line.pace.strain == 1.0
    line.show(0.25)
    assert line.pace.strain == pytest.approx(5.0)
    line.pace.focused = False
    assert line.pace.strain == pytest.approx(CALM / 3.0)


def test_an_end_without_a_beginning_says_nothing() -> None:
    line = Line()
    line.pace.end()
    assert line.pace.per_second == 15.0


async def test_losing_the_focus_calms_the_app_and_getting_it_back_wakes_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        assert app.pace.focused
        app.post_message(events.AppBlur())
        await pilot.pause()
        assert not app.pace.focused
        await session.play(update())  # and still shows what comes
        app.post_message(events.AppFocus())
        await pilot.pause()
        assert app.pace.focused
