"""A line for each earlier run, in columns, as many as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from textual.content import Content

from tui import units
from tui.earlier_run import EarlierRun
from tui.sanitize import sanitize_line
from tui.since import since
from tui.units import LossUnit
from tui.widgets.race_chart import INKS
from tui.widgets.trend import trend

FAINT = "$foreground-muted"
FRONT = 4
"""Cells of the two signs before a name."""
LEAST_NAME, MOST_NAME = 12, 26
TREND = 14


class Look(NamedTuple):
    """How rows are looked at."""

    width: int
    """Cells."""
    unit: LossUnit
    now: datetime
    longest: int
    """Cells of the longest name."""


class Column(NamedTuple):
    """One fact of each run."""

    title: str
    width: int
    value: Callable[[EarlierRun, Look], str]
    worth: int
    """Of those that do not all fit, the ones with the lowest go."""
    right: bool = False
    """Whether it stands at the right, as numbers do."""


COLUMNS = (
    Column("text", 14, lambda run, _look: sanitize_line(run.corpus), 1),
    Column("network", 11, lambda run, _look: sanitize_line(run.network), 4),
    Column("steps", 9, lambda run, _look: units.whole(run.step), 7, right=True),
    Column("loss", 6, lambda run, look: look.unit.show(run.loss), 8, right=True),
    Column("trained", 8, lambda run, _look: units.duration(run.seconds), 2, right=True),
    Column("saved", 12, lambda run, look: since(run.when, look.now) if run.when else "", 5),
    Column("", TREND, lambda run, _look: trend(run.curve, TREND), 6),
)


def columns(look: Look) -> tuple[int, list[Column]]:
    """Return how wide the names are, and the columns behind them that have room."""
    name = min(MOST_NAME, max(LEAST_NAME, look.longest))
    room = look.width - FRONT - name
    kept: list[Column] = []
    for column in sorted(COLUMNS, key=lambda column: -column.worth):
        if column.width + 2 > room:
            if kept or column.width + 2 > room + name - LEAST_NAME:
                break
            name -= column.width + 2 - room  # what matters most is told, whatever the names are
            room = column.width + 2
        kept.append(column)
        room -= column.width + 2
    return name, sorted(kept, key=COLUMNS.index)


def heading(look: Look) -> Content:
    """Return what stands above the rows."""
    name, shown = columns(look)
    return Content.styled(
        " " * FRONT + f"{'name':<{name}}" + "".join(_cell(column, column.title) for column in shown), FAINT
    )


def row(run: EarlierRun, look: Look, *, present: bool, mark: int | None) -> Content:
    """Return the row of a run.

    Args:
        run: Which.
        look: How it is looked at.
        present: Whether it is the one that is going on.
        mark: Which of those that are compared it is; None where it is none.
    """
    width, shown = columns(look)
    parts: list[Content | tuple[str, str]] = [
        ("\u25cf " if present else "  ", "$accent"),
        ("  ", "") if mark is None else ("\u2713 ", INKS[mark]),
        (cut(sanitize_line(run.name), width), "" if mark is None else f"bold {INKS[mark]}"),
    ]
    for column in shown:
        style = FAINT if column.title in ("trained", "saved") else "$primary" if column.width == TREND else ""
        parts.append((_cell(column, column.value(run, look)), style))
    return Content.assemble(*parts)


def _cell(column: Column, text: str) -> str:
    shown = cut(text, column.width)
    return "  " + (f"{shown.rstrip():>{column.width}}" if column.right else shown)


def cut(text: str, width: int) -> str:
    """Return `text` in exactly `width` cells; what is too long ends with a sign for that."""
    content = Content(text)
    if content.cell_length > width:
        content = content.truncate(width, ellipsis=True)
    return content.plain + " " * (width - content.cell_length)


def look_of(runs: Sequence[EarlierRun], width: int, unit: LossUnit, now: datetime) -> Look:
    """Return how these are looked at."""
    longest = max((Content(sanitize_line(run.name)).cell_length for run in runs), default=0)
    return Look(width, unit, now, longest)
