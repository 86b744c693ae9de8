import pytest
from textual.app import App, ComposeResult
from textual.content import Content
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import Selection

from model.protocol import Mark, MarkKind, Written
from tui.widgets.sample_pane import AT_REST, EMPTY, SamplePane


class PaneApp(App[None]):
    CSS = "SamplePane { border: round $primary; }"

    def __init__(self, capacity: int = 200_000) -> None:
        super().__init__()
        self.pane = SamplePane(capacity=capacity)

    def compose(self) -> ComposeResult:
        yield self.pane


def written(text: str, *marks: Mark, probability: float = 0.5) -> Written:
    return Written(text, (probability,) * len(text), marks=marks)


def numbered(first: int, behind: int) -> Written:
    return written("".join(f"line {number}\n" for number in range(first, behind)))


def screen_rows(pane: SamplePane) -> list[str]:
    return [pane.render_line(y).text.rstrip() for y in range(pane.scrollable_content_region.height)]


async def append(pilot: Pilot[None], pane: SamplePane, what: Written) -> None:
    pane.append(what)
    await pilot.pause()


async def test_an_empty_page_says_when_writing_begins() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)):
        assert EMPTY in [row.strip() for row in screen_rows(app.pane)]


async def test_the_page_follows_its_end() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await append(pilot, app.pane, numbered(0, 100))
        assert screen_rows(app.pane)[-2:] == ["line 99", "▌"]
        assert app.pane.scroll_offset.y == app.pane.max_scroll_y > 0
        await append(pilot, app.pane, written("and more"))
        assert screen_rows(app.pane)[-1] == "and more▌"


async def test_the_cursor_goes_when_writing_stops() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await append(pilot, app.pane, written("text"))
        assert screen_rows(app.pane)[0] == "text▌"
        app.pane.writing = False
        assert screen_rows(app.pane)[0] == "text"
        await append(pilot, app.pane, written(", the rest"))
        assert screen_rows(app.pane)[0] == "text, the rest"


async def test_a_reader_who_scrolled_up_is_left_in_peace() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await append(pilot, app.pane, numbered(0, 100))
        app.pane.focus()
        await pilot.press("home")
        before = screen_rows(app.pane)
        assert before[0] == "line 0"
        assert not app.pane.following
        await append(pilot, app.pane, numbered(100, 200))
        assert screen_rows(app.pane) == before
        assert app.pane.unread == 100 * len("line 100\n")
        told = Content.from_markup(app.pane.border_subtitle or "")
        assert told.plain == "↓ 900 new characters, End to follow"
        await pilot.press("end")
        assert screen_rows(app.pane)[-2] == "line 199"
        assert app.pane.following
        assert not app.pane.border_subtitle


async def test_the_view_does_not_move_while_old_text_is_dropped() -> None:
    app = PaneApp(capacity=1000)
    async with app.run_test(size=(40, 10)) as pilot:
        await append(pilot, app.pane, numbered(100, 200))
        app.pane.scroll_to(y=50, animate=False)
        await pilot.pause()
        before = screen_rows(app.pane)
        await append(pilot, app.pane, numbered(200, 240))
        assert app.pane.text.startswith("line 1")
        assert "line 100\n" not in app.pane.text
        assert screen_rows(app.pane) == before


async def test_what_is_kept_is_bounded() -> None:
    app = PaneApp(capacity=1000)
    async with app.run_test(size=(40, 10)) as pilot:
        for first in range(0, 1000, 50):
            await append(pilot, app.pane, numbered(first, first + 50))
        assert 1000 <= len(app.pane.text) < 1100
        assert app.pane.text.endswith("line 999\n")


async def test_a_resize_wraps_anew_and_keeps_what_is_read() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await append(pilot, app.pane, written("a few words that make a line " * 60))
        await pilot.resize_terminal(30, 12)
        await pilot.pause()
        assert screen_rows(app.pane)[-1].endswith("▌")
        app.pane.scroll_to(y=20, animate=False)
        await pilot.pause()
        top = screen_rows(app.pane)[0].split()[0]
        await pilot.resize_terminal(90, 12)
        await pilot.pause()
        assert top in screen_rows(app.pane)[0]
        assert not app.pane.following


