"""How many updates a second are asked for: no more than can be shown, and fewer while nobody is there to look."""

from __future__ import annotations

import time
from collections.abc import Callable

CALM = 5.0
"""Updates a second while another window has the focus: whoever watches from afar sees it live."""
LEAST = 0.2
"""Updates a second however slow the line is; it is never a stop."""
SHARE = 0.75
"""Of the time between two updates that showing one may take; the rest is for keys."""
EASE = 0.2
"""By how much of the difference a frame that was quick makes up for those that were slow."""


class Pace:
    """Finds the rate from how long frames take until the terminal has swallowed them.

    A slow frame counts at once, since what waits in line delays the answer to a key; quick ones bring the rate back
    over about ten frames.

    Attributes:
        focused: Whether the terminal's window has the focus, as far as it tells.
        most: Updates a second.
    """

    def __init__(self, most: float, clock: Callable[[], float] = time.monotonic) -> None:
        """Prepare for at most `most` updates a second."""
        self.focused = True
        self.most = most
        self._clock = clock
        self._began: float | None = None
        self._seconds = 0.0

    def begin(self) -> None:
        """An update came, and is about to be shown."""
        self._began = self._clock()

    def end(self) -> None:
        """The terminal has taken in all that there was to show."""
        if self._began is not None:
            seconds, self._began = self._clock() - self._began, None
            self._seconds = max(seconds, self._seconds + EASE * (seconds - self._seconds))

    @property
    def per_second(self) -> float:
        """Updates a second that are asked for now."""
        bearable = SHARE / self._seconds if self._seconds > 0.0 else self._wanted
        return min(self._wanted, max(LEAST, bearable))

    @property
    def strain(self) -> float:
        """How many times more updates a second are wanted than can be shown; 1 where all are."""
        return self._wanted / self.per_second

    @property
    def _wanted(self) -> float:
        return self.most if self.focused else min(self.most, CALM)
