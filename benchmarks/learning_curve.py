"""A learning curve as a table for other programs and as a picture, and a picture of several."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 800, 420, 60, 40, 20
BEGIN = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" font-family="monospace" '
    'font-size="13" fill="#444"><rect width="100%" height="100%" fill="white"/>'
)
STROKES = (("#c2571a", ""), ("#3d8b4b", ""), ("#2a6fb0", ""), ("#111", "2 6"), ("#8250a8", ""))
"""Colour and dashes of the curves of one picture, in turn; what is below a dashed one is seen through it."""


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

    curve = " ".join(f"{x(point):.1f},{y(point.validation):.1f}" for point in points)
    parts = [BEGIN, text(LEFT, 15, title)]
    for mark in marks:
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="#bbb"/>')
        parts.append(text(LEFT - 6, y(mark) + 4, f"{mark:g}", "end"))
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = LEFT + share * (WIDTH - LEFT - 20)
        parts.append(text(at, HEIGHT - 15, f"{share * minutes:.0f} min", "end" if share == 1.0 else "middle"))
    parts.append(f'<polyline points="{curve}" fill="none" stroke="#2a6fb0" stroke-width="2"/></svg>')
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def write_curves(
    curves: Mapping[str, Sequence[tuple[int, float]]], path: Path, floor: float, top: float, title: str
) -> None:
    """Draw several losses against steps, as SVG.

    Args:
        curves: Steps and losses by name, at least one curve with one point.
        path: Where to.
        floor: The least there can be; gets a line of its own.
        top: The loss at the upper edge, where what is higher is drawn too.
        title: Stands above.
    """
    last = max(1, *(step for curve in curves.values() for step, _ in curve))
    low = floor - 0.05 * (top - floor)

    def x(step: float) -> float:
        return LEFT + step / last * (WIDTH - LEFT - 20)

    def y(loss: float) -> float:
        return ABOVE + (top - min(loss, top)) / (top - low) * (HEIGHT - ABOVE - BELOW)

    parts = [BEGIN, text(LEFT, 15, title)]
    for mark in (floor, *(floor + share * (top - floor) for share in (0.25, 0.5, 0.75))):
        colour = "#444" if mark == floor else "#ddd"
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="{colour}"/>')
        parts.append(text(LEFT - 6, y(mark) + 4, f"{mark:.2f}", "end"))
    parts += [text(x(share * last), HEIGHT - 15, f"{share * last:.0f}", "middle") for share in (0.0, 0.25, 0.5, 0.75)]
    parts.append(text(x(last), HEIGHT - 15, f"{last} steps", "end"))
    for index, (name, curve) in enumerate(curves.items()):
        colour, dashes = STROKES[index % len(STROKES)]
        stroke = f'fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes or "none"}"'
        at = ABOVE + 25 + 18 * index
        line = " ".join(f"{x(step):.1f},{y(loss):.1f}" for step, loss in curve)
        parts.append(f'<polyline points="{line}" {stroke}/>')
        parts.append(f'<polyline points="{WIDTH - 210},{at - 4} {WIDTH - 170},{at - 4}" {stroke}/>')
        parts.append(text(WIDTH - 160, at, name))
    parts.append("</svg>")
    path.write_text("\n".join(parts) + "\n", encoding="utf-8")


def text(x: float, y: float, words: str, anchor: str = "start") -> str:
    """Words of a picture."""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{words}</text>'
