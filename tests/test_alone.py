"""One panel in the whole window; and all that the mouse can reach."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandList, CommandPalette
from textual.pilot import Pilot

from model.protocol import Pause
from tui.app import LSTMApp
from tui.bindings import KEYS
from tui.sight import in_sight
from tui.widgets.key_bar import KeyBar
from tui.widgets.page_tabs import PANELS

from scripted_session import GAUGES, playing, until, update


def seen(app: LSTMApp) -> list[str]:
    return [panel for panel in PANELS if in_sight(app.main.query_one(f"#{panel}"))]


def in_use(app: LSTMApp, panel: str) -> bool:
    return app.focused is not None and any(node.id == panel for node in app.focused.ancestors_with_self)


async def go_to(app: LSTMApp, pilot: Pilot[None], panel: str) -> None:
    """Go there from the sample: in next, the digits write."""
    app.main.action_jump("sample")
    await pilot.pause()
    await pilot.press(str(1 + PANELS.index(panel)))
    await pilot.pause()


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (120, 24), (120, 40), (200, 60)])
async def test_the_panel_in_use_has_the_whole_window_and_escape_gives_it_back(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async with playing(tmp_path, size=size) as (_session, app, pilot):
        for panel in ("corpora", "loss", "sample", "neurons", "next"):
            await go_to(app, pilot, panel)
            before = seen(app)
            app.main.action_toggle_alone()
            await pilot.pause()
            assert seen(app) == [panel]
            room = app.main.query_one("#room").region
            assert app.main.query_one(f"#{panel}").region == room
            assert in_use(app, panel)
            await pilot.press("escape")
            await pilot.pause()
            assert seen(app) == before
            assert app.main.panel == panel


async def test_m_does_it_and_the_footer_has_the_way_back(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        await pilot.press("M")
        await pilot.pause()
        assert seen(app) == ["sample"]
        assert str(app.main.query_one(KeyBar).render()).startswith(" esc Show all")
        await pilot.press("M")
        await pilot.pause()
        assert seen(app) == ["loss", "sample"]


async def test_a_digit_shows_another_panel_alone(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("M", "4")
        await pilot.pause()
        assert seen(app) == ["loss"]
        await pilot.press("v")
        await pilot.pause()
        assert seen(app) == list(PANELS)


async def test_what_is_hidden_catches_up(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.press("M")
        await pilot.pause()
        await session.play(update(GAUGES, steps=60))
        await pilot.press("escape", "4")
        await pilot.pause()
        chart = app.main.query_one("#loss-chart")
        assert chart.region.area
        assert seen(app) == list(PANELS)


async def test_a_window_that_gets_too_small_asks_for_room_whatever_is_alone(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        await pilot.press("M")
        await pilot.resize_terminal(30, 8)
        await pilot.pause()
        assert seen(app) == []


@pytest.mark.parametrize(("size", "part"), [((120, 40), "#name"), ((200, 60), "#description"), ((80, 24), "#state")])
async def test_a_click_on_the_line_at_the_top_and_one_in_the_palette_reach_every_command(
    tmp_path: Path, size: tuple[int, int], part: str
) -> None:
    async with playing(tmp_path, size=size) as (session, app, pilot):
        titles = [command.title for command in app.get_system_commands(app.main)]
        # the palette is open already, and back is a click on the written text
        assert {key.label for key in KEYS if key.id not in ("palette", "back")} <= set(titles)
        await pilot.click(part)
        assert isinstance(app.screen, CommandPalette)
        offered = app.screen.query_one(CommandList)
        await until(pilot, lambda: offered.option_count == len(titles))
        await pilot.click(CommandList, offset=(4, 1))
        await until(pilot, lambda: app.screen is app.main)
        await pilot.pause()
        assert session.sent == [Pause()]


async def test_a_click_on_a_panel_is_as_good_as_its_number(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        for panel, place in (
            ("corpora", "#catalogue"),
            ("loss", "#loss-chart"),
            ("next", "#next"),
            ("neurons", "#neuron-raster"),
            ("sampling", "#temperature"),
            ("training", "#layers Input"),
            ("sample", "#sample"),
        ):
            await pilot.click(place)
            await pilot.pause()
            assert app.main.panel == panel
