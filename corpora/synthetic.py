r"""Texts drawn from small grammars, with the entropy floor that tells how well any model can do.

A text is a stream of independent lines. Where a line has the entropy H(line) and the mean length E[length], newline
included, the stream has by the renewal theorem

    entropy rate = H(line) / E[length]        nats per character,

and a model that has learnt the grammar has this mean loss on fresh text, since it always knows where in a line it is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from corpora.grammar import Codes, Grammar

CHARACTERS = 1_000_000
"""Length of the text that is loaded; an epoch after it draws as much again."""
SEED = 0
_NEWLINE = 255
"""The level of the character that ends a line: -1 as a byte."""


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

    def __init__(self, kinds: Sequence[str] = ("()", "[]", "{}", "<>"), p: float = 0.4, depth: int = 8) -> None:
        self._open = np.array([ord(kind[0]) for kind in kinds], dtype=np.uint8)
        self._close = np.array([ord(kind[1]) for kind in kinds], dtype=np.uint8)
        self._p = p
        self._depth = depth
        self.symbols = "".join(sorted({*"".join(kinds), "\n"}))
        visits = self._stationary()
        branch = -p * math.log(p) - (1 - p) * math.log(1 - p) + p * math.log(len(kinds))
        self.entropy_rate = float(visits[0] * math.log(len(kinds)) + visits[1:-1].sum() * branch)
        self._mean_length = 1.0 / float(visits[0])  # the start of a line is visited once a line

    def _stationary(self) -> npt.NDArray[np.float64]:
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
        """Write `count` whole lines, all at once, one character of each after the other."""
        opens, levels = self._walk(rng, count)
        kinds = rng.integers(len(self._open), size=len(opens), dtype=np.uint8)
        # On one level opening and closing brackets take turns, so that sorted by level each is beside its partner.
        order = np.argsort(levels, kind="stable")[: len(levels) - count]  # the newlines' level is the last
        kinds[order[1::2]] = kinds[order[0::2]]
        text = np.where(opens, self._open[kinds], self._close[kinds])
        text[levels == _NEWLINE] = ord("\n")
        return text

    def _walk(self, rng: np.random.Generator, count: int) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.uint8]]:
        """Walk up and down, `count` lines one after the other.

        Returns:
            For each character whether it opens, and the level that it leads out of or back to, `_NEWLINE` at an end.
        """
        alive = np.arange(count)
        depth = np.zeros(count, dtype=np.int8)
        steps: list[tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_], npt.NDArray[np.int8]]] = []
        while len(alive):
            up = rng.random(len(alive), dtype=np.float32) < self._p
            up &= depth < self._depth
            if not steps:
                up[:] = True
            after = np.where(up, depth + 1, depth - 1).astype(np.int8)
            steps.append((alive, up, np.minimum(depth, after)))
            going = after >= 0
            alive, depth = alive[going], after[going]
        lengths = np.bincount(np.concatenate([lines for lines, _, _ in steps]), minlength=count)
        starts = np.cumsum(lengths) - lengths
        opens = np.empty(int(lengths.sum()), dtype=np.bool_)
        levels = np.empty(len(opens), dtype=np.uint8)
        for column, (lines, up, level) in enumerate(steps):
            places = starts[lines] + column
            opens[places] = up
            levels[places] = level.view(np.uint8)  # -1 is the newline
        return opens, levels


class NoisyWave(Grammar):
    """A sine that runs down the page: each line has as many blanks as it is far, give or take one, and then a `*`.

    The sine is rounded to whole blanks and repeats itself after `period` lines; a text begins anywhere in it. To that a
    -1, 0 or 1 is added, each as likely as the others, whichever the line. A reader who knows the phase, as the lines so
    far tell ever more surely, has only that to guess: H(line) = ln 3, and E[length] is the mean over a period.
    """

    symbols = "\n *"

    def __init__(self, period: int = 24, amplitude: int = 12) -> None:
        phases = np.arange(period) * (2.0 * math.pi / period)
        self._levels = 1 + amplitude + np.rint(amplitude * np.sin(phases)).astype(np.int64)  # (period,), at least 1
        self._mean_length = float(self._levels.mean()) + len("*\n")
        self.entropy_rate = math.log(3.0) / self._mean_length

    def draw(self, rng: np.random.Generator, length: int) -> Codes:
        """Write `length` characters, (length,)."""
        # however short its lines are, none has fewer than two
        lines = length // 2 + 1 if length < 4096 else int(1.1 * length / self._mean_length) + 64
        line = int(rng.integers(len(self._levels))) + np.arange(lines)
        blanks = self._levels[line % len(self._levels)] + rng.integers(-1, 2, lines)
        ends = np.cumsum(blanks + 2)  # each line's, after its newline
        text: Codes = np.full(int(ends[-1]), ord(" "), dtype=np.uint8)
        text[ends - 2], text[ends - 1] = ord("*"), ord("\n")
        return text[:length]


@cache
def counting() -> UniformLines:
    """Lines of n a and n b, n uniform in 1..9."""
    return UniformLines(["a" * n + "b" * n for n in range(1, 10)])


@cache
def brackets() -> Brackets:
    """Balanced brackets of four kinds, at most 8 deep."""
    return Brackets(("()", "[]", "{}", "<>"), p=0.4, depth=8)


@cache
def arithmetic() -> UniformLines:
    """Sums `a+b=c` with a and b uniform in 0..99."""
    return UniformLines([f"{a}+{b}={a + b}" for a in range(100) for b in range(100)])


@cache
def sine() -> NoisyWave:
    """A noisy sine, drawn with blanks and stars: 24 lines are a period, 12 blanks its amplitude."""
    return NoisyWave(period=24, amplitude=12)
