"""How well one colour can be read on another, and colours that are made readable (WCAG 2.2, section 1.4.3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from textual.color import BLACK, WHITE, Color

TEXT: Final = 4.5
"""Least contrast of letters to their ground."""
STEPS = 40


def luminance(color: Color) -> float:
    """Return the relative luminance, from 0 for black to 1 for white."""
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in color.normalized
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """Return the contrast of two colours, from 1 where they are alike to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def strengthened(color: Color, ground: Color, least: float = TEXT) -> Color:
    """Return the colour, on its way to black or white only as far as it takes to be read on `ground`."""
    end = BLACK if contrast(BLACK, ground) > contrast(WHITE, ground) else WHITE
    return next((step for step in between(color, end) if contrast(step, ground) >= least), end)


def softened(color: Color, ground: Color, share: float, least: float) -> Color:
    """Return `share` of the colour on `ground`, or as much more of it as it takes to be read there."""
    start = ground.blend(color, share)
    return next((step for step in between(start, color) if contrast(step, ground) >= least), color)


def dimmed(color: Color, ground: Color, most: float) -> Color:
    """Return the colour, on its way to `ground` only as far as it takes to have no more contrast than `most`."""
    return next((step for step in between(color, ground) if contrast(step, ground) <= most), ground)


def between(start: Color, end: Color) -> Iterator[Color]:
    """Yield colours on the way from one to another, without that."""
    return (start.blend(end, step / STEPS) for step in range(STEPS))
