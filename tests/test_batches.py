"""The text as parallel streams of windows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.corpus import CorpusError
from corpora.vocabulary import Ids
from model.batches import Batches

from text_helpers import corpus_of, counted


@given(length=st.integers(20, 400), T=st.integers(1, 16), B=st.integers(1, 9))
def test_streams_tile_the_training_part_in_order(length: int, T: int, B: int) -> None:
    corpus = counted(length)
    batches = Batches(corpus, T, B)
    windows = [np.empty((0, batches.B), np.intp)]
    while batches.epoch == 0:
        window = batches.peek()
        assert window.first == (batches.position == 0)
        # in this text the next character's id is the next number, so a target is its input and one
        np.testing.assert_array_equal(window.targets, window.inputs.astype(np.intp) + 1)
        assert window.targets.max() < len(corpus.train)
        windows.append(window.inputs.astype(np.intp))
        batches.advance()

    read = np.concatenate(windows)  # (windows T, B)
    stream = len(corpus.train) // batches.B
    expected = np.arange(len(read))[:, None] + stream * np.arange(batches.B)
    np.testing.assert_array_equal(read, expected)
    # less than a window is left over at the end of each stream
    assert stream - 1 - len(read) < T


def test_an_epoch_begins_where_the_one_before_began() -> None:
    batches = Batches(counted(60), T=5, B=3)
    opening = batches.peek()
    for _ in range(batches.windows_per_epoch):
        assert batches.epoch == 0
        batches.advance()
    assert (batches.epoch, batches.position, batches.peek().first) == (1, 0, True)
    np.testing.assert_array_equal(batches.peek().inputs, opening.inputs)


def test_a_window_stays_the_next_one_until_it_is_taken() -> None:
    batches = Batches(counted(60), T=5, B=3)
    np.testing.assert_array_equal(batches.peek().inputs, batches.peek().inputs)
    assert batches.position == 0


def test_epochs_count_passes_in_parts() -> None:
    batches = Batches(counted(100), T=10, B=2)  # streams of 45 characters: four windows
    passes = []
    for _ in range(9):
        passes.append(batches.epochs)
        batches.advance()
    assert passes == [0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2]


@given(advances=st.integers(0, 30))
def test_seek_finds_every_place_again(advances: int) -> None:
    there = Batches(counted(100), T=7, B=3)
    for _ in range(advances):
        there.advance()
    here = Batches(counted(100), T=7, B=3)
    here.seek(there.epoch, there.position)
    assert here.epochs == there.epochs
    assert here.peek().first == there.peek().first
    np.testing.assert_array_equal(here.peek().inputs, there.peek().inputs)
    np.testing.assert_array_equal(here.peek().targets, there.peek().targets)


def test_a_short_text_has_fewer_streams_than_were_asked_for() -> None:
    # 36 characters to train on are three streams of a window of ten and what follows it
    batches = Batches(counted(40), T=10, B=8)
    assert batches.B == 3
    assert batches.peek().inputs.shape == (10, 3)


def test_the_shortest_text_is_a_single_window() -> None:
    batches = Batches(counted(20), T=17, B=4)
    assert (batches.B, batches.windows_per_epoch) == (1, 1)
    batches.advance()
    assert batches.epochs == 1.0


def test_a_text_without_room_for_a_window_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"small\.txt: too short, its training part has 18 characters"):
        Batches(counted(20), T=18, B=1)


def test_a_text_that_leaves_nothing_to_validate_on_is_refused() -> None:
    with pytest.raises(CorpusError, match="leave 1 of the 2 that validation needs"):
        Batches(counted(10), T=2, B=1)


def test_an_endless_text_is_new_in_every_epoch() -> None:
    asked = []

    def redraw(epoch: int, length: int) -> Ids:
        asked.append((epoch, length))
        return np.full(length, epoch, np.uint8)

    batches = Batches(corpus_of("abcd" * 10, redraw), T=5, B=2)
    np.testing.assert_array_equal(batches.peek().inputs[:4, 0], [0, 1, 2, 3])
    for epoch in (1, 2):
        for _ in range(batches.windows_per_epoch):
            batches.advance()
        assert (batches.peek().inputs == epoch).all()
    assert asked == [(1, 36), (2, 36)]


def test_seek_draws_the_text_of_an_endless_epoch_again() -> None:
    batches = Batches(corpus_of("abcd" * 10, lambda epoch, length: np.full(length, epoch, np.uint8)), T=5, B=2)
    batches.seek(3, 5)
    assert (batches.peek().inputs == 3).all()
    assert not batches.peek().first
