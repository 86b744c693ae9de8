"""The main screen as it looks: three sizes, three states."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from model.protocol import RunState

from pictures import compare
from scripted_session import (
    GAUGES,
    PLAY,
    SAMPLING_NOW,
    ScriptedSession,
    scripted_app,
    update,
    written,
)

TURNED = PLAY.index("I have not slept")


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)], ids=["80x24", "120x40", "200x60"])
@pytest.mark.parametrize("state", ["idle", "training", "paused"])
async def test_the_main_screen_looks_as_it_did(tmp_path: Path, size: tuple[int, int], state: str) -> None:
    session = ScriptedSession()
    app = scripted_app(session, tmp_path, sampling=SAMPLING_NOW)
    async with app.run_test(size=size) as pilot:
        if state != "idle":
            gauges = replace(GAUGES, state=RunState(state))
            texts = (
                written(PLAY + PLAY[:TURNED]),
                written(PLAY[TURNED:] + PLAY[:70], temperature=SAMPLING_NOW.temperature),
            )
            await session.play(update(gauges, fresh=True, steps=GAUGES.step, texts=texts))
        await pilot.pause()
        await pilot.pause()
        compare(app, f"main-{state}-{size[0]}x{size[1]}", tmp_path)
