"""Copies are found as they are written: compared with looking at every place of the text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpora import passages
from corpora.origins import COPIED, MADE_UP, RUN, UNKNOWN
from corpora.passages import Passages, index_passages
from corpora.quotations import KEPT, Quotations
from corpora.vocabulary import Ids, Vocabulary
from model.slices import finish

from text_helpers import corpus_of

STORY = "It was late, and the lamp had burnt so low that nobody at the table saw who came in by the garden door.\n"


def ids_of(text: str, symbols: str) -> Ids:
    return Vocabulary(symbols).encode(text)[0]


def indexed(text: str, symbols: str, *, m: int = 1) -> Passages:
    """The index of a text with a piece at every m-th place."""
    found = finish(index_passages(ids_of(text, symbols), max(1, -(-len(text) // m))))
    assert found.m == m or len(text) < RUN
    return found


def origins(quotations: Quotations, text: str, symbols: str) -> str:
    """Write `text`, and return what is known of all of it: `.` made up, `=` copied, ` ` unknown."""
    for id_ in ids_of(text, symbols).tolist():
        quotations.write(id_)
    return told(quotations)


def told(quotations: Quotations, count: int = KEPT) -> str:
    return quotations.origins(count).decode("ascii").translate({UNKNOWN: " ", MADE_UP: ".", COPIED: "="})


def naive(text: str, written: str) -> str:
    """The same by its definition."""
    copied = [False] * len(written)
    for begin in range(len(written) - RUN + 1):
        if written[begin : begin + RUN] in text:
            copied[begin : begin + RUN] = [True] * RUN
    return "".join("=" if each else "." for each in copied)


SYMBOLS = "".join(sorted(set(STORY)))


def test_a_run_of_25_is_a_copy_and_one_of_24_is_not() -> None:
    run = STORY[10:35]
    quotations = Quotations(indexed(STORY, SYMBOLS))
    assert origins(quotations, f"aaa{run[:24]}aaa{run}", SYMBOLS) == 30 * "." + 25 * "="


def test_a_copy_is_followed_as_far_as_it_goes_and_to_the_end_of_the_text() -> None:
    quotations = Quotations(indexed(STORY, SYMBOLS))
    expected = 4 * "." + len(STORY[40:]) * "=" + 4 * "."
    assert origins(quotations, f"aaaa{STORY[40:]}aaaa", SYMBOLS) == expected


def test_a_copy_goes_on_at_another_place_where_the_text_has_the_same_words_twice() -> None:
    text = STORY + STORY[:40] + "NOT THE SAME AS BEFORE, NOT AT ALL\n"
    symbols = "".join(sorted(set(text)))
    quotations = Quotations(indexed(text, symbols))
    assert set(origins(quotations, text[len(STORY) :], symbols)) == {"="}


LETTERS = st.text(st.sampled_from("ab"), max_size=30)


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    """A text that repeats itself, and something written that copies much of it, not always well."""
    parts = draw(st.lists(LETTERS, min_size=1, max_size=4))
    text = "".join(draw(st.lists(st.sampled_from(parts), max_size=12)))
    written = ""
    for _ in range(draw(st.integers(0, 6))):
        begin = draw(st.integers(0, max(0, len(text) - 1)))
        written += text[begin : begin + draw(st.integers(0, 70))] + draw(st.text(st.sampled_from("abc"), max_size=3))
    return text, written


@settings(max_examples=300, deadline=None)
@given(texts(), st.integers(1, RUN - passages.SHORTEST + 1))
def test_what_is_copied_is_what_a_search_finds(case: tuple[str, str], m: int) -> None:
    text, written = case
    quotations = Quotations(finish(index_passages(ids_of(text, "abc"), max(1, -(-len(text) // m)))))
    assert origins(quotations, written, "abc") == naive(text, written)


@settings(deadline=None)
@given(texts(), st.integers(1, 5), st.integers(0, 60), st.text(st.sampled_from("abc"), max_size=40))
def test_what_is_taken_back_was_never_written(case: tuple[str, str], m: int, back: int, more: str) -> None:
    text, written = case
    quotations = Quotations(finish(index_passages(ids_of(text, "abc"), max(1, -(-len(text) // m)))))
    origins(quotations, written, "abc")
    for _ in range(back):
        quotations.take_back()
    kept = written[: max(0, len(written) - back)]
    assert told(quotations) == naive(text, kept)
    assert origins(quotations, more, "abc") == naive(text, kept + more)


def test_what_was_given_is_unknown_and_begins_no_copy() -> None:
    quotations = Quotations(indexed(STORY, SYMBOLS))
    origins(quotations, STORY[:20], SYMBOLS)
    quotations.begin(given=5)
    assert origins(quotations, STORY[20:44], SYMBOLS) == 20 * "." + 5 * " " + 24 * "."
    assert origins(quotations, STORY[44], SYMBOLS) == 20 * "." + 5 * " " + 25 * "="


def test_only_as_much_is_told_as_was_asked_for() -> None:
    quotations = Quotations(indexed(STORY, SYMBOLS))
    origins(quotations, "aa" + STORY[:30], SYMBOLS)
    assert told(quotations, 31) == "." + 30 * "="
    assert told(quotations, 3) == "==="
    assert told(quotations, 0) == ""


def test_a_long_writing_is_followed_in_bounded_memory() -> None:
    quotations = Quotations(indexed(STORY, SYMBOLS, m=3))
    for _ in range(3 * KEPT // len(STORY)):
        origins(quotations, STORY, SYMBOLS)
    assert KEPT <= len(quotations.origins(10**9)) <= 2 * KEPT + 1
    assert set(told(quotations)) == {"="}


@pytest.mark.parametrize("symbols", [100, 1000, 70_000])
def test_ids_of_any_size_are_compared(symbols: int) -> None:
    vocabulary = Vocabulary("".join(map(chr, range(0xE000, 0xE000 + symbols))))
    ids = np.random.default_rng(0).integers(symbols, size=400).astype(vocabulary.dtype)
    quotations = Quotations(finish(index_passages(ids, 100)))
    for id_ in [*ids[130:170].tolist(), 0, *ids[30:54].tolist()]:
        quotations.write(id_)
    assert told(quotations) == 40 * "=" + 25 * "."


@pytest.mark.parametrize("few", [2, 1000])
def test_equal_hashes_make_no_copy(few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "SPREAD", 0)  # all pieces are in one bucket
    monkeypatch.setattr(passages, "FEW", few)
    for m in (1, 4):
        quotations = Quotations(indexed(STORY, SYMBOLS, m=m))
        assert origins(quotations, STORY[60:90] + STORY[3:27], SYMBOLS) == 30 * "=" + 24 * "."


def test_the_memory_of_an_index_is_bounded_by_its_pieces() -> None:
    ids = np.random.default_rng(0).integers(3, size=100_000).astype(np.uint8)
    for most, m in ((100_000, 1), (50_000, 2), (9_000, 12)):
        found = finish(index_passages(ids, most))
        assert found.m == m
        assert found.nbytes <= 6 * most + 100


def test_the_index_of_a_read_only_corpus_is_built_in_many_slices() -> None:
    corpus = corpus_of(STORY * 1000)
    work = index_passages(corpus.train)
    assert sum(1 for _ in work) > 10


@pytest.mark.parametrize("text", ["", "a", STORY[:24], STORY[:25]])
def test_a_text_that_is_hardly_one_has_hardly_an_index(text: str) -> None:
    quotations = Quotations(indexed(text, SYMBOLS))
    assert origins(quotations, STORY[:25], SYMBOLS) == (25 * "=" if len(text) == RUN else 25 * ".")
