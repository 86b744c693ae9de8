"""Text that goes round in a circle, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from model.config import SamplingSettings
from tui.keymap import keys_in_force

WINDOW: Final = 200
"""Characters that all have to repeat."""
LONGEST: Final = 50
"""Of what is repeated: it then stands there four times."""
COOL: Final = 1.0
"""Temperature below which a circle is the sampling's doing; from there on it is the text's own way."""


def period(text: str) -> int | None:
    """Return after how many characters the last `WINDOW` of `text` repeat; None if they do not, or are too few."""
    tail = text[-WINDOW:]
    if len(tail) < WINDOW:
        return None
    last = tail[-1]
    for length in range(1, LONGEST + 1):
        if tail[-1 - length] == last and tail[length:] == tail[:-length]:
            return length
    return None


def advice(text: str, sampling: SamplingSettings, room: int = 80, keys: Mapping[str, str] | None = None) -> str:
    """Return what to say of the end of `text` in `room` cells; empty where it does not go round, or no knob helps.

    `keys` tells what is pressed for each key's id, None that these are the usual ones.
    """
    if period(text) is None:
        return ""
    if sampling.top_k == 1:
        what, knob = "let more in with", "top-k-up"
    elif sampling.temperature < COOL:
        what, knob = "warm it up with", "temperature-up"
    else:
        return ""
    key = (keys_in_force({}) if keys is None else keys)[knob]
    whole = f"It repeats itself: {what} {key}"
    return whole if len(whole) <= room else f"It repeats itself: {key}"
