"""The numbers of training, as many as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from textual.content import Content

from model.protocol import Gauges
from tui import units
from tui.units import LossUnit

LABEL = 11
VALUE = 8
WIDE = 32
"""Cells that the table needs."""


class Number(NamedTuple):
    """One line of the table."""

    label: str
    value: str
    remark: str
    short: str
    """The same where everything stands in a line."""
    rank: int
    """The lower, the longer it stays when room gets scarce."""


def chance(gauges: Gauges) -> float | None:
    """Return the loss of a guess among all characters alike, in nats per character; None before there is a text."""
    return math.log(len(gauges.vocabulary)) if gauges.vocabulary else None


def seconds_left(gauges: Gauges) -> float | None:
    """Return how long a run with a planned end has still to go; None for one without, and where nobody can say."""
    training, step_seconds = gauges.training, gauges.step_seconds
    if training is None or training.schedule != "cosine" or not step_seconds or not math.isfinite(step_seconds):
        return None
    steps = training.schedule_steps - gauges.step
    # what a step takes, without the validations in between and the rests where not all of a core may be taken
    working = max(0.1, 1.0 - gauges.validation_share) * gauges.share
    return steps * step_seconds / working if steps > 0 else None


def numbers(gauges: Gauges, unit: LossUnit = LossUnit.NATS) -> list[Number]:
    """Return what there is to say about training, in the order of the screen."""
    train, validation = unit.show(gauges.train_loss), unit.show(gauges.validation_loss)
    speed = units.rate(gauges.chars_per_second)
    clock = units.duration(gauges.training_seconds)
    best = unit.show(gauges.best_validation_loss)
    share = units.percent(gauges.validation_share)
    guess, left = chance(gauges), seconds_left(gauges)
    step = units.whole(gauges.step)
    step = step if len(step) <= VALUE else units.characters(gauges.step)
    return [
        Number("step", step, f"epoch {units.short(gauges.epochs, 2)}", f"step {step}", 2),
        Number("train", train, unit.beside(gauges.train_loss), f"train {train}", 0),
        Number("validation", validation, unit.beside(gauges.validation_loss), f"val {validation}", 1),
        Number("best", best, "", f"best {best}", 5),
        Number("speed", speed, "characters" if gauges.share == 1.0 else "at work", speed, 3),
        Number("time", clock, "" if left is None else f"{units.roughly(left)} left", clock, 4),
        Number("parameters", units.characters(gauges.parameters), "", "", 6),
        Number("validating", share, "of the time", "", 7),
        Number("by chance", unit.show(guess), unit.beside(guess), "", 8),
    ]


def table(gauges: Gauges, rows: int, unit: LossUnit = LossUnit.NATS) -> Content:
    """Return the `rows` most important numbers, one to a row, in the order of the screen."""
    kept = [number for number in numbers(gauges, unit) if number.rank < rows]
    lines = [
        Content.assemble(
            (f"{number.label:<{LABEL}}", "$foreground-muted"),
            (f"{number.value:>{VALUE}}  ", "bold"),
            (number.remark, "$foreground-muted"),
        )
        for number in kept
    ]
    return Content("\n").join(lines)


def line(gauges: Gauges, width: int, unit: LossUnit = LossUnit.NATS) -> Content:
    """Return as many numbers as fit in a row of `width` cells, the most important first."""
    parts: list[str] = []
    used = 0
    for number in sorted(numbers(gauges, unit), key=lambda number: number.rank):
        if number.short and used + len(number.short) <= width:
            parts.append(number.short)
            used += len(number.short) + 2
    return spaced(parts)


def spaced(parts: Sequence[str]) -> Content:
    """Return short numbers side by side, their names in a quieter shade."""
    pieces: list[tuple[str, str]] = []
    for part in parts:
        name, _, value = part.rpartition(" ") if part[:1].isalpha() else ("", "", part)
        pieces.append((f"{name} " if name else "", "$foreground-muted"))
        pieces.append((f"{value}  ", "bold"))
    return Content.assemble(*pieces)
