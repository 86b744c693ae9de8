"""What is copied is underlined in the written text, and its share stands below."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style
from textual.app import App, ComposeResult
from textual.content import Content
from textual.pilot import Pilot

from corpora.origins import COPIED, MADE_UP, UNKNOWN
from model.protocol import Mark, Written
from tui.sanitize import sanitize
from tui.widgets.sample_pane import RECENT, SamplePane
from tui.widgets.text_buffer import ORIGINS, TextBuffer

from scripted_session import PLAY, playing, update

LONG = "and the lamp burnt on until the morning"


class PaneApp(App[None]):
    CSS = "SamplePane { border: round $primary; }"

    def __init__(self) -> None:
        super().__init__()
        self.pane = SamplePane(capacity=20_000)

    def compose(self) -> ComposeResult:
        yield self.pane


def origins(told: str) -> bytes:
    """`=` copied, `.` made up, a space unknown."""
    return told.encode().translate(bytes.maketrans(b" .=", bytes([UNKNOWN, MADE_UP, COPIED])))


def written(text: str, told: str = "", *marks: Mark, taken_back: int = 0) -> Written:
    return Written(text, (0.001,) * len(text), marks=marks, taken_back=taken_back, copied=origins(told))


def underlined(pane: SamplePane) -> list[str]:
    """The underlined stretches of each row."""
    found = []
    for y in range(pane.scrollable_content_region.height):
        row = "".join(
            each.text if (each.style or Style()).underline else "\0" for each in pane.render_line(y) if each.text
        )
        found += [part for part in row.split("\0") if part]
    return found


def below(pane: SamplePane) -> str:
    return Content.from_markup(pane.border_subtitle or "").plain


async def shown(pilot: Pilot[None], pane: SamplePane, *what: Written) -> None:
    for each in what:
        pane.append(each)
        await pilot.pause()


async def test_what_is_copied_is_underlined() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("my own words, then yours", ".............==========="))
        assert underlined(app.pane) == [" then yours"]


async def test_the_line_reaches_back_over_rows_that_were_drawn_before() -> None:
    app = PaneApp()
    async with app.run_test(size=(30, 12)) as pilot:
        await shown(pilot, app.pane, written("first\nsecond\nthir", 17 * "."))
        assert underlined(app.pane) == []
        assert [app.pane.render_line(y).text.strip() for y in range(2)] == ["first", "second"]
        await shown(pilot, app.pane, written("d", ".." + 16 * "="))
        assert underlined(app.pane) == ["rst", "second", "third"]


async def test_taking_back_the_end_of_a_copy_takes_its_line_away() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("aaaa" + LONG[:25], "...." + 25 * "="))
        await shown(pilot, app.pane, written("", 24 * ".", taken_back=1))
        assert underlined(app.pane) == []
        assert below(app.pane) == "0 % copied"


@pytest.mark.parametrize("ink", ["plain", "surprise", "neuron"])
async def test_a_copy_is_underlined_in_every_ink_and_nothing_else_is(ink: str) -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.ink = ink
        await shown(pilot, app.pane, written("mine, yours", "......====="))
        app.pane.colour("neuron", bytes(range(11)), anew=True)
        assert underlined(app.pane) == ["yours"]


async def test_a_copy_is_underlined_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        assert app.no_color
        await shown(pilot, app.pane, written("mine, yours", "......====="))
        assert underlined(app.pane) == ["yours"]


async def test_a_label_inside_a_copy_is_not_underlined_and_the_copy_goes_on_behind_it() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("mine, ", 6 * "."))
        mark = Mark(2, "sampling", "temperature 0.85")
        await shown(pilot, app.pane, written("yours", "......=====", mark))
        assert underlined(app.pane) == ["yo", "urs"]


async def test_a_mark_is_underlined_with_its_letter() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("\u6f22e\u0301\u6f22x", "..==."))
        assert underlined(app.pane) == ["\u6f22"]


async def test_the_share_is_of_what_was_written_and_not_of_what_was_given() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("given mine yours", "      ....======"))
        assert below(app.pane) == "60 % copied"
        await shown(pilot, app.pane, written(1000 * "x", 1000 * "."))
        assert below(app.pane) == "<1 % copied"
        await shown(pilot, app.pane, written(RECENT * "x", RECENT * "."))
        assert below(app.pane) == "0 % copied"
        app.pane.action_scroll_home()
        await pilot.pause()
        assert below(app.pane) == "End to follow \u00b7 0 % copied"


async def test_the_share_is_of_what_the_present_network_wrote() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("word for word", "============="))
        assert below(app.pane) == "100 % copied"
        await shown(pilot, app.pane, written("another", ".......", Mark(0, "network", "a new network")))
        assert below(app.pane) == "0 % copied"


async def test_no_share_is_shown_while_nobody_knows_it() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("words"))
        assert below(app.pane) == ""
        await shown(pilot, app.pane, written("words", "====="))
        assert below(app.pane) == "100 % copied"
        await shown(pilot, app.pane, written("of another network"))
        assert below(app.pane) == ""


async def test_the_share_makes_room_where_there_is_too_little() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 12)) as pilot:
        app.pane.ink = "surprise"
        await shown(pilot, app.pane, written("words", "====="))
        assert below(app.pane).endswith("7+  \u00b7 100 % copied")
        await pilot.resize_terminal(50, 12)
        await pilot.pause()
        assert below(app.pane).endswith("7+ ")


async def test_clearing_the_page_forgets_the_share() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await shown(pilot, app.pane, written("words", "====="))
        app.pane.clear()
        await pilot.pause()
        assert below(app.pane) == ""


async def test_the_main_screen_underlines_what_the_engine_tells(tmp_path: Path) -> None:
    async with playing(tmp_path) as (session, app, pilot):
        copied = bytes([MADE_UP]) * 9 + bytes([COPIED]) * 60 + bytes([MADE_UP]) * (len(PLAY) - 69)
        await session.play(update(texts=(Written(PLAY, (0.5,) * len(PLAY), copied=copied),)))
        await pilot.pause()
        pane = app.main.query_one(SamplePane)
        assert "".join(underlined(pane)).replace(" ", "") in PLAY.replace("\n", "").replace(" ", "")
        assert underlined(pane)
        assert below(pane) == f"{100 * 60 / len(PLAY):.0f} % copied"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(st.sampled_from("ab \n\u6f22"), max_size=40), st.booleans()), max_size=12))
def test_origins_stay_with_their_characters(pieces: list[tuple[str, bool]]) -> None:
    buffer, whole = TextBuffer(30), ""
    for text, labelled in pieces:
        if labelled:
            buffer.label("a label", alone=False)
        shown = sanitize(text)
        buffer.write(shown)
        whole += shown
        told = bytes(ord(character) % 3 for character in whole[-len(shown) - 5 :])
        first = buffer.colour(ORIGINS, told)
        assert first <= buffer.end
        buffer.settle()
        buffer.trim()
        for offset in range(buffer.start, buffer.end):
            character = buffer.text(offset, offset + 1)
            assert buffer.values(ORIGINS, offset, offset + 1) == bytes([ord(character) % 3 if character else 0])
