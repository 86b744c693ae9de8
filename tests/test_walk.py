"""What am I seeing? Eight cards over the live screen."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.widgets import Static

from model.config import NetworkSettings, SamplingSettings
from model.health import saturation
from model.outlook import Candidate, Outlook
from model.progress import Gate, Vitals
from model.protocol import Gauges, Pause, SetSampling
from tui.app import LSTMApp
from tui.walk import CARDS, Moment, half_life
from tui.widgets.loss_panel import LossPanel
from tui.widgets.page_tabs import PANELS
from tui.widgets.sample_pane import SamplePane
from tui.widgets.walk_card import WalkCard

from scripted_session import GAUGES, PLAY, playing, update, written

OUTLOOK = Outlook((Candidate("e", 0.6, 0.7), Candidate("\n", 0.4, 0.3)), 0.6, 0.7, "h", 0.1)
VITALS = Vitals(0.42, 1.1e-3, 0.2, (Gate("input", 0.1, 0.1, 0.41), Gate("forget", 0.05, 0.3, 0.8)))
RUNNING = replace(GAUGES, outlook=OUTLOOK, vitals=VITALS)
SIZES = [(200, 60), (120, 40), (120, 24), (80, 24), (60, 20), (40, 12)]


def card(app: LSTMApp) -> WalkCard:
    return app.main.query_one(WalkCard)


def said(app: LSTMApp) -> str:
    return "\n".join(str(text.render()) for text in card(app).query(Static))


def pointed(app: LSTMApp) -> list[str]:
    return [name for name in PANELS if app.main.query_one(f"#{name}").has_class("-pointed")]


async def test_each_card_points_at_its_panel_with_the_numbers_of_now(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        told = []
        for place, each in enumerate(CARDS):
            assert str(card(app).border_title).startswith(f"{place + 1}/8 {each.title}")
            assert pointed(app) == [each.panel]
            told.append(said(app))
            await pilot.press("right")
            await pilot.pause()
        assert "now h: a 1 at place" in told[0]
        assert "input 0.41   forget 0.80" in told[1]
        assert "half-forgotten after about 3 characters" in told[2]
        assert "H = 128; unit 0" in told[3]
        assert "e 60 %   \u21b5 40 %   entropy 1.0 bits" in told[4]
        assert "T = 0.80   entropy 1.0 \u2192 0.9 bits" in told[5]
        assert "L = 1.62 nats = 2.34 bits" in told[6]
        assert "64 characters back" in told[7] and "gradient 0.42" in told[7]
        assert not app.main.query(WalkCard)
        assert pointed(app) == []


@pytest.mark.parametrize(
    ("keeps", "words"),
    [
        (0.0, "less than a character"),
        (0.5, "about one character"),
        (0.63, "about 2 characters"),
        (0.9, "about 7 characters"),
        (0.99, "about 69 characters"),
        (1.0, "a hundred characters and more"),
    ],
)
def test_half_is_forgotten_after_as_many_characters_as_it_takes_to_halve(keeps: float, words: str) -> None:
    assert half_life(keeps) == words
    if words[-1] == "s" and "about" in words:
        assert keeps ** int(words.split()[1]) == pytest.approx(0.5, abs=0.11)


async def test_the_screen_goes_on_beneath_and_so_do_its_keys(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        await session.play(update(replace(RUNNING, outlook=replace(OUTLOOK, after="t")), texts=(written("and"),)))
        await pilot.pause()
        assert "now t: " in said(app)
        assert app.main.query_one(SamplePane).text == PLAY + "and"
        card(app).place = 5
        await pilot.press("]", "space")
        assert session.told(SetSampling, Pause) == [SetSampling(SamplingSettings(temperature=0.85)), Pause()]
        await pilot.pause()
        assert "T = 0.85" in said(app)


@pytest.mark.parametrize("keys", [("escape",), ("x",)])
async def test_escape_or_x_puts_the_cards_away(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("right", "left", "left", *keys)
        await pilot.pause()
        assert not app.main.query(WalkCard)
        assert not app.main.has_class("-walking")
        assert app.focused is app.main.query_one(SamplePane)


async def test_before_the_first_card_there_is_no_key_for_one(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        before = {"card-before"}

        def offered() -> set[str | None]:
            return {active.binding.id for active in app.main.active_bindings.values()}

        assert not before & offered()
        await pilot.press("left")
        assert card(app).place == 0
        await pilot.press("right")
        assert before <= offered()


@pytest.mark.parametrize("shown", [True, False])
async def test_what_was_hidden_before_the_cards_is_hidden_after_them(tmp_path: Path, *, shown: bool) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        app.main.mind = shown
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("right", "right", "right")
        await pilot.pause()
        assert app.main.mind
        await pilot.press("x")
        await pilot.pause()
        assert app.main.mind is shown


async def test_what_is_asked_for_beside_the_cards_stays(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        app.main.mind = False
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("right", "right", "right", "v", "v", "x")
        await pilot.pause()
        assert app.main.mind


async def test_the_words_below_can_be_clicked(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        for word, place in (("next", 1), ("before", 0)):
            bottom = card(app).region.bottom - 1
            row = app.screen._compositor.render_strips()[bottom].text
            await pilot.click(offset=(row.index(word), bottom))
            await pilot.pause()
            assert card(app).place == place
        bottom = card(app).region.bottom - 1
        await pilot.click(offset=(app.screen._compositor.render_strips()[bottom].text.index("enough"), bottom))
        await pilot.pause()
        assert not app.main.query(WalkCard)


@pytest.mark.parametrize("size", SIZES)
async def test_a_card_never_hides_the_panel_it_points_at(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("x")
        await pilot.pause()
        for each in CARDS:
            panel = app.main.query_one(f"#{each.panel}")
            assert panel.region.area, each.panel
            seen = app.main.find_widget(panel).visible_region
            assert seen.height >= 3, each.panel
            assert not seen.overlaps(card(app).region), each.panel
            assert app.main.region.contains_region(card(app).region)
            await pilot.press("right")
            await pilot.pause()
            await pilot.pause()
        assert app.main.panel == "sample"
        assert app.main.query_one(SamplePane).region.area and app.main.query_one(LossPanel).region.area


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_each_kind_of_cell_has_its_equations_and_nothing_that_is_no_number(cell: str) -> None:
    nan = math.nan
    bad = Vitals(nan, math.inf, nan, (Gate("forget", nan, nan, nan), Gate("update", 0.0, 1.0, 1.0)))
    network = NetworkSettings(cell=cell)
    outlook = Outlook((Candidate("\x1b", nan, nan),), nan, math.inf, "\x1b", nan)
    for gauges in (
        Gauges(),
        replace(GAUGES, network=network),
        replace(GAUGES, network=network, vitals=bad, outlook=outlook, train_loss=nan),
        replace(RUNNING, network=network, train_loss=1e9),
    ):
        moment = Moment(gauges, SamplingSettings(), held=nan)
        for each in CARDS:
            told = each.equation(moment) + each.numbers(moment)
            assert "nan" not in told and "inf" not in told and "\x1b" not in told
    equations = [each.equation(Moment(replace(GAUGES, network=network), SamplingSettings())) for each in CARDS]
    assert any("tanh" in equation for equation in equations)


def test_the_mean_of_a_gate_is_told() -> None:
    import numpy as np

    (gate,) = saturation(np.array([[0.0, 0.5, 1.0, 0.9]], np.float32), ("forget",))
    assert gate.mean == pytest.approx(0.6)
