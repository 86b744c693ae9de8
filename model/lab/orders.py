"""What is said to the process that experiments run in, and what it answers. All values are frozen."""

from __future__ import annotations

from msgspec import Struct

from model.lab.frames import Frame


class Begin(Struct, frozen=True):
    """Begin an experiment, which learns at once; the one before is dropped."""

    name: str
    seed: int = 0
    file: str | None = None
    """Pictures for `digits`; None draws them."""
    planned_steps: int | None = None
    """Length of the experiment; None is its own."""
    cell: str = "lstm"
    """Of the network, where the experiment has but one."""
    number: int = 0
    """Of the order, for whoever gives several: answers have that of the newest."""


class Go(Struct, frozen=True):
    """Learn on, or rest."""

    going: bool


class TurnPage(Struct, frozen=True):
    """Show another example."""


class Ask(Struct, frozen=True):
    """Answer now; one question has one answer."""


Order = Begin | Go | TurnPage | Ask


class Answer(Struct, frozen=True):
    """How it stands."""

    number: int
    """Of the order that it was begun by."""
    frame: Frame
    seconds: float
    """Of learning so far."""
    going: bool
    """Whether it learns."""


class Trouble(Struct, frozen=True):
    """Why there is nothing to show, for people."""

    number: int
    """Of the order that could not be carried out."""
    sentence: str
