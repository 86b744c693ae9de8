"""The small landscape that stands where there are no rows for a chart."""

from __future__ import annotations

import re

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from model.protocol import LossPoint
from tui.widgets.loss_sparkline import CUT, DASH, DOT, EIGHTHS, LossSparkline, scale


class SparklineApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LossSparkline()

    @property
    def sparkline(self) -> LossSparkline:
        return self.query_one(LossSparkline)

    def landscape(self) -> list[str]:
        return [self.sparkline.render_line(y).text for y in range(self.sparkline.size.height)]


def falling(steps: int) -> list[LossPoint]:
    return [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(steps)]


async def chart(app: SparklineApp, pilot: Pilot[None], losses: list[LossPoint], marks: list[LossPoint]) -> list[str]:
    """The rows of the landscape, with the numbers at its left."""
    app.sparkline.record.extend(losses, marks)
    app.sparkline.draw()
    await pilot.pause()
    return app.landscape()


async def test_the_landscape_falls_with_the_loss() -> None:
    app = SparklineApp()
    async with app.run_test(size=(34, 8)) as pilot:
        rows = await chart(app, pilot, falling(2000), [])
        heights = [sum(row[x] in EIGHTHS[1:] + CUT for row in rows) for x in range(6, 34)]
        assert heights == sorted(heights, reverse=True)
        assert heights[0] == 8
        assert heights[-1] == 1


async def test_validation_losses_are_marked() -> None:
    app = SparklineApp()
    async with app.run_test(size=(70, 8)) as pilot:
        losses = falling(2000)
        marks = [LossPoint(point.step, point.loss + 0.1) for point in losses[500::500]]
        assert "".join(await chart(app, pilot, losses, marks)).count(DOT) == 3


@pytest.mark.parametrize("above", [0.0, 0.05, 0.3, -0.3])
async def test_a_validation_stands_at_its_height_and_not_where_there_is_room(above: float) -> None:
    app = SparklineApp()
    async with app.run_test(size=(80, 10)) as pilot:
        losses = [LossPoint(step, 3.0 - step / 1000) for step in range(1000)]
        rows = await chart(app, pilot, losses, [LossPoint(500, 2.5 + above)])
        lowest, highest = float(rows[-1][:5]), float(rows[0][:5])
        (row,) = (y for y, text in enumerate(rows) if DOT in text)
        eighths = (2.5 + above - lowest) / (highest - lowest) * (8 * len(rows) - 1)
        assert len(rows) - 1 - row == pytest.approx(eighths / 8 - 0.5, abs=0.6)


async def test_a_mark_reads_on_the_curve_and_beside_it() -> None:
    app = SparklineApp()
    async with app.run_test(size=(80, 10)) as pilot:
        losses = [LossPoint(step, 3.0 - step / 1000) for step in range(1000)]
        await chart(app, pilot, losses, [LossPoint(300, 2.4), LossPoint(600, 2.8)])
        sparkline = app.sparkline
        ink, fill = (
            sparkline.get_component_rich_style(f"loss-sparkline--{name}").color for name in ("validation", "fill")
        )
        dots = [part.style for y in range(10) for part in sparkline.render_line(y) if part.text == DOT]
        assert all(dot is not None and dot.color == ink for dot in dots)
        assert [dot is not None and dot.bgcolor == fill for dot in dots] == [False, True]


async def test_columns_that_are_cut_say_so_and_how_high_the_loss_was() -> None:
    app = SparklineApp()
    async with app.run_test(size=(100, 10)) as pilot:
        losses = [LossPoint(0, 4.1), *(LossPoint(step, 2.0) for step in range(1, 1000))]
        rows = await chart(app, pilot, [LossPoint(step, 4.1) for step in range(10)] + losses[10:], [])
        assert rows[0][6] == CUT
        assert rows[0].count(f"{CUT} 4.10") == 1
        assert CUT not in "".join(rows[1:])


async def test_a_curve_that_is_wholly_in_sight_is_not_said_to_be_cut() -> None:
    app = SparklineApp()
    async with app.run_test(size=(100, 10)) as pilot:
        rows = await chart(app, pilot, [LossPoint(step, 2.0) for step in range(100)], [])
        assert CUT not in "".join(rows)


async def test_the_line_of_chance_is_drawn_where_it_is_on_the_scale() -> None:
    app = SparklineApp()
    async with app.run_test(size=(100, 10)) as pilot:
        app.sparkline.chance = 4.159
        losses = [LossPoint(step, 4.4 - 2.4 * step / 100) for step in range(100)]
        rows = await chart(app, pilot, losses, [])
        (line,) = (row for row in rows if DASH in row)
        assert line.rstrip().endswith("chance 4.16")
        app.sparkline.record.clear()
        assert DASH not in "".join(await chart(app, pilot, [LossPoint(step, 2.0) for step in range(100)], []))


def test_noise_is_no_skyline() -> None:
    lowest, highest = scale([1.60, 1.62, 1.58, 1.61], [1.6])
    assert highest - lowest == pytest.approx(0.3)
    assert lowest == pytest.approx(1.445)
    assert scale([0.01], []) == (0.0, 0.3)


def test_nothing_is_cut_where_that_gains_little() -> None:
    losses = [3.0 + step / 100 for step in range(100)]
    assert scale(losses, [])[1] == losses[-1]
    assert scale([*losses[:-1], 5.0], [])[1] < 4.0


def test_the_scale_takes_in_chance_where_it_is_near() -> None:
    losses = [3.0 + step / 100 for step in range(100)]
    assert scale(losses, [], chance=4.1)[1] == 4.1
    assert scale(losses, [], chance=5.0)[1] < 4.0
    assert scale(losses, [], chance=3.5)[1] == losses[-1]


def test_the_latest_validation_is_always_on_the_scale() -> None:
    assert scale([1.2] * 100, [3.0, 1.9])[1] == 1.9


@pytest.mark.parametrize("nats", [16_097.667, 28_850.0, 1e12, 1e300])
async def test_a_loss_however_high_moves_no_number_from_its_place(nats: float) -> None:
    app = SparklineApp()
    async with app.run_test(size=(80, 2)) as pilot:
        rows = await chart(app, pilot, [LossPoint(step, nats * (1 + step % 7)) for step in range(100)], [])
        assert {len(row) for row in rows} == {80}
        assert re.fullmatch(r" *\d(\.\d)?e\d+ ", rows[0][:6])
