"""Inks: what the colour of each written character tells."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from rich.cells import get_character_cell_size

from model.protocol import Written
from tui.widgets.shades import LEGEND, NOTHING

SHADES = 8
"""Of the surprise; each is one bit."""
BOLD, ITALIC = 4, 6
"""Shades from which on a character is bold, and italic: seen without colours too. Copies alone are underlined."""


class Ink(Struct, frozen=True):
    """A way to colour what is written: each character has a shade, which was worked out when it came.

    A new ink is one more entry of `INKS`, and styles for its shades in the page.
    """

    name: str
    shades: Callable[[Written], bytes] | None = None
    """A shade for each character of what was written; None where all are alike."""
    legend: tuple[str, ...] = ()
    """What is said of the ink, then a word for each shade."""


def surprise(probability: float) -> int:
    """Return the shade of a character of this probability: its surprise in whole bits, `SHADES` - 1 at most."""
    if 0.0 < probability < 1.0:
        return min(SHADES - 1, int(-math.log2(probability)))
    return SHADES - 1 if probability == 0.0 else 0  # what is no number surprises nobody


def surprises(written: Written) -> bytes:
    """Return how surprising each character was, in shades; a mark without a cell takes that of its letter."""
    return fitted([surprise(probability) for probability in written.probabilities], written.text)


def fitted(shades: Sequence[int], text: str) -> bytes:
    """Return `shades` as bytes, as many as `text` has characters; a letter and its marks stay in one shade."""
    fit = bytearray(shades[: len(text)]).ljust(len(text), b"\0")
    if not text.isascii():
        for index in range(1, len(text)):
            if get_character_cell_size(text[index]) == 0:
                fit[index] = fit[index - 1]
    return bytes(fit)


PLAIN = Ink("plain")
SURPRISE = Ink("surprise", surprises, ("surprise in bits ", *map(str, range(SHADES - 1)), f"{SHADES - 1}+"))

NEURON = Ink("neuron", lambda written: bytes([NOTHING]) * len(written.text), ("", *LEGEND))
"""Its shades come later than the characters, and all anew with another unit."""

INKS: dict[str, Ink] = {ink.name: ink for ink in (PLAIN, SURPRISE, NEURON)}
"""By name, in the order in which a key goes through them."""


def next_ink(name: str) -> str:
    """Return the name of the ink after this one."""
    names = list(INKS)
    return names[(names.index(name) + 1) % len(names)] if name in INKS else PLAIN.name
