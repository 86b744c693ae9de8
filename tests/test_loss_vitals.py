"""Gates and health as small gauges, whatever is measured."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from model.config import TrainingSettings
from model.progress import Gate, Vitals
from model.protocol import Gauges
from tui.widgets.loss_numbers import WIDE
from tui.widgets.loss_vitals import gate_row, gauge, health, line, page, scientific

VITALS = Vitals(0.42, 1.2e-3, 0.3, (Gate("input", 0.12, 0.05), Gate("forget", 0.02, 0.45), Gate("output", 0.2, 0.31)))
GAUGES = Gauges(training=TrainingSettings(clip_norm=1.0), vitals=VITALS)
NUMBERS = st.floats(allow_nan=True, allow_infinity=True)


def test_with_room_all_is_told_with_a_word_on_what_is_healthy() -> None:
    rows = page(GAUGES, 9).plain.splitlines()
    assert rows[0].split() == ["gradient", "0.42", "bound", "1"]
    assert rows[1].split() == ["update", "1.2e-3", "healthy"]
    assert "healthy about 1e-3" in rows[3]
    assert [row.split()[0] for row in rows[5:]] == ["input", "forget", "output"]
    assert "2 %" in rows[6] and "45 %" in rows[6]
    assert all(len(row) <= WIDE for row in rows)


def test_where_rows_are_scarce_the_update_and_the_gates_stay() -> None:
    assert [row.split()[0] for row in page(GAUGES, 4).plain.splitlines()] == ["update", "input", "forget", "output"]


def test_a_gradient_that_was_cut_says_so() -> None:
    cut = replace(GAUGES, vitals=replace(VITALS, gradient_norm=3.1))
    assert "cut to 1" in page(cut, 9).plain
    unbounded = replace(GAUGES, training=TrainingSettings(clip_norm=0.0))
    assert "bound" not in page(unbounded, 9).plain


@pytest.mark.parametrize(
    ("ratio", "word"), [(1e-5, "small"), (1e-3, "healthy"), (5e-3, "healthy"), (0.02, "large"), (math.nan, "large")]
)
def test_an_update_ratio_has_a_word(ratio: float, word: str) -> None:
    assert health(ratio) == word


def test_the_needle_stands_in_the_middle_where_it_is_healthy() -> None:
    def needle(ratio: float) -> int:
        return gauge(ratio).plain.index("\u25cf")

    assert needle(0.0) == needle(1e-9) == 0
    assert needle(1e-3) == 9
    assert needle(1.0) == needle(math.inf) == 18
    assert needle(1e-4) < needle(1e-3) < needle(1e-2)


def test_a_gate_fills_from_the_end_that_it_is_at() -> None:
    row = gate_row(Gate("forget", 0.0, 1.0)).plain
    assert row.count("\u2501") == 9
    assert gate_row(Gate("forget", 0.4, 0.6)).plain.count("\u2500") == 0
    assert gate_row(Gate("forget", 0.0, 0.0)).plain.count("\u2501") == 0


def test_a_cell_without_gates_and_a_network_without_a_step_are_told() -> None:
    assert "no gates" in page(replace(GAUGES, vitals=replace(VITALS, gates=())), 9).plain
    assert "from the first step on" in page(Gauges(), 9).plain
    assert line(Gauges(), 80).plain == ""


@given(NUMBERS, NUMBERS, NUMBERS, NUMBERS, st.integers(1, 12), st.integers(0, 120))
def test_whatever_is_measured_is_shown(
    norm: float, ratio: float, shut: float, opened: float, rows: int, width: int
) -> None:
    gates = (Gate("reset", shut, opened), Gate("update", opened, shut))
    gauges = replace(GAUGES, vitals=Vitals(norm, ratio, shut, gates))
    shown = page(gauges, rows).plain
    assert len(shown.splitlines()) <= rows
    assert "nan" not in shown and "inf" not in shown
    assert all(len(row) <= WIDE for row in shown.splitlines())
    assert len(line(gauges, width).plain.rstrip()) <= width


def test_small_numbers_are_short() -> None:
    assert [scientific(value) for value in (0.0, 1.2e-3, 0.5, math.nan)] == ["0", "1.2e-3", "5.0e-1", "\u2013"]
