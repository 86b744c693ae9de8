"""What may be written next, as it crosses the border: frozen values, light to import."""

from __future__ import annotations

from msgspec import Struct


class Candidate(Struct, frozen=True):
    """A character that may come next."""

    symbol: str
    raw: float
    """Its probability in the network's own opinion: at temperature 1 and with nothing cut."""
    probability: float
    """Its probability under the settings in force."""
    cut: bool = False
    """Whether top-k or top-p leaves it out."""


class Outlook(Struct, frozen=True):
    """The coming character, before it is drawn."""

    candidates: tuple[Candidate, ...]
    """The likeliest, likeliest first; temperature does not change their order."""
    entropy: float
    """Surprise to be expected under the settings in force, in nats."""
    raw_entropy: float
    """The same at temperature 1 and with nothing cut."""
    after: str = ""
    """The character that it follows; empty where a text begins."""
    drawn: float | None = None
    """With what probability that one was drawn; None where it was given."""
