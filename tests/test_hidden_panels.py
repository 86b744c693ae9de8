"""What nobody can see is neither drawn nor asked for."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.screen import Screen

from model.outlook import Candidate, Outlook
from model.protocol import Watch, Written
from tui.app import LSTMApp
from tui.widgets.ink import NEURON
from tui.widgets.loss_chart import LossChart
from tui.widgets.loss_panel import LossPanel
from tui.widgets.neuron_raster import NeuronRaster
from tui.widgets.next_panel import NextPanel
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, ScriptedSession, playing, until, update

OUTLOOK = Outlook((Candidate("e", 0.5, 0.6), Candidate("a", 0.3, 0.2)), entropy=1.0, raw_entropy=1.2, after="h")
LATER = replace(GAUGES, step=1_300, train_loss=1.4, outlook=OUTLOOK)
WORK = (
    (LossPanel, "_show"),
    (LossPanel, "_draw"),
    (LossChart, "_draw"),
    (NextPanel, "_draw"),
    (NextPanel, "_explain"),
    (NextPanel, "render_line"),
    (NeuronRaster, "refresh_trace"),
    (NeuronRaster, "render_line"),
    (SamplePane, "render_line"),
)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each panel did something for the eye."""
    done: Counter[str] = Counter()
    for kind, name in WORK:
        original = getattr(kind, name)

        def counted(self: object, *args: object, _original: object = original, **more: object) -> object:
            done[type(self).__name__] += 1
            return _original(self, *args, **more)  # type: ignore[operator]

        monkeypatch.setattr(kind, name, counted)
    return done


async def hear(session: ScriptedSession, pilot: Pilot[None]) -> None:
    """Let everything change at once."""
    await session.play(update(LATER, steps=1_300, texts=(Written("more\n" * 80, (0.5,) * 400),)))
    await pilot.pause()
    await pilot.pause()


async def rested(app: LSTMApp, pilot: Pilot[None]) -> None:
    """Wait until the loss is drawn as soon as it comes."""
    await until(pilot, lambda: not app.main.query_one(LossPanel)._resting)


async def test_in_an_ample_window_all_panels_follow(tmp_path: Path, work: Counter[str]) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await rested(app, pilot)
        work.clear()
        await hear(session, pilot)
        assert set(work) == {"LossPanel", "LossChart", "NextPanel", "NeuronRaster", "SamplePane"}


@pytest.mark.parametrize(
    ("panel", "seen"),
    [
        ("corpora", set()),
        ("training", set()),
        ("next", {"NextPanel", "SamplePane"}),
        ("neurons", {"NeuronRaster", "SamplePane"}),
    ],
)
async def test_in_a_small_window_only_the_open_page_works(
    tmp_path: Path, work: Counter[str], panel: str, seen: set[str]
) -> None:
    async with playing(tmp_path, size=(80, 24)) as (session, app, pilot):
        app.main.action_jump(panel)
        await pilot.pause()
        await rested(app, pilot)
        work.clear()
        await hear(session, pilot)
        assert set(work) == seen


async def test_below_another_screen_nothing_is_drawn_and_all_is_caught_up(tmp_path: Path, work: Counter[str]) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await rested(app, pilot)
        await app.push_screen(Screen())
        await pilot.pause()
        work.clear()
        await hear(session, pilot)
        assert not work
        app.pop_screen()
        await pilot.pause()
        assert work["LossChart"]
        shown = app.main.query_one(NextPanel)
        assert "60 %" in shown.render_line(0).text
        assert "1,300" in "".join(
            strip.text
            for strip in app.main.query_one("#loss-numbers").render_lines(
                app.main.query_one("#loss-numbers").size.region
            )
        )


async def test_hidden_values_are_asked_for_only_while_someone_can_see_them(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await app.push_screen(Screen())
        await pilot.pause()
        assert session.told(Watch) == [Watch(False)]
        app.pop_screen()
        await pilot.pause()
        assert session.told(Watch) == [Watch(True)]


async def test_a_dialog_lets_the_values_come(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, _app, pilot):
        await pilot.press("question_mark")
        await pilot.pause()
        assert session.told(Watch) == []


async def test_ink_of_a_neuron_needs_values_only_where_the_text_is_seen(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24), ink=NEURON.name) as (session, app, pilot):
        app.main.action_jump("training")
        await pilot.pause()
        await pilot.pause()
        assert session.told(Watch) == [Watch(False)]
        app.main.action_jump("sample")
        await pilot.pause()
        await pilot.pause()
        assert session.told(Watch) == [Watch(True)]
