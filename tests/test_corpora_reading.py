"""A text that comes in pieces is the same as the text."""

import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpora.corpus import CorpusError, Treatment
from corpora.decoding import decoded
from corpora.entry import Piece
from corpora.indexing import Indexed, Indexer, index, preview
from corpora.library import load, load_now
from corpora.treatments import Treater, fold, lower

T = TypeVar("T", str, bytes)
TEXTS = st.text(st.one_of(st.sampled_from("ab \t\n\u2028\u00a0éßΣ—“”…ﬁ¼😀İ"), st.characters(codec="utf-8")))
CHOICES = st.frozensets(st.sampled_from(Treatment))


def cut(whole: T, size: int) -> Iterator[T]:
    return (whole[i : i + size] for i in range(0, len(whole), size))


def indexed(pieces: Iterator[Piece], treater: Treater) -> Indexed:
    indexing = index(pieces, treater, "book")
    while True:
        try:
            next(indexing)
        except StopIteration as end:
            result: Indexed = end.value
            return result


@given(TEXTS.filter(bool), st.integers(1, 7))
def test_any_pieces_give_the_ids_of_the_whole(text: str, size: int) -> None:
    got = indexed(((piece, 0.5) for piece in cut(text, size)), Treater(()))
    assert got.vocabulary.symbols == "".join(sorted(set(text)))
    assert got.ids.tolist() == [got.vocabulary.symbols.index(symbol) for symbol in text]
    assert got.ids.dtype == got.vocabulary.dtype
    assert got.sha256 == hashlib.sha256(text.encode()).hexdigest()
    assert got.preview == preview(text)


@given(TEXTS, st.integers(1, 7), CHOICES)
def test_any_pieces_are_treated_like_the_whole(text: str, size: int, choice: frozenset[Treatment]) -> None:
    in_pieces = Treater(choice)
    assert "".join(in_pieces(piece) for piece in cut(text, size)) == Treater(choice)(text)


@given(TEXTS.map(lambda text: text.replace("\0", "")), st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.data())
def test_any_blocks_decode_to_the_whole_with_its_newlines(text: str, encoding: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(["", "\r\n", "\r", "a\r\nb"])) + text.lstrip("\ufeff") + "\r"
    whole = text.encode(encoding)
    blocks = cut(whole, data.draw(st.integers(4, 9)))
    assert "".join(decoded(blocks, "x", None)) == text.replace("\r\n", "\n").replace("\r", "\n")


def test_more_than_256_symbols_widen_the_ids() -> None:
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 70_000 // 4))) * 2 + "".join(map(chr, range(0x20, 0x7F)))
    got = indexed(((piece, 0.0) for piece in cut(text, 200)), Treater(()))
    assert got.ids.dtype == np.uint16
    assert got.vocabulary.decode(got.ids) == text


def test_white_space_collapses_to_single_spaces() -> None:
    treater = Treater({Treatment.COLLAPSE})
    assert [treater(piece) for piece in ("  a\n", "\n", "", " \tb", "c ", " ")] == [" a ", "", "", "b", "c ", ""]


def test_folding_keeps_what_a_typewriter_can_write() -> None:
    assert (
        fold("“Ça va?” — l\u2019été, ½ œuvre… straße\u00a0№5 日本") == '"Ca va?" -- l\'ete, 1/2 oeuvre... strasse No5 '
    )


def test_lower_case_does_not_look_beyond_a_letter() -> None:
    assert lower("ΟΔΟΣ ÉTÉ") == "οδο\u03c3 été"


def test_a_preview_has_at_most_ten_lines_of_eighty() -> None:
    lines = preview("x" * 900 + "\n" + "y\n" * 20).split("\n")
    assert len(lines) == 10
    assert max(map(len, lines)) == 80
    assert preview("a\n\nb\n\n") == "a\n\nb"


def test_nothing_left_after_treatment_is_an_error() -> None:
    with pytest.raises(CorpusError, match="book: empty"):
        indexed(iter([("日本", 1.0)]), Treater({Treatment.ASCII}))


def test_a_surrogate_half_is_refused() -> None:
    with pytest.raises(CorpusError, match="book: not a text"):
        Indexer("book").add("\ud800")


def test_progress_rises_to_one(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(b"some words\n" * 100_000)
    shares = list(load([str(path)]))
    assert shares == sorted(shares)
    assert 0.0 < shares[0] < 0.5
    assert shares[-1] == 1.0


def test_memory_is_bounded_by_the_ids(tmp_path: Path) -> None:
    path = tmp_path / "book.txt"
    path.write_bytes(b"To be, or not to be, that is the question:\r\n" * 150_000)
    load_now([str(path)])  # what is made once is made
    tracemalloc.start()
    corpus = load_now([str(path)])
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    tables = 5 << 20  # code point to provisional id
    assert corpus.ids.nbytes == 43 * 150_000
    assert peak < 2.5 * corpus.ids.nbytes + tables + (4 << 20)
