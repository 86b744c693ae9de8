"""A loss curve in a few cells of one line."""

from __future__ import annotations

from model.curve import Curve

EIGHTHS = "▁▂▃▄▅▆▇█"


def trend(curve: Curve, cells: int) -> str:
    """Return the losses as bars, evenly over the steps; blank where there are fewer than two."""
    points = curve.losses if len(curve.losses) >= 2 else curve.validations
    if len(points) < 2 or cells < 1:
        return " " * max(0, cells)
    first, span = points[0].step, points[-1].step - points[0].step + 1
    columns: list[list[float]] = [[] for _ in range(cells)]
    for point in points:
        columns[(point.step - first) * cells // span].append(point.loss)
    means, latest = [], points[0].loss
    for column in columns:
        latest = sum(column) / len(column) if column else latest
        means.append(latest)
    lowest, highest = min(means), max(means)
    share = (len(EIGHTHS) - 1) / (highest - lowest) if highest > lowest else 0.0
    return "".join(EIGHTHS[round((mean - lowest) * share)] for mean in means)
