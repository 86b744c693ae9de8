"""How much room a window has, and what that is called in the stylesheet."""

from __future__ import annotations

from textual.geometry import Size

LEAST_WIDTH, LEAST_HEIGHT = 40, 12
"""With fewer cells there is nothing but the wish for more."""
AMPLE_WIDTH, AMPLE_HEIGHT = 120, 36
WIDTHS = [(0, "-tiny"), (LEAST_WIDTH, "-slim"), (76, "-narrow"), (AMPLE_WIDTH, "-wide"), (160, "-broad")]
HEIGHTS = [(0, "-flat"), (LEAST_HEIGHT, "-short"), (20, "-middle"), (AMPLE_HEIGHT, "-tall"), (52, "-grand")]
"""From how many columns and rows on the screen has which class; it has one of each."""


def is_ample(size: Size) -> bool:
    """Tell whether all panels have room at once: no tabs, no strip, no notice."""
    return size.width >= AMPLE_WIDTH and size.height >= AMPLE_HEIGHT


def room_classes(size: Size) -> list[str]:
    """Return the classes of a window of this size."""
    return [
        max((least, name) for least, name in steps if least <= cells)[1]
        for cells, steps in ((size.width, WIDTHS), (size.height, HEIGHTS))
    ]
