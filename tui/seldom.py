"""Showing what changes all the time only as often as anybody can follow it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

MOST_STRAIN = 64.0
"""By how much a rest grows at most."""


class Clock(Protocol):
    """Whatever can call something after some seconds; widgets and screens can."""

    def set_timer(self, delay: float, callback: Callable[[], None]) -> object:
        """Call `callback` once, `delay` seconds from now."""


class Seldom:
    """Shows something at once when asked to, and rests for a moment; what is asked for meanwhile is shown after that.

    Attributes:
        resting: Whether it was shown a moment ago.
    """

    def __init__(
        self, clock: Clock, show: Callable[[], None], per_second: float, strain: Callable[[], float] = lambda: 1.0
    ) -> None:
        """Prepare to call `show`.

        Args:
            clock: Calls back after a rest.
            show: Shows it.
            per_second: How many times a second, at most.
            strain: As `Pace.strain` has it: what is only looked at now and then is the first to be left out.
        """
        self.resting = False
        self._clock, self._show, self._seconds, self._strain = clock, show, 1.0 / per_second, strain
        self._asked = False

    def ask(self) -> None:
        """Show it, now or soon."""
        self._asked = True
        if not self.resting:
            self._wake()

    def _wake(self) -> None:
        self.resting, self._asked = self._asked, False
        if self.resting:
            self._clock.set_timer(self._seconds * min(MOST_STRAIN, self._strain() ** 2), self._wake)
            self._show()
