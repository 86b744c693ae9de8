"""Writing with the network, at the real screen."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace
from textual import events

from model.config import SamplingSettings
from model.hands import TYPED, UNREAD
from model.outlook import Candidate, Outlook
from model.protocol import Choose, Gauges, GoOn, SetSampling, StartSampling, StopSampling, TakeBack, Type, Written
from model.session import EngineError
from tui.app import LSTMApp
from tui.screens.help import HelpScreen
from tui.widgets.duet_line import DuetLine
from tui.widgets.key_bar import KeyBar
from tui.widgets.next_panel import NextPanel
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, PLAY, playing, update, written

OUTLOOK = Outlook((Candidate("e", 0.6, 0.62), Candidate(" ", 0.4, 0.38)), 0.6, 0.7, "h", 0.1)
RUNNING = replace(GAUGES, outlook=OUTLOOK)


def line(app: LSTMApp) -> DuetLine:
    return app.main.query_one(DuetLine)


def said(app: LSTMApp) -> str:
    return str(line(app).render())


def pane(app: LSTMApp) -> SamplePane:
    return app.main.query_one(SamplePane)


async def test_every_key_is_typed_until_escape_lets_it_write_on(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        assert session.told(StopSampling, StartSampling) == [StopSampling()]
        assert pane(app).listening and not pane(app).writing
        await pilot.press("T", "o", "space", "[", "5", "?", "y", "enter")
        assert session.sent == [Type(each) for each in "To [5?y\n"]
        assert app.screen is app.main
        session.sent.clear()
        await pilot.press("escape")
        await pilot.pause()
        assert session.sent == [StartSampling()]
        assert not app.main.query(DuetLine)
        assert pane(app).writing and not pane(app).listening
        assert app.focused is pane(app)
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)


async def test_the_temperature_turns_while_one_writes(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, sampling=SamplingSettings(temperature=0.8)) as (session, app, pilot):
        await pilot.press("y")
        session.sent.clear()
        await pilot.press("up", "up", "down")
        turned = [command.sampling.temperature for command in session.sent if isinstance(command, SetSampling)]
        assert turned == pytest.approx([0.85, 0.9, 0.85])
        assert app.focused is line(app)


async def test_what_is_typed_right_after_is_for_the_text(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, _pilot):
        await app.main.action_write_with()
        assert app.focused is line(app), "keys that are in line already go there"


@pytest.mark.parametrize(
    ("text", "rests", "told"),
    [("the ki", False, GoOn("word")), ("the king, ", False, StopSampling()), ("the ki", True, StopSampling())],
)
async def test_it_ends_the_word_that_it_is_in_and_begins_none(
    tmp_path: Path, text: str, rests: bool, told: GoOn | StopSampling
) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, _app, pilot):
        await session.play(update(RUNNING, texts=(written(text),)))
        await pilot.press(*["w"] * rests)
        session.sent.clear()
        await pilot.press("y")
        assert session.sent == [told]


async def test_it_is_asked_to_go_on_and_taken_back(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, _app, pilot):
        await pilot.press("y")
        session.sent.clear()
        await pilot.press("tab", "right", "end", "backspace")
        assert session.sent == [GoOn("word"), GoOn("character"), GoOn("line"), TakeBack()]


async def test_the_line_goes_with_the_engine(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        await session.play(EngineError("the engine has ended"))
        await pilot.pause()
        assert not app.main.query(DuetLine)
        assert not pane(app).listening and app.focused is pane(app)
        await pilot.press("?")
        assert isinstance(app.screen, HelpScreen)


@pytest.mark.parametrize("panel", ["4", "6"])
async def test_where_another_panel_has_the_window_the_page_takes_its_place(tmp_path: Path, panel: str) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        await pilot.press(panel, "M")
        await pilot.pause()
        assert app.main.alone and not pane(app).region.area
        await pilot.press("y")
        await pilot.pause()
        assert pane(app).region.area and line(app).region.area


async def test_the_two_voices_differ_in_more_than_colour(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        text = Written("\nTo b\u00e9 or", (0.5,) * 9, by_hand=bytes([TYPED] * 5 + [UNREAD] + [0] * 3))
        await session.play(update(RUNNING, texts=(text,)))
        await pilot.pause()
        assert pane(app).text.endswith("\nTo b\u00e9 or")
        last = pane(app).render_line(pane(app).content_size.height - 1)
        strips = [pane(app).render_line(y) for y in range(pane(app).content_size.height)]
        row = next(strip for strip in strips if strip.text.startswith("To b"))
        styles = {segment.text: segment.style for segment in row if segment.style is not None}
        assert styles["To b"].bold and styles["To b"].color != styles[" or"].color
        assert styles["\u00e9"].strike and not styles[" or"].bold
        assert last is not None


async def test_what_the_network_does_not_know_is_sent_and_said(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        session.sent.clear()
        await pilot.press("\u00e9")
        assert session.sent == [Type("\u00e9")]
        assert "\u00e9 is not in its text" in said(app)
        await pilot.press("e")
        assert "\u00e9" not in said(app)


async def test_what_is_pasted_is_typed_at_once(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        session.sent.clear()
        line(app).post_message(events.Paste("To be\r\nor \x1b[31mnot"))
        await pilot.pause()
        assert session.sent == [Type("To be\nor \x1b[31mnot")]
        assert "\u241b" in said(app)
        assert "\x1b" not in said(app)


@pytest.mark.parametrize("size", [(120, 40), (200, 60), (80, 24), (60, 20), (40, 12)])
async def test_the_candidates_are_in_sight_at_every_size_and_follow(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        await pilot.pause()
        assert line(app).region.height == 1
        assert app.main.region.contains_region(line(app).region)
        assert line(app).region.y == pane(app).region.bottom
        ample = app.main.query_one(NextPanel).region.area > 0
        assert ("e 62 %" in said(app)) != ample
        other = replace(OUTLOOK, candidates=(Candidate("z", 0.9, 0.91),))
        await session.play(update(replace(RUNNING, outlook=other)))
        assert ("z 91 %" in said(app)) != ample


async def test_a_click_on_a_candidate_writes_it_and_leaves_the_pen_where_it_is(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        session.sent.clear()
        await pilot.click("#next", offset=(12, 1))
        await pilot.pause()
        assert session.sent == [Choose("e")]
        assert app.focused is line(app)
        await pilot.press("r")  # a letter of the text, and no key of the screen
        assert session.sent == [Choose("e"), Type("r")]


async def test_among_the_candidates_the_digits_write_until_the_pen_is_taken_up_again(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        app.main.query_one(NextPanel).focus()
        await pilot.pause()
        session.sent.clear()
        await pilot.press("1")
        assert session.sent == [Choose("e")]
        assert "y goes on" in said(app)
        await pilot.press("y", "a")
        assert session.sent == [Choose("e"), Type("a")]


async def test_a_click_on_the_page_goes_on_typing_and_a_field_elsewhere_ends_it(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        await pilot.click(SamplePane)
        await pilot.pause()
        assert app.focused is line(app)
        session.sent.clear()
        app.main.query_one("#hidden-size Input").focus()
        await pilot.pause()
        await pilot.pause()
        assert session.sent == [StartSampling()]
        assert not app.main.query(DuetLine)


async def test_the_footer_has_the_keys_of_the_pen(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        bar = app.main.query_one(KeyBar)
        before = str(bar.render())
        await pilot.press("y")
        await pilot.pause()
        assert str(bar.render()).startswith(
            " tab A word  \u2192 A character  end A line  \u232b Undo  \u2193\u2191 Temperature  esc Let it write "
        )
        await pilot.press("escape")
        await pilot.pause()
        assert str(bar.render()) == before


async def test_in_a_small_window_it_leads_to_the_page(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24), gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("1")
        await pilot.pause()
        await pilot.press("y")
        await pilot.pause()
        assert line(app).region.area and pane(app).region.area


async def test_before_there_is_a_network_it_says_so(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=Gauges()) as (session, app, pilot):
        await pilot.press("y")
        assert session.sent == []
        assert not app.main.query(DuetLine)


async def test_typing_shows_the_end_of_the_text_again(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await session.play(update(RUNNING, texts=(written(PLAY * 3),)))
        await pilot.press("home", "y")
        assert pane(app).following
        pane(app).scroll_to(y=0, animate=False)
        await pilot.pause()
        await pilot.press("a")
        assert pane(app).following


async def test_a_new_page_and_the_key_for_writing_take_the_pen_away(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("y")
        session.sent.clear()
        app.main.action_restart_writing()
        await pilot.pause()
        assert session.told(StartSampling) == [StartSampling(restart=True)]
        assert pane(app).writing and not pane(app).listening and not app.main.query(DuetLine)
        await pilot.press("y")
        session.sent.clear()
        app.main.action_toggle_writing()
        await pilot.pause()
        assert session.told(StartSampling) == [StartSampling()]
        assert pane(app).writing and not pane(app).listening and not app.main.query(DuetLine)
