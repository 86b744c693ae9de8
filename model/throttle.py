"""A share of a core for training: after each piece of work a rest, so long that no more than the share is taken."""

from __future__ import annotations

from collections.abc import Callable

CREDIT_SECONDS = 0.05
"""A rest that was too long by up to so much, since the machine woke up late, is made up for; idle time never is."""


class Throttle:
    """Says when there may be work again.

    What counts is the time of the work, and the processor time of other processes that helped with it: the share is one
    of a core, however many take part.
    """

    def __init__(self, clock: Callable[[], float], share: float = 1.0) -> None:
        """Begin without a rest; `share` is in (0, 1]."""
        self._clock = clock
        self._share, self._next = share, 0.0
        self._helped: float | None = None

    @property
    def share(self) -> float:
        """Of a core that may be taken, in (0, 1]; 1 never rests, and what helpers do is then not looked at either."""
        return self._share

    @share.setter
    def share(self, share: float) -> None:
        self._share, self._next, self._helped = share, self._clock(), None

    @property
    def rest(self) -> float:
        """Seconds until there may be work again; 0 where there may be some now."""
        return max(0.0, self._next - self._clock()) if self._share < 1.0 else 0.0

    def do(self, work: Callable[[], None]) -> None:
        """Do some work and count it, unless it is time to rest."""
        if self._share >= 1.0:
            work()
        elif (begin := self._clock()) >= self._next:
            work()
            took = self._clock() - begin
            late = begin - self._next
            self._next = (self._next if late <= CREDIT_SECONDS else begin) + took / self._share

    def note_helpers(self, seconds: float) -> None:
        """Count the work of other processes, which have worked for `seconds` of processor time in all.

        Not counted is what they worked before this was first called, importing above all, and the work of those that
        are no longer there.
        """
        if self._share >= 1.0:
            return
        if self._helped is not None and seconds > self._helped > 0.0:
            self._next += (seconds - self._helped) / self._share
        self._helped = seconds
