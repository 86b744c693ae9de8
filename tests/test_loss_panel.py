import asyncio
import math
import re
from dataclasses import replace

import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Static

from model.protocol import Gauges, LossPoint, RunState
from tui.widgets import loss_numbers
from tui.widgets.loss_history import LossHistory
from tui.widgets.loss_panel import LossPanel
from tui.widgets.loss_sparkline import CUT, DASH, DOT, EIGHTHS, LossSparkline, scale

GAUGES = Gauges(
    state=RunState.TRAINING,
    vocabulary="".join(map(chr, range(32, 96))),
    parameters=131_204,
    step=2_000,
    epochs=3.91,
    train_loss=1.723,
    validation_loss=1.812,
    best_validation_loss=1.806,
    chars_per_second=98_412.0,
    validation_share=0.04,
    training_seconds=65.0,
)


class PanelApp(App[None]):
    def compose(self) -> ComposeResult:
        yield LossPanel()

    @property
    def panel(self) -> LossPanel:
        return self.query_one(LossPanel)

    def numbers(self) -> str:
        return str(self.query_one("#loss-numbers", Static).content)

    def saying(self) -> str:
        return str(self.query_one("#loss-saying", Static).content)

    def legend(self) -> str:
        return Content.from_markup(self.panel.border_subtitle or "").plain

    def landscape(self) -> list[str]:
        sparkline = self.query_one(LossSparkline)
        return [sparkline.render_line(y).text for y in range(sparkline.size.height)]


def falling(steps: int) -> list[LossPoint]:
    return [LossPoint(step, 1.4 + 2.8 / (1 + step / 30) ** 0.5) for step in range(steps)]


def test_history_keeps_means_of_spans_of_steps() -> None:
    history = LossHistory()
    history.extend([LossPoint(0, 4.0), LossPoint(1, 2.0), LossPoint(2, 1.0), LossPoint(3, 3.0)])
    assert history.columns(2) == [3.0, 2.0]
    assert history.columns(1) == [2.5]
    assert history.columns(8) == [4.0, 4.0, 2.0, 2.0, 1.0, 1.0, 3.0, 3.0]
    assert history.columns(0) == LossHistory().columns(10) == []


def test_a_long_history_is_merged_and_keeps_its_mean() -> None:
    history = LossHistory(most=100)
    losses = falling(3333)
    for start in range(0, len(losses), 7):
        history.extend(losses[start : start + 7])
    assert 50 <= len(history) <= 100
    assert history.columns(1)[0] == pytest.approx(sum(point.loss for point in losses) / len(losses))
    columns = history.columns(20)
    assert columns == sorted(columns, reverse=True)


def test_what_is_not_a_number_never_gets_into_the_history() -> None:
    history = LossHistory()
    history.extend([LossPoint(0, math.nan), LossPoint(1, math.inf), LossPoint(2, 1.0)])
    assert [point.step for point in history] == [2]


def test_going_back_to_earlier_weights_forgets_what_came_after() -> None:
    history = LossHistory()
    history.extend([LossPoint(step, 2.0) for step in range(10)])
    history.extend([LossPoint(5, 1.0), LossPoint(6, 1.0)])
    assert [(point.step, point.loss) for point in history][4:] == [(4, 2.0), (5, 2.0), (5, 1.0), (6, 1.0)]


async def test_the_landscape_falls_with_the_loss() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        app.panel.extend(falling(2000))
        app.panel.gauges = GAUGES
        await pilot.pause()
        heights = [sum(row[x] in EIGHTHS[1:] + CUT for row in app.landscape()) for x in range(6, 34)]
        assert heights == sorted(heights, reverse=True)
        assert heights[0] == 8
        assert heights[-1] == 1


async def test_validation_losses_are_marked() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        losses = falling(2000)
        app.panel.extend(losses, [LossPoint(point.step, point.loss + 0.1) for point in losses[500::500]])
        app.panel.gauges = GAUGES
        await pilot.pause()
        assert "".join(app.landscape()).count("•") == 3


