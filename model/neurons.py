"""What single units of a network follow in a text, as it is told to the app."""

from __future__ import annotations

from msgspec import Struct

HIDDEN_ROWS = 512
"""Of how many characters, at most, the values of the units are sent with an update: the last ones."""

FULL = 127
"""A unit's value is sent as one signed byte: 1 is this, -1 is minus this."""


class Finding(Struct, frozen=True):
    """A property of the text, and the units that follow it best."""

    probe: str
    """For people: `inside quotes`."""
    units: tuple[tuple[int, float], ...]
    """Unit and Pearson correlation r, in [-1, 1], the strongest first; a unit below 0 falls where the property is."""

    @property
    def unit(self) -> int:
        """The one that follows it best."""
        return self.units[0][0]

    @property
    def r(self) -> float:
        """Its correlation."""
        return self.units[0][1]


class Neurons(Struct, frozen=True):
    """What the units of the last layer are about, by their values on a stretch of text that is never learnt from."""

    step: int
    """Of the network that was looked at."""
    characters: int
    """That it read for this."""
    findings: tuple[Finding, ...]
    """One for each property that varies in this text, that with the strongest unit first."""
    names: tuple[tuple[str, float], ...]
    """Of each of the H units the property that it follows best, and r; empty where nothing varies."""
