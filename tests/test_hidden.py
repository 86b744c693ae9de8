"""What units hold while it writes, as it reaches the app: nothing unwatched, each row with its character."""

from __future__ import annotations

import numpy as np
import pytest

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings, SamplingSettings
from model.hidden import HiddenTrace
from model.network import Network
from model.neurons import FULL, HIDDEN_ROWS
from model.sampling import Sampler
from model.slices import finish
from model.writer import Writer

H = 7


def clock() -> float:
    return 0.0


def writer_of(cell: str = "lstm", H: int = H, seed: int = 0) -> Writer:
    vocabulary = Vocabulary("\nabc")
    network = Network(NetworkSettings(cell=cell, hidden_size=H, layers=2), 4)
    network.initialise(np.random.default_rng(seed))
    network.parameters.values *= 3.0
    return Writer(Sampler(network, vocabulary, SamplingSettings(rate=1e9), np.random.default_rng(0)), clock)


def write(writer: Writer, characters: int) -> None:
    for _ in range(characters):
        writer._write(writer.sampler.draw())


def rows(hidden: bytes, H: int = H) -> np.ndarray[tuple[int, int], np.dtype[np.int8]]:
    return np.frombuffer(hidden, np.int8).reshape(-1, H)


def test_nothing_is_sent_while_nobody_watches() -> None:
    writer = writer_of()
    write(writer, 20)
    written = writer.take()
    assert written is not None and len(written.text) == 20
    assert written.hidden == b""


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn"])
def test_a_row_is_what_the_last_layer_holds_after_the_character_before(cell: str) -> None:
    writer = writer_of(cell)
    writer.watch(on=True)
    writer.restart("ab")
    write(writer, 30)
    written = writer.take()
    assert written is not None and len(written.text) == 32
    network, ids = writer.sampler.network, writer.sampler.vocabulary.encode(written.text)[0].astype(np.intp)
    h = finish(network.read(ids[:, None], network.initial_state(), network.workspace(32, 1)))[:, 0]
    found = rows(written.hidden)
    assert found.shape == (32, H)
    assert not found[0].any()
    assert found[1:] == pytest.approx(h[:-1] * FULL, abs=0.51)


def test_watching_changes_nothing_of_what_is_written() -> None:
    watched, unwatched = writer_of(), writer_of()
    watched.watch(on=True)
    for writer in (watched, unwatched):
        writer.restart("c")
        write(writer, 50)
    one, other = watched.take(), unwatched.take()
    assert one is not None and other is not None
    assert (one.text, one.probabilities) == (other.text, other.probabilities)


def test_rows_of_the_last_characters_alone_are_kept() -> None:
    writer = writer_of()
    writer.watch(on=True)
    write(writer, HIDDEN_ROWS + 20)
    long = writer.take()
    write(writer, 5)
    short = writer.take()
    assert long is not None and short is not None
    assert rows(long.hidden).shape == (HIDDEN_ROWS, H)
    assert rows(short.hidden).shape == (5, H)


def test_rows_come_in_order_when_older_ones_have_made_room() -> None:
    trace = HiddenTrace(1)
    state = np.zeros((1, 1, 1, 1))
    for number in range(HIDDEN_ROWS + 30):
        state[...] = (number % 100) / 100
        trace.note(state)
    expected = [round(number % 100 / 100 * FULL) for number in range(30, HIDDEN_ROWS + 30)]
    assert list(rows(trace.take(), 1)[:, 0]) == pytest.approx(expected, abs=1)


def test_the_row_of_a_character_that_is_taken_back_goes_with_it() -> None:
    writer = writer_of()
    writer.watch(on=True)
    writer.restart("ab")
    for character in "cab":
        writer.choose(character)
    writer.take_back()
    writer.take_back()
    writer.choose("b")
    again, written = writer_of(), writer.take()
    again.watch(on=True)
    again.restart("abcb")
    expected = again.take()
    assert written is not None and expected is not None
    assert written.text == expected.text == "abcb"
    assert written.hidden == expected.hidden
    writer.take_back()
    later = writer.take()
    assert later is not None and (later.taken_back, later.hidden) == (1, b"")


def test_a_row_that_is_taken_back_takes_no_other_with_it() -> None:
    trace = HiddenTrace(1)
    for number in range(HIDDEN_ROWS + 3):
        trace.note(np.full((1, 1, 1, 1), number % 2))
    trace.take_back()
    assert [value // FULL for value in rows(trace.take(), 1)[:, 0]] == [1, 0] * (HIDDEN_ROWS // 2 - 1) + [1]
    trace.take_back()
    assert trace.take() == b""


def test_what_is_no_number_is_sent_as_one() -> None:
    trace = HiddenTrace(4)
    trace.note(np.array([np.nan, np.inf, -np.inf, 1.0]).reshape(1, 1, 1, 4))
    assert list(rows(trace.take(), 4)[0]) == [0, FULL, -FULL, FULL]


def test_another_network_is_watched_too_and_rows_of_the_old_are_forgotten() -> None:
    writer = writer_of()
    writer.watch(on=True)
    write(writer, 10)
    writer.change_sampler(writer_of(H=5).sampler, "a new network")
    write(writer, 3)
    written = writer.take()
    assert written is not None and len(written.text) == 13
    assert rows(written.hidden, 5).shape == (3, 5)


def test_who_looks_away_is_sent_nothing() -> None:
    writer = writer_of()
    writer.watch(on=True)
    write(writer, 3)
    writer.watch(on=False)
    write(writer, 3)
    written = writer.take()
    assert written is not None and written.hidden == b""
