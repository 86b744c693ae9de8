"""The chart: what is drawn where, and that nothing can break it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.app import App, ComposeResult

from model.progress import Event
from model.protocol import LossPoint
from tui.units import LossUnit
from tui.widgets.loss_axis import AXIS
from tui.widgets.loss_baselines import Baseline
from tui.widgets.loss_canvas import Canvas
from tui.widgets.loss_chart import INKS, LossChart
from tui.widgets.loss_history import LossHistory
from tui.widgets.loss_plot import BEST, CUT, DOT, EVENT_SIGNS, LossPlot
from tui.widgets.loss_record import MOST_EVENTS, LossRecord
from tui.widgets.loss_view import LossView, Zoom

STYLES = {ink: Style(color="red", bold=ink == "best") for ink in INKS} | {"": Style()}
BASELINES = (Baseline("chance", 4.16), Baseline("unigrams", 3.33), Baseline("bigrams", 2.47), Baseline("xz", 2.05))


def falling(steps: int) -> list[LossPoint]:
    return [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(steps)]


def record_of(
    losses: Sequence[LossPoint], validations: Sequence[LossPoint] = (), events: Sequence[Event] = ()
) -> LossRecord:
    record = LossRecord()
    record.extend(losses, validations, events)
    return record


def rows_of(plot: LossPlot) -> list[str]:
    return [strip.text for strip in plot.canvas.strips(STYLES)]


def is_braille(letter: str) -> bool:
    return "\u2800" < letter <= "\u28ff"


# ---------------------------------------------------------------------------------------------- anything goes

LOSSES = st.one_of(st.floats(0.0, 8.0), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e6, 1e200, 1e308]))
POINTS = st.lists(st.tuples(st.integers(0, 5) | st.just(10**7), LOSSES), max_size=60)
VIEWS = st.builds(LossView, st.sampled_from(LossUnit), st.booleans(), st.sampled_from(Zoom))
BASELINE = st.builds(Baseline, st.sampled_from(["chance", "bigrams", "floor"]), st.floats(0.0, 1e6))


def points_of(gaps: Sequence[tuple[int, float]]) -> list[LossPoint]:
    step, points = 0, []
    for gap, loss in gaps:
        step += gap
        points.append(LossPoint(step, loss))
    return points


@settings(deadline=None, max_examples=300)
@given(POINTS, POINTS, VIEWS, st.integers(1, 160), st.integers(1, 20), st.lists(BASELINE, max_size=4), st.data())
def test_nothing_breaks_the_chart(
    losses: list[tuple[int, float]],
    validations: list[tuple[int, float]],
    view: LossView,
    width: int,
    height: int,
    baselines: list[Baseline],
    data: st.DataObject,
) -> None:
    events = [Event(5, "rate", "learning rate 1"), Event(10**9, "rollback", "back")]
    record = record_of(points_of(losses), points_of(validations), events)
    cursor = data.draw(st.none() | st.integers(-5, 10**9))
    plot = LossPlot(record, view, width, height, baselines=baselines, cursor=cursor)
    strips = plot.canvas.strips(STYLES)
    assert len(strips) == max(height, 1)
    assert {strip.cell_length for strip in strips} == {plot.canvas.width} == {max(1, width)}
    text = "".join(strip.text for strip in strips)
    assert "nan" not in text and "inf" not in text
    for cell in (0, width // 2, width):
        reading = plot.reading(plot.step_at(cell))
        assert reading.train is None or math.isfinite(reading.train)
        assert record.span is None or record.span[0] <= reading.step <= max(record.span[1], plot.left)


def test_ten_million_steps_are_as_cheap_as_ten_thousand() -> None:
    record = LossRecord()
    for start in range(0, 10_000_000, 200_000):
        record.extend(LossPoint(step, 2.0) for step in range(start, start + 200_000, 40))
    assert len(record.losses) <= record.losses.most
    rows = rows_of(LossPlot(record, LossView(), 60, 12))
    assert "10M" in rows[-1]


def test_events_are_bounded_and_forgotten_with_the_network() -> None:
    record = record_of([], [], [Event(step, "rate", "x") for step in range(3 * MOST_EVENTS)])
    assert [event.step for event in record.events] == list(range(2 * MOST_EVENTS, 3 * MOST_EVENTS))
    record.extend([], [LossPoint(1, 2.0)])
    record.clear()
    assert (record.events, record.best, record.span) == ([], None, None)


# ------------------------------------------------------------------------------------------------- history


def test_spans_have_the_mean_and_the_range_of_their_losses() -> None:
    history = LossHistory()
    history.extend([LossPoint(0, 4.0), LossPoint(1, 2.0), LossPoint(2, 1.0), LossPoint(6, 3.0)])
    first, second, third, fourth = history.spans(0, 7, 4)
    assert first is not None and (first.mean, first.lowest, first.highest, first.weight) == (3.0, 2.0, 4.0, 2)
    assert second is not None and (second.mean, second.step) == (1.0, 2)
    assert third is None
    assert fourth is not None and fourth.mean == 3.0
    assert history.spans(1, 2, 1)[0] == (1.5, 1.0, 2.0, 2, 2)


@given(st.lists(st.floats(0.0, 9.0), min_size=1, max_size=300), st.integers(1, 40))
def test_spans_leave_out_no_loss(losses: list[float], width: int) -> None:
    history = LossHistory(most=100)
    history.extend(LossPoint(step, loss) for step, loss in enumerate(losses))
    spans = [span for span in history.spans(0, len(losses) - 1, width) if span is not None]
    assert sum(span.weight for span in spans) == len(losses)
    assert sum(span.mean * span.weight for span in spans) == pytest.approx(sum(losses))


# ---------------------------------------------------------------------------------------- what is where


def test_a_canvas_keeps_one_ink_a_cell_and_never_draws_over_words() -> None:
    canvas = Canvas(4, 1)
    canvas.dot(0, 0, "range")
    canvas.dot(1, 3, "curve")  # the later ink takes the cell
    canvas.write(2, 0, "ab", "label")
    canvas.column(4, 0, 3, "curve")
    canvas.write(3, 0, "xyz", "label")  # cut at the edge
    canvas.dot(99, 99, "curve")
    assert canvas.strips(STYLES)[0].text == "\u2880 ax"


def test_words_find_a_free_place_and_never_touch() -> None:
    canvas = Canvas(12, 1)
    assert canvas.place("abc", 0, right=12, ink="label") == 9
    assert canvas.place("de", 0, right=12, ink="label") == 6
    assert canvas.place("too long", 0, right=12, ink="label") is None
    assert canvas.strips(STYLES)[0].text == "      de abc"


def test_the_curve_falls_and_the_axes_are_numbered_and_round() -> None:
    rows = rows_of(LossPlot(record_of(falling(2000)), LossView(), 60, 12))
    assert rows[-1].split() == ["steps", "0", "500", "1k", "1.5k", "2k"]
    top = [next((y for y, row in enumerate(rows[:-2]) if is_braille(row[x])), 99) for x in range(AXIS, 60)]
    drawn = [y for y in top if y != 99]
    assert drawn == sorted(drawn) and drawn[0] < drawn[-1]
    labels = [float(row[: AXIS - 1]) for row in rows[:-2] if row[: AXIS - 1].strip()]
    assert labels == sorted(labels, reverse=True) and len(labels) >= 3


def test_the_curve_has_no_hole() -> None:
    rows = rows_of(LossPlot(record_of([LossPoint(0, 4.0), LossPoint(7, 1.0), LossPoint(40, 2.0)]), LossView(), 50, 12))
    columns = ["".join(row[x] for row in rows[:-2]) for x in range(AXIS, 49)]
    assert all(any(map(is_braille, column)) for column in columns[:-4])


def test_one_point_is_a_chart() -> None:
    rows = rows_of(LossPlot(record_of([LossPoint(1, 4.1)]), LossView(), 50, 10))
    assert sum(is_braille(letter) for row in rows for letter in row) == 1


def test_validations_leave_the_curve_in_sight_and_the_best_is_marked_with_its_value() -> None:
    losses = falling(4000)
    validations = [LossPoint(point.step, point.loss + 0.02) for point in losses[50::20]]
    rows = rows_of(LossPlot(record_of(losses, validations), LossView(), 60, 12))
    text = "".join(rows)
    assert 10 <= text.count(DOT) <= 18  # one in three cells
    assert text.count(BEST) == 1
    assert f"best {validations[-1].loss:.3f}" in text
    assert sum(map(is_braille, text)) > 30


@pytest.mark.parametrize("above", range(-20, 31, 5))
def test_the_value_of_the_best_stands_on_the_line_of_no_other_value(above: int) -> None:
    losses = falling(4000)
    validations = [LossPoint(point.step, point.loss + 0.02) for point in losses[50::20]]
    other = Baseline("xz", validations[-1].loss + above / 100)
    rows = rows_of(LossPlot(record_of(losses, validations), LossView(), 60, 12, baselines=[other]))
    assert any("best" in row for row in rows) and any("xz" in row for row in rows)
    assert not any("best" in row and "xz" in row for row in rows)


def test_a_best_from_before_the_record_is_not_claimed() -> None:
    record = record_of(falling(100), [LossPoint(50, 2.0)])
    assert BEST not in "".join(rows_of(LossPlot(record, LossView(), 60, 12, best=1.5)))
    assert BEST in "".join(rows_of(LossPlot(record, LossView(), 60, 12, best=2.0)))


def test_baselines_on_the_scale_are_drawn_with_their_names_at_their_height() -> None:
    plot = LossPlot(record_of(falling(2000)), LossView(), 70, 14, baselines=BASELINES)
    rows = rows_of(plot)
    (row,) = (y for y, text in enumerate(rows) if "bigrams 2.47" in text)
    share = (2.47 - plot.scale.low) / (plot.scale.high - plot.scale.low)
    assert row == pytest.approx((1 - share) * 12 - 0.5, abs=0.6)
    assert "bigrams" in plot.named


def test_what_is_off_the_scale_is_not_drawn() -> None:
    plot = LossPlot(record_of([LossPoint(step, 1.5) for step in range(500)]), LossView(), 70, 14, baselines=BASELINES)
    assert plot.named == []
    assert "chance" not in "".join(rows_of(plot))


def test_noise_below_the_scale_is_not_drawn_over_the_numbers_of_steps() -> None:
    noisy = [LossPoint(step, 0.001 if step % 397 == 0 else 2.0 + (step * 7 % 11) / 20) for step in range(4000)]
    rows = rows_of(LossPlot(record_of(noisy), LossView(), 70, 14))
    assert "2k" in rows[-1]
    assert not any(map(is_braille, rows[-1]))


def test_names_of_baselines_that_lie_close_do_not_collide() -> None:
    close = (Baseline("bigrams", 2.40), Baseline("xz", 2.39), Baseline("bz2", 2.38))
    plot = LossPlot(record_of(falling(2000)), LossView(), 70, 10, baselines=close)
    text = "\n".join(rows_of(plot))
    assert sorted(plot.named) == ["bigrams", "bz2", "xz"]
    for one in close:
        assert f"{one.name} {one.nats:.2f}" in text
    crowded = tuple(Baseline(f"baseline{n}", 2.4) for n in range(20))
    plot = LossPlot(record_of(falling(2000)), LossView(), 50, 10, baselines=crowded)
    text = "".join(rows_of(plot))
    assert 0 < len(plot.named) < 20
    assert all((f"{one.name} 2.40" in text) == (one.name in plot.named) for one in crowded)


def test_a_curve_that_leaves_the_scale_says_how_high_it_was() -> None:
    losses = [LossPoint(step, 40.0) for step in range(10)] + [LossPoint(step, 2.0) for step in range(10, 1000)]
    top = rows_of(LossPlot(record_of(losses), LossView(), 60, 12))[0]
    assert top[AXIS] == CUT
    assert f"{CUT} 40.00" in top
    assert CUT not in "".join(rows_of(LossPlot(record_of(losses), LossView(log=True), 60, 12)))


@pytest.mark.parametrize("width", range(40, 120, 7))
def test_no_validation_is_drawn_over_how_high_a_curve_was(width: int) -> None:
    losses = [LossPoint(step, 3.6 if step < 40 else 2.4 - step / 8000) for step in range(4000)]
    validations = [LossPoint(point.step, point.loss + 0.05) for point in losses[100::100]]
    top = rows_of(LossPlot(record_of(losses, validations), LossView(), width, 12))[0]
    assert DOT in top
    assert f" {CUT} 3.60 " in top


@pytest.mark.parametrize("height", [6, 12])
def test_events_stand_on_the_axis_and_hide_no_number(height: int) -> None:
    events = [
        Event(300, "rate", "learning rate 0.001"),
        Event(1000, "rollback", "back to good weights"),
        Event(1600, "restart", "stuck"),
        Event(1900, "temperature", "temperature 0.85"),
    ]
    plot = LossPlot(record_of(falling(2000), events=events), LossView(), 90, height)
    rows = rows_of(plot)
    axis = rows[plot.height]
    for event in events:
        x = AXIS + plot.cell_of(event.step)
        assert axis[x] == EVENT_SIGNS[event.kind] or (height == 6 and "1k" in axis[x - 2 : x + 3])
    assert axis.count(EVENT_SIGNS["rate"]) == 1
    for number in ("0", "500", "1k", "1.5k", "2k"):
        assert number in rows[-1].replace("\u2500", " ").split()


@pytest.mark.parametrize(("zoom", "left"), [(Zoom.ALL, 0), (Zoom.THIRD, 6_600), (Zoom.TENTH, 8_900)])
def test_zoom_shows_the_tail(zoom: Zoom, left: int) -> None:
    plot = LossPlot(record_of(falling(10_000)), LossView(zoom=zoom), 60, 12)
    assert plot.left == left
    assert plot.right == 10_000


def test_the_numbers_of_a_step_can_be_read() -> None:
    losses = [LossPoint(step, float(step % 2)) for step in range(1000)]
    event = Event(500, "rate", "learning rate 0.001")
    record = record_of(losses, [LossPoint(100, 3.0), LossPoint(200, 2.0), LossPoint(900, 1.0)], [event])
    plot = LossPlot(record, LossView(), 56, 12)
    reading = plot.reading(500)
    assert reading.train == pytest.approx(0.5, abs=0.05)
    assert reading.validation == 2.0
    assert reading.events == (event,)
    assert plot.reading(50).validation is None
    assert plot.reading(999).validation == 1.0


# ------------------------------------------------------------------------------------------- the widget


class ChartApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.steps: list[int | None] = []

    def compose(self) -> ComposeResult:
        yield LossChart()

    @property
    def chart(self) -> LossChart:
        return self.query_one(LossChart)

    def on_loss_chart_scrubbed(self, message: LossChart.Scrubbed) -> None:
        self.steps.append(message.step)


async def test_keys_move_the_cursor_and_every_move_is_told() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend(falling(1000))
        app.chart.focus()
        await pilot.press("left", "left", "shift+left", "right", "home", "end", "right")
        await pilot.pause()
        assert app.steps[0] == 999
        first, second, third, fourth, home, end = (step or 0 for step in app.steps)
        assert first > second > third < fourth < second
        assert (home, end) == (app.chart.plot.step_at(0) if app.chart.plot else None, 999)
        app.chart.blur()
        await pilot.pause()
        assert app.steps[-1] is None


async def test_every_cell_can_be_reached_from_its_neighbour() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend([LossPoint(step, 2.0) for step in range(0, 1000, 90)])
        app.chart.focus()
        await pilot.press("home")
        for _ in range(70):
            await pilot.press("right")
        reached = [app.chart.cursor]
        for _ in range(70):
            await pilot.press("left")
        reached.append(app.chart.cursor)
        assert reached == [990, app.chart.plot.step_at(0) if app.chart.plot else None]


async def test_the_mouse_reads_out_and_a_click_stays() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend(falling(1000))
        await pilot.pause()
        await pilot.hover(LossChart, offset=(30, 4))
        hovered = [app.chart.hovered]
        await pilot.hover(LossChart, offset=(2, 4))
        hovered.append(app.chart.hovered)
        assert isinstance(hovered[0], int)
        assert hovered[1] is None
        assert app.steps == []  # looking is not scrubbing
        await pilot.click(LossChart, offset=(30, 4))
        await pilot.pause()
        assert app.steps == [app.chart.cursor]
        plot = app.chart.plot
        assert plot is not None
        assert app.chart.cursor == plot.step_at(30 - AXIS)


async def test_keys_without_a_run_do_nothing() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.focus()
        await pilot.press("left", "right", "home", "end", "shift+left")
        await pilot.click(LossChart, offset=(30, 4))
        assert app.steps == []
        assert app.chart.cursor is None


async def test_a_new_network_takes_the_cursor_away() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend(falling(1000))
        app.chart.focus()
        await pilot.press("left")
        app.chart.reset()
        await pilot.pause()
        assert app.chart.cursor is None
        assert not "".join(app.chart.render_line(y).text for y in range(12)).strip()


async def test_the_cursor_stands_where_it_points() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend(falling(1000))
        app.chart.focus()
        await pilot.press("end", "shift+left")
        await pilot.pause()
        plot, cursor = app.chart.plot, app.chart.cursor
        assert plot is not None and cursor is not None
        column = [app.chart.render_line(y).text[AXIS + plot.cell_of(cursor)] for y in range(10)]
        assert column.count("\u25cb") == 1
        assert column.count("\u2502") == 9


async def test_only_rows_that_changed_are_painted(monkeypatch: pytest.MonkeyPatch) -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend([LossPoint(step, 2.0) for step in range(1010)])
        await pilot.pause()
        painted: list[int] = []
        monkeypatch.setattr(app.chart, "refresh", lambda *regions, **_: painted.extend(r.y for r in regions))
        app.chart.extend([LossPoint(step, 2.0) for step in range(1010, 1050)])
        assert len(painted) <= 1


async def test_where_there_are_few_losses_each_is_one_key_away() -> None:
    app = ChartApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.chart.extend(falling(12))
        app.chart.focus()
        await pilot.press("home", *["right"] * 4)
        steps = [point.step for point in falling(12)]
        assert app.chart.cursor == steps[4]
        await pilot.press("left")
        assert app.chart.cursor == steps[3]
