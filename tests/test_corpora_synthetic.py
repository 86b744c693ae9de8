"""Grammars: what they write is theirs, and their floor is what an all-knowing reader would lose."""

import itertools
import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from corpora.grammar import Grammar, SeededText
from corpora.library import load_now
from corpora.synthetic import Brackets, NoisyWave, UniformLines, arithmetic, brackets, counting, sine

GRAMMARS = [counting, brackets, arithmetic, sine]


def drawn(grammar: Grammar, length: int, seed: int = 1) -> str:
    return grammar.draw(np.random.default_rng(seed), length).tobytes().decode("ascii")


def nats_of_uniform_lines(text: str, lines: list[str]) -> list[float]:
    """-ln p of each character: among the lines that begin as this one does, the share that goes on so."""
    begun: dict[str, int] = {}
    for line in lines:
        for prefix in itertools.accumulate(f"{line}\n", initial=""):
            begun[prefix] = begun.get(prefix, 0) + 1
    nats, prefix = [], ""
    for character in text:
        nats.append(math.log(begun[prefix] / begun[prefix + character]))
        prefix = "" if character == "\n" else prefix + character
    return nats


def nats_of_brackets(text: str, p: float, depth: int) -> list[float]:
    """-ln p of each character, by a reader who keeps a stack."""
    partner = {"(": ")", "[": "]", "{": "}", "<": ">"}
    nats: list[float] = []
    stack: list[str] = []
    fresh = True
    for character in text:
        opens = character in partner
        may_open = 1.0 if fresh else p if len(stack) < depth else 0.0
        probability = may_open / 4 if opens else 1.0 - may_open
        if opens:
            stack.append(partner[character])
        else:
            assert character == (stack.pop() if stack else "\n")
        fresh = character == "\n"
        nats.append(-math.log(probability))
    return nats


def assert_mean_near(nats: list[float], floor: float) -> None:
    """Within four standard errors, from the spread of the means of 200 stretches."""
    stretches = np.array(nats[: len(nats) // 200 * 200]).reshape(200, -1).mean(axis=1)
    assert abs(stretches.mean() - floor) < 4 * stretches.std() / math.sqrt(200)


def test_counting_s_floor_is_what_an_all_knowing_reader_loses() -> None:
    lines = ["a" * n + "b" * n for n in range(1, 10)]
    assert counting().entropy_rate == pytest.approx(math.log(9) / 11, rel=1e-12)
    assert_mean_near(nats_of_uniform_lines(drawn(counting(), 200_000), lines), counting().entropy_rate)


def test_arithmetic_s_floor_is_what_an_all_knowing_reader_loses() -> None:
    lines = [f"{a}+{b}={a + b}" for a in range(100) for b in range(100)]
    assert_mean_near(nats_of_uniform_lines(drawn(arithmetic(), 200_000), lines), arithmetic().entropy_rate)


def test_a_sine_s_floor_is_what_an_all_knowing_reader_loses() -> None:
    text = drawn(sine(), 200_000)
    blanks = np.array([len(line) - 1 for line in text.split("\n")[1:-1]])
    levels = 13 + np.rint(12 * np.sin(np.arange(24) * math.pi / 12)).astype(int)
    errors = [blanks - levels[(np.arange(len(blanks)) + phase) % 24] for phase in range(24)]
    (error,) = [one for one in errors if abs(one).max() <= 1]  # only one phase is within a blank of all lines
    assert set(error.tolist()) == {-1, 0, 1}
    assert np.bincount(error + 1) / len(error) == pytest.approx([1 / 3] * 3, abs=0.02)
    assert len(blanks) * math.log(3) / (blanks + 2).sum() == pytest.approx(sine().entropy_rate, rel=2e-3)


def test_a_short_wave_is_as_long_as_was_asked_for() -> None:
    for length in (0, 1, 2, 3, 50, 4095, 4096, 100_000):
        for wave in (sine(), NoisyWave(period=4, amplitude=1), NoisyWave(period=100, amplitude=40)):
            assert len(drawn(wave, length)) == length


def test_brackets_floor_is_what_an_all_knowing_reader_loses() -> None:
    assert_mean_near(nats_of_brackets(drawn(brackets(), 400_000), p=0.4, depth=8), brackets().entropy_rate)


def test_brackets_of_depth_one_have_their_floor_in_closed_form() -> None:
    """A line is m pairs, m geometric: ln k for each kind and H2(p)/(1-p) for m, over 2 E[m] + 1 characters."""
    p, k = 0.3, 2
    pairs = 1 / (1 - p)
    entropy = pairs * math.log(k) + pairs * (-p * math.log(p) - (1 - p) * math.log(1 - p))
    assert Brackets(("()", "[]"), p=p, depth=1).entropy_rate == pytest.approx(entropy / (2 * pairs + 1), rel=1e-12)


def test_every_sum_is_right() -> None:
    sums = drawn(arithmetic(), 50_000).split("\n")[:-1]
    assert all(eval(line.replace("=", "==")) for line in sums)


def test_counting_has_as_many_b_as_a() -> None:
    for line in drawn(counting(), 20_000).split("\n")[:-1]:
        assert re.fullmatch(r"a{1,9}b{1,9}", line)
        assert line.count("a") == line.count("b")


def test_brackets_nest_to_the_greatest_depth_and_no_further() -> None:
    depths = np.cumsum([1 if c in "([{<" else 0 if c == "\n" else -1 for c in drawn(brackets(), 300_000)])
    assert (depths.min(), depths.max()) == (0, 8)


@pytest.mark.parametrize("grammar", GRAMMARS)
def test_the_same_generator_writes_the_same_text(grammar: Callable[[], Grammar]) -> None:
    assert drawn(grammar(), 5000, seed=3) == drawn(grammar(), 5000, seed=3)
    assert drawn(grammar(), 5000, seed=3) != drawn(grammar(), 5000, seed=4)
    assert [len(drawn(grammar(), length)) for length in (0, 1, 77)] == [0, 1, 77]


@pytest.mark.parametrize("name", ["counting", "brackets", "arithmetic"])
def test_every_epoch_is_fresh_text_with_the_same_vocabulary(name: str) -> None:
    corpus, again = load_now([name]), load_now([name])
    first, second = corpus.training_ids(1), corpus.training_ids(2)
    assert np.array_equal(corpus.training_ids(0), corpus.train)
    assert first.shape == second.shape == corpus.train.shape
    assert first.dtype == corpus.ids.dtype
    assert not np.array_equal(first, corpus.train)
    assert not np.array_equal(first, second)
    assert np.array_equal(first, again.training_ids(1))
    assert first.max() < len(corpus.vocabulary)
    assert corpus.vocabulary.decode(first[:2000]).count("\n") > 50


def test_seeds_give_different_texts() -> None:
    assert not np.array_equal(SeededText(counting(), 0).ids(0, 999), SeededText(counting(), 1).ids(0, 999))


def test_uniform_lines_use_all_their_lines() -> None:
    assert set(drawn(UniformLines(["x", "yy", "zzz"]), 999).split("\n")[:-1]) == {"x", "yy", "zzz"}
