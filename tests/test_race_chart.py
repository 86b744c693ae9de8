"""The chart of a race, and what it is made from."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from model.config import NetworkSettings, TrainingSettings
from model.protocol import Fairness, Gauges, LossPoint, RunState, RunUpdate
from tui.lanes import MOST_POINTS, Curve, Lane, Standing, characters_read, leader, standings
from tui.units import LossUnit
from tui.widgets.race_plot import RacePlot, apart, by_column, round_share, spans
from tui.widgets.race_table import sample, table

from scripted_session import GAUGES


def curve(name: str, end: float, *, points: int = 200) -> Curve:
    training = tuple(LossPoint(100 * x, end + 2.5 / (1 + x / 9)) for x in range(points))
    validation = tuple(LossPoint(100 * x, end + 0.1 + 2.5 / (1 + x / 9)) for x in range(20, points, 20))
    return Curve(name, training, validation)


CURVES = (curve("RNN", 1.9), curve("GRU", 1.6), curve("LSTM", 1.4))


def drawn(
    curves: tuple[Curve, ...], width: int, height: int, fairness: Fairness = "time", unit: LossUnit = LossUnit.NATS
) -> list[str]:
    plot = RacePlot(curves, fairness, unit, width, height)
    styles = dict.fromkeys(
        ["", "axis", "rule", *(f"{kind}-{number}" for kind in ("line", "shade", "name") for number in range(4))]
    )
    return [strip.text for strip in plot.canvas.strips(styles)]  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- the chart


def test_each_curve_is_named_at_its_end_in_the_order_of_the_losses() -> None:
    rows = drawn(CURVES, 80, 14)
    named = [row.split()[-1] for row in rows if row.rstrip()[-3:] in ("RNN", "GRU", "STM")]
    assert named == ["RNN", "GRU", "LSTM"]


def test_curves_that_end_alike_are_named_one_below_the_other() -> None:
    same = tuple(replace(CURVES[0], name=name) for name in ("A", "B", "C", "D"))
    rows = drawn(same, 80, 8)
    assert [row.rstrip()[-1] for row in rows if row.rstrip()[-1:] in "ABCD" and row.strip()] == ["A", "B", "C", "D"]


def test_of_curves_that_end_in_one_row_the_worst_is_named_on_top() -> None:
    close = tuple(curve(name, end) for name, end in (("A", 1.4), ("B", 1.402), ("C", 1.401)))
    rows = drawn(close, 80, 14)
    assert [row.rstrip()[-1] for row in rows if row.rstrip()[-1:] in "ABC" and row.strip()] == ["B", "C", "A"]


def test_the_axis_is_time_or_characters() -> None:
    assert "time 0:00" in drawn(CURVES, 80, 14, "time")[-1]
    assert "0:10" in drawn(CURVES, 80, 14, "time")[-1]
    assert "read 0" in drawn(CURVES, 80, 14, "characters")[-1]
    assert "10k" in drawn(CURVES, 80, 14, "characters")[-1]


def test_losses_are_drawn_in_the_unit_that_was_chosen() -> None:
    nats, bits = drawn(CURVES, 80, 14), drawn(CURVES, 80, 14, unit=LossUnit.BITS)
    assert [row[:5] for row in nats] != [row[:5] for row in bits]


def test_validation_is_drawn_over_training_and_each_racer_has_a_dash_of_its_own() -> None:
    plot = RacePlot(CURVES, "time", LossUnit.NATS, 80, 14)
    inks = {plot.canvas._inks[y][x] for y in range(14) for x in range(80)}
    assert {f"{kind}-{number}" for kind in ("line", "shade", "name") for number in range(3)} <= inks
    assert len({sample(number) for number in range(4)}) == 4


@pytest.mark.parametrize("size", [(1, 1), (2, 1), (5, 3), (27, 4), (28, 5), (55, 6), (56, 9), (200, 40)])
@pytest.mark.parametrize("fairness", ["time", "characters"])
def test_a_chart_of_any_size_fills_it_and_no_more(size: tuple[int, int], fairness: Fairness) -> None:
    rows = drawn(CURVES, *size, fairness=fairness)
    assert [len(row) for row in rows] == [size[0]] * size[1]


@pytest.mark.parametrize(
    "curves",
    [
        (Curve("A"), curve("B", 1.0)),
        (Curve("A", (LossPoint(0, 4.2),)), Curve("B")),
        (Curve("A", (), (LossPoint(7, 1e30),)), curve("B", 0.0)),
        tuple(Curve(name, tuple(LossPoint(x, 2.0) for x in range(50))) for name in "AB"),
        (Curve("a name that is longer than there is any room for at all", CURVES[0].training), Curve("\x1b[31m")),
    ],
)
def test_odd_curves_are_drawn_too(curves: tuple[Curve, ...]) -> None:
    for fairness in ("time", "characters"):
        rows = drawn(curves, 80, 12, fairness)
        assert all(len(row) == 80 for row in rows)
        assert "\x1b" not in "".join(rows)


def test_one_loss_far_above_the_rest_does_not_flatten_them() -> None:
    tall = Curve("A", (LossPoint(0, 400.0), *(LossPoint(x, 2.0 + x / 1e3) for x in range(1, 500))))
    rows = drawn((tall, Curve("B", (LossPoint(9, 2.1),))), 80, 12)
    assert sum(bool(row[8:70].strip()) for row in rows[:-1]) >= 8


def test_a_line_has_no_gaps_and_is_no_thicker_than_it_must_be() -> None:
    touched = list(spans([(0, 0), (4, 12), (6, 2)]))
    assert [x for x, _, _ in touched] == list(range(7))
    for (_, top, bottom), (_, next_top, next_bottom) in pairwise(touched):
        assert next_top <= bottom + 1 and next_bottom >= top - 1
    assert sum(bottom - top + 1 for _, top, bottom in touched) <= 1 + 12 + 10


def test_what_shares_a_column_is_drawn_at_its_mean() -> None:
    assert by_column([(3, 10), (0, 1), (3, 20)]) == [(0, 1), (3, 15)]


@pytest.mark.parametrize(
    ("rows", "height", "expected"),
    [
        ([3, 1, 2], 8, [3, 1, 2]),
        ([2, 2, 2], 8, [2, 3, 4]),
        ([7, 7, 7], 8, [5, 6, 7]),
        ([-4, 0, 90], 8, [0, 1, 7]),
        ([0, 0, 0], 2, [0, 1, None]),
        ([], 5, []),
    ],
)
def test_names_stand_apart_and_inside(rows: list[int], height: int, expected: list[int | None]) -> None:
    assert apart(rows, height) == expected


@pytest.mark.parametrize("least", [0.0, 1.0, 14.0, 999.0, 3.3e4, 7e6, 2e9])
@pytest.mark.parametrize("fairness", ["time", "characters"])
def test_numbers_below_are_round_and_far_enough_apart(least: float, fairness: Fairness) -> None:
    step = round_share(least, fairness)
    assert least <= step <= max(2.6 * least, 3_600_000 + least if least > 3.6e6 and fairness == "time" else 1000)
    assert str(step).rstrip("0") in ("1", "2", "5", "3", "6", "12", "18", "36") or step % 3_600_000 == 0


# ------------------------------------------------------------------------------------------- the lanes


def news(step: int, seconds: float, points: list[int], *, fresh: bool = False, **changes: object) -> RunUpdate:
    gauges = replace(GAUGES, step=step, training_seconds=seconds, **changes)
    return RunUpdate(gauges, fresh=fresh, losses=tuple(LossPoint(at, 2.0) for at in points), run="A")


def test_by_time_losses_are_placed_evenly_between_two_updates() -> None:
    lane = Lane("A", "time")
    lane.apply(news(10, 2.0, [5, 10], fresh=True))
    lane.apply(news(14, 6.0, [11, 12, 14]))
    assert [point.step for point in lane.curve.training] == [1000, 2000, 3000, 4000, 6000]


def test_by_characters_losses_are_placed_exactly() -> None:
    lane = Lane("A", "characters")
    lane.apply(news(10, 2.0, [5, 10], fresh=True, training=TrainingSettings(seq_length=10, batch_size=3)))
    assert [point.step for point in lane.curve.training] == [150, 300]
    assert characters_read(lane.gauges) == 300


def test_a_new_network_in_a_lane_begins_anew() -> None:
    lane = Lane("A", "time")
    lane.apply(news(100, 9.0, [100], fresh=True))
    lane.apply(news(2, 1.0, [1, 2], fresh=True))
    assert [point.step for point in lane.curve.training] == [500, 1000]


def test_a_long_race_is_kept_in_bounded_memory() -> None:
    lane = Lane("A", "time")
    for step in range(0, 20_000, 100):
        lane.apply(news(step + 100, step / 10 + 10, list(range(step + 1, step + 101)), fresh=step == 0))
    assert len(lane.curve.training) <= MOST_POINTS
    assert lane.curve.training[-1].step == pytest.approx(1000 * (19_900 / 10 + 10), rel=0.01)


def test_losses_that_are_no_numbers_are_left_out() -> None:
    lane = Lane("A", "time")
    lane.apply(replace(news(3, 1.0, [], fresh=True), losses=(LossPoint(1, math.nan), LossPoint(2, math.inf))))
    assert lane.curve.end is None


def test_a_racer_that_could_not_start_is_out() -> None:
    lane = Lane("A", "time")
    assert not lane.out
    lane.apply(RunUpdate(Gauges(state=RunState.EMPTY), run="A"))
    assert lane.out


def lane_with(name: str, **changes: object) -> Lane:
    lane = Lane(name, "time")
    lane.apply(replace(news(10, 1.0, [10], fresh=True, **changes), run=name))
    return lane


def test_the_lowest_validation_leads_among_those_who_race() -> None:
    lanes = [
        lane_with("A", validation_loss=1.9),
        lane_with("B", validation_loss=1.7),
        lane_with("C", validation_loss=1.2, state=RunState.DIVERGED),
        lane_with("D", validation_loss=1.8, state=RunState.PAUSED),
    ]
    found = standings(lanes)
    assert [standing.place for standing in found] == [3, 1, None, 2]
    assert leader(found) == "B"


def test_nobody_leads_before_there_is_a_loss() -> None:
    assert leader(standings([Lane("A", "time"), Lane("B", "time")])) is None


def test_nobody_leads_before_anyone_has_trained_for_a_second() -> None:
    quick, slow, gone = (Lane(name, "time") for name in "ABC")
    quick.apply(replace(news(90, 0.9, [90], fresh=True), run="A"))
    slow.apply(replace(news(5, 0.8, [5], fresh=True), run="B"))
    gone.apply(replace(news(2, 1.9, [2], fresh=True, state=RunState.DIVERGED), run="C"))
    assert [standing.place for standing in standings([quick, slow, gone])] == [1, 2, None]
    assert leader(standings([quick, slow, gone])) is None
    quick.apply(replace(news(99, 1.0, [99]), run="A"))
    assert leader(standings([quick, slow, gone])) == "A"


# ------------------------------------------------------------------------------------------- the table

STANDINGS = tuple(
    Standing(name, replace(GAUGES, network=NetworkSettings()), place) for name, place in (("RNN", 2), ("LSTM", 1))
)


@pytest.mark.parametrize(("width", "titles"), [(54, 4), (40, 3), (34, 2), (24, 1), (10, 0)])
def test_columns_without_room_are_left_out_whole(width: int, titles: int) -> None:
    lines = str(table(STANDINGS, width, LossUnit.NATS)).splitlines()
    assert lines[0].split() == ["place", "by", "val", "val", "train", "speed", "size"][: titles + 3]
    assert all(len(line) <= max(width, 15) for line in lines)


def test_numbers_stand_below_their_titles() -> None:
    head, *rows = str(table(STANDINGS, 54, LossUnit.NATS)).splitlines()
    for title in ("val", "train", "size"):
        end = head.rindex(title) + len(title)
        assert all(row[end - 1] != " " and row[end : end + 1] in ("", " ") for row in rows)


@pytest.mark.parametrize(
    ("changes", "heading"),
    [
        ({"validation_loss": 1.7}, "place by val"),
        ({"validation_loss": None}, "place by train"),
        ({"validation_loss": None, "state": RunState.DIVERGED}, "place by val"),  # who is out is not waited for
    ],
)
def test_the_heading_says_which_loss_decides(changes: dict[str, object], heading: str) -> None:
    found = standings([lane_with("A", validation_loss=1.9), lane_with("B", **changes)])
    head, first, second = str(table(found, 54, LossUnit.NATS)).splitlines()
    assert head.startswith(f"{heading} ")
    assert len(head) == len(first) == len(second)


def test_the_rows_have_air_between_them_where_that_is_wanted() -> None:
    assert str(table(STANDINGS, 54, LossUnit.NATS, heading=False, airy=True)).count("\n") == 2


def test_names_of_wide_letters_fit_into_the_chart() -> None:
    rows = drawn((curve("\u65e5\u672c\u8a9e\u306e\u5b9f\u9a13", 1.9), curve("e\u0301a", 1.4)), 80, 14)
    assert {cell_len(row) for row in rows} == {80}
    assert any(row.rstrip().endswith("\u65e5\u672c\u8a9e\u306e\u5b9f\u9a13") for row in rows)
    assert any(row.rstrip().endswith("e\u0301a") for row in rows)
