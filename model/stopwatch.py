"""How long training takes: the time inside its slices, without what others do between them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from model.slices import Result, Slices

RECENT_SECONDS = 3.0
"""Speed is measured over so much time of training steps."""


class Stopwatch:
    """Adds up the time of steps and of validations.

    Attributes:
        training_seconds: Of all steps.
        validation_seconds: Of all validations.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.training_seconds = self.validation_seconds = 0.0
        self._recent: deque[float] = deque()
        self._recent_seconds = 0.0

    def timed(self, work: Slices[Result]) -> Slices[tuple[float, Result]]:
        """Do `work`; the seconds spent inside it, without what happened at its yields, and its result."""
        busy = 0.0
        while True:
            begin = self.clock()
            try:
                next(work)
            except StopIteration as stop:
                return busy + self.clock() - begin, stop.value
            busy += self.clock() - begin
            yield

    def note_step(self, seconds: float) -> None:
        """Count a step that took `seconds`."""
        self.training_seconds += seconds
        self._recent.append(seconds)
        self._recent_seconds += seconds
        while len(self._recent) > 1 and self._recent_seconds > RECENT_SECONDS:
            self._recent_seconds -= self._recent.popleft()

    def note_validation(self, seconds: float) -> None:
        """Count a validation that took `seconds`."""
        self.validation_seconds += seconds

    @property
    def seconds(self) -> float:
        """Of everything."""
        return self.training_seconds + self.validation_seconds

    @property
    def step_seconds(self) -> float | None:
        """What a step took lately; None before the first."""
        return self._recent_seconds / len(self._recent) if self._recent else None

    @property
    def validation_share(self) -> float:
        """Of the time, in [0, 1]."""
        return self.validation_seconds / self.seconds if self.seconds else 0.0
