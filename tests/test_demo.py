"""The show that plays by itself, and who ends it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events
from textual.pilot import Pilot
from textual.worker import WorkerCancelled

from model.config import SamplingSettings
from model.protocol import EndRace, NewNetwork, SetSampling, ShowPast, StartRace, StartSampling, StopSampling
from tui.app import LSTMApp
from tui.demo import SHOW, Act, Demo
from tui.settings import load_settings
from tui.sight import in_sight
from tui.widgets.caption import Caption
from tui.widgets.ink import SURPRISE
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, ScriptedSession, scripted_app, update, written

STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 125, 157, 197, 247, 309, 387, 484, 605, 757, 947, 1184)
RUN = replace(GAUGES, snapshots=STEPS, sampling=SamplingSettings())
SPOKEN_OF = {"The loss": "#loss-chart", "The bars": "#next", "the bars": "#next", "neurons": "#neurons"}
"""What stands in a sentence, and what is then to be seen on the main screen."""


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
async def showing(
    folder: Path, *, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[tuple[ScriptedSession, LSTMApp, Pilot[None], Patience]]:
    """A show on a scripted session whose run has a past."""
    session, patience = ScriptedSession(), Patience()
    app = scripted_app(session, folder, demo=True)
    app.demo = Demo(app, patience.sleep)
    async with app.run_test(size=size) as pilot:
        await session.play(update(RUN, fresh=True, steps=RUN.step, texts=(written(),)))
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


async def until_said(words: str, app: LSTMApp, pilot: Pilot[None], patience: Patience) -> None:
    """Let the show go on to the sentence with these words."""
    for _ in range(100):
        if words in caption(app):
            return
        await patience.step(pilot)
    raise AssertionError(f"{words!r} is not said")


@pytest.mark.parametrize(
    ("name", "said"),
    [("shakespeare", "It reads Shakespeare."), ("bible", "It reads bible."), ("\x1b[2J" * 20, "\u241b")],
)
async def test_the_show_names_the_text_that_it_plays_on(tmp_path: Path, name: str, said: str) -> None:
    async with showing(tmp_path) as (session, app, pilot, patience):
        assert RUN.corpus is not None
        await session.play(update(replace(RUN, corpus=replace(RUN.corpus, name=name))))
        await until_said("It reads", app, pilot, patience)
        assert said in caption(app) and "\x1b" not in caption(app)


async def test_the_past_is_open_at_once_and_goes_from_noise_to_the_present(tmp_path: Path) -> None:
    async with showing(tmp_path) as (_session, app, pilot, patience):
        await until_said("Back in time", app, pilot, patience)
        assert app.past is not None
        assert app.past.is_active
        steps = [app.past.step]
        while "A race" not in caption(app):
            if app.past is not None:
                steps.append(app.past.step)
            await patience.step(pilot)
        assert steps[0] == STEPS[0]
        assert steps[-1] == STEPS[-1]
        assert steps == sorted(steps)
        assert len(set(steps)) > 5


async def test_where_it_goes_on_it_writes_in_that_ink_from_the_first_moment(tmp_path: Path) -> None:
    async with showing(tmp_path) as (session, app, pilot, patience):
        await until_said("The writing rests", app, pilot, patience)
        assert not app.main.query_one(SamplePane).writing
        session.sent.clear()
        await until_said("On it goes", app, pilot, patience)
        assert app.main.query_one(SamplePane).writing
        assert app.main.ink == SURPRISE.name
        assert isinstance(session.sent[-1], StartSampling)
        assert app.main.sampling.temperature > 1  # as the mark says behind which it goes on
        await until_said("Single neurons", app, pilot, patience)
        assert app.main.sampling.temperature == SamplingSettings().temperature


@pytest.mark.parametrize("size", [(120, 40), (120, 30), (80, 24), (60, 20), (60, 16)])
async def test_what_is_spoken_of_is_seen_and_the_text_beside_it(tmp_path: Path, size: tuple[int, int]) -> None:
    async with showing(tmp_path, size=size) as (_session, app, pilot, patience):
        seen, rounds = set(), 0
        while rounds < 2 or "The loss" not in caption(app):
            if app.screen is app.main and (said := caption(app)):
                for panel in (panel for words, panel in SPOKEN_OF.items() if words in said):
                    if panel != "#loss-chart" or size[1] >= 20:  # a lower window has a landscape in its place
                        shown = app.main.query_one(panel)
                        assert in_sight(shown) and shown.region.height >= 3, (said, panel)
                        seen.add(panel)
                assert app.main.query_one(SamplePane).scrollable_content_region.height >= 2, said
            rounds += caption(app) == SHOW[-1].caption
            await patience.step(pilot)
        assert {"#next", "#neurons"} <= seen
        assert app.main.panel == "sample"


async def test_of_the_network_that_it_leaves_behind_nothing_is_said(tmp_path: Path) -> None:
    def said() -> bool:
        return any("rests at step" in notice.message for notice in app._notifications)

    async with showing(tmp_path) as (session, app, pilot, _patience):
        await session.play(update(replace(RUN, step=0, left_behind=1), fresh=True))
        assert not said()
        await pilot.press("x")
        await session.play(update(RUN), update(replace(RUN, step=0, left_behind=2), fresh=True))
        assert said()


async def test_once_it_has_ended_nothing_waits_for_its_next_act(tmp_path: Path) -> None:
    async with showing(tmp_path) as (_session, app, pilot, _patience):
        (show,) = [worker for worker in app.workers if worker.name == "demo"]
        await pilot.press("x")
        await asyncio.wait_for(show.wait(), 20)
        assert show.error is None


async def test_a_show_that_waits_goes_with_the_app(tmp_path: Path) -> None:
    async with showing(tmp_path) as (_session, app, _pilot, _patience):
        (show,) = [worker for worker in app.workers if worker.name == "demo"]
        show.cancel()
        with pytest.raises(WorkerCancelled):
            await asyncio.wait_for(show.wait(), 20)


async def do(hand: str, app: LSTMApp, pilot: Pilot[None]) -> None:
    """What somebody does who has come."""
    if hand == "a key":
        await pilot.press("right_square_bracket")
    elif hand == "a click":
        # what is swallowed makes no click: the button must go down and up on the same thing, and the caption goes
        await pilot.mouse_down("#train")
        await pilot.mouse_up("#train")
    elif hand == "a paste":
        app.post_message(events.Paste(str(Path(__file__))))
    else:
        x, y = app.main.query_one("#temperature").region.offset
        turned = events.MouseScrollUp if hand == "the wheel, up" else events.MouseScrollDown
        app.post_message(turned(None, x, y, 0, 0, 0, False, False, False, x, y))


@pytest.mark.parametrize("hand", ["a key", "a click", "a paste", "the wheel, up", "the wheel, down"])
async def test_the_first_hand_ends_it_and_does_nothing_else(tmp_path: Path, hand: str) -> None:
    async with showing(tmp_path) as (session, app, pilot, _patience):
        await do(hand, app, pilot)
        await pilot.pause()
        assert app.demo is not None and not app.demo.going
        assert not app.screen.query(Caption)
        for opening in [worker for worker in app.workers if worker.group == "pasted"]:
            await opening.wait()
        assert app.screen is app.main
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
