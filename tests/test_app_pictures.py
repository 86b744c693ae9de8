"""The screen as it looks: five sizes, five states."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.screens.race import RaceScreen
from tui.widgets.loss_panel import LossPanel

from pictures import compare
from scripted_session import SAMPLING_NOW, ScriptedSession, scripted_app, until
from staged_run import SIZES, STATES, staged, staged_race


@pytest.mark.parametrize("size", SIZES, ids=["x".join(map(str, size)) for size in SIZES])
@pytest.mark.parametrize("state", ["idle", "training", "paused", "diverged", "race"])
async def test_the_screen_looks_as_it_did(tmp_path: Path, size: tuple[int, int], state: str) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path, sampling=SAMPLING_NOW)
    async with app.run_test(size=size) as pilot:
        if state != "idle":
            await session.play(staged(STATES.get(state, STATES["training"])))
            await until(pilot, lambda: not app.main.query_one(LossPanel)._resting)
        if state == "race":
            await pilot.press("ctrl+r")
            await pilot.press("enter")
            assert isinstance(app.screen, RaceScreen)
            await session.play(staged_race())
            app.screen._show()
        await pilot.pause()
        await pilot.pause()
        compare(app, f"main-{state}-{size[0]}x{size[1]}", tmp_path)
