"""The engine tells which of the written characters are copied from the text it learns."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from corpora.origins import COPIED, MADE_UP, RUN, UNKNOWN
from corpora.passages import index_passages
from corpora.quotations import Quotations
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.engine import Engine
from model.network import Network
from model.protocol import (
    Acknowledge,
    Choose,
    Entrant,
    LoadCorpus,
    NewNetwork,
    RunUpdate,
    StartRace,
    Update,
    Written,
)
from model.sampling import Sampler
from model.slices import finish
from model.writer import Writer

from text_helpers import TickingClock, corpus_of

LINE = "the lamp was low and nobody saw who came in by the garden door\n"
NETWORK = NetworkSettings(hidden_size=6)
TRAINING = TrainingSettings(seq_length=8, batch_size=4)


@pytest.fixture
def writer() -> Writer:
    """It writes only what it is told to, and knows `LINE`."""
    corpus = corpus_of(LINE)
    network = Network(NETWORK, len(corpus.vocabulary))
    network.initialise(np.random.default_rng(0))
    writer = Writer(Sampler(network, corpus.vocabulary, SamplingSettings(), np.random.default_rng(0)), TickingClock())
    writer.quotations = Quotations(finish(index_passages(corpus.ids)))
    return writer


def written(writer: Writer, text: str) -> Written:
    """What it hands out after it has written `text`."""
    for symbol in text:
        writer.choose(symbol)
    taken = writer.take()
    assert taken is not None
    return taken


def test_the_origin_of_a_character_is_told_with_it_and_anew_when_it_changes(writer: Writer) -> None:
    assert written(writer, "ww" + LINE[:24]).copied == bytes([MADE_UP]) * 26
    assert written(writer, LINE[24]).copied == bytes([COPIED]) * 25
    assert written(writer, "w").copied == bytes([COPIED]) * 24 + bytes([MADE_UP])


def test_what_waited_for_an_update_is_told_whole(writer: Writer) -> None:
    assert written(writer, 40 * "w" + LINE[:50]).copied == bytes([MADE_UP]) * 40 + bytes([COPIED]) * 50


def test_taking_back_the_end_of_a_copy_unmakes_it(writer: Writer) -> None:
    written(writer, LINE[:25])
    writer.take_back()
    taken = writer.take()
    assert taken is not None
    assert (taken.text, taken.taken_back, taken.copied) == ("", 1, bytes([MADE_UP]) * 24)
    assert written(writer, LINE[24:30]).copied == bytes([COPIED]) * 30


def test_a_prime_is_no_copy_and_what_follows_it_begins_anew(writer: Writer) -> None:
    writer.restart(LINE[:30])
    assert written(writer, LINE[30:54]).copied[-54:] == bytes([UNKNOWN]) * 30 + bytes([MADE_UP]) * 24
    assert written(writer, LINE[54]).copied == bytes([COPIED]) * 25


def test_no_copy_reaches_from_one_network_into_the_next(writer: Writer) -> None:
    written(writer, LINE[:24])
    writer.change_sampler(writer.sampler, "another")
    assert written(writer, LINE[24]).copied == bytes([MADE_UP]) * 25


def test_who_knows_no_text_tells_nothing(writer: Writer) -> None:
    writer.quotations = None
    assert written(writer, LINE).copied == b""


class Desk:
    """An engine, and what it sent."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        ticks = itertools.count()
        self.engine = Engine(self.updates.append, lambda: next(ticks) * 1e-4)

    def turn(self, turns: int) -> None:
        for _ in range(turns):
            self.engine.turn()
            self.engine.obey(Acknowledge(len(self.updates)))

    def load(self, source: str) -> None:
        before = len(self.runs())
        self.engine.obey(LoadCorpus((source,), NETWORK, TRAINING, train=False))
        for _ in range(2000):
            if any(run.fresh for run in self.runs()[before:]):
                return
            self.turn(1)
        raise AssertionError("never loaded")

    def write(self, name: str = "main") -> None:
        """Have the letter written as often as makes a copy, and wait for the news."""
        for _ in range(RUN):
            self.engine.obey(Choose("a", run=name))
        self.turn(2)

    def runs(self, name: str = "main") -> list[RunUpdate]:
        return [run for update in self.updates for run in update.runs if run.run == name]

    def copied(self, name: str = "main") -> bytes:
        """Of what was told last."""
        return next((each.copied for run in reversed(self.runs(name)) for each in run.written), b"")


@pytest.fixture
def text(tmp_path: Path) -> str:
    """A file in which one letter stands again and again."""
    path = tmp_path / "a.txt"
    path.write_text("a" * 5000 + "b")
    return str(path)


def test_copies_are_told_once_the_text_is_indexed(text: str) -> None:
    desk = Desk()
    desk.load(text)
    desk.write()
    assert desk.copied() == b""
    desk.turn(1000)
    assert not desk.engine._runs["main"].side.busy
    desk.write()
    assert desk.copied() == bytes([COPIED]) * RUN


def test_another_network_on_the_same_text_is_compared_with_it_at_once(text: str) -> None:
    desk = Desk()
    desk.load(text)
    desk.turn(1000)
    assert not desk.engine._runs["main"].side.busy
    desk.engine.obey(NewNetwork(NETWORK, TRAINING, train=False))
    desk.turn(1)
    desk.write()
    assert desk.copied() == bytes([COPIED]) * RUN


def test_racers_share_the_index(text: str) -> None:
    desk = Desk()
    desk.load(text)
    desk.turn(1000)
    names = ("one", "two")
    desk.engine.obey(StartRace(tuple(Entrant(name, NETWORK, TRAINING) for name in names)))
    desk.turn(20)
    for name in names:
        desk.write(name)
        assert COPIED in desk.copied(name)


def test_endless_texts_are_not_compared_with(text: str) -> None:
    desk = Desk()
    desk.load(text)
    desk.turn(1000)
    desk.load("counting")
    desk.turn(1000)
    desk.write()
    assert desk.runs()[-1].written
    assert desk.copied() == b""
