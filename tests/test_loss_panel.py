import asyncio
import itertools
import math

import pytest
from msgspec.structs import replace
from textual.app import App, ComposeResult
from textual.content import Content
from textual.widgets import Static

from model.config import TrainingSettings
from model.protocol import Gauges, LossPoint, RunState
from tui.widgets import loss_numbers
from tui.widgets.loss_history import LossHistory
from tui.widgets.loss_panel import LossPanel

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

    async def on_mount(self) -> None:
        await self.panel.furnish()  # as the main screen does

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
        """The rows of what is drawn, the chart or the small landscape."""
        (drawn,) = (each for each in self.query("LossSparkline, LossChart") if each.region.area)
        return [drawn.render_line(y).text for y in range(drawn.size.height)]


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


@pytest.mark.parametrize("steps", [1_000, 3_333, 20_000])
def test_a_long_history_is_as_fine_at_its_beginning_as_later(steps: int) -> None:
    history = LossHistory(most=100)
    for point in falling(steps):
        history.extend([point])
    gaps = {later.step - earlier.step for earlier, later in itertools.pairwise(history)}
    # what is new is finer, until it is merged
    assert next(iter(history)).step == max(gaps) <= 4 * steps / 100


def test_what_is_not_a_number_never_gets_into_the_history() -> None:
    history = LossHistory()
    history.extend([LossPoint(0, math.nan), LossPoint(1, math.inf), LossPoint(2, 1.0)])
    assert [point.step for point in history] == [2]


def test_going_back_to_earlier_weights_forgets_what_came_after() -> None:
    history = LossHistory()
    history.extend([LossPoint(step, 2.0) for step in range(10)])
    history.extend([LossPoint(5, 1.0), LossPoint(6, 1.0)])
    assert [(point.step, point.loss) for point in history][4:] == [(4, 2.0), (5, 2.0), (5, 1.0), (6, 1.0)]


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
        if any(each.region.area for each in app.query("LossSparkline, LossChart")):
            app.landscape()


@pytest.mark.parametrize(("validation", "title"), [(None, "4 Loss"), (1.812, "4 Loss \u00b7 better than chance")])
async def test_the_title_claims_nothing_before_something_is_validated(validation: float | None, title: str) -> None:
    app = PanelApp()
    async with app.run_test(size=(110, 12)) as pilot:
        app.panel.border_title = "4 Loss"
        app.panel.extend(falling(100))
        app.panel.gauges = replace(GAUGES, validation_loss=validation)
        await pilot.pause()
        assert app.panel.border_title == title


async def test_before_there_is_a_network_the_panel_says_so() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        assert app.saying() == "No network yet."
        app.panel.refuse("empty.txt: empty, it has no characters")
        assert app.saying() == "empty.txt: empty, it has no characters"
        app.panel.gauges = Gauges(state=RunState.LOADING, loading=0.43)
        await pilot.pause()
        assert app.saying() == "Reading the text, 43 %"
        app.panel.gauges = GAUGES
        await pilot.pause()
        assert not app.saying()
        assert not app.panel.has_class("-bare")


async def test_divergence_is_a_state_and_not_a_crash() -> None:
    app = PanelApp()
    async with app.run_test(size=(110, 8)) as pilot:
        app.panel.extend([*falling(50), LossPoint(50, math.nan)])
        app.panel.gauges = Gauges(state=RunState.DIVERGED, step=50, train_loss=math.nan)
        await pilot.pause()
        assert app.saying().startswith("Training diverged and has stopped;")
        assert "nan" not in app.numbers()
        assert "nan" not in "".join(app.landscape())


async def test_a_new_network_begins_a_new_landscape() -> None:
    app = PanelApp()
    async with app.run_test(size=(70, 8)) as pilot:
        app.panel.gauges = GAUGES
        app.panel.extend(falling(50), falling(50)[::10])
        await pilot.pause()
        assert "".join(app.landscape()).strip()
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


