"""What all experiments have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod

from model.curve import few
from model.lab.frames import Frame, Losses
from model.protocol import LossPoint
from model.slices import Slices

KEPT = 400
"""Losses that are kept before they are thinned."""


class Experiment(ABC):
    """Learns step by step; the same seed gives the same result to the last bit.

    Attributes:
        step: Steps made so far.
        planned_steps: After how many it is over.
    """

    def __init__(self, planned_steps: int) -> None:
        self.step, self.planned_steps = 0, planned_steps

    @property
    def finished(self) -> bool:
        """Whether it has learnt all it is to learn."""
        return self.step >= self.planned_steps

    @abstractmethod
    def learn(self) -> Slices[None]:
        """Make one step."""

    @abstractmethod
    def frame(self) -> Frame:
        """Show where it stands."""

    @abstractmethod
    def turn_page(self) -> None:
        """Show another example from now on."""


class Record:
    """The losses of one network, as many as a chart needs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._points: list[LossPoint] = []

    def add(self, step: int, loss: float) -> None:
        """Note the loss of a step."""
        self._points.append(LossPoint(step, loss))
        if len(self._points) > KEPT:
            self._points = list(few(self._points))

    @property
    def losses(self) -> Losses:
        """The curve so far."""
        return Losses(self.name, few(self._points))
