"""What an experiment shows: how far it is, how well it does, and an example of what it does. All values are frozen."""

from __future__ import annotations

from msgspec import Struct

from model.protocol import LossPoint

Numbers = tuple[float, ...]

END = "$"
"""How the end of a sequence is written."""


class Losses(Struct, frozen=True):
    """A learning curve."""

    name: str
    """Of the network."""
    points: tuple[LossPoint, ...]
    """In the experiment's unit; where they stood too close for a chart, each is the mean of several."""


class Frame(Struct, frozen=True, kw_only=True):
    """Where an experiment stands."""

    step: int
    planned_steps: int
    curves: tuple[Losses, ...]
    parameters: int
    """Weights, of all networks together."""

    @property
    def finished(self) -> bool:
        """Whether it has learnt all it is to learn."""
        return self.step >= self.planned_steps


class SineFrame(Frame, frozen=True, kw_only=True):
    """A network that goes on with a noisy sine; curve and errors are root mean squares."""

    next_error: float
    """Of the next value after 30 noisy ones."""
    free_error: float
    """Of that and the 29 values after it, which are said from what it said before."""
    repeat_error: float
    """Of the next value, by who repeats the last noisy one."""
    repeat_free_error: float
    """Of all 30, by who repeats that."""
    windows: int
    """Fresh stretches that the errors are measured on."""
    clean: Numbers
    """One of them, 60 points."""
    noisy: Numbers
    """The 30 that were read."""
    said: Numbers
    """What was said of points 1 to 59: of the first 30 one step ahead, of the others from what it said itself."""


class Counter(Struct, frozen=True):
    """How well one network counts."""

    name: str
    loss: float
    """On what it learns from, nats per sequence."""
    validation_loss: float
    determined: float
    """Share of the symbols after a b that it foresees in sequences of all n that were learnt from."""
    right: tuple[bool, ...]
    """Whether it foresees all of them, for n = 1, 2, ..."""
    said: tuple[str, ...]
    """Of the sequence of each n: the likeliest symbol after each that is read, an `END` for the end."""

    @property
    def right_up_to(self) -> int:
        """The n up to which it counts right without a gap."""
        return next((n for n, right in enumerate(self.right) if not right), len(self.right))


class CountingFrame(Frame, frozen=True, kw_only=True):
    """Networks that learn a^n b^n side by side."""

    counters: tuple[Counter, ...]
    floor: float
    """The least loss there can be on what they learn from, nats per sequence."""
    validation_floor: float
    """The loss on validation of who knows exactly what can be learnt."""
    learnt: int
    """Greatest n that they learn from."""
    example: int
    """The n of the sequence to look at."""


class DigitsFrame(Frame, frozen=True, kw_only=True):
    """A network that reads pictures of digits row by row."""

    data: str
    """What the pictures are."""
    pictures: int
    """Learnt from."""
    accuracy: float | None
    """Share of pictures put aside for validation that it recognises; None before it was measured."""
    measured: int
    """How many those are."""
    test_accuracy: float | None
    """The same of the test's pictures, once all is learnt."""
    tested: int
    page: int
    """Grows with every picture that is shown."""
    image: bytes
    """One of the test's, 28 x 28, row by row."""
    label: int
    beliefs: tuple[Numbers, ...]
    """What it takes it for after each row: the probabilities of 0 to 9."""
