"""The keys at the bottom of the screen, which can be clicked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from model.protocol import Pause, RunState, SetSampling
from tui.widgets.key_bar import KeyBar

from scripted_session import GAUGES, playing, update


def text(bar: KeyBar) -> str:
    return str(bar.render())


async def test_the_key_bar_says_what_the_keys_do_now(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        bar = app.main.query_one(KeyBar)
        assert text(bar).startswith(" space Pause  [] Temperature  ? Help  ctrl+q Quit ")
        await session.play(update(replace(GAUGES, state=RunState.PAUSED)))
        await pilot.pause()
        assert text(bar).startswith(" space Train ")
        await pilot.press("2", "tab", "tab")
        await pilot.pause()
        assert "space" not in text(bar)
        assert " esc Back " in text(bar)


@pytest.mark.parametrize("width", [40, 52, 60, 63, 64, 75])
async def test_a_key_that_has_no_room_is_left_out_whole(tmp_path: Path, width: int) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        bar = app.main.query_one(KeyBar)
        entries = re.findall(r" \S+ [A-Z]\w+(?: [a-z]\w+)* ", text(bar))
        await pilot.resize_terminal(width, 15)
        await pilot.pause()
        shown = re.findall(r" \S+ [A-Z]\w+(?: [a-z]\w+)* ", text(bar))
        assert "".join(shown) == text(bar)
        assert shown == entries[: len(shown)]
        room = width - 2
        assert len(text(bar).rstrip()) <= room
        assert len(text(bar) + entries[len(shown)].rstrip()) > room


async def test_a_click_on_a_key_or_its_label_presses_it(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await pilot.click(KeyBar, offset=(text(app.main.query_one(KeyBar)).index("Pause") + 1, 0))
        await pilot.click(KeyBar, offset=(text(app.main.query_one(KeyBar)).index("]") + 1, 0))
        await pilot.click(KeyBar, offset=(119, 0))
        await pilot.pause()
        assert [type(command) for command in session.sent] == [Pause, SetSampling]


async def test_the_key_under_the_mouse_is_explained(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        bar = app.main.query_one(KeyBar)
        await pilot.hover(KeyBar, offset=(text(bar).index("Quit") + 1, 0))
        assert bar.tooltip == "Save the run and leave; works everywhere."
        await pilot.hover("#sample")
        await pilot.pause()
        assert bar.tooltip is None
