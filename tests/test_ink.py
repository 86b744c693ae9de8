"""Inks: how surprising each character was, to be seen in the text itself."""

from __future__ import annotations

import math
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.selection import Selection

from model.protocol import Mark, Written
from tui.sanitize import sanitize
from tui.widgets.ink import BOLD, ITALIC, SHADES, fitted, next_ink, surprise, surprises
from tui.widgets.sample_pane import SamplePane
from tui.widgets.text_buffer import TextBuffer


class PaneApp(App[None]):
    CSS = "SamplePane { border: round $primary; }"

    def __init__(self) -> None:
        super().__init__()
        self.pane = SamplePane(capacity=1000)
        self.pane.ink = "surprise"

    def compose(self) -> ComposeResult:
        yield self.pane


@dataclass(frozen=True)
class Run:
    text: str
    style: Style


def runs(pane: SamplePane, y: int = 0) -> list[Run]:
    """The pieces of a row that have a style of their own, without the blank behind."""
    return [
        Run(each.text, each.style or Style()) for each in pane.render_line(y) if each.text.strip() or each.text == " "
    ]


def legend(pane: SamplePane) -> str:
    return Content.from_markup(pane.border_subtitle or "").plain


def test_a_shade_is_a_bit_of_surprise() -> None:
    assert [surprise(2.0**-bits) for bits in range(12)] == [0, 1, 2, 3, 4, 5, 6, 7, 7, 7, 7, 7]
    assert [surprise(probability) for probability in (0.9, 0.51, 0.49, 0.26, 0.24)] == [0, 0, 1, 1, 2]


@pytest.mark.parametrize(("probability", "shade"), [(0.0, SHADES - 1), (math.nan, 0), (-1.0, 0), (2.0, 0), (5e-324, 7)])
def test_every_probability_has_a_shade(probability: float, shade: int) -> None:
    assert surprise(probability) == shade


@given(
    st.text(st.sampled_from("ab\u0301\u6f22\u200d\U0001f600"), max_size=30), st.lists(st.integers(0, 7), max_size=40)
)
def test_there_is_a_shade_for_each_character_and_marks_have_that_of_their_letter(text: str, shades: list[int]) -> None:
    fit = fitted(shades, text)
    assert len(fit) == len(text)
    assert all(fit[index] == fit[index - 1] for index in range(1, len(text)) if text[index] in "\u0301\u200d")


def test_inks_go_round() -> None:
    assert next_ink("plain") == "surprise"
    assert next_ink("surprise") == "neuron"
    assert next_ink("neuron") == "plain"
    assert next_ink("unheard of") == "plain"


async def test_surprising_characters_stand_out_and_likely_ones_step_back() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.append(Written("abcd", (1.0, 0.3, 2.0**-BOLD, 2.0**-ITALIC)))
        await pilot.pause()
        a, b, c, d = runs(app.pane)[:4]
        assert [run.text for run in (a, b, c, d)] == list("abcd")
        assert len({run.style.color for run in (a, b, c, d)}) == 4
        # seen without colours too
        assert [bool(run.style.bold) for run in (a, b, c, d)] == [False, False, True, True]
        assert [bool(run.style.italic) for run in (a, b, c, d)] == [False, False, False, True]


async def test_neighbours_of_one_shade_are_drawn_as_one() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.append(Written("the end", (0.9, 0.8, 0.7, 1.0, 0.01, 0.01, 0.9)))
        await pilot.pause()
        assert [run.text for run in runs(app.pane)[:3]] == ["the ", "en", "d"]


async def test_the_ink_changes_what_is_already_written_and_back() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.append(Written("ab\ncd\n", (1.0, 0.001) * 3))
        await pilot.pause()
        inked = [run.style for run in runs(app.pane)]
        app.pane.ink = "plain"
        await pilot.pause()
        assert [run.text for run in runs(app.pane)] == ["ab"]
        assert not app.pane.border_subtitle
        app.pane.ink = "surprise"
        await pilot.pause()
        assert [run.style for run in runs(app.pane)] == inked


async def test_the_legend_stands_below_unless_there_is_something_to_say() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        app.pane.append(Written("line\n" * 50, (0.5,) * 250))
        await pilot.pause()
        assert " ".join(legend(app.pane).split()) == "surprise in bits 0 1 2 3 4 5 6 7+"
        app.pane.scroll_to(y=0, animate=False)
        await pilot.pause()
        assert legend(app.pane) == "End to follow"


async def test_a_prime_a_label_and_a_selection_are_seen_in_any_ink() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        marks = (Mark(0, "start", "start", given=2), Mark(4, "sampling", "temperature 0.85"))
        app.pane.append(Written("abcdef", (1.0, 1.0, 0.5, 0.5, 0.001, 0.001), marks=marks))
        await pilot.pause()
        row = runs(app.pane, 1)
        assert row[0].text == "ab" and row[0].style.italic
        assert "temperature 0.85" in "".join(run.text for run in row)
        assert next(run for run in row if "ef" in run.text).style.bold
        app.screen.selections = {app.pane: Selection(Offset(3, 0), Offset(5, 0))}
        await pilot.pause()
        assert app.screen.get_selected_text() == "cd" or app.screen.get_selected_text() == "d"


async def test_emoji_marks_and_wide_characters_keep_the_grid_in_any_ink() -> None:
    app = PaneApp()
    async with app.run_test(size=(30, 12)) as pilot:
        text = "e\u0301\u6f22\U0001f600\u200d\U0001f600\u0301\u0301x\u05d0 \x1b[31m " * 20
        app.pane.append(Written(text, tuple((index % 9 + 1) / 300 for index in range(len(text)))))
        await pilot.pause()
        inked = [app.pane.render_line(y) for y in range(10)]
        app.pane.ink = "plain"
        await pilot.pause()
        plain = [app.pane.render_line(y) for y in range(10)]
        assert [strip.text for strip in inked] == [strip.text for strip in plain]
        assert {strip.cell_length for strip in inked} == {cell_len(inked[0].text)}


@given(st.lists(st.tuples(st.text(st.sampled_from("ab \n\u6f22"), max_size=40), st.booleans()), max_size=12))
def test_shades_stay_with_their_characters_when_text_is_dropped(pieces: list[tuple[str, bool]]) -> None:
    buffer = TextBuffer(30, ["surprise"])
    buffer.set_width(10)
    for text, labelled in pieces:
        if labelled:
            buffer.label("a label", alone=False)
        shown = sanitize(text)
        buffer.write(shown, values={"surprise": bytes(ord(character) % 8 for character in shown)})
        buffer.settle()
        buffer.trim()
        assert len(buffer.channels["surprise"]) == buffer.end - buffer.start
    for offset in range(buffer.start, buffer.end):
        character = buffer.text(offset, offset + 1)
        assert buffer.values("surprise", offset, offset + 1) == (bytes([ord(character) % 8]) if character else b"\0")
    buffer.clear()
    assert not buffer.channels["surprise"]


def test_what_came_without_probabilities_is_in_the_plainest_shade() -> None:
    assert surprises(Written("abc", ())) == b"\0\0\0"
