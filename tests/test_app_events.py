"""What has happened in a run, and where it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.containers import VerticalScroll

from corpora.info import Baselines
from model.config import TrainingSettings
from model.protocol import Notice, RunState, RunUpdate
from tui.app import LSTMApp
from tui.chronicle import MOST, happened
from tui.screens.events import EventRow, EventsScreen

from scripted_session import GAUGES, playing, update

COSTS = Baselines(uniform=4.16, unigram=3.3, bigram=2.46, floor=None, xz=2.2, bz2=2.6, compressed=10)


def told(app: LSTMApp) -> list[tuple[int, str]]:
    return [(event.step, event.text) for event in app.main.happenings]


def rows(app: LSTMApp) -> list[str]:
    return ["".join(f"{text.render()} " for text in row.query("*")).strip() for row in app.screen.query(EventRow)]


async def test_notices_are_kept_with_their_step_newest_last(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        rollback, saved = Notice("the loss rose to 9.00", "warning"), Notice("saved x at step 1,300")
        await session.play(update(replace(GAUGES, step=1_300), notices=(rollback, saved)))
        assert told(app) == [
            (0, "shakespeare · LSTM of 1 layer, 128 cells · 107,328 parameters · Adam"),
            (1_300, "the loss rose to 9.00"),
            (1_300, "saved x at step 1,300"),
        ]
        assert len(app._notifications) == 2
        await pilot.press("e")
        await pilot.pause()
        assert isinstance(app.screen, EventsScreen)
        assert rows(app)[1] == "1,300 ▲ the loss rose to 9.00"
        await session.play(update(replace(GAUGES, step=1_400), notices=(Notice("no room", "error"),)))
        await pilot.pause()
        assert rows(app)[-1] == "1,400 ✕ no room" and len(rows(app)) == 4
        await pilot.press("escape")
        assert app.screen.id == "main"


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("the loss rose to 9.00", "The loss rose to 9.00"),
        ("shakespeare is short: 3 streams fit, not 32", "shakespeare is short: 3 streams fit, not 32"),
        ("hamlet.txt: not UTF-8 at byte 512", "hamlet.txt: not UTF-8 at byte 512"),
        ("/tmp/x.safetensors: no such file", "/tmp/x.safetensors: no such file"),
        ("", ""),
    ],
)
async def test_what_is_said_begins_with_a_capital_but_a_name_is_left_as_it_is(
    tmp_path: Path, told: str, shown: str
) -> None:
    async with playing(tmp_path) as (session, app, _pilot):
        await session.play(update(notices=(Notice(told),)))
        assert [notice.message for notice in app._notifications] == [shown]


async def test_what_is_said_is_data(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        await session.play(update(GAUGES, notices=(Notice("[/red]\x1b[31m\n[bold]x"),)))
        await pilot.press("e")
        await pilot.pause()
        assert rows(app)[-1].endswith("[/red]␛[31m␊[bold]x")


async def test_only_so_much_is_kept_and_the_newest_is_in_sight(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (session, app, pilot):
        for step in range(MOST + 20):
            await session.play(update(replace(GAUGES, step=step), notices=(Notice(f"said {step}"),)))
        assert len(app.main.happenings) == MOST and told(app)[-1] == (MOST + 19, f"said {MOST + 19}")
        await pilot.press("e")
        await pilot.pause()
        await pilot.pause()
        scroll = app.screen.query_one(VerticalScroll)
        assert scroll.region.contains_region(list(app.screen.query(EventRow))[-1].region)
        assert app.screen.region.contains_region(scroll.region)
        await session.play(update(replace(GAUGES, step=MOST + 20), notices=(Notice("one more"),)))
        await pilot.pause()
        assert len(app.screen.query(EventRow)) == MOST


async def test_without_events_it_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        app.main.happenings = ()
        await pilot.press("e")
        await pilot.pause()
        assert "Nothing has happened" in str(app.screen.query_one("#no-events").render())


def words(before: object, now: object) -> list[str]:
    return [event.text for event in happened(before, RunUpdate(now))]  # type: ignore[arg-type]


def test_what_someone_changes_is_an_event() -> None:
    now = replace(GAUGES, training=TrainingSettings(learning_rate=0.002, guard=False))
    assert words(GAUGES, now) == ["learning rate 0.002, was 0.01", "guard no, was yes"]
    assert words(now, replace(now, step=1_300, state=RunState.PAUSED)) == []


@pytest.mark.parametrize(("schedule", "said"), [("plateau", ["learning rate 0.005 from here on"]), ("cosine", [])])
def test_a_rate_that_drops_is_an_event_and_one_that_glides_is_not(schedule: str, said: list[str]) -> None:
    before = replace(GAUGES, training=TrainingSettings(schedule=schedule), learning_rate=0.01)
    assert words(before, replace(before, learning_rate=0.005)) == said


def test_a_baseline_is_beaten_once() -> None:
    before = replace(GAUGES, baselines=COSTS, best_validation_loss=2.5)
    after = replace(before, best_validation_loss=1.7)
    assert words(before, after) == [
        f"validation loss 1.700 nats: better than {words}"
        for words in ("knowing what follows each character", "bzip2 packs the text")
    ]
    assert words(after, replace(after, best_validation_loss=1.69)) == []
    assert len(words(replace(GAUGES, baselines=None), replace(GAUGES, baselines=COSTS))) == 4


def test_what_an_opened_run_had_beaten_before_is_no_event() -> None:
    opened = replace(GAUGES, baselines=None, best_validation_loss=1.7)
    costs = RunUpdate(replace(opened, baselines=COSTS))
    assert [*happened(opened, costs, brought=1.7)] == []
    assert len([*happened(opened, costs, brought=None)]) == 4
    better = RunUpdate(replace(opened, baselines=COSTS, best_validation_loss=0.5))
    assert [event.text[-16:] for event in happened(costs.gauges, better, brought=1.7)] == ["xz packs the text"[-16:]]


def test_another_network_begins_anew() -> None:
    opened = replace(GAUGES, step=700, training=TrainingSettings(dropout=0.5))
    (event,) = happened(GAUGES, RunUpdate(opened, fresh=True))
    assert event.begins and event.step == 700