async def test_with_room_every_number_has_a_row() -> None:
    app = PanelApp()
    async with app.run_test(size=(100, 12)) as pilot:
        app.panel.gauges = GAUGES
        await pilot.pause()
        for number in ("2,000", "3.91", "1.723", "2.49 bits", "1.812", "1.806", "98.4 k/s", "1:05", "131 k", "4 %"):
            assert number in app.numbers()
        assert "4.159" in app.numbers()  # ln 64, a guess by chance


async def test_in_a_small_panel_the_numbers_that_matter_most_stay() -> None:
    app = PanelApp()
    async with app.run_test(size=(40, 3)) as pilot:
        app.panel.extend(falling(100))
        app.panel.gauges = GAUGES
        await pilot.pause()
        assert app.numbers().startswith("train 1.723  val 1.812  step 2,000")
        assert "\n" not in app.numbers()
        assert "".join(app.landscape()).strip()


@pytest.mark.parametrize("size", [(1, 1), (5, 2), (20, 5), (64, 4), (200, 60)])
async def test_any_size_is_survived(size: tuple[int, int]) -> None:
    app = PanelApp()
    async with app.run_test(size=size) as pilot:
        app.panel.extend(falling(100), falling(100)[::20])
        for state in RunState:
            app.panel.gauges = Gauges(state=state, train_loss=1.0)
            await pilot.pause()
        app.landscape()


async def test_before_there_is_a_network_the_panel_says_so() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        assert app.saying() == "No network yet."
        app.panel.gauges = Gauges(state=RunState.LOADING, loading=0.43)
        await pilot.pause()
        assert app.saying() == "Reading the text, 43 %"
        app.panel.gauges = GAUGES
        await pilot.pause()
        assert not app.saying()
        assert not app.panel.has_class("-bare")


async def test_divergence_is_a_state_and_not_a_crash() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        app.panel.extend([*falling(50), LossPoint(50, math.nan)])
        app.panel.gauges = Gauges(state=RunState.DIVERGED, step=50, train_loss=math.nan)
        await pilot.pause()
        assert app.saying().startswith("The loss is no longer a number.")
        assert "nan" not in app.numbers()
        assert "nan" not in "".join(app.landscape())


async def test_a_new_network_begins_a_new_landscape() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        app.panel.extend(falling(50), falling(50)[::10])
        app.panel.reset()
        await pilot.pause()
        assert not "".join(app.landscape()).strip()


async def test_numbers_that_run_end_with_the_last() -> None:
    app = PanelApp()
    async with app.run_test(size=(120, 12)) as pilot:
        for step in range(3_000, 3_020):
            app.panel.gauges = replace(GAUGES, step=step)
        async with asyncio.timeout(20):
            while "3,019" not in app.numbers():
                await pilot.pause(0.01)


async def test_another_state_is_shown_at_once_amid_running_numbers() -> None:
    app = PanelApp()
    async with app.run_test(size=(120, 12)):
        app.panel.gauges = replace(GAUGES, step=3_000)
        app.panel.gauges = replace(GAUGES, step=3_001)
        app.panel.gauges = replace(GAUGES, step=3_002, state=RunState.PAUSED)
        assert "3,002" in app.numbers()


async def chart(app: PanelApp, pilot: Pilot[None], losses: list[LossPoint], marks: list[LossPoint]) -> list[str]:
    """The rows of the chart alone, its axis among them."""
    app.panel.extend(losses, marks)
    app.panel.gauges = GAUGES
    await pilot.pause()
    return app.landscape()


