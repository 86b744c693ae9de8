"""A passage that was written to be kept, with all that it takes to write it again; light to import."""

from __future__ import annotations

from msgspec import Struct

from model.config import SamplingSettings


class Passage(Struct, frozen=True):
    """A text, and where it comes from."""

    text: str
    """The prime, as far as the network knows its characters, and what it wrote then."""
    prime: str
    length: int
    """Characters that were drawn."""
    seed: int
    """Of the random numbers."""
    sampling: SamplingSettings
    checkpoint: str
    """The file of the network that wrote it."""
    sha256: str
    """Of that file."""
    corpus: str
    """The name of the text that the network has learnt."""
    step: int
