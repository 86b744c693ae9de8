"""A share as a bar of eighths of a cell, with a mark at another share and a ghost that reaches up to it."""

from __future__ import annotations

import math
from typing import Literal

Part = Literal["fill", "ghost", "tick", "notch", "rest"]
"""Of a bar: what is full; what is wanting to the mark; the mark outside and inside of what is full; nothing."""

PARTS = " \u258f\u258e\u258d\u258c\u258b\u258a\u2589"
FULL, GHOST, TICK = "\u2588", "\u254c", "\u2502"


def bar(share: float, mark: float, width: int) -> list[tuple[str, Part]]:
    """Return a bar of `width` cells in runs of text, each of one kind.

    Args:
        share: What is full, in [0, 1]; whatever is above 0 can be seen.
        mark: Where the mark stands, in [0, 1]; where the bar ends in the same cell, there is none.
        width: Cells.
    """
    eighths = _within(share, 8 * width)
    if not eighths and share > 0.0:
        eighths = 1
    full, part = divmod(eighths, 8)
    at = _within(mark, 8 * width) // 8
    at = min(at, width - 1)
    marked = at != min(full, width - 1)
    cells: list[tuple[str, Part]] = []
    for cell in range(width):
        if marked and cell == at:
            cells.append((TICK, "notch" if cell < full else "tick"))
        elif cell < full:
            cells.append((FULL, "fill"))
        elif cell == full and part:
            cells.append((PARTS[part], "fill"))
        else:
            cells.append((GHOST, "ghost") if marked and cell < at else (" ", "rest"))
    return merged(cells)


def line(share: float, mark: float, width: int) -> list[tuple[str, Part]]:
    """Return a thin bar of `width` cells with its mark, in runs of text."""
    full, at = _within(share, width), min(_within(mark, width), width - 1)
    cells: list[tuple[str, Part]] = [("\u2501", "fill") if cell < full else ("\u2500", "rest") for cell in range(width)]
    if width > 0 and at != full:
        cells[at] = (TICK, "tick")
    return merged(cells)


def merged(cells: list[tuple[str, Part]]) -> list[tuple[str, Part]]:
    """Join neighbours of one kind."""
    runs: list[tuple[str, Part]] = []
    for text, part in cells:
        if runs and runs[-1][1] == part:
            runs[-1] = (runs[-1][0] + text, part)
        else:
            runs.append((text, part))
    return runs


def _within(share: float, steps: int) -> int:
    """Return a share in whole steps; what is no number is nothing."""
    return round(min(max(share, 0.0), 1.0) * steps) if math.isfinite(share) else 0
