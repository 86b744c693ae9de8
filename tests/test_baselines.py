"""What a text costs without a network."""

from __future__ import annotations

import bz2
import dataclasses
import itertools
import lzma
import math
from collections import Counter

import numpy as np
import pytest
from msgspec import structs

from corpora.baselines import bigram_entropy, measure
from corpora.corpus import CorpusError
from corpora.info import Baselines
from model.slices import finish

from text_helpers import corpus_of

LINES = "the cat sat on the mat and the dog sat on the log\n"


def baselines_of(text: str) -> Baselines:
    return finish(measure(corpus_of(text)))


def witten_and_bell(text: str) -> tuple[float, float]:
    """The same by the book, a pair at a time."""
    split = int(0.9 * len(text))
    train, validation, symbols = text[:split], text[split:], set(text)
    counts, pairs = Counter(train[1:]), Counter(itertools.pairwise(train))
    unigram = bigram = 0.0
    for a, b in itertools.pairwise(validation):
        p_b = (counts[b] + 1) / (sum(counts.values()) + len(symbols))
        c = sum(pairs[a, other] for other in symbols)
        D = sum(pairs[a, other] > 0 for other in symbols)
        unigram -= math.log(p_b)
        bigram -= math.log((pairs[a, b] + D * p_b) / (c + D) if c else p_b)
    return unigram / (len(validation) - 1), bigram / (len(validation) - 1)


def test_pairs_cost_what_the_book_says() -> None:
    # the validation part has a character that the training part lacks, first of a pair and last
    text = LINES * 40 + "the quick brown zebra\n" * 5
    found = baselines_of(text)
    unigram, bigram = witten_and_bell(text)
    assert found.uniform == math.log(len(set(text)))
    assert found.unigram == pytest.approx(unigram, rel=1e-12)
    assert found.bigram == pytest.approx(bigram, rel=1e-12)


def test_pairs_cost_the_same_from_a_table_and_without_one(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(LINES * 40 + "the quick brown zebra\n" * 5)
    dense, entropy = finish(measure(corpus)), finish(bigram_entropy(corpus))
    monkeypatch.setattr("corpora.baselines.DENSE", 1)
    assert finish(measure(corpus)) == dense
    assert finish(bigram_entropy(corpus)) == entropy


def test_the_bigram_entropy_is_that_of_the_training_part() -> None:
    assert finish(bigram_entropy(corpus_of("ab" * 1000))) == 0.0
    text = "".join("abcd"[k] for k in np.random.default_rng(0).integers(0, 4, 100_000))
    assert finish(bigram_entropy(corpus_of(text))) == pytest.approx(math.log(4), abs=1e-3)


def test_what_always_follows_costs_nothing() -> None:
    found = baselines_of("abcd" * 5000)
    assert found.unigram == pytest.approx(math.log(4), abs=1e-3)
    assert found.bigram < 0.01


def test_what_is_drawn_evenly_costs_ln_v_however_it_is_looked_at() -> None:
    drawn = np.random.default_rng(0).integers(0, 20, 50_000)
    found = baselines_of("".join(chr(97 + d) for d in drawn))
    assert found.unigram == pytest.approx(found.uniform, abs=0.01)
    assert found.bigram == pytest.approx(found.uniform, abs=0.02)


def test_sizes_are_those_of_the_compressed_files() -> None:
    text = LINES * 300 + "Ångström, naïve, 漢字\n" * 30
    found = baselines_of(text)
    data = text.encode()
    assert found.xz == pytest.approx(8 * len(lzma.compress(data)) / len(text))
    assert found.bz2 == pytest.approx(8 * len(bz2.compress(data)) / len(text))
    assert found.compressed == len(text)


def test_of_a_long_text_the_beginning_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpora.baselines.READ", 1000)
    beginning, rest = "ab" * 500, "".join(chr(97 + k % 26) for k in range(10_000))
    found = baselines_of(beginning + rest)
    assert found.compressed == 1000
    assert found.xz == pytest.approx(8 * len(lzma.compress(beginning.encode())) / 1000)


def test_thousands_of_characters_need_no_table_of_all_pairs() -> None:
    rng = np.random.default_rng(0)
    text = "".join(chr(0x4E00 + k) for k in rng.zipf(1.3, 30_000) % 20_000)
    found = baselines_of(text)
    assert 0 < found.bigram < found.uniform
    assert 0 < found.unigram < found.uniform


def test_the_work_is_cut_into_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpora.baselines.DENSE_PIECE", 100)
    corpus = corpus_of(LINES * 200)
    assert sum(1 for _ in measure(corpus)) > len(corpus.ids) / 100
    cut = finish(measure(corpus))
    monkeypatch.undo()
    assert finish(measure(corpus)) == cut


def test_what_is_counted_is_told_before_anything_is_compressed(monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = corpus_of(LINES * 2000)
    with monkeypatch.context() as without:
        without.setattr("threading.Thread", None)
        counted = next(known for known in measure(corpus) if known is not None)
    assert (counted.xz, counted.bz2) == (None, None)
    whole = finish(measure(corpus))
    assert whole == structs.replace(counted, xz=whole.xz, bz2=whole.bz2)


def test_where_there_is_no_memory_for_packing_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def too_much(_data: bytes) -> bytes:
        raise MemoryError

    monkeypatch.setattr("corpora.baselines.lzma.compress", too_much)
    found = baselines_of(LINES)
    assert (found.xz, found.bz2) == (None, None) and found.bigram > 0.0


def test_an_exact_floor_is_passed_on() -> None:
    corpus = corpus_of(LINES)
    synthetic = dataclasses.replace(corpus, info=structs.replace(corpus.info, entropy_floor=0.125))
    assert finish(measure(synthetic)).floor == 0.125
    assert baselines_of(LINES).floor is None


def test_lone_surrogates_are_characters_like_others() -> None:
    assert (baselines_of("a\ud800b" * 100).xz or 0.0) > 0.0


def test_one_character_over_and_over_costs_nothing() -> None:
    found = baselines_of("a" * 100)
    assert (found.uniform, found.unigram, found.bigram) == (0.0, 0.0, 0.0)


def test_a_text_too_short_to_measure_says_so() -> None:
    with pytest.raises(CorpusError, match="too short"):
        baselines_of("ab")
