"""The coming character, told before it is drawn: it changes nothing, costs little, and knows the settings in force."""

from __future__ import annotations

import math

import numpy as np
import pytest
from msgspec.structs import replace

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings
from model.lookout import SHARE, Lookout, outlook
from model.network import Network
from model.outlook import Outlook
from model.parameters import Floats
from model.protocol import Written
from model.sampling import CANDIDATES, Sampler
from model.writer import STEPS_BACK, Writer

LEARNT = SamplingSettings(temperature=1.0)
SYMBOLS = "\nabcdefghijklmnopqr"
LOGITS = np.log(np.array([0.1, 0.6, 0.3], np.float32))


class Clock:
    """Stands still until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def new_sampler(settings: SamplingSettings = LEARNT, seed: int = 0) -> Sampler:
    """A network whose opinion hangs on all that it has read."""
    network = Network(NetworkSettings(hidden_size=6, layers=2), len(SYMBOLS))
    network.parameters.values[...] = np.random.default_rng(1).normal(0.0, 1.0, len(network.parameters))
    return Sampler(network, Vocabulary(SYMBOLS), settings, np.random.default_rng(seed))


def new_writer(settings: SamplingSettings = LEARNT, clock: Clock | None = None) -> Writer:
    return Writer(new_sampler(replace(settings, rate=1000.0)), clock or Clock())


def seen(writer: Writer, weights: int = 0) -> Outlook:
    found = writer.outlook(weights)
    assert found is not None
    return found


def taken(writer: Writer) -> Written:
    found = writer.take()
    assert found is not None
    return found


class CountingSampler(Sampler):
    """Counts how often someone peeks, and takes its time for it."""

    peeks = 0

    def __init__(self, clock: Clock, seconds: float = 0.0) -> None:
        one = new_sampler()
        super().__init__(one.network, one.vocabulary, LEARNT, one.rng)
        self.clock, self.seconds = clock, seconds

    def peek(self) -> Floats:
        self.peeks += 1
        self.clock.now += self.seconds
        return super().peek()


def test_looking_ahead_does_not_change_what_is_written() -> None:
    watched, alone = new_sampler(seed=3), new_sampler(seed=3)
    lookout = Lookout(Clock())
    text = []
    for place in range(200):
        lookout.look(watched, place=place, weights=place, drawn=None)
        text.append(watched.draw().id)
    assert text == [alone.draw().id for _ in range(200)]
    np.testing.assert_array_equal(watched.state, alone.state)


def test_what_is_seen_is_what_the_next_character_is_drawn_from() -> None:
    writer = new_writer(SamplingSettings(temperature=0.7, top_k=5))
    for _ in range(20):
        before = seen(writer)
        writer._write(draw := writer.sampler.draw())
        assert [(each.symbol, each.probability) for each in before.candidates if not each.cut] == [
            (SYMBOLS[other], probability) for other, probability in draw.candidates
        ]


def test_it_follows_the_character_drawn_last_and_tells_its_probability() -> None:
    clock = Clock()
    writer = new_writer(clock=clock)
    assert (seen(writer).after, seen(writer).drawn) == ("", None)
    writer.start()
    writer.write_due(0.0)
    written = taken(writer)
    assert (seen(writer).after, seen(writer).drawn) == (written.text, written.probabilities[0])
    writer.restart("abc")
    assert (seen(writer).after, seen(writer).drawn) == ("c", None)


def test_settings_act_on_the_outlook_while_writing_rests() -> None:
    writer = new_writer()
    calm = seen(writer)
    writer.steer(SamplingSettings(temperature=3.0))
    wild = seen(writer)
    assert [each.symbol for each in wild.candidates] == [each.symbol for each in calm.candidates]
    assert [each.raw for each in wild.candidates] == [each.raw for each in calm.candidates]
    assert wild.candidates[0].probability < calm.candidates[0].probability
    assert wild.raw_entropy == calm.raw_entropy == calm.entropy < wild.entropy


def test_new_settings_need_no_further_look_at_the_network() -> None:
    clock = Clock()
    sampler, lookout = CountingSampler(clock), Lookout(clock)
    for temperature in (0.0, 0.5, 1.0, 2.0):
        sampler.settings = SamplingSettings(temperature=temperature)
        lookout.look(sampler, place=0, weights=0, drawn=None)
    assert sampler.peeks == 1


def test_a_look_that_nothing_has_changed_for_is_not_repeated() -> None:
    clock = Clock()
    sampler, lookout = CountingSampler(clock), Lookout(clock)
    first = lookout.look(sampler, place=0, weights=0, drawn=None)
    assert lookout.look(sampler, place=0, weights=0, drawn=None) is first
    assert sampler.peeks == 1
    lookout.look(sampler, place=1, weights=0, drawn=None)
    lookout.look(sampler, place=1, weights=1, drawn=None)
    assert sampler.peeks == 3


def test_a_large_network_is_looked_at_less_often() -> None:
    clock = Clock()
    sampler, lookout = CountingSampler(clock, seconds=0.01), Lookout(clock)
    for turn in range(1000):
        lookout.look(sampler, place=turn, weights=0, drawn=None)
        clock.now += 0.002
    assert sampler.peeks * 0.01 <= SHARE * clock.now + 0.01


def test_a_look_that_had_to_wait_is_made_up_for() -> None:
    clock = Clock()
    sampler, lookout = CountingSampler(clock, seconds=0.01), Lookout(clock)
    lookout.look(sampler, place=0, weights=0, drawn=None)
    sampler.last = 4
    waiting = lookout.look(sampler, place=1, weights=0, drawn=0.25)
    assert waiting is not None
    assert (waiting.after, waiting.drawn) == ("", None)
    clock.now += 0.01 / SHARE
    caught_up = lookout.look(sampler, place=1, weights=0, drawn=0.25)
    assert caught_up is not None
    assert (caught_up.after, caught_up.drawn) == (SYMBOLS[4], 0.25)


def test_another_network_is_looked_at_at_once() -> None:
    writer = new_writer()
    assert len(seen(writer).candidates) == CANDIDATES
    other = Network(NetworkSettings(hidden_size=3), 2)
    writer.change_sampler(Sampler(other, Vocabulary("xy"), LEARNT, np.random.default_rng(0)), "another")
    assert [each.symbol for each in seen(writer).candidates] == ["x", "y"]


def test_what_top_k_and_top_p_leave_out_is_told_as_cut() -> None:
    found = outlook(LOGITS, replace(LEARNT, top_k=2), "abc")
    assert found is not None
    assert [(each.symbol, each.cut) for each in found.candidates] == [("b", False), ("c", False), ("a", True)]
    assert [each.probability for each in found.candidates] == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert [each.raw for each in found.candidates] == pytest.approx([0.6, 0.3, 0.1])
    assert found.entropy == pytest.approx(-2 / 3 * math.log(2 / 3) - 1 / 3 * math.log(1 / 3))


def test_at_temperature_nought_nothing_is_cut_and_nothing_surprises() -> None:
    found = outlook(LOGITS, SamplingSettings(temperature=0.0), "abc")
    assert found is not None
    assert [each.probability for each in found.candidates] == [1.0, 0.0, 0.0]
    assert not any(each.cut for each in found.candidates)
    assert found.entropy == 0.0


@pytest.mark.parametrize("damage", [math.nan, math.inf, -math.inf])
def test_an_opinion_that_is_no_number_is_not_told(damage: float) -> None:
    assert outlook(np.array([0.0, damage, 1.0], np.float32), LEARNT, "abc") is None


def test_a_chosen_character_is_written_and_read_like_a_drawn_one() -> None:
    writer, twin = new_writer(), new_sampler()
    third = seen(writer).candidates[2]
    assert writer.choose(third.symbol)
    written = taken(writer)
    assert (written.text, written.probabilities) == (third.symbol, (third.probability,))
    assert (seen(writer).after, seen(writer).drawn) == (third.symbol, third.probability)
    twin.draw()
    twin.last, twin.rng = SYMBOLS.index(third.symbol), np.random.default_rng(5)
    writer.sampler.rng = np.random.default_rng(5)
    assert [writer.sampler.draw().id for _ in range(50)] == [twin.draw().id for _ in range(50)]


def test_choosing_asks_no_chance() -> None:
    writer = new_writer()
    before = writer.sampler.rng.bit_generator.state
    writer.choose("a")
    assert writer.sampler.rng.bit_generator.state == before


def test_a_character_that_was_taken_back_was_never_read() -> None:
    writer, twin = new_writer(), new_writer()
    for each in (writer, twin):
        each.choose("a")
        each.choose("b")
    writer.choose("q")
    assert writer.take_back()
    np.testing.assert_array_equal(writer.sampler.state, twin.sampler.state)
    assert seen(writer) == seen(twin)
    assert taken(writer) == taken(twin)


def test_what_an_update_has_taken_along_is_taken_back_by_the_next() -> None:
    writer = new_writer()
    for symbol in "abc":
        writer.choose(symbol)
    assert taken(writer).text == "abc"
    assert writer.take_back() and writer.take_back()
    writer.choose("d")
    assert (taken(writer).taken_back, seen(writer).after) == (2, "d")
    assert writer.take() is None


def test_only_so_many_characters_can_be_taken_back_and_none_of_a_prime() -> None:
    writer = new_writer()
    for _ in range(STEPS_BACK + 5):
        writer.choose("a")
    taken(writer)
    assert [writer.take_back() for _ in range(STEPS_BACK + 2)] == [True] * STEPS_BACK + [False] * 2
    writer.restart("abc")
    assert not writer.take_back()
    assert taken(writer).text == "abc"


@pytest.mark.parametrize("symbol", ["", "ab", "é", "\x1b"])
def test_what_the_network_does_not_know_cannot_be_chosen(symbol: str) -> None:
    writer = new_writer()
    assert not writer.choose(symbol)
    assert writer.take() is None


def test_a_character_that_is_cut_can_be_chosen_all_the_same() -> None:
    writer = new_writer(replace(LEARNT, top_k=1))
    cut = seen(writer).candidates[1]
    assert cut.cut
    assert writer.choose(cut.symbol)
    assert taken(writer).probabilities == (0.0,)
