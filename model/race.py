"""Whose turn it is in a race: all get the same, in time or in characters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from model.protocol import Fairness


class Racer(Protocol):
    """What a race needs of a run."""

    @property
    def name(self) -> str:
        """Its own."""

    @property
    def busy(self) -> bool:
        """Whether it has something to do: who is paused, has finished or has diverged has not."""

    @property
    def characters(self) -> int:
        """Characters that it has learnt from."""

    def train(self, seconds: float, steps: int | None = None) -> None:
        """Train for about `seconds`, and for no more than `steps` where they are given."""


class Race:
    """Lets one racer train at a time, always the one that has had the least.

    A turn is longer than it was meant to be by up to a slice of a training step, and now and then by more, where the
    machine does something else. Nobody loses by that: what a turn really took is counted, and who has had less goes
    next until it has caught up. So the shares of those that are always busy never differ by more than one turn, or than
    one step where characters are counted; who was paused catches up alone.

    Attributes:
        racers: In the order of the start.
        fairness: What is shared.
    """

    def __init__(self, racers: Sequence[Racer], fairness: Fairness, clock: Callable[[], float]) -> None:
        self.racers, self.fairness = tuple(racers), fairness
        self._clock = clock
        self._seconds = dict.fromkeys((racer.name for racer in racers), 0.0)

    def share(self, racer: Racer) -> float:
        """What a racer has had: seconds of its turns, validation included, or characters."""
        return racer.characters if self.fairness == "characters" else self._seconds[racer.name]

    def next(self) -> Racer | None:
        """Who has had the least, the first of them where several have; None where nobody has anything to do."""
        return min((racer for racer in self.racers if racer.busy), key=self.share, default=None)

    def turn(self, seconds: float) -> None:
        """Train for about `seconds` in all: one racer by time, as many as it takes by characters, step by step."""
        steps = 1 if self.fairness == "characters" else None
        now = self._clock()
        end = now + seconds
        while now < end and (racer := self.next()) is not None:
            racer.train(end - now, steps)
            begin, now = now, self._clock()
            self._seconds[racer.name] += now - begin
