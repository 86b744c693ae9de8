"""The show that plays by itself, and who ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from model.config import SamplingSettings
from model.protocol import EndRace, NewNetwork, SetSampling, ShowPast, StartRace, StartSampling, StopSampling
from tui.app import LSTMApp
from tui.demo import SHOW, Act, Demo
from tui.settings import load_settings
from tui.widgets.caption import Caption

from scripted_session import GAUGES, ScriptedSession, scripted_app, update, written


class Patience:
    """Lets a show wait for as long as a test wants."""

    def __init__(self) -> None:
        self.waiting = asyncio.Event()
        self._go = asyncio.Event()

    async def sleep(self, _: float) -> None:
        """Wait for `step`."""
        self._go.clear()
        self.waiting.set()
        await self._go.wait()

    async def step(self, pilot: Pilot[None]) -> None:
        """Let the show do one thing more."""
        self.waiting.clear()
        self._go.set()
        await asyncio.wait_for(self.waiting.wait(), 20)
        await pilot.pause()


@asynccontextmanager
async def showing(folder: Path) -> AsyncIterator[tuple[ScriptedSession, LSTMApp, Pilot[None], Patience]]:
    """A show on a scripted session whose run has a past."""
    session, patience = ScriptedSession(), Patience()
    app = scripted_app(session, folder, demo=True)
    app.demo = Demo(app, patience.sleep)
    async with app.run_test(size=(120, 40)) as pilot:
        gauges = replace(GAUGES, snapshots=(0, 1, 2), sampling=SamplingSettings())
        await session.play(update(gauges, fresh=True, texts=(written(),)))
        await asyncio.wait_for(patience.waiting.wait(), 20)
        await pilot.pause()
        session.sent.clear()
        yield session, app, pilot, patience


def caption(app: LSTMApp) -> str:
    """What is said, if anything: a screen that has just come is silent for a moment."""
    return "".join(str(shown.content) for shown in app.screen.query(Caption))


async def test_the_whole_show_plays_and_begins_again(tmp_path: Path) -> None:
    async with showing(tmp_path) as (session, app, pilot, patience):
        captions = [caption(app)]
        screens = {app.screen.id}
        while len(captions) <= len(SHOW):
            await patience.step(pilot)
            screens.add(app.screen.id or type(app.screen).__name__)
            if (said := caption(app)) not in ("", captions[-1]):
                captions.append(said)
        assert captions == [*(act.caption for act in SHOW), SHOW[0].caption]
        assert screens == {"main", "past", "RaceSetupScreen", "race"}
        kinds = {type(command) for command in session.sent}
        assert {SetSampling, StopSampling, StartSampling, ShowPast, StartRace, EndRace, NewNetwork} <= kinds
        assert app.main.sampling.temperature == SamplingSettings().temperature
        assert app.main.ink == "plain"


@pytest.mark.parametrize("hand", ["a key", "a click"])
async def test_the_first_hand_ends_it_and_does_nothing_else(tmp_path: Path, hand: str) -> None:
    async with showing(tmp_path) as (session, app, pilot, _patience):
        if hand == "a key":
            await pilot.press("right_square_bracket")
        else:
            # what is swallowed makes no click: the button must go down and up on the same thing, and the caption goes
            await pilot.mouse_down("#train")
            await pilot.mouse_up("#train")
        await pilot.pause()
        assert app.demo is not None and not app.demo.going
        assert not app.screen.query(Caption)
        assert session.sent == []
        await pilot.press("right_square_bracket")
        assert [type(command) for command in session.sent] == [SetSampling]


async def test_ctrl_q_quits_a_show(tmp_path: Path) -> None:
    async with showing(tmp_path) as (session, app, pilot, _patience):
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert session.stopped and session.saved_to is None
    assert app.return_code == 0


async def test_nothing_that_a_show_does_is_kept(tmp_path: Path) -> None:
    async with showing(tmp_path) as (_session, app, pilot, _patience):
        await app.run_action("screen.turn('temperature', 1)")
        await pilot.press("ctrl+q")
        await pilot.pause()
    assert not (tmp_path / "config" / "settings.toml").exists()


async def test_what_is_done_by_who_takes_over_is_kept(tmp_path: Path) -> None:
    async with showing(tmp_path) as (session, app, pilot, _patience):
        await pilot.press("x", "right_square_bracket")
        await app.action_quit()
    assert session.saved_to == str(tmp_path / "state" / "runs" / "last.safetensors")
    assert load_settings(tmp_path / "config" / "settings.toml").sampling.temperature == pytest.approx(0.85)


def test_it_takes_two_minutes() -> None:
    assert 110 <= sum(act.seconds for act in SHOW) <= 130


@pytest.mark.parametrize("act", SHOW)
def test_captions_fit_two_lines_of_a_small_window(act: Act) -> None:
    assert len(act.caption) <= 2 * 70
