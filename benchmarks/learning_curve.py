"""A learning curve as a table for other programs and as a picture."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 800, 420, 60, 40, 20


class Point(NamedTuple):
    """Where a run stood."""

    seconds: float
    """Since it began, validations included."""
    step: int
    epochs: float
    rate: float
    """Of learning."""
    train: float
    """Nats per character, smoothed, with dropout on."""
    validation: float
    """Nats per character on the whole validation part."""


def write_table(points: Sequence[Point], path: Path) -> None:
    """Write comma-separated values, a line for each point under the names of the columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(Point._fields)
        for point in points:
            writer.writerow([point.step if name == "step" else f"{getattr(point, name):.6g}" for name in Point._fields])


def write_picture(points: Sequence[Point], path: Path, marks: Sequence[float], title: str) -> None:
    """Draw the validation loss against the minutes, as SVG.

    Args:
        points: At least one.
        path: Where to.
        marks: Losses that get a line of their own.
        title: Stands above.
    """
    minutes = max(points[-1].seconds / 60.0, 1e-9)
    low = min(*marks, *(point.validation for point in points)) - 0.02
    high = low + 0.45

    def x(point: Point) -> float:
        return LEFT + point.seconds / 60.0 / minutes * (WIDTH - LEFT - 20)

    def y(loss: float) -> float:
        return ABOVE + (high - min(loss, high)) / (high - low) * (HEIGHT - ABOVE - BELOW)

    def text(at_x: float, at_y: float, words: str, anchor: str = "start") -> str:
        return f'<text x="{at_x:.1f}" y="{at_y:.1f}" text-anchor="{anchor}">{words}</text>'

    curve = " ".join(f"{x(point):.1f},{y(point.validation):.1f}" for point in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="monospace" '
        'font-size="13" fill="#444"><rect width="100%" height="100%" fill="white"/>',
        text(LEFT, 15, title),
    ]
    for mark in marks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="#bbb"/>')
        parts.append(text(LEFT - 6, y(mark) + 4, f"{mark:g}", "end"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = LEFT + share * (WIDTH - LEFT - 20)
        parts.append(text(at, HEIGHT - 15, f"{share * minutes:.0f} min", "end" if share == 1.0 else "middle"))
    parts.append(f'<polyline points="{curve}" fill="none" stroke="#2a6fb0" stroke-width="2"/></svg>')
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")
