"""What changes all the time is shown at once, and then only so often; the last of it is always shown."""

from __future__ import annotations

from collections.abc import Callable

from tui.seldom import Seldom


class Waiting:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.due: list[tuple[float, Callable[[], None]]] = []

    def set_timer(self, delay: float, callback: Callable[[], None]) -> None:
        self.due.append((delay, callback))

    def move(self) -> None:
        """Let all go by that is waited for now."""
        due, self.due = self.due, []
        for _, callback in due:
            callback()


def test_it_is_shown_at_once_and_what_comes_meanwhile_after_a_rest() -> None:
    clock, shown = Waiting(), [0]
    seldom = Seldom(clock, lambda: shown.append(shown[-1] + 1), 8.0)
    seldom.ask()
    assert shown == [0, 1] and seldom.resting
    assert [delay for delay, _ in clock.due] == [0.125]
    seldom.ask()
    seldom.ask()
    assert shown == [0, 1]
    clock.move()
    assert shown == [0, 1, 2], "twice asked for, shown once"
    clock.move()
    assert shown == [0, 1, 2] and not seldom.resting and not clock.due, "nothing more is asked for"
    seldom.ask()
    assert shown == [0, 1, 2, 3]


def test_showing_may_ask_for_more() -> None:
    clock, shown = Waiting(), [0]

    def show() -> None:
        shown.append(shown[-1] + 1)
        if len(shown) < 4:
            seldom.ask()

    seldom = Seldom(clock, show, 4.0)
    seldom.ask()
    assert shown == [0, 1]
    for _ in range(5):
        clock.move()
    assert shown == [0, 1, 2, 3] and not clock.due


def test_where_less_can_be_shown_the_rest_is_longer_but_it_ends() -> None:
    strain = [1.0]
    clock, shown = Waiting(), [0]
    seldom = Seldom(clock, lambda: shown.append(shown[-1] + 1), 8.0, lambda: strain[0])
    for now, rest in ((1.0, 0.125), (3.0, 1.125), (15.0, 8.0)):
        strain[0] = now
        seldom.ask()
        assert [delay for delay, _ in clock.due] == [rest]
        clock.move()
