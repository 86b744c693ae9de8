"""Sliced work that is done beside more important work, for a small share of the time."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Generic, TypeVar

Result = TypeVar("Result")

SHARE = 0.03
"""Of the time, while there is other work, for what nobody waits for."""

LOOKED_AT = 0.08
"""The same for what is soon shown."""

AWAITED = 0.3
"""The same for what someone has asked for."""


class Sideline(Generic[Result]):
    """Does a slice now and then, until there is a result.

    Attributes:
        result: None until it is there; before the end, what the work yielded last, where it yields what it has so far.
        done: Whether the work is.
    """

    def __init__(
        self, work: Generator[Result | None, None, Result], clock: Callable[[], float], share: float = SHARE
    ) -> None:
        self._work, self._clock, self._share = work, clock, share
        self._next = clock()
        self.result: Result | None = None
        self.done = False

    def turn(self, *, busy: bool) -> None:
        """Do a slice, but while others are `busy` only if it is time for one."""
        begin = self._clock()
        if self.done or (busy and begin < self._next):
            return
        try:
            so_far = next(self._work)
            self.result = self.result if so_far is None else so_far
        except StopIteration as end:
            self.result, self.done = end.value, True
        now = self._clock()
        self._next = now + (now - begin) * (1.0 / self._share - 1.0)
