"""A line to type in: what is pasted into it, and how that is shown."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from textual import events
from textual.app import App, ComposeResult

from tui.widgets.line_input import LineInput


class LineApp(App[None]):
    def __init__(self, value: str = "", most: int = 0, new_line: str = "") -> None:
        super().__init__()
        self._line = value, most or None, new_line

    def compose(self) -> ComposeResult:
        value, most, new_line = self._line
        yield LineInput(value, max_length=most, new_line=new_line, select_on_focus=False, compact=True)

    @property
    def line(self) -> LineInput:
        return self.query_one(LineInput)

    @property
    def said(self) -> list[str]:
        return [notice.message for notice in self._notifications]

    async def paste(self, text: str, by: str) -> None:
        """As a terminal does, or from what was copied in the app."""
        if by == "the terminal":
            self.line.post_message(events.Paste(text))
        else:
            self.copy_to_clipboard(text)
            self.line.action_paste()


BOTH = pytest.mark.parametrize("by", ["the terminal", "the clipboard"])


@BOTH
async def test_line_ends_are_written_as_the_line_wants_them(by: str) -> None:
    app = LineApp(new_line="\\n")
    async with app.run_test() as pilot:
        await app.paste("ROMEO:\nThe streets", by)
        await pilot.pause()
        assert app.line.value == "ROMEO:\\nThe streets"


@BOTH
async def test_of_what_is_too_long_the_beginning_is_taken_and_that_is_said(by: str) -> None:
    app = LineApp("ab", most=5)
    async with app.run_test() as pilot:
        await app.paste("cdefg", by)
        await pilot.pause()
        assert app.line.value == "abcde"
        assert app.said == ["The first 3 of 5 characters: there is no room for more."]


async def test_into_a_line_that_is_too_full_nothing_is_pasted() -> None:
    app = LineApp("x" * 9, most=5)
    async with app.run_test() as pilot:
        await app.paste("12345", "the terminal")
        await pilot.pause()
        assert app.line.value == "x" * 9
        assert app.said == ["The first 0 of 5 characters: there is no room for more."]


@pytest.mark.parametrize("raw", ["a\x1b[31mb", "a\x9b31mb", "a\u202eb", "a\tb"])
async def test_nothing_that_is_pasted_steers_the_terminal_and_all_of_it_stays(raw: str) -> None:
    app = LineApp()
    async with app.run_test() as pilot:
        await app.paste(raw, "the terminal")
        await pilot.pause()
        assert app.line.value == raw
        shown: Sequence[str] = [segment.text for segment in app.line.render_line(0)]
        assert not set("".join(shown)) & set("\x1b\x9b\u202e\t")
        assert app.line._position_to_cell(len(raw)) == len(raw)
