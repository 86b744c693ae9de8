r"""Texts drawn from small grammars, with the entropy floor that tells how well any model can do.

A text is a stream of independent lines. Where a line has the entropy H(line) and the mean length E[length], newline
included, the stream has by the renewal theorem

    entropy rate = H(line) / E[length]        nats per character,

and a model that has learnt the grammar has this mean loss on fresh text, since it always knows where in a line it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from corpora.entry import Entry
from corpora.grammar import Codes, Grammar, SeededText
from corpora.indexing import Piece

CHARACTERS = 1_000_000
"""Length of the text that is loaded; an epoch after it draws as much again."""
SEED = 0


class UniformLines(Grammar):
    """Independent lines, each drawn uniformly from the same distinct ones.

    With n lines H(line) = ln n, and E[length] is their mean length.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self.symbols = "".join(sorted({*"".join(lines), "\n"}))
        self._lengths = np.array([len(line) + 1 for line in lines])
        width = int(self._lengths.max())
        padded = "".join(f"{line}\n".ljust(width) for line in lines).encode("ascii")
        self._lines = np.frombuffer(padded, dtype=np.uint8).reshape(len(lines), width)
        self._mean_length = float(self._lengths.mean())
        self.entropy_rate = math.log(len(lines)) / self._mean_length

    def draw(self, rng: np.random.Generator, length: int) -> Codes:
        """Write `length` characters, (length,)."""
        written, parts = 0, []
        columns = np.arange(self._lines.shape[1])
        while written < length:
            drawn = rng.integers(len(self._lines), size=int((length - written) / self._mean_length) + 64)
            inside = columns < self._lengths[drawn, None]  # (lines, width)
            parts.append(self._lines[drawn][inside])
            written += len(parts[-1])
        return np.concatenate(parts)[:length] if parts else np.empty(0, dtype=np.uint8)


class Brackets(Grammar):
    r"""Lines of balanced brackets of several kinds, written by a walk on the depth of nesting.

    After an opening bracket or at depth d > 0 the next character opens a bracket with probability p, of a kind drawn
    uniformly from k, or closes the innermost one; its kind is then determined. At the greatest depth D it always
    closes. A line starts at depth 0 with an opening bracket; back at depth 0, it goes on with one with probability p,
    else the newline ends it.

    The depth is a Markov chain that a reader can follow without doubt, and so the entropy rate is the mean of the next
    character's entropy over the chain's stationary distribution. With H2(p) = -p ln p - (1-p) ln(1-p):

        at the line's start    ln k
        at depth 0..D-1        H2(p) + p ln k
        at depth D             0
    """

    def __init__(
        self, kinds: Sequence[str] = ("()", "[]", "{}", "<>"), p: float = 0.45, depth: int = 8
    ) -> None:
        self._open = np.array([ord(kind[0]) for kind in kinds], dtype=np.uint8)
        self._close = np.array([ord(kind[1]) for kind in kinds], dtype=np.uint8)
        self._p = p
        self._depth = depth
        self.symbols = "".join(sorted({*"".join(kinds), "\n"}))
        visits = self._stationary()
        branch = -p * math.log(p) - (1 - p) * math.log(1 - p) + p * math.log(len(kinds))
        self.entropy_rate = float(visits[0] * math.log(len(kinds)) + visits[1:-1].sum() * branch)
        self._mean_length = 1.0 / float(visits[0])  # the start of a line is visited once a line

    def _stationary(self) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return the share of characters written from each state: line's start, depth 0, ..., depth D."""
        states = self._depth + 2
        to = np.zeros((states, states))
        to[0, 2] = 1.0
        for depth in range(self._depth):
            to[1 + depth, 2 + depth] = self._p
            to[1 + depth, depth] = 1.0 - self._p  # from depth 0: the newline, to the line's start
        to[-1, -2] = 1.0
        # pi = pi @ to, with the equation that is one too many replaced by sum(pi) = 1.
        system = to.T - np.eye(states)
        system[-1] = 1.0
        return np.linalg.solve(system, np.eye(states)[-1])

    def draw(self, rng: np.random.Generator, length: int) -> Codes:
        """Write `length` characters, (length,)."""
        written, parts = 0, []
        while written < length:
            parts.append(self._lines(rng, int((length - written) / self._mean_length) + 64))
            written += len(parts[-1])
        return np.concatenate(parts)[:length] if parts else np.empty(0, dtype=np.uint8)

    def _lines(self, rng: np.random.Generator, count: int) -> Codes:
        """Write whole lines, all at once, character by character of each."""
        stack = np.zeros((self._depth + 1, count), dtype=np.uint8)  # kind of the bracket open at each depth
        depth = np.zeros(count, dtype=np.intp)
        alive = np.arange(count)
        columns: list[tuple[np.ndarray[tuple[int], np.dtype[np.intp]], Codes]] = []
        while len(alive):
            at = depth[alive]
            first = not columns
            opens = (rng.random(len(alive)) < self._p) & (at < self._depth) | first
            kinds = rng.integers(len(self._open), size=len(alive), dtype=np.uint8)
            written = np.where(opens, self._open[kinds], self._close[stack[at, alive]])
            ends = ~opens & (at == 0)
            written[ends] = ord("\n")
            columns.append((alive, written))
            depth[alive] = at + np.where(opens, 1, -1)
            opened = alive[opens]
            stack[depth[opened], opened] = kinds[opens]
            alive = alive[~ends]
        lengths = np.bincount(np.concatenate([lines for lines, _ in columns]), minlength=count)
        starts = np.cumsum(lengths) - lengths
        text = np.empty(int(lengths.sum()), dtype=np.uint8)
        for column, (lines, written) in enumerate(columns):
            text[starts[lines] + column] = written
        return text


def _entry(name: str, summary: str, grammar: Grammar) -> Entry:
    def pieces() -> Iterator[Piece]:
        yield SeededText(grammar, SEED).codes(0, CHARACTERS).tobytes().decode("ascii"), 1.0

    return Entry(
        name=name,
        summary=summary,
        origin=f"drawn from a grammar with the seed {SEED}, endless",
        licence="none needed",
        pieces=pieces,
        grammar=grammar,
    )


def _counting() -> UniformLines:
    return UniformLines(["a" * n + "b" * n for n in range(1, 10)])


def _arithmetic() -> UniformLines:
    return UniformLines([f"{a}+{b}={a + b}" for a in range(100) for b in range(100)])


ENTRIES = (
    _entry("counting", "as many b as a, 1 to 9 of each: can it count?", _counting()),
    _entry("brackets", "four kinds of brackets, nested up to 8 deep: can it remember?", Brackets()),
    _entry("arithmetic", "sums of two numbers below 100: can it carry?", _arithmetic()),
)
