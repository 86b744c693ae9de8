"""What a network wrote at an earlier step, as it is told to the app: frozen values, light to import."""

from __future__ import annotations

from msgspec import Struct

from model.config import SamplingSettings


class Words(Struct, frozen=True):
    """The words of a passage, of three letters and more, what was given left out."""

    count: int
    known: tuple[tuple[int, int], ...]
    """Of those that are words of the text it learns from: first index into the passage, and the one behind the last."""


class Past(Struct, frozen=True):
    """A passage by the network as it was after a step; told again as soon as more is known of it."""

    step: int
    text: str
    seed: int
    """As it was asked for, like the next one."""
    sampling: SamplingSettings
    given: int = 0
    """Characters at its beginning that are the prime."""
    whole: bool = True
    """Whether all of it is written."""
    words: Words | None = None
    """None until the words of the text are known."""
    loss: float | None = None
    """On validation text, nats per character; None until it has been measured."""
