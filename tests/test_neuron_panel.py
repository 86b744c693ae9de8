"""Neurons on the screen: the raster under its text, the picked unit, and what is found, by hand and by mouse."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot

from corpora.info import CorpusInfo
from model.config import NetworkSettings
from model.neurons import Finding, Neurons
from model.protocol import Gauges, Mark, Written
from tui.widgets.neuron_list import NeuronList
from tui.widgets.neuron_panel import NeuronPanel
from tui.widgets.neuron_raster import LOWER, UPPER, NeuronRaster
from tui.widgets.shades import LEVELS, NOTHING, SIGNS, STEPS, ZERO
from tui.widgets.unit_trace import KEPT, UNKNOWN, UnitTrace, value_of

from scripted_session import SHAKESPEARE

H = 40
FOUND = Neurons(
    step=1_000,
    characters=16_384,
    findings=(
        Finding("inside quotes", ((31, 0.91), (2, 0.5))),
        Finding("vowels", ((3, -0.6),)),
        Finding("digits", ((8, 0.1),)),
    ),
    names=tuple({31: ("inside quotes", 0.91), 3: ("vowels", -0.6)}.get(unit, ("digits", 0.1)) for unit in range(H)),
)


def written(text: str, value: int = 0, **changes: object) -> Written:
    """Text at which unit u holds `value` + u."""
    row = bytes((value + unit) % 256 for unit in range(H))
    return Written(text, (0.5,) * len(text), hidden=row * len(text), **changes)  # type: ignore[arg-type]


def gauges(H: int = H, step: int = 0, corpus: CorpusInfo | None = SHAKESPEARE) -> Gauges:
    return Gauges(network=NetworkSettings(hidden_size=H), step=step, corpus=corpus)


class Bench(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.heard: list[Message] = []

    def compose(self) -> ComposeResult:
        yield NeuronPanel()

    def on_neuron_panel_asked(self, message: Message) -> None:
        self.heard.append(message)

    def on_neuron_panel_looked_at(self, message: Message) -> None:
        self.heard.append(message)

    def on_neuron_panel_shown(self, message: Message) -> None:
        self.heard.append(message)

    @property
    def panel(self) -> NeuronPanel:
        return self.query_one(NeuronPanel)

    @property
    def raster(self) -> NeuronRaster:
        return self.query_one(NeuronRaster)

    @property
    def words(self) -> str:
        return str(self.query_one("#neuron-name").render())

    def row(self, y: int) -> str:
        return self.raster.render_line(y).text


@asynccontextmanager
async def bench(size: tuple[int, int] = (40, 10)) -> AsyncIterator[tuple[Bench, Pilot[None]]]:
    app = Bench()
    async with app.run_test(size=size) as pilot:
        app.panel.see(gauges(), None)
        await pilot.pause()
        yield app, pilot


# ------------------------------------------------------------------------------------------------- the trace


def trace_of(H: int, kept: int = KEPT) -> UnitTrace:
    trace = UnitTrace(kept)
    trace.count_units(H)
    return trace


def test_a_character_has_the_values_that_come_with_the_next() -> None:
    trace = trace_of(2)
    trace.extend(Written("ab", (), hidden=bytes([1, 2, 3, 4])))
    trace.extend(Written("c", (), hidden=bytes([5, 6])))
    assert trace.text == "abc"
    assert list(trace.column(0, 0, 3)) == [3, 5, UNKNOWN]
    assert list(trace.column(1, 1, 3)) == [6, UNKNOWN]
    assert trace.latest(1) == pytest.approx(6 / 127)


def test_what_was_not_sent_is_unknown() -> None:
    trace = trace_of(2)
    trace.extend(Written("abc", ()))
    trace.extend(Written("de", (), hidden=bytes([1, 2])))
    assert list(trace.column(0, 0, 5)) == [UNKNOWN, UNKNOWN, UNKNOWN, 1, UNKNOWN]


def test_the_last_character_before_a_fresh_start_has_no_values() -> None:
    trace = trace_of(H)
    trace.extend(written("ab"))
    trace.extend(written("cd", 9, marks=(Mark(0, "start", "a new text"),)))
    assert list(trace.column(0, 0, 4)) == [0, UNKNOWN, 9, UNKNOWN]


def test_characters_that_are_taken_back_go_with_their_values() -> None:
    trace = trace_of(1)
    trace.extend(Written("abcd", (), hidden=bytes([1, 2, 3, 4])))
    trace.extend(Written("", (), taken_back=2))
    trace.extend(Written("xy", (), hidden=bytes([7, 8])))
    assert trace.text == "abxy"
    assert list(trace.column(0, 0, 4)) == [2, 7, 8, UNKNOWN]
    trace.extend(Written("z", (), taken_back=100))
    assert (trace.text, list(trace.column(0, 0, 1))) == ("z", [UNKNOWN])


def test_a_fresh_start_that_comes_before_its_first_character_counts_too() -> None:
    trace = trace_of(H)
    trace.extend(written("ab"))
    trace.extend(Written("", (), marks=(Mark(0, "start", "a new text"),)))
    trace.extend(written("cd", 9))
    assert list(trace.column(0, 0, 4)) == [0, UNKNOWN, 9, UNKNOWN]


@pytest.mark.parametrize("hidden", [b"123", b"1" * 100])
def test_values_of_another_network_are_not_taken_for_ours(hidden: bytes) -> None:
    trace = trace_of(2)
    trace.extend(Written("ab", (), hidden=hidden))
    assert list(trace.column(0, 0, 2)) == [UNKNOWN, UNKNOWN]


def test_another_number_of_units_leaves_the_text_without_values() -> None:
    trace = trace_of(H)
    trace.extend(written("abc"))
    trace.count_units(1)
    trace.extend(Written("de", (), hidden=bytes([7, 8])))
    assert trace.text == "abcde"
    assert list(trace.column(0, 0, 5)) == [UNKNOWN, UNKNOWN, 7, 8, UNKNOWN]
    assert list(trace.column(5, 0, 5)) == [UNKNOWN] * 5


def test_a_trace_stays_bounded_and_keeps_its_end() -> None:
    trace = trace_of(1, kept=10)
    for value in range(50):
        trace.extend(Written("x", (), hidden=bytes([value])))
        assert len(trace) <= 20
        assert len(trace._values) == len(trace)
    assert list(trace.column(0, len(trace) - 3, len(trace))) == [48, 49, UNKNOWN]


def test_bytes_are_values_between_minus_one_and_one() -> None:
    assert (value_of(0), value_of(127), value_of(129), value_of(UNKNOWN)) == (0.0, 1.0, -1.0, None)


def test_shades_rise_with_the_value_and_mirror_each_other() -> None:
    rising = [LEVELS[value % 256] for value in range(-127, 128)]
    assert rising == sorted(rising)
    assert (rising[0], rising[127], rising[-1]) == (0, ZERO, 2 * STEPS)
    assert [2 * STEPS - level for level in reversed(rising)] == rising
    assert LEVELS[UNKNOWN] == NOTHING
    assert len(SIGNS) == NOTHING + 1


# ----------------------------------------------------------------------------------------------- the raster


async def test_the_newest_characters_stand_above_their_values() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("The end.\n[/]\x1b[31m"))
        await pilot.pause()
        assert app.row(0).strip().endswith("The end.\u21b5[/]\u241b[31m")
        assert len(app.row(0)) == len(app.row(1)) == 40


async def test_the_picked_unit_is_marked_and_its_last_value_stands_at_the_left() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc", 64))
        app.raster.pick(5)
        await pilot.pause()
        assert app.row(0).startswith("+0.54")  # (64 + 5) / 127
        marked = [y for y in range(1, 9) if LOWER in app.row(y)]
        assert len(marked) == 1
        assert app.row(marked[0]).split(LOWER)[0].strip() == "5"


async def test_a_unit_out_of_sight_is_brought_into_sight() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        for unit in (H - 1, 0, 20):
            app.raster.unit = unit
            await pilot.pause()
            assert any(f"{unit}{mark}" in app.row(y) for mark in UPPER + LOWER for y in range(1, 9))


async def test_equal_values_make_few_segments() -> None:
    async with bench((120, 10)) as (app, pilot):
        app.panel.append(written("x" * 200, 100))
        await pilot.pause()
        assert all(len(list(app.raster.render_line(y))) <= 5 for y in range(1, 9))


async def test_wide_characters_and_lone_marks_stay_above_their_values() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("\u732b\u0301 \u732b" * 20))
        await pilot.pause()
        assert app.raster.render_line(0).cell_length == app.raster.render_line(1).cell_length == 40


async def test_a_trace_that_is_emptied_while_it_is_shown_is_drawn_as_unknown() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("one\ntwo"))
        await pilot.pause()
        app.raster.trace.clear()
        assert {app.raster.render_line(y).cell_length for y in range(5)} == {40}


async def test_without_colours_each_unit_has_a_row_of_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with bench() as (app, pilot):
        app.panel.append(written("abc", 127 - 1))
        await pilot.pause()
        assert [app.row(y).split()[0].strip("\u25b8") for y in (1, 2)] == ["0", "1"]
        assert "\u2588\u2588" in app.row(2)
        assert "\u2261\u2261" in app.row(4)  # 129 is -127


# ------------------------------------------------------------------------------------------------- the panel


async def test_find_asks_then_names_the_winner_and_again_the_next_one() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        app.panel.see(gauges(step=1_050), None)
        app.panel.find()
        await pilot.pause()
        assert any(isinstance(message, NeuronPanel.Asked) for message in app.heard)
        app.panel.found(FOUND)
        assert (app.panel.unit, app.words) == (31, "unit 31: inside quotes, r = 0.91")
        app.panel.find()
        assert (app.panel.unit, app.words) == (3, "unit 3: vowels, r = -0.60")


async def test_one_answer_is_waited_for_at_a_time() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        for _ in range(3):
            app.panel.find()
        await pilot.pause()
        assert sum(isinstance(message, NeuronPanel.Asked) for message in app.heard) == 1
        app.panel.found(FOUND)
        assert app.panel.unit == 31


async def test_a_network_without_its_text_is_asked_about_but_nothing_is_waited_for() -> None:
    async with bench() as (app, pilot):
        app.panel.see(gauges(corpus=None), None)
        app.panel.find()
        await pilot.pause()
        assert any(isinstance(message, NeuronPanel.Asked) for message in app.heard)
        assert app.words == "unit 0 of 40"


async def test_after_the_last_winner_it_is_looked_anew() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        for _ in range(3):
            app.panel.find()
            app.panel.found(FOUND) if app.panel._looking else None
        await pilot.pause()
        assert sum(isinstance(message, NeuronPanel.Asked) for message in app.heard) == 2
        assert app.panel.unit == 31


async def test_findings_of_a_much_younger_network_are_looked_for_anew() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        app.panel.found(FOUND)
        app.panel.see(gauges(step=5_000), None)
        app.panel.find()
        await pilot.pause()
        assert any(isinstance(message, NeuronPanel.Asked) for message in app.heard)


async def test_what_is_found_while_nobody_waits_picks_nothing() -> None:
    async with bench() as (app, _):
        app.panel.append(written("abc"))
        app.panel.found(FOUND)
        assert app.panel.unit == 0
        assert app.words == "unit 0: nothing clear (digits, r = 0.10)"


async def test_another_network_has_no_names() -> None:
    async with bench() as (app, _):
        app.panel.append(written("abc"))
        app.panel.find()
        app.panel.found(FOUND)
        app.panel.reset()
        assert app.words == "unit 31 of 40"


async def test_a_smaller_network_has_no_unit_beyond_its_last() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        app.raster.pick(39)
        app.panel.see(gauges(H=8), None)
        await pilot.pause()
        assert app.panel.unit == 7


async def test_a_text_in_which_nothing_varies_is_said_to_be_so() -> None:
    async with bench((80, 10)) as (app, _):
        app.panel.append(written("abc"))
        app.panel.find()
        app.panel.found(Neurons(1, 10, (), ()))
        assert app.words == "unit 0: this text has nothing that was looked for"


async def test_a_click_picks_the_unit_of_a_row_and_another_the_one_below() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        await pilot.pause()
        await pilot.click(NeuronRaster, offset=(20, 3))
        assert app.panel.unit == 4
        await pilot.click(NeuronRaster, offset=(20, 3))
        assert app.panel.unit == 5


async def test_the_arrows_step_through_the_units_when_the_raster_has_the_focus() -> None:
    async with bench() as (app, pilot):
        app.panel.append(written("abc"))
        app.raster.focus()
        await pilot.press("down", "down", "up")
        assert app.panel.unit == 1
        await pilot.press("pagedown")
        assert app.panel.unit > 10


async def test_where_there_is_room_the_winners_are_listed_and_a_click_picks_one() -> None:
    async with bench((120, 10)) as (app, pilot):
        app.panel.append(written("abc"))
        app.panel.found(FOUND)
        await pilot.pause()
        listing = app.query_one(NeuronList)
        assert [listing.render_line(y).text.split() for y in range(3)] == [
            ["inside", "quotes", "31", "+0.91"],
            ["vowels", "3", "-0.60"],
            ["digits", "8", "+0.10"],
        ]
        await pilot.click(NeuronList, offset=(3, 1))
        assert (app.panel.unit, app.words) == (3, "unit 3: vowels, r = -0.60")


@pytest.mark.parametrize(("size", "seen"), [((40, 10), False), ((120, 10), True), ((60, 30), True)])
async def test_the_list_is_beside_or_below_or_not_at_all(size: tuple[int, int], seen: bool) -> None:
    async with bench(size) as (app, pilot):
        app.panel.append(written("abc"))
        await pilot.pause()
        assert (app.query_one(NeuronList).size.width > 0) is seen
        assert app.raster.size.height >= 5


async def test_the_panel_tells_when_it_comes_into_view_and_when_it_goes() -> None:
    async with bench() as (app, pilot):
        seen = [app.panel.shown]
        for display in (False, True):
            app.panel.display = display
            await pilot.pause()
            seen.append(app.panel.shown)
        assert seen == [True, False, True]
        assert sum(isinstance(message, NeuronPanel.Shown) for message in app.heard) == 3


async def test_shades_of_the_last_characters_are_those_of_the_picked_unit() -> None:
    async with bench() as (app, _):
        app.panel.append(written("abcd"))
        app.raster.unit = 30
        level = LEVELS[30]
        assert list(app.panel.shades()) == [level, level, level, NOTHING]
        assert list(app.panel.shades(2)) == [level, NOTHING]


async def test_before_there_is_a_network_there_is_nothing_to_pick() -> None:
    app = Bench()
    async with app.run_test(size=(40, 10)) as pilot:
        app.panel.append(Written("abc", ()))
        app.panel.step_by(1)
        await pilot.click(NeuronRaster, offset=(20, 3))
        assert app.panel.unit == 0
        assert app.words == ""
