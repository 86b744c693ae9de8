"""Values between -1 and 1 as shades: one colour below zero, another above, the page's own between."""

from __future__ import annotations

import math
from typing import Final

from rich.style import Style
from textual.color import Color

from model.neurons import FULL
from tui.widgets.unit_trace import UNKNOWN

STEPS = 6
"""Shades on each side of zero: few, so that neighbours are often alike and the terminal is told little."""
ZERO, NOTHING = STEPS, 2 * STEPS + 1
"""The shade of a unit at rest, and that of what is not known."""
STRESS = 0.65
"""A power below 1 brings out small values: most are."""


def _level(byte: int) -> int:
    value = (byte - 256 if byte > FULL else byte) / FULL
    height = round(STEPS * math.pow(min(1.0, abs(value)), STRESS))
    return ZERO + height if value > 0 else ZERO - height


LEVELS: Final = bytes(NOTHING if byte == UNKNOWN else _level(byte) for byte in range(256))
"""For `bytes.translate`: the shade of each value's byte, 0 the lowest, `ZERO` at rest, 2 `STEPS` the highest."""

SIGNS: Final = "\u2261\u2261==-- \u2591\u2591\u2592\u2592\u2593\u2588 "
"""A sign for each shade where colours cannot be mixed."""


LEGEND: Final = ("-1", "", "\u00b7", "", "\u00b7", "", "0", "", "\u00b7", "", "\u00b7", "", "+1", "")
"""A word for each shade; some go without."""
EXTREME = STEPS - 1
"""Steps from zero at which letters are bold, and above zero italic: to be seen without colours too."""


def palette(low: Color, zero: Color, high: Color) -> list[Color]:
    """Return the colour of each shade, from `low` through `zero` to `high`, that of `NOTHING` last."""
    below = [low.blend(zero, step / STEPS) for step in range(STEPS)]
    above = [zero.blend(high, step / STEPS) for step in range(1, STEPS + 1)]
    return [*below, zero, *above, zero]


def letters(plain: Style, colors: list[Color]) -> tuple[Style, ...]:
    """Return the style of letters in each shade, on the page's own ground."""
    styles = [
        plain
        + Style(
            color=color.rich_color,
            bold=abs(shade - ZERO) >= EXTREME or None,
            italic=shade - ZERO >= EXTREME or None,
        )
        for shade, color in enumerate(colors[:NOTHING])
    ]
    return (*styles, plain)
