"""Drawing characters: temperature, top-k, top-p, and a stream that can be steered between two characters."""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache
from math import inf, isfinite, nan
from typing import NamedTuple

import numpy as np

from corpora.vocabulary import Vocabulary
from model.config import SamplingSettings
from model.hidden import HiddenTrace
from model.network import Network
from model.parameters import Floats
from model.reader import Reader
from model.softmax import Ids

LEAST_TEMPERATURE = 1e-260
"""Below it, dividing the widest gap that two single-precision logits can have would overflow."""

CANDIDATES = 12
"""Of how many characters the probabilities are told with each draw."""

ROUNDING = 1e-12
"""Sums of probabilities are exact to about this."""

TAME = 30.0
"""Of a logit over the temperature: its exponential is far from any overflow."""

accumulate = np.add.accumulate


def tempered(logits: Floats, temperature: float) -> Floats:
    """Softmax of logits / temperature, in double precision and without overflow at any temperature.

    Args:
        logits: (V,).
        temperature: At or above 0; 0 is the limit, where all probability is on the likeliest character.

    Returns:
        Probabilities, (V,).
    """
    return to_one(tempered_odds(logits, temperature))


def top_k(probs: Floats, k: int) -> Floats:
    """Keep the `k` likeliest characters, of equals those with the lower ids.

    Args:
        probs: Next-character probabilities, (V,), summing to 1.
        k: At least 1, or 0 to keep every character.

    Returns:
        The kept probabilities scaled to sum to 1, (V,).

    Raises:
        ValueError: If `k` is negative.
    """
    if k < 0:
        raise ValueError(f"top-k is {k}; it must be 0, to keep all, or more")
    return probs if k == 0 or k >= len(probs) else to_one(likeliest(probs, k))


def top_p(probs: Floats, p: float) -> Floats:
    """Keep the likeliest characters that together reach probability `p` (Holtzman et al. 2020).

    Args:
        probs: Next-character probabilities, (V,), summing to 1.
        p: In (0, 1]; 1 keeps every character.

    Returns:
        The kept probabilities scaled to sum to 1, (V,).

    Raises:
        ValueError: If `p` is outside (0, 1].
    """
    if not 0.0 < p <= 1.0:
        raise ValueError(f"top-p is {p}; it must be above 0 and at most 1")
    return probs if p == 1.0 else to_one(reaching(probs, p))


def distribution(logits: Floats, settings: SamplingSettings) -> Floats:
    """What the next character is drawn from: temperature first, then top-k, then top-p; (V,)."""
    return to_one(odds_of(logits, settings))


# ------------------------------------------------------------------------- odds: probabilities but for one factor


def odds_of(logits: Floats, settings: SamplingSettings) -> Floats:
    """What `distribution` is proportional to, (V,)."""
    odds = tempered_odds(logits, settings.temperature)
    if 0 < settings.top_k < len(odds):
        odds = likeliest(odds, settings.top_k)
    return odds if settings.top_p == 1.0 else reaching(odds, settings.top_p)


def tempered_odds(logits: Floats, temperature: float) -> Floats:
    """What exp(logits / temperature) is proportional to, (V,); at 0 only the likeliest character has any."""
    first = logits.argmax()
    if temperature <= 0.0:
        certain: Floats = np.zeros(len(logits))
        certain[first] = 1.0 if isfinite(logits[first]) else nan  # what is no number comes first
        return certain
    odds: Floats = logits.astype(np.float64)
    highest = odds.item(first)
    if temperature < LEAST_TEMPERATURE:
        temperature = LEAST_TEMPERATURE
    if not -TAME * temperature <= highest <= TAME * temperature:
        odds -= highest  # no exponential overflows, and the least temperature leaves the likeliest alone
    if temperature != 1.0:
        odds /= as_array(temperature)
    np.exp(odds, odds)
    return odds


@lru_cache(maxsize=16)
def as_array(value: float) -> Floats:
    """The same as an array, which numpy need not convert at each character."""
    return np.array(value)


def likeliest(odds: Floats, k: int) -> Floats:
    """`odds` (V,) of the `k` likeliest, 1 <= k <= V, of equals of those with the lower ids; 0 for the others."""
    least = np.partition(odds, len(odds) - k)[len(odds) - k]
    kept = odds >= least
    if np.count_nonzero(kept) > k:  # not all equals of the last one have a place
        kept[...] = False
        kept[likeliest_first(odds)[:k]] = True
    result: Floats = odds * kept
    return result


