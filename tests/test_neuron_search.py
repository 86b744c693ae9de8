"""Which units follow which property of a text: probes by hand, and networks where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from corpora.vocabulary import Vocabulary
from model.config import NetworkSettings
from model.network import Network
from model.neuron_search import bundled, correlations, find_neurons, neurons, passages
from model.neurons import Neurons
from model.probes import PROBES, Passage
from model.slices import Slices, finish

PLAY = 'First Citizen:\nHe said "no," (twice!)\n\nROMEO:\nI am 17.\n'


def probed(name: str, text: str) -> list[int]:
    vocabulary = Vocabulary.of(text)
    ids, _ = vocabulary.encode(text)
    return [int(value) for value in PROBES[name](Passage(ids, vocabulary.symbols))]


def marked(name: str, text: str) -> str:
    """The characters at which a probe is not zero."""
    return "".join(character for character, value in zip(text, probed(name, text), strict=True) if value)


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("inside a speaker's name", PLAY, "ROMEO:"),  # whether an empty line stood before the first is unknown
        ("inside a speaker's name", "\n\nclass Corpus:\n\nAnd a line that is too long to be a name of anybody:\n", ""),
        ("inside quotes", PLAY, '"no,'),
        ("inside quotes", 'an "open one\n\nis closed', '"open one\n'),
        ("inside quotes", "\u201cso\u201d it \u00abgoes\u00bb", "\u201cso\u00abgoes"),
        ("inside brackets", PLAY, "(twice!"),
        ("inside a comment", "a = 1  # one\nb", "# one"),
        ("inside a word", "it's 'so' ", "it'sso'"),
        ("capital letters", PLAY, "FCHROMEOI"),
        ("digits", PLAY, "17"),
        ("vowels", "Romeo", "oeo"),
        ("punctuation", PLAY, ":,!:."),
        ("start of a line", "a\nb\n", "\n\n"),
    ],
)
def test_a_probe_marks_what_its_name_says(name: str, text: str, found: str) -> None:
    assert marked(name, text) == found


@pytest.mark.parametrize(
    ("name", "text", "numbers"),
    [
        ("position in the line", "ab\ncd", [1, 2, 0, 1, 2]),
        ("position in the word", "to be", [1, 2, 0, 1, 2]),
        ("lines since a gap", "a\nb\n\nc\n", [0, 1, 1, 2, 0, 0, 1]),
        ("indentation", "a\n  b c\nd", [0, 0, 1, 2, 2, 2, 2, 0, 0]),
        ("depth of brackets", "([])x(", [1, 2, 1, 0, 0, 1]),
        ("depth of brackets", "))(x\n\n)(", [0, 0, 1, 1, 1, 0, 0, 1]),
        ("repeated characters", "aaab", [0, 1, 2, 0]),
    ],
)
def test_a_probe_counts_what_its_name_says(name: str, text: str, numbers: list[int]) -> None:
    assert probed(name, text) == numbers


@pytest.mark.parametrize("name", [name for name in PROBES if "speaker" not in name])
def test_a_probe_does_not_look_ahead(name: str) -> None:
    """But for the speaker's name, of which the colon tells."""
    text = PLAY * 2 + "    def f(x): # so\n"
    whole = Passage(Vocabulary.of(text).encode(text)[0], Vocabulary.of(text).symbols)
    for stop in range(1, len(text), 7):
        part = Passage(Vocabulary.of(text).encode(text[:stop])[0], Vocabulary.of(text).symbols)
        assert list(PROBES[name](part)) == list(PROBES[name](whole)[:stop])


def reader(symbols: str, seen: str, H: int = 7, unit: int = 4) -> Network:
    """A network of which one unit holds 0.76 at the characters `seen` and nothing else, and all others nothing."""
    network = Network(NetworkSettings(cell="rnn", hidden_size=H), len(symbols))
    W_ih = network.parameters.tensors["rnn.weight_ih_l0"]  # (H, V)
    for character in seen:
        W_ih[unit, symbols.index(character)] = 1.0  # tanh(1) = 0.76
    return network


def search(network: Network, text: str, vocabulary: Vocabulary) -> Neurons:
    return finish(find_neurons(network, vocabulary.encode(text)[0], vocabulary.symbols, 12))


TEXT = "The King said so. And when IT was done, the Queen wept; a Fool laughed.\n" * 40
VOCABULARY = Vocabulary.of(TEXT)


