"""Gates and health: what a step does to the network, as small gauges with a word on what is healthy."""

from __future__ import annotations

import math

from textual.content import Content

from model.progress import Gate, Vitals
from model.protocol import Gauges
from tui import units
from tui.widgets.loss_numbers import LABEL, VALUE, spaced

HEALTHY = 1e-3
"""Of the update ratio: a rule of thumb from Karpathy's lectures."""
WITHIN = 6.0
"""Factor from it that is still called healthy."""
DECADES = 3
"""Powers of ten on either side of it that the gauge spans."""
GAUGE = 19
"""Cells of a gauge; odd, so that the healthy value has the middle."""
STUCK = 0.9
"""Share of gates of a kind at its ends from which on few still learn."""

Row = tuple[int, Content]
"""The lower the number, the longer the row stays when room gets scarce."""


def page(gauges: Gauges, rows: int) -> Content:
    """Return the `rows` most important lines on the health of the network."""
    vitals = gauges.vitals
    if vitals is None:
        return Content.styled("Measured from the first step on.", "$foreground-muted")
    lines = [*_step_rows(vitals, gauges), *_gate_rows(vitals)]
    kept = sorted(rank for rank, _ in lines)[:rows]
    return Content("\n").join(content for rank, content in lines if rank in kept)


def line(gauges: Gauges, width: int) -> Content:
    """Return the same in a row, as much as fits."""
    vitals = gauges.vitals
    if vitals is None:
        return Content()
    parts = [
        f"update {scientific(vitals.update_ratio)}",
        f"gradient {units.short(finite(vitals.gradient_norm), 2)}",
        *(f"{gate.name} {units.percent(gate.shut)}|{units.percent(gate.open)}" for gate in vitals.gates),
    ]
    kept: list[str] = []
    for part in parts:
        if sum(len(each) + 2 for each in kept) + len(part) <= width:
            kept.append(part)
    return spaced(kept)


def health(ratio: float) -> str:
    """Return a word on an update ratio."""
    if not math.isfinite(ratio) or ratio > HEALTHY * WITHIN:
        return "large"
    return "small" if ratio < HEALTHY / WITHIN else "healthy"


def _step_rows(vitals: Vitals, gauges: Gauges) -> list[Row]:
    ratio, norm = vitals.update_ratio, vitals.gradient_norm
    word = health(ratio)
    bound = gauges.training.clip_norm if gauges.training is not None else 0.0
    remark = "" if not bound or math.isinf(bound) else f"{'cut to' if norm > bound else 'bound'} {bound:g}"
    return [
        (4, number("gradient", units.short(finite(norm), 2), remark)),
        (0, number("update", scientific(ratio), word, good=word == "healthy")),
        (5, Content.assemble(" " * LABEL, gauge(ratio))),
        (7, Content.styled(" " * LABEL + f"{'healthy about 1e-3':^{GAUGE}}", "$foreground-muted")),
    ]


def _gate_rows(vitals: Vitals) -> list[Row]:
    if not vitals.gates:
        return [(1, Content.styled("This kind of cell has no gates.", "$foreground-muted"))]
    heading = f"{'gates':<{LABEL}}{'near 0':<9}{'near 1':>10}"
    rows = [(6, Content.styled(heading, "$foreground-muted"))]
    return rows + [(1 + place % 3, gate_row(gate)) for place, gate in enumerate(vitals.gates)]


def number(label: str, value: str, remark: str, *, good: bool = False) -> Content:
    """Return a line as in the table of numbers."""
    return Content.assemble(
        (f"{label:<{LABEL}}", "$foreground-muted"),
        (f"{value:>{VALUE}}  ", "bold"),
        (remark, "$success" if good else "$foreground-muted"),
    )


def gauge(ratio: float) -> Content:
    """Return an update ratio as a needle on a logarithmic line, in the middle of which is what is healthy."""
    decades = math.log10(ratio / HEALTHY) if 0.0 < ratio < math.inf else (-DECADES if ratio == 0.0 else DECADES)
    share = (min(max(decades, -DECADES), DECADES) + DECADES) / (2 * DECADES)
    needle = round(share * (GAUGE - 1))
    reach = round(math.log10(WITHIN) / (2 * DECADES) * (GAUGE - 1))
    cells = []
    for cell in range(GAUGE):
        inside = abs(cell - GAUGE // 2) <= reach
        sign = "\u25cf" if cell == needle else "\u2501" if inside else "\u2500"
        style = "bold $accent" if cell == needle else "$success 70%" if inside else "$foreground 25%"
        cells.append((sign, style))
    return Content.assemble(*cells)


def gate_row(gate: Gate) -> Content:
    """Return how far the gates of one kind go to their ends: shut from the left, open from the right."""
    bar = GAUGE - 10
    shut, opened = (min(max(share, 0.0), 1.0) if math.isfinite(share) else 0.0 for share in (gate.shut, gate.open))
    left = min(round(shut * bar), bar)
    right = min(round(opened * bar), bar - left)
    return Content.assemble(
        (f"{gate.name:<{LABEL}}", "$foreground-muted"),
        (f"{units.percent(shut):<5}", "bold"),
        ("\u2501" * left, "$primary"),
        ("\u2500" * (bar - left - right), "$foreground 25%"),
        ("\u2501" * right, "$accent"),
        (f"{units.percent(opened):>5}", "bold" if shut + opened < STUCK else "bold $warning"),
    )


def scientific(value: float) -> str:
    """Return a small number as `1.2e-3`."""
    if not math.isfinite(value):
        return units.NOTHING
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return "0" if value == 0.0 else f"{mantissa}e{int(exponent)}"


def finite(value: float) -> float:
    """Return a number that can be shown."""
    return min(value, units.MOST) if value >= 0.0 else 0.0