def reaching(odds: Floats, p: float) -> Floats:
    """`odds` (V,) of the likeliest that together reach the share `p` of all, in (0, 1); 0 for the others."""
    reached = accumulate(np.sort(odds)[::-1])
    # short of p by rounding alone is p: no character more than needed
    return likeliest(odds, int(reached.searchsorted((p - ROUNDING) * reached[-1])) + 1)


def likeliest_first(odds: Floats) -> Ids:
    """Ids by falling probability (V,); of equals the lower id comes first."""
    return np.argsort(-odds, kind="stable")


def to_one(odds: Floats) -> Floats:
    """Scale `odds` (V,) to sum to 1."""
    probs: Floats = odds / accumulate(odds).item(-1)
    return probs


class NoOpinionError(ArithmeticError):
    """The network's logits are no numbers: its weights went astray, and with them what it remembers."""


class Draw(NamedTuple):
    """A character, and what else it might have been."""

    id: int
    odds: Floats
    """Of all characters, under the settings it was drawn with, (V,)."""
    total: float = 1.0
    """Their sum."""

    @property
    def probs(self) -> Floats:
        """Of all characters, (V,), summing to 1."""
        return self.odds / self.total

    @property
    def probability(self) -> float:
        """Of the character that was drawn."""
        return self.odds.item(self.id) / self.total

    @property
    def candidates(self) -> tuple[tuple[int, float], ...]:
        """The likeliest characters with their probabilities, likeliest first; none has probability 0."""
        probs = self.probs
        best = likeliest_first(probs)[:CANDIDATES].tolist()
        return tuple((other, probs.item(other)) for other in best if probs[other] > 0.0)


class Sampler:
    """Writes with a network that may go on learning meanwhile; settings may change between two characters.

    Attributes:
        settings: In force from the next character on.
        rng: Where chance comes from.
        state: What the network remembers, (L, S, 1, H).
        last: The character that was written last, and is read next; None before the first.
        trace: While someone watches, keeps what the last layer held as each character was drawn or given.
    """

    def __init__(
        self, network: Network, vocabulary: Vocabulary, settings: SamplingSettings, rng: np.random.Generator
    ) -> None:
        self.network, self.vocabulary = network, vocabulary
        self.settings, self.rng = settings, rng
        self.trace: HiddenTrace | None = None
        self._peeker: Reader | None = None  # is made once, as that takes longer than what it reads
        self.restart()

    def restart(self, prime: str = "") -> tuple[str, tuple[str, ...]]:
        """Forget all, then read `prime`.

        Returns:
            The characters of `prime` that were read, and those, each once, that the vocabulary lacks and that were
            left out.
        """
        self._reader, self._peeker = self.network.reader(self.network.initial_state()), None
        self.state = self._reader.state
        self.last: int | None = None
        ids, unknown = self.vocabulary.encode(prime)
        for character in ids.tolist():
            if self.last is not None:
                self._read_last()
            elif self.trace is not None:
                self.trace.note(self.state)
            self.last = character
        return self.vocabulary.decode(ids), unknown.characters

    def draw(self) -> Draw:
        """Write one character with the weights and settings of this moment.

        Raises:
            NoOpinionError: If the logits are no numbers; the sampler is to be restarted then.
        """
        odds = odds_of(self._read_last(), self.settings)
        cumulative = accumulate(odds)
        total: float = cumulative.item(-1)
        if not total < inf:
            raise NoOpinionError("the network's logits are no numbers")
        if self.settings.temperature == 0.0:
            chosen = int(odds.argmax())
        else:
            # scaled by the sum, so that rounding can never point beyond the last character
            chosen = bisect_right(cumulative, self.rng.random() * total)
        self.last = chosen
        return Draw(chosen, odds, total)

    def choose(self, chosen: int) -> Draw:
        """Write the character `chosen` as if it had been drawn; chance is not asked."""
        probs = distribution(self._read_last(), self.settings)
        self.last = chosen
        return Draw(chosen, probs)

    def peek(self) -> Floats:
        """Logits of the coming character with the weights of this moment, (V,); whatever is drawn stays the same."""
        if self._peeker is None:
            self._peeker = self.network.reader(self.state)
        np.copyto(self._peeker.state, self.state)
        return self._peeker.read(self._opening if self.last is None else self.last).copy()

    def _read_last(self) -> Floats:
        """Advance the state by the character written last; logits of the next one, (V,)."""
        if self._reader.state is not self.state:
            np.copyto(self._reader.state, self.state)
            self.state = self._reader.state
        # with nothing to go on it reads the line break, where there is one: texts begin where lines begin
        logits = self._reader.read(self._opening if self.last is None else self.last)
        if self.trace is not None:
            self.trace.note(self.state)
        return logits

    @property
    def _opening(self) -> int:
        return max(0, self.vocabulary.symbols.find("\n"))