def test_the_unit_that_was_made_for_capitals_is_found_and_named() -> None:
    found = search(reader(VOCABULARY.symbols, "TKAIQF"), TEXT, VOCABULARY)
    best = found.findings[0]
    assert (best.probe, best.unit) == ("capital letters", 4)
    assert best.r == pytest.approx(1.0, abs=1e-6)
    assert found.names[4] == (best.probe, best.r)
    assert found.step == 12


def test_a_unit_that_falls_where_the_property_is_has_a_negative_correlation() -> None:
    network = reader(VOCABULARY.symbols, "aeiouAI")
    network.parameters.tensors["rnn.weight_ih_l0"] *= -1.0
    best = search(network, TEXT, VOCABULARY).findings[0]
    assert (best.probe, best.unit) == ("vowels", 4)
    assert best.r == pytest.approx(-1.0, abs=1e-6)


def test_units_that_do_not_move_correlate_with_nothing() -> None:
    found = search(reader(VOCABULARY.symbols, "TKAIQF"), TEXT, VOCABULARY)
    assert all(r == 0.0 for unit, (_, r) in enumerate(found.names) if unit != 4)


def test_what_does_not_vary_in_a_text_is_not_told() -> None:
    told = {finding.probe for finding in search(reader(VOCABULARY.symbols, "T"), TEXT, VOCABULARY).findings}
    assert {"capital letters", "vowels", "inside a word", "position in the line"} <= told
    assert not told & {"digits", "inside quotes", "inside brackets", "indentation", "inside a speaker's name"}


def test_of_two_names_for_the_same_the_first_is_told() -> None:
    text = "a (b) c\n" * 300
    vocabulary = Vocabulary.of(text)
    told = [finding.probe for finding in search(reader(vocabulary.symbols, "b"), text, vocabulary).findings]
    assert "inside brackets" in told
    assert "depth of brackets" not in told


@pytest.mark.parametrize("text", ["ab", "aaaaaaaaaaaa", "ab\n" * 400])
def test_a_text_without_properties_has_units_without_names_or_with(text: str) -> None:
    vocabulary = Vocabulary.of(text)
    found = search(reader(vocabulary.symbols, "a"), text, vocabulary)
    assert found.characters <= len(text)
    assert len(found.names) == (7 if found.findings else 0)


def test_correlations_are_those_of_the_definition() -> None:
    """Against numpy's own, on hidden states that a larger network makes of random characters."""
    rng = np.random.default_rng(3)
    network = Network(NetworkSettings(hidden_size=9, layers=2), 5)
    network.initialise(rng)
    W, T, S, K = 5, 37, 3, 4
    inputs = rng.integers(0, 5, (W + T, S))
    targets = rng.standard_normal((K, T, S)).astype(np.float32)
    state = network.initial_state(S)
    h = finish(network.read(inputs, state, network.workspace(W + T, S)))[W:]  # (T, S, H)
    expected = np.corrcoef(targets.reshape(K, -1), h.reshape(-1, 9).T)[:K, K:]
    assert finish(correlations(network, inputs, targets)) == pytest.approx(expected, abs=1e-5)


def test_findings_come_with_the_strongest_first() -> None:
    r = np.array([[0.1, -0.3, 0.2], [0.9, 0.0, -0.95]])
    found = neurons(["quotes", "names"], r, step=1, characters=10)
    assert [(finding.probe, finding.unit, finding.r) for finding in found.findings] == [
        ("names", 2, -0.95),
        ("quotes", 1, -0.3),
    ]
    assert found.names == (("names", 0.9), ("quotes", -0.3), ("names", -0.95))


@pytest.mark.parametrize("H", [8, 128, 600, 2048])
@pytest.mark.parametrize("N", [1, 3, 70, 1_000, 1_025, 30_000, 10_000_000])
def test_passages_fit_their_text(H: int, N: int) -> None:
    S, length, warm_up = passages(Network(NetworkSettings(cell="rnn", hidden_size=H), 1), N)
    assert S >= 1 and length >= 1 and warm_up >= 0
    assert S * (warm_up + length) <= N
    assert S * length <= 16_384


def test_small_slices_are_bundled_into_larger_ones_with_the_same_result() -> None:
    now = 0.0

    def clock() -> float:
        return now

    def work() -> Slices[str]:
        nonlocal now
        for _ in range(10):
            now += 1.0
            yield
        return "done"

    bundles = bundled(work(), clock, 3.0)
    count = 0
    while True:
        try:
            next(bundles)
            count += 1
        except StopIteration as end:
            assert end.value == "done"
            break
    assert count == 3