async def test_any_size_is_survived() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await append(pilot, app.pane, written("words \u6f22\u5b57 ", Mark(2, "sampling", "temperature 0.85")))
        for size in ((1, 1), (3, 2), (5, 3), (4, 30), (200, 60), (2, 2), (60, 12)):
            await pilot.resize_terminal(*size)
            await append(pilot, app.pane, written("more \u6f22\u5b57\n", Mark(1, "start", "start")))
        assert screen_rows(app.pane)[-2].startswith("ore")


async def test_marks_stand_in_the_text() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        marks = (Mark(0, "start", "start"), Mark(10, "sampling", "temperature 0.85"))
        await append(pilot, app.pane, written("once upon a time", *marks))
        rule, text, *_ = screen_rows(app.pane)
        assert rule.startswith("── start ───")
        assert text == "once upon  temperature 0.85 a time▌"
        assert app.pane.text == "once upon a time"


async def test_a_mark_is_data_and_not_markup() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await append(pilot, app.pane, written("[b]x[/] \x1b[31m", Mark(3, "sampling", "[/]\n\x1b")))
        assert screen_rows(app.pane)[0] == "[b] [/]\u240a\u241b x[/] \u241b[31m▌"


async def test_a_prime_has_another_shade_than_what_was_drawn() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        what = Written("ROMEO: I", (1.0,) * 8, marks=(Mark(0, "start", "start", given=6),))
        await append(pilot, app.pane, what)
        prime, drawn, *_ = app.pane.render_line(1)
        assert (prime.text, drawn.text) == ("ROMEO:", " I")
        assert prime.style is not None
        assert drawn.style is not None
        assert prime.style.italic
        assert not drawn.style.italic


async def test_selected_text_can_be_read() -> None:
    app = PaneApp()
    async with app.run_test(size=(60, 12)) as pilot:
        await append(pilot, app.pane, written("to be or not to be"))
        app.screen.selections = {app.pane: Selection(Offset(3, 0), Offset(5, 0))}
        await pilot.pause()
        plain, chosen, *_ = app.pane.render_line(0)
        assert chosen.text == "be"
        assert plain.style is not None
        assert chosen.style is not None
        assert chosen.style.bgcolor not in (plain.style.bgcolor, chosen.style.color)
        assert chosen.style.color == plain.style.color


async def test_dragging_the_mouse_selects_text_that_can_be_copied() -> None:
    app = PaneApp()
    async with app.run_test(size=(30, 12)) as pilot:
        text = "These words are set to several rows, which a copy must not show."
        await append(pilot, app.pane, written(text, Mark(9, "sampling", "temperature 0.85")))
        await pilot.mouse_down(app.pane, offset=(2, 1))
        await pilot.hover(app.pane, offset=(8, 3))
        await pilot.mouse_up(app.pane, offset=(8, 3))
        assert screen_rows(app.pane)[:3] == ["These wor", " temperature 0.85 ds are", "set to several rows,"]
        assert app.screen.get_selected_text() == "These words are set to "


async def test_what_is_copied_has_tabs_and_line_ends_as_they_were_written_and_no_escape_codes() -> None:
    app = PaneApp()
    async with app.run_test(size=(30, 12)) as pilot:
        await append(pilot, app.pane, written("a\tb\r\n\u21e5\x1b[31m", Mark(2, "sampling", "temperature 0.85")))
        assert screen_rows(app.pane)[0] == "a\u21e5 temperature 0.85 b\u240d"
        assert app.pane.text == "a\u21e5b\u240d\n\u21e5\u241b[31m"
        assert app.pane.written == "a\tb\r\n\u21e5\u241b[31m"
        selected = app.pane.get_selection(Selection(Offset(1, 0), Offset(5, 0)))
        assert selected == ("\tb\r", "\n")
        app.pane.append(Written("\t", (0.5,), taken_back=1))
        assert app.pane.written.endswith("[31\t")


async def test_a_page_without_text_says_so_where_there_is_a_network_that_rests() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await append(pilot, app.pane, written("text"))
        app.pane.ready, app.pane.writing = True, False
        app.pane.clear()
        await pilot.pause()
        assert [row.strip() for row in screen_rows(app.pane) if row.strip()] == [AT_REST]
        app.pane.writing = True
        assert not "".join(screen_rows(app.pane)).strip()


