"""The loss panel on the main screen: every key, every click, and what is remembered."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.content import Content
from textual.widgets import Input, Static

from corpora.info import Baselines
from model.config import SettingsError
from model.progress import Event, Gate, Vitals
from model.protocol import RunUpdate, Update
from tui.app import LSTMApp
from tui.settings import Settings, load_settings, save_settings, settings_file
from tui.units import LossUnit
from tui.widgets.loss_chart import LossChart
from tui.widgets.loss_panel import LossPanel
from tui.widgets.loss_plot import EVENT_SIGNS
from tui.widgets.loss_view import LossView, Zoom

from scripted_session import GAUGES, losses, playing, until, update, validations

BASELINES = Baselines(uniform=4.159, unigram=3.33, bigram=2.47, floor=None, xz=3.0, bz2=2.95, compressed=9)
VITALS = Vitals(0.42, 1.2e-3, 0.3, (Gate("input", 0.12, 0.05), Gate("forget", 0.02, 0.45)))
RUN = replace(GAUGES, baselines=BASELINES, vitals=VITALS)


def panel_of(app: LSTMApp) -> LossPanel:
    return app.main.query_one(LossPanel)


def numbers_of(app: LSTMApp) -> str:
    return str(app.main.query_one("#loss-numbers", Static).content)


def title_of(app: LSTMApp) -> str:
    return Content.from_markup(panel_of(app).border_title or "").plain


def legend_of(app: LSTMApp) -> str:
    return Content.from_markup(panel_of(app).border_subtitle or "").plain


def chart_rows(app: LSTMApp) -> list[str]:
    chart = app.main.query_one(LossChart)
    return [chart.render_line(y).text for y in range(chart.size.height)]


KEYS: list[tuple[str, LossView]] = [
    ("u", LossView(unit=LossUnit.BITS)),
    ("l", LossView(log=True)),
    ("z", LossView(zoom=Zoom.THIRD)),
    ("g", LossView(vitals=True)),
]


@pytest.mark.parametrize("panel", "12345")
async def test_the_switches_work_from_every_panel(tmp_path: Path, panel: str) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press(panel)
        await pilot.pause()
        if isinstance(app.focused, Input):
            await pilot.press("shift+tab")
        for key, view in KEYS:
            panel_of(app).view = LossView()
            await pilot.press(key)
            await pilot.pause()
            assert panel_of(app).view == app.main.query_one(LossChart).view == view


async def test_in_a_text_field_the_letters_are_typed(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("2", "tab", "tab")
        await pilot.pause()
        assert isinstance(app.focused, Input)
        await pilot.press("u", "l", "z", "g")
        assert panel_of(app).view == LossView()


async def test_a_click_on_a_word_switches_too(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        panel = panel_of(app)
        for key, view in KEYS:
            panel.view = LossView()
            await pilot.pause()
            # the legend stands at the right end, a blank and two cells of the border after it
            legend = legend_of(app)
            x = panel.region.right - 3 - len(legend) + legend.index(f"{key} ") + 2
            await pilot.click(offset=(x, panel.region.bottom - 1))
            await pilot.pause()
            assert panel.view == view


async def test_numbers_axis_and_baselines_follow_the_unit(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUN) as (session, app, pilot):
        await session.play(update(RUN, steps=1240))
        await pilot.pause()
        assert "1.748  2.52 bits" in numbers_of(app)
        await until(pilot, lambda: "bigrams 2.47" in "".join(chart_rows(app)))
        await pilot.press("u")
        await pilot.pause()
        assert "2.522  1.748 nats" in numbers_of(app)
        assert "bigrams 3.56" in "".join(chart_rows(app))
        assert legend_of(app).startswith("u bits")
        await pilot.press("u")
        await pilot.pause()
        assert "5.743  1.748 nats" in numbers_of(app)
        assert legend_of(app).startswith("u perplexity")
        tops = [float(row[:5]) for row in chart_rows(app)[:-2] if row[:5].strip()]
        assert max(tops) > 10
        await pilot.press("u")
        assert panel_of(app).view == LossView()


async def test_the_unit_is_remembered_and_the_theme_left_alone(tmp_path: Path) -> None:
    file = settings_file(tmp_path / "config")
    save_settings(file, Settings(theme="nord"))
    async with playing(tmp_path) as (_session, _app, pilot):
        await pilot.press("u", "ctrl+q")
    assert load_settings(file) == Settings(theme="nord", loss_unit=LossUnit.BITS)
    async with playing(tmp_path, loss_unit=LossUnit.BITS) as (_session, app, pilot):
        assert legend_of(app).startswith("u bits")
        file.unlink()
        await pilot.press("ctrl+q")
    assert not file.exists(), "nothing was changed, so nothing is written"


async def test_zoom_goes_round(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(RUN, steps=1240))
        lefts = []
        for _ in range(4):
            await pilot.pause()
            plot = app.main.query_one(LossChart).plot
            assert plot is not None
            lefts.append(plot.left)
            await pilot.press("z")
        assert lefts == [0, 800, 1110, 0]


async def test_the_title_says_what_was_beaten(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=replace(RUN, baselines=None)) as (session, app, pilot):
        assert title_of(app) == "4 Loss \u00b7 better than chance"
        await session.play(update(RUN, steps=1240))
        await pilot.press("z")
        await pilot.pause()
        assert title_of(app).startswith("4 Loss \u00b7 better than xz \u00b7 passed: ")
        assert len(title_of(app)) <= panel_of(app).size.width


async def test_the_cursor_reads_out_a_step_until_it_is_left(tmp_path: Path) -> None:
    event = Event(800, "rate", "learning rate 0.001")
    async with playing(tmp_path) as (session, app, pilot):
        run = RunUpdate(RUN, losses=losses(1240), validations=validations(1240), events=(event,))
        await session.play(Update(0, (run,)))
        await pilot.press("4")
        await pilot.pause()
        assert app.focused is app.main.query_one(LossChart)
        await pilot.press("left")
        await pilot.pause()
        assert title_of(app) == f"4 Loss \u00b7 step 1,240 \u00b7 train {reading(app)} \u00b7 validation 1.603"
        await pilot.press("u")
        await pilot.pause()
        assert "validation 2.313" in title_of(app)
        await pilot.press("home", "z")
        await pilot.pause()
        assert "step" not in title_of(app), "the cursor is out of sight"
        await pilot.press("z", "z", "u", "u", "escape")
        await pilot.pause()
        assert title_of(app).startswith("4 Loss \u00b7 better than ")
        chart = app.main.query_one(LossChart)
        assert chart.plot is not None
        x = chart.plot.axis + chart.plot.cell_of(800)
        assert EVENT_SIGNS["rate"] in chart_rows(app)[chart.plot.height][x]
        await pilot.hover(LossChart, offset=(x, 2))
        await pilot.pause()
        assert title_of(app).endswith("learning rate 0.001")


def reading(app: LSTMApp) -> str:
    plot = app.main.query_one(LossChart).plot
    assert plot is not None
    return panel_of(app).view.unit.show(plot.reading(1240).train)


async def test_what_befell_the_run_has_a_sign_in_the_legend(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(200, 60)) as (session, app, pilot):
        assert "rollback" not in legend_of(app)
        run = RunUpdate(RUN, losses=losses(1240), events=(Event(900, "rollback", "back to good weights"),))
        await session.play(Update(0, (run,)))
        await pilot.pause()
        assert f"{EVENT_SIGNS['rollback']} rollback" in legend_of(app)
        await session.play(update(RUN, fresh=True))
        assert app.main.query_one(LossChart).record.events == []


async def test_gates_take_the_place_of_the_numbers_or_stand_beside_them(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUN) as (_session, app, pilot):
        vitals = app.main.query_one("#loss-vitals", Static)
        assert not vitals.region.area
        assert "validation" in numbers_of(app)
        await pilot.press("g")
        await pilot.pause()
        assert "forget" in numbers_of(app) and "healthy about 1e-3" in numbers_of(app)
        assert "g gates" in legend_of(app)
        await pilot.resize_terminal(200, 60)
        await pilot.pause()
        assert vitals.region.area
        assert "forget" in str(vitals.content)
        assert "validation" in numbers_of(app)
        assert "gates" not in legend_of(app)


@pytest.mark.parametrize(
    ("size", "charted"), [((120, 40), True), ((80, 24), True), ((60, 20), True), ((200, 60), True), ((40, 12), False)]
)
async def test_where_there_is_no_room_for_a_chart_the_landscape_stays(
    tmp_path: Path, size: tuple[int, int], charted: bool
) -> None:
    async with playing(tmp_path, size=size, gauges=RUN) as (_session, app, pilot):
        await pilot.pause()
        assert bool(app.main.query_one("#loss-chart").region.area) is charted
        assert bool(app.main.query_one("#loss-sparkline").region.area) is not charted
        for key in "ulzg":
            await pilot.press(key)
            await pilot.pause()
        narrow = size[0] < 70
        assert not narrow or ("\n" not in numbers_of(app) and "update" in numbers_of(app))


@pytest.mark.parametrize("value", ['"decibels"', "1", "[]"])
def test_a_unit_that_nobody_knows_is_a_clear_error(tmp_path: Path, value: str) -> None:
    file = tmp_path / "settings.toml"
    file.write_text(f"loss_unit = {value}\n")
    with pytest.raises(SettingsError, match=r"loss_unit is .* must be one of nats, bits, perplexity"):
        load_settings(file)