@pytest.mark.parametrize("nats", [16_097.667, 28_850.0, 1e12, 1e300])
async def test_a_loss_however_high_moves_no_number_from_its_place(nats: float) -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.panel.gauges = GAUGES
        await pilot.pause()
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


async def test_the_panel_says_what_its_signs_mean() -> None:
    app = PanelApp()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        assert not app.legend()
        app.panel.gauges = GAUGES
        await pilot.pause()
        words, signs = "u nats  l linear  z all steps  g numbers", "\u2501 train  \u2022 validation  \u25c6 best"
        assert app.legend() == f"{words}  {signs}"
        assert "mean of the last steps" in str(app.query_one("#loss-numbers", Static).tooltip)


@pytest.mark.parametrize("size", [(40, 6), (74, 8), (80, 12), (100, 14), (150, 16)])
async def test_a_saying_is_never_cut(size: tuple[int, int]) -> None:
    app = PanelApp()
    async with app.run_test(size=size) as pilot:
        app.panel.extend(falling(300))
        app.panel.gauges = replace(GAUGES, state=RunState.DIVERGED)
        await pilot.pause()
        shown = app.query_one("#loss-saying", Static)
        rows = [strip.text.strip() for strip in shown.render_lines(shown.size.region)]
        assert " ".join(rows).strip() == app.saying()


async def test_while_it_trains_the_chart_is_drawn_now_and_then_and_the_last_is_never_left_out() -> None:
    app = PanelApp()
    async with app.run_test(size=(100, 14)) as pilot:
        panel = app.panel
        panel.extend(falling(300))
        panel.gauges = GAUGES
        await pilot.pause()
        panel._resting = True  # a moment ago
        panel.extend([LossPoint(step, 1.2) for step in range(300, 600)])
        before = app.landscape()
        panel._wake()
        assert app.landscape() != before


@pytest.mark.parametrize(
    ("training", "left"),
    [
        (TrainingSettings(schedule="cosine", schedule_steps=5_000), 3_000 * 0.5 / 0.96),
        (TrainingSettings(schedule="cosine", schedule_steps=2_000), None),
        (TrainingSettings(schedule="cosine"), None),
        (TrainingSettings(), None),
    ],
)
def test_a_run_with_a_planned_end_tells_how_long_it_has_to_go(training: TrainingSettings, left: float | None) -> None:
    gauges = replace(GAUGES, training=training, step_seconds=0.5)
    assert loss_numbers.seconds_left(gauges) == (None if left is None else pytest.approx(left))
    shown = str(loss_numbers.table(gauges, 9))
    assert ("26 min left" in shown) == (left is not None)
    quarter = loss_numbers.seconds_left(replace(gauges, share=0.25))  # of a core: three quarters of the time it rests
    assert quarter == (None if left is None else pytest.approx(4.0 * left))
    for unknown in (None, 0.0, math.nan, math.inf):
        assert loss_numbers.seconds_left(replace(gauges, step_seconds=unknown)) is None


@pytest.mark.parametrize(
    ("validations", "passed"),
    [
        ([(300, 1.9), (400, 1.8)], None),
        ([(300, 1.8), (600, 1.815)], None),  # no more than the noise of training
        ([(300, 1.8), (400, 1.9)], None),  # it may come again soon
        ([(300, 1.8), (600, 1.9)], 300),
        ([(300, 1.8), (600, 1.9), (700, 1.7)], None),
    ],
)
async def test_the_title_says_when_the_best_validation_is_over(
    validations: list[tuple[int, float]], passed: int | None
) -> None:
    app = PanelApp()
    async with app.run_test(size=(110, 12)) as pilot:
        app.panel.border_title = "4 Loss"
        app.panel.extend([], [LossPoint(*point) for point in validations])
        app.panel.gauges = GAUGES
        await pilot.pause()
        said = f"4 Loss \u00b7 validation no better since step {passed}" if passed else "4 Loss \u00b7 better"
        assert (app.panel.border_title or "").startswith(said)
        app.panel.reset()
        assert app.panel.record.best_passed is None
