"""What may come next, as it is seen and chosen."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Size

from model.outlook import Candidate, Outlook
from model.protocol import Choose, Gauges, TakeBack, Written
from tui.app import LSTMApp
from tui.sanitize import picture
from tui.settings import load_settings
from tui.widgets.bar import FULL, TICK, bar, line
from tui.widgets.next_panel import EMPTY, EMPTY_NARROW, NextPanel, figure
from tui.widgets.sample_pane import SamplePane

from scripted_session import GAUGES, playing, update, written

SYMBOLS = "e \na\tt\u0301\u6f22\u00a0\x1bx"
"""A space, a line end, a tabulator, a lone mark, a wide character, another space, an escape: all must be seen."""


def outlook_of(symbols: str = SYMBOLS, *, kept: int = 99) -> Outlook:
    raw = [2.0 ** -(index + 1) for index in range(len(symbols))]
    candidates = tuple(
        Candidate(symbol, share, share / 2 if index < kept else 0.0, cut=index >= kept)
        for index, (symbol, share) in enumerate(zip(symbols, raw, strict=True))
    )
    return Outlook(candidates, entropy=1.8 * math.log(2), raw_entropy=2.3 * math.log(2), after="h", drawn=0.123)


RUNNING = replace(GAUGES, outlook=outlook_of())


def rows(app: LSTMApp) -> list[str]:
    panel = app.main.query_one(NextPanel)
    return [panel.render_line(y).text for y in range(panel.content_size.height)]


def below(app: LSTMApp) -> str:
    return Content.from_markup(app.main.query_one(NextPanel).border_subtitle or "").plain


# ------------------------------------------------------------------------------------------- the bars


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 60))
def test_a_bar_has_its_width_and_at_most_one_mark(share: float, mark: float, width: int) -> None:
    for runs in (bar(share, mark, width), line(share, mark, width)):
        text = "".join(run for run, _ in runs)
        assert cell_len(text) == width
        assert text.count(TICK) <= 1


def test_a_bar_is_as_long_as_its_share() -> None:
    assert bar(0.5, 0.5, 8) == [(FULL * 4, "fill"), (" " * 4, "rest")]
    assert bar(0.5, 0.8, 10) == [(FULL * 5, "fill"), ("\u254c" * 3, "ghost"), (TICK, "tick"), (" ", "rest")]
    assert bar(0.8, 0.25, 8)[:3] == [(FULL * 2, "fill"), (TICK, "notch"), (FULL * 3 + "\u258d", "fill")]


def test_whatever_can_come_can_be_seen_and_what_cannot_come_has_no_bar() -> None:
    assert bar(1e-9, 0.0, 20)[0] == ("\u258f", "fill")
    assert bar(0.0, 0.0, 20) == [(" " * 20, "rest")]


@pytest.mark.parametrize("share", [math.nan, math.inf, -1.0, 2.0])
def test_no_number_breaks_a_bar(share: float) -> None:
    for runs in (bar(share, share, 10), line(share, share, 10), bar(share, share, 0), line(share, share, 0)):
        assert cell_len("".join(text for text, _ in runs)) in (0, 10)


def test_figures_have_two_digits() -> None:
    assert [figure(share) for share in (1.0, 0.6249, 0.0999, 0.041, 0.0004, 0.0, math.nan)] == [
        "100 %",
        "62 %",
        "10 %",
        "4.1 %",
        "<0.1 %",
        "0 %",
        "\N{EN DASH}",
    ]


# ------------------------------------------------------------------------------------------ the panel


async def test_every_candidate_has_its_sign_and_its_figure_in_a_straight_grid(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(200, 60), gauges=RUNNING) as (_session, app, _pilot):
        shown = rows(app)
        signs = [row[2:].split()[0] for row in shown[: len(SYMBOLS)]]
        assert signs == ["e", "\u2423", "\u21b5", "a", "\u21e5", "t", "\u25cc", "\u6f22", "\u237d", "\u241b", "x"]
        assert shown[0].split()[-2:] == ["25", "%"]
        assert len({cell_len(row) for row in shown}) == 1
        assert all(cell_len(row[: row.index("%")]) == cell_len(shown[0]) - 1 for row in shown[: len(SYMBOLS)])


async def test_the_surprise_to_be_expected_is_told_in_bits(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(200, 60), gauges=RUNNING) as (_session, app, pilot):
        app.main.query_one("#next").styles.width = 80
        await pilot.pause()
        assert rows(app)[-1].startswith("1.8 bits of surprise expected")
        assert rows(app)[-1].endswith("at temperature 1: 2.3")
        assert below(app).startswith("after h, drawn at 12 %")
    async with playing(tmp_path, size=(60, 24), gauges=RUNNING) as (_session, app, pilot):
        await pilot.press("6")
        await pilot.pause()
        assert rows(app)[-1].startswith("1.8 bits of surprise  ")
        assert rows(app)[-1].endswith("  at 1: 2.3")


async def test_what_is_cut_is_shown_as_cut(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=replace(GAUGES, outlook=outlook_of(kept=2))) as (_session, app, _pilot):
        assert [row.rstrip().endswith("cut") for row in rows(app)[:4]] == [False, False, True, True]
        assert TICK in rows(app)[2]


async def test_before_there_is_a_network_it_says_what_will_stand_there(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=Gauges()) as (_session, app, _pilot):
        assert EMPTY_NARROW in "".join(rows(app))
        app.main.query_one("#next").styles.width = 76
        await _pilot.pause()
        assert EMPTY in "".join(rows(app))
        await _pilot.press("6", "1")
        assert not below(app)


async def test_it_follows_each_update_while_training_and_writing_rest(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, _pilot):
        other = replace(outlook_of("xyz"), after="\n", drawn=None)
        await session.play(update(replace(RUNNING, outlook=other)))
        assert [row.split()[0] for row in rows(app)[:3]] == ["x", "y", "z"]
        assert below(app).startswith("after \u21b5  ")


async def test_numbers_that_are_none_do_no_harm(tmp_path: Path) -> None:
    bad = Outlook((Candidate("e", math.nan, math.inf), Candidate("", 2.0, -1.0)), math.nan, math.inf, "", math.nan)
    async with playing(tmp_path, gauges=replace(GAUGES, outlook=bad)) as (_session, app, _pilot):
        assert rows(app)[0]
        assert app.is_running


@given(st.characters())
def test_every_character_has_a_sign_of_one_or_two_cells(character: str) -> None:
    assert 1 <= cell_len(picture(character)) <= 2
    assert picture(character) not in " \n"


# --------------------------------------------------------------------------------------- choosing one


async def test_in_the_panel_a_digit_writes_a_candidate(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("6")
        await pilot.pause()
        assert app.focused is app.main.query_one(NextPanel)
        assert rows(app)[1].startswith("2 \u2423")
        assert below(app) == "1-9 write  \u232b undo  esc leave"
        await pilot.press("2", "8", "9")
        # eight have a row, so nine chooses nothing
        assert session.sent == [Choose(" "), Choose("\u6f22")]
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.focused, SamplePane)
        assert rows(app)[1].startswith("  \u2423")
        await pilot.press("4")
        await pilot.pause()
        assert app.main.panel == "loss"


async def test_in_the_panel_backspace_takes_a_character_back(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.press("backspace")
        assert session.sent == []
        await pilot.press("6", "backspace")
        assert session.sent == [TakeBack()]
        pane = app.main.query_one(SamplePane)
        text = pane.text
        await session.play(update(texts=(replace(written("!"), taken_back=3),)))
        assert pane.text == text[:-3] + "!"


async def test_a_click_writes_the_candidate_under_the_mouse(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        await pilot.hover("#next", offset=(12, 3))
        assert app.main.query_one(NextPanel).hovered == 2
        await pilot.click("#next", offset=(12, 3))
        assert session.sent == [Choose("\n")]
        session.sent.clear()
        await pilot.click("#next", offset=(12, 9))  # the gauge
        await pilot.click("#next", offset=(12, 0))  # the border
        assert session.sent == []
        await pilot.hover("#sample")
        assert app.main.query_one(NextPanel).hovered is None


# ---------------------------------------------------------------------------------- where it is shown


async def test_v_hides_and_shows_it_and_that_is_remembered(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, pilot):
        panel, sample = app.main.query_one(NextPanel), app.main.query_one(SamplePane)
        low = sample.region.height
        await pilot.press("6", "v")
        await pilot.pause()
        assert not panel.region.area
        assert sample.region.height == low + 11
        assert app.focused is sample
        await pilot.press("ctrl+q")
    remembered = load_settings(tmp_path / "config" / "settings.toml")
    assert not remembered.mind
    async with playing(tmp_path, gauges=RUNNING, mind=remembered.mind) as (_session, app, pilot):
        assert not app.main.query_one(NextPanel).region.area
        await pilot.press("v")
        await pilot.pause()
        assert app.main.query_one(NextPanel).region.area


async def test_going_to_it_shows_it(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING, mind=False) as (_session, app, pilot):
        await pilot.press("6")
        await pilot.pause()
        assert app.main.query_one(NextPanel).region.area
        assert app.focused is app.main.query_one(NextPanel)


@pytest.mark.parametrize("size", [(40, 12), (60, 20), (80, 24), (120, 24), (200, 16)])
async def test_in_a_small_window_it_is_a_page_with_the_sample_above(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, gauges=RUNNING) as (_session, app, pilot):
        panel, sample = app.main.query_one(NextPanel), app.main.query_one(SamplePane)
        for key in "6v":  # v leaves the page that 6 opened, and the next v opens it again
            assert not panel.region.area
            await pilot.press(key)
            await pilot.pause()
            assert panel.content_size.height >= 3
            assert sample.content_size.height >= 3
            assert sample.region.bottom <= panel.region.y
            assert app.main.region.contains_region(panel.region)
            assert len({cell_len(row) for row in rows(app)}) == 1
            await pilot.press("v")
            await pilot.pause()
        assert app.main.query_one("#loss").region.area


async def test_its_tab_can_be_clicked(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24), gauges=RUNNING) as (_session, app, pilot):
        await pilot.click("#tab-next")
        await pilot.pause()
        assert app.main.query_one(NextPanel).region.area
        assert app.main.query_one("#tab-next").has_class("-open")


async def test_every_tab_is_in_sight(tmp_path: Path) -> None:
    async with playing(tmp_path, size=(80, 24)) as (_session, app, pilot):
        for width in (80, 60, 40):
            await pilot.resize_terminal(width, 24)
            await pilot.pause()
            await pilot.pause()
            tabs = [tab for tab in app.main.query("PageTab") if tab.display]
            room = app.main.query_one("PageTabs").region
            assert all(room.contains_region(tab.region) and tab.region.size == tab.outer_size for tab in tabs)


async def test_the_neurons_have_the_rest_of_the_row(tmp_path: Path) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (_session, app, _pilot):
        assert app.main.query_one("#next").region.size == Size(38, 11)
        assert app.main.query_one("#neurons").region.size == Size(42, 11)


# ----------------------------------------------------------------------------------------------- ink


async def test_i_goes_through_the_inks_and_the_last_is_remembered(tmp_path: Path) -> None:
    async with playing(tmp_path) as (_session, app, pilot):
        inks = []
        for _ in range(3):
            await pilot.press("i")
            inks.append(app.main.query_one(SamplePane).ink)
        assert inks == ["surprise", "neuron", "plain"]
        await pilot.press("i")
        await pilot.press("ctrl+q")
    remembered = load_settings(tmp_path / "config" / "settings.toml").ink
    assert remembered == "surprise"
    async with playing(tmp_path, ink=remembered) as (session, app, _pilot):
        pane = app.main.query_one(SamplePane)
        assert pane.ink == "surprise"
        assert str(pane.border_subtitle).startswith("surprise in bits")
        await session.play(update(texts=(Written("!", (0.001,)),)))


async def test_an_ink_that_nobody_knows_is_plain(tmp_path: Path) -> None:
    async with playing(tmp_path, ink="invisible") as (_session, app, _pilot):
        assert app.main.ink == "plain"


@pytest.mark.parametrize("size", [(120, 40), (200, 60), (60, 20)])
async def test_the_words_below_are_never_cut(tmp_path: Path, size: tuple[int, int]) -> None:
    async with playing(tmp_path, size=size, gauges=RUNNING) as (_session, app, pilot):
        app.main.action_jump("next")
        await pilot.pause()
        app.main.action_jump("sample" if size[0] >= 120 else "next")
        await pilot.pause()
        assert cell_len(below(app)) <= app.main.query_one(NextPanel).content_size.width


async def test_only_the_rows_that_changed_are_painted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with playing(tmp_path, gauges=RUNNING) as (session, app, pilot):
        painted: list[int] = []
        panel = app.main.query_one(NextPanel)
        monkeypatch.setattr(panel, "refresh", lambda *regions, **_: painted.extend(region.y for region in regions))
        first, second, *others = outlook_of().candidates
        other = replace(outlook_of(), candidates=(first, replace(second, probability=0.4), *others))
        await session.play(update(replace(RUNNING, outlook=other)))
        await pilot.pause()
        assert painted == [1]
