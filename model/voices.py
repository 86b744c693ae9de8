"""Further samplers of one run: they write beside the main one, each in its own way, with the same network."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from msgspec import Struct

from corpora.vocabulary import Vocabulary
from model.config import SamplingSettings
from model.network import Network
from model.protocol import Written
from model.sampling import Sampler
from model.writer import Writer

MOST = 8
"""Voices at once, against a caller that forgets to let them go."""


class Voice(Struct, frozen=True):
    """A writer, and what it begins with again when there is another network."""

    writer: Writer
    seed: int
    prime: str


class Voices:
    """Holds writers by name. Those with one seed and one prime draw by the same random numbers, place by place."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._voices: dict[str, Voice] = {}

    def __iter__(self) -> Iterator[Writer]:
        """Go through the writers."""
        return (voice.writer for voice in self._voices.values())

    def begin(
        self, name: str, network: Network, vocabulary: Vocabulary, settings: SamplingSettings, seed: int, prime: str
    ) -> None:
        """Let a voice write from a fresh start, in the place of the one of its name."""
        if name not in self._voices and len(self._voices) >= MOST:
            return
        writer = Writer(Sampler(network, vocabulary, settings, np.random.default_rng(seed)), self._clock, name)
        writer.restart(prime)
        self._voices[name] = Voice(writer, seed, prime)

    def change_network(self, network: Network, vocabulary: Vocabulary) -> None:
        """Have each begin anew with another network."""
        for name, voice in list(self._voices.items()):
            self.begin(name, network, vocabulary, voice.writer.settings, voice.seed, voice.prime)

    def get(self, name: str) -> Writer | None:
        """Return the writer of a name."""
        voice = self._voices.get(name)
        return voice.writer if voice is not None else None

    def end(self, name: str) -> None:
        """Let a voice go."""
        self._voices.pop(name, None)

    def take(self) -> tuple[Written, ...]:
        """Hand out what they wrote since the last call."""
        return tuple(written for writer in self if (written := writer.take()) is not None)