@pytest.mark.parametrize("nats", [16_097.667, 28_850.0, 1e12, 1e300])
async def test_a_loss_however_high_moves_no_number_from_its_place(nats: float) -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 12)) as pilot:
        rows = await chart(app, pilot, [LossPoint(step, nats * (1 + step % 7)) for step in range(100)], [])
        assert {len(row) for row in rows} == {app.query_one(LossSparkline).size.width}
        assert re.fullmatch(r" *\d(\.\d)?e\d+ ", rows[0][:6])
        usual = app.numbers().splitlines()
        app.panel.gauges = replace(
            GAUGES, step=123_456_789, epochs=12_345.6, train_loss=nats, validation_loss=nats, best_validation_loss=nats
        )
        app.panel.on_resize()
        strange = app.numbers().splitlines()
        assert len(strange) == len(usual)
        assert all(len(row) <= loss_numbers.WIDE for row in strange)
        end = loss_numbers.LABEL + loss_numbers.VALUE
        assert all(row[end - 1] != " " and row[end : end + 2].isspace() for row in strange)


@pytest.mark.parametrize("above", [0.0, 0.05, 0.3, -0.3])
async def test_a_validation_stands_at_its_height_and_not_where_there_is_room(above: float) -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        losses = [LossPoint(step, 3.0 - step / 1000) for step in range(1000)]
        rows = await chart(app, pilot, losses, [LossPoint(500, 2.5 + above)])
        lowest, highest = float(rows[-1][:5]), float(rows[0][:5])
        (row,) = (y for y, text in enumerate(rows) if DOT in text)
        eighths = (2.5 + above - lowest) / (highest - lowest) * (8 * len(rows) - 1)
        assert len(rows) - 1 - row == pytest.approx(eighths / 8 - 0.5, abs=0.6)


async def test_a_mark_reads_on_the_curve_and_beside_it() -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        losses = [LossPoint(step, 3.0 - step / 1000) for step in range(1000)]
        await chart(app, pilot, losses, [LossPoint(300, 2.4), LossPoint(600, 2.8)])
        sparkline = app.query_one(LossSparkline)
        ink, fill = (
            sparkline.get_component_rich_style(f"loss-sparkline--{name}").color for name in ("validation", "fill")
        )
        dots = [part.style for y in range(10) for part in sparkline.render_line(y) if part.text == DOT]
        assert all(dot is not None and dot.color == ink for dot in dots)
        assert [dot is not None and dot.bgcolor == fill for dot in dots] == [False, True]


async def test_columns_that_are_cut_say_so_and_how_high_the_loss_was() -> None:
    app = PanelApp()
    async with app.run_test(size=(100, 10)) as pilot:
        losses = [LossPoint(0, 4.1), *(LossPoint(step, 2.0) for step in range(1, 1000))]
        rows = await chart(app, pilot, [LossPoint(step, 4.1) for step in range(10)] + losses[10:], [])
        assert rows[0][6] == CUT
        assert rows[0].count(f"{CUT} 4.10") == 1
        assert CUT not in "".join(rows[1:])


async def test_a_curve_that_is_wholly_in_sight_is_not_said_to_be_cut() -> None:
    app = PanelApp()
    async with app.run_test(size=(100, 10)) as pilot:
        rows = await chart(app, pilot, [LossPoint(step, 2.0) for step in range(100)], [])
        assert CUT not in "".join(rows)


async def test_the_line_of_chance_is_drawn_where_it_is_on_the_scale() -> None:
    app = PanelApp()
    async with app.run_test(size=(100, 10)) as pilot:
        losses = [LossPoint(step, 4.4 - 2.4 * step / 100) for step in range(100)]
        rows = await chart(app, pilot, losses, [])
        (line,) = (row for row in rows if DASH in row)
        assert line.rstrip().endswith("chance 4.16")
        app.panel.reset()
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


async def test_the_panel_says_what_its_signs_mean() -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        assert not app.legend()
        await chart(app, pilot, falling(10), [])
        assert app.legend() == "nats per character  \u2581 training  \u2022 validation"
        assert "mean of the last steps" in str(app.query_one("#loss-numbers", Static).tooltip)