async def test_the_mouse_finds_the_character_under_it_in_wide_text_and_labels() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 12)) as pilot:
        await append(pilot, app.pane, written("\u6f22\u5b57ab", Mark(2, "sampling", "six")))
        found = [app.screen.get_widget_and_offset_at(2 + x, 1)[1] for x in (0, 2, 4, 6, 8, 9, 10)]
        # The label has five cells and one place, offset 2.
        assert [None if offset is None else offset.x for offset in found] == [0, 1, 2, 2, 2, 3, 4]


async def test_a_selection_stays_on_its_characters_and_holds_the_page() -> None:
    app = PaneApp(capacity=1000)
    async with app.run_test(size=(40, 10)) as pilot:
        await append(pilot, app.pane, numbered(100, 200))
        start = app.pane.text.index("line 195")
        app.screen.selections = {app.pane: Selection(Offset(start, 0), Offset(start + 8, 0))}
        await pilot.pause()
        assert app.screen.get_selected_text() == "line 195"
        before = screen_rows(app.pane)
        await append(pilot, app.pane, numbered(200, 205))
        await pilot.resize_terminal(30, 10)
        await pilot.pause()
        assert app.screen.get_selected_text() == "line 195"
        await pilot.resize_terminal(40, 10)
        app.screen.clear_selection()
        await pilot.pause()
        assert screen_rows(app.pane) != before
        assert screen_rows(app.pane)[-2] == "line 204"


async def test_selecting_everything_copies_everything() -> None:
    app = PaneApp()
    async with app.run_test(size=(20, 6)) as pilot:
        await append(pilot, app.pane, numbered(0, 50))
        app.pane.text_select_all()
        await pilot.pause()
        assert app.screen.get_selected_text() == app.pane.text.rstrip("\n")
        assert screen_rows(app.pane)


async def test_clearing_brings_back_the_empty_page() -> None:
    app = PaneApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await append(pilot, app.pane, numbered(0, 100))
        app.pane.scroll_to(y=3, animate=False)
        await pilot.pause()
        app.pane.clear()
        await pilot.pause()
        assert EMPTY in [row.strip() for row in screen_rows(app.pane)]
        await append(pilot, app.pane, written("anew"))
        assert screen_rows(app.pane)[0] == "anew▌"
        assert app.pane.following


async def test_a_page_that_was_hidden_shows_what_was_written_meanwhile() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.pane.display = False
        await append(pilot, app.pane, numbered(0, 100))
        app.pane.display = True
        await pilot.pause()
        assert screen_rows(app.pane)[-2:] == ["line 99", "▌"]


async def stuck(pilot: Pilot[None], pane: SamplePane) -> None:
    """A page whose reader has scrolled up and selected a word, with more written since."""
    await append(pilot, pane, numbered(0, 100))
    await pilot.mouse_down(pane, offset=(3, 1))
    await pilot.hover(pane, offset=(8, 1))
    await pilot.mouse_up(pane, offset=(8, 1))
    assert pane.text_selection is not None
    pane.scroll_to(y=20, animate=False)
    await append(pilot, pane, numbered(100, 200))
    assert pane.unread == 900


def is_following(pane: SamplePane, end: str) -> bool:
    """Whether nothing holds the page: no selection, nothing unread, the end in view."""
    free = pane.text_selection is None and pane.following and not pane.unread and not pane.border_subtitle
    return free and end in screen_rows(pane)[-2:]


async def test_clearing_lets_go_of_a_selection() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await stuck(pilot, app.pane)
        app.pane.clear()
        await append(pilot, app.pane, numbered(0, 50))
        assert is_following(app.pane, "line 49")


@pytest.mark.parametrize("kind", ["start", "network"])
async def test_a_new_beginning_is_followed_whatever_was_selected(kind: MarkKind) -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await stuck(pilot, app.pane)
        await append(pilot, app.pane, written("anew", Mark(0, kind, "something new")))
        assert is_following(app.pane, "anew\u258c")
        await append(pilot, app.pane, written(" and on"))
        assert is_following(app.pane, "anew and on\u258c")


async def test_turning_a_knob_leaves_a_reader_in_peace() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await stuck(pilot, app.pane)
        await append(pilot, app.pane, written("more", Mark(0, "sampling", "temperature 0.85")))
        assert app.pane.text_selection is not None
        assert app.pane.unread == 904


async def test_whoever_asks_to_follow_sees_the_end() -> None:
    app = PaneApp()
    async with app.run_test(size=(40, 10)) as pilot:
        await stuck(pilot, app.pane)
        app.pane.follow()
        await pilot.pause()
        assert is_following(app.pane, "line 199")
