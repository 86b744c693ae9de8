"""Two voices in one text: what is typed is read, what is asked for is written, and what is taken back never was."""

from __future__ import annotations

import numpy as np
import pytest

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.hands import MOST, TYPED, UNREAD, Ending, Stretch
from model.network import Network
from model.protocol import GoOn, NewNetwork, StartSampling, TakeBack, Type, Written
from model.sampling import Sampler
from model.writer import Writer

from engine_desk import Desk

SYMBOLS = "\n abcdefghijklmnop"
RATE = 50.0


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def new_writer(clock: Clock, cell: str = "lstm") -> Writer:
    """At rest; its network's opinion hangs on all that it has read."""
    network = Network(NetworkSettings(cell=cell, hidden_size=6, layers=2), len(SYMBOLS))
    network.parameters.values[...] = np.random.default_rng(1).normal(0.0, 1.0, len(network.parameters))
    settings = SamplingSettings(temperature=1.0, rate=RATE)
    return Writer(Sampler(network, Vocabulary(SYMBOLS), settings, np.random.default_rng(0)), clock)


def go(writer: Writer, clock: Clock, characters: int = 1000) -> None:
    """Let time pass for so many characters."""
    for _ in range(characters):
        writer.write_due(0.0)
        clock.now += 1 / RATE
    while writer.seconds_to_next <= 0.0:
        writer.write_due(0.0)


def told(writer: Writer) -> Written:
    written = writer.take()
    assert written is not None
    return written


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_what_is_typed_is_read_as_if_it_had_been_drawn(clock: Clock) -> None:
    writer, twin = new_writer(clock), new_writer(clock)
    writer.type("a bad")
    go(writer, clock)
    for symbol in "a bad":
        twin.choose(symbol)
    np.testing.assert_array_equal(writer.sampler.state, twin.sampler.state)
    written = told(writer)
    assert written == told(twin)
    assert (written.text, written.by_hand) == ("a bad", bytes([TYPED] * 5))


def test_nothing_that_the_network_wrote_itself_is_marked(clock: Clock) -> None:
    writer = new_writer(clock)
    writer.restart("abc")
    go(writer, clock, 20)
    assert told(writer).by_hand == b""


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_all_is_as_it_was_when_all_was_taken_back(clock: Clock, cell: str) -> None:
    writer, twin = new_writer(clock, cell), new_writer(clock, cell)
    for each in (writer, twin):
        each.type("abc")
        go(each, clock)
    before = writer.outlook(0)
    writer.type("d\u00e9f")
    writer.go_on("word")
    go(writer, clock)
    count = len(told(writer).text) - 3
    assert count > 3
    assert [writer.take_back() for _ in range(count)] == [True] * count
    np.testing.assert_array_equal(writer.sampler.state, twin.sampler.state)
    assert writer.sampler.rng.bit_generator.state == twin.sampler.rng.bit_generator.state
    assert writer.outlook(0) == before
    assert (told(writer).taken_back, told(twin).taken_back) == (count, 0)
    for each in (writer, twin):
        each.start()
        go(each, clock, 40)
    assert told(writer).text == told(twin).text


def test_a_character_that_nobody_knows_is_shown_and_not_read(clock: Clock) -> None:
    writer, twin = new_writer(clock), new_writer(clock)
    writer.watch(on=True)
    writer.type("a\u00e9\x1bb")
    go(writer, clock)
    for symbol in "ab":
        twin.choose(symbol)
    np.testing.assert_array_equal(writer.sampler.state, twin.sampler.state)
    written = told(writer)
    assert (written.text, written.by_hand) == ("a\u00e9\x1bb", bytes([TYPED, UNREAD, UNREAD, TYPED]))
    assert len(written.hidden) == 4 * 6


def test_backspace_takes_an_unknown_character_alone(clock: Clock) -> None:
    writer, twin = new_writer(clock), new_writer(clock)
    writer.type("ab\u00e9")
    go(writer, clock)
    writer.take_back()
    twin.type("ab")
    go(twin, clock)
    assert told(writer) == told(twin)
    np.testing.assert_array_equal(writer.sampler.state, twin.sampler.state)


@pytest.mark.parametrize(
    ("stretch", "text", "written"),
    [
        ("character", "bc d", "b"),
        ("word", "bc d", "bc "),
        ("word", "  bc\nd", "  bc\n"),
        ("line", "bc d\n\ne", "bc d\n"),
        ("word", "a" * 99, "a" * MOST["word"]),
        ("line", "a " * 999, ("a " * 999)[: MOST["line"]]),
    ],
)
def test_a_stretch_ends_with_its_last_character(stretch: Stretch, text: str, written: str) -> None:
    ending = Ending(stretch)
    count = next(index for index, symbol in enumerate(text, 1) if ending.comes_with(symbol))
    assert text[:count] == written


def test_a_stretch_is_written_at_the_rate_and_then_it_rests(clock: Clock) -> None:
    writer = new_writer(clock)
    writer.go_on("word")
    writer.write_due(1.0)
    assert len(told(writer).text) == 1
    assert writer.seconds_to_next == pytest.approx(1 / RATE)
    go(writer, clock)
    assert told(writer).text.endswith((" ", "\n"))
    assert writer.seconds_to_next == float("inf")
    assert not writer.on


def test_who_types_takes_the_word_from_it(clock: Clock) -> None:
    writer = new_writer(clock)
    for interrupt in (lambda: writer.type("a"), writer.take_back, writer.rest, lambda: writer.choose("a")):
        writer.go_on("line")
        writer.write_due(0.0)
        interrupt()
        go(writer, clock)
        written = writer.take()
        assert written is None or len(written.text) <= 2
        assert writer.seconds_to_next == float("inf")


def test_what_is_still_to_be_typed_is_taken_back_first(clock: Clock) -> None:
    writer = new_writer(clock)
    writer.type("abc")
    writer.take_back()
    go(writer, clock)
    written = told(writer)
    assert (written.text, written.taken_back) == ("ab", 0)


def test_a_fresh_start_forgets_what_was_typed(clock: Clock) -> None:
    writer = new_writer(clock)
    writer.type("abc")
    writer.restart("d")
    writer.rest()
    go(writer, clock)
    assert told(writer).text == "d"
    assert not writer.take_back()


def test_what_is_long_is_typed_in_turns(clock: Clock) -> None:
    writer = new_writer(clock)
    writer.type("a" * 100)
    writer.write_due(0.0)
    assert told(writer).text == "a"
    assert writer.seconds_to_next == 0.0


def test_the_engine_writes_what_is_typed_goes_on_and_takes_back() -> None:
    desk = Desk()
    desk.load("counting", train=False)
    desk.say(Type("ab\u00e9"))
    desk.turn(3)
    desk.say(TakeBack(), GoOn("character"))
    desk.turn(30)
    written = [text for run in desk.runs for text in run.written]
    assert written[0].text == "ab\u00e9"
    assert sum(each.taken_back for each in written) == 1
    assert sum(len(each.text) for each in written) == 4
    assert not desk.gauges.writing


def test_a_network_that_was_to_write_a_word_leaves_the_page_to_the_person_after_another_came() -> None:
    desk = Desk()
    desk.load("counting", train=False)
    desk.say(StartSampling(), GoOn("word"))
    desk.say(NewNetwork(NetworkSettings(hidden_size=8), TrainingSettings(), train=False))
    desk.turn(3)
    assert not desk.gauges.writing
