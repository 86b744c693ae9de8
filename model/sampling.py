"""Drawing characters: temperature, top-k, top-p, and a stream that can be steered between two characters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corpora.vocabulary import Vocabulary
from model.config import SamplingSettings
from model.hidden import HiddenTrace
from model.network import Network
from model.parameters import Floats
from model.softmax import Ids

LEAST_TEMPERATURE = 1e-260
"""Below it, dividing the widest gap that two single-precision logits can have would overflow."""

CANDIDATES = 12
"""Of how many characters the probabilities are told with each draw."""

ROUNDING = 1e-12
"""Sums of probabilities are exact to about this."""


def tempered(logits: Floats, temperature: float) -> Floats:
    """Softmax of logits / temperature, in double precision and without overflow at any temperature.

    Args:
        logits: (V,).
        temperature: At or above 0; 0 is the limit, where all probability is on the likeliest character.

    Returns:
        Probabilities, (V,).
    """
    if temperature <= 0.0:
        certain: Floats = np.zeros(len(logits))
        certain[logits.argmax()] = 1.0
        return certain
    # the highest logit comes off first: no exponential overflows, and the least temperature leaves it alone
    weights: Floats = logits.astype(np.float64)
    weights -= weights.max()
    weights /= max(temperature, LEAST_TEMPERATURE)
    np.exp(weights, out=weights)
    weights /= weights.sum()
    return weights


def likeliest_first(probs: Floats) -> Ids:
    """Ids by falling probability (V,); of equals the lower id comes first."""
    return np.argsort(-probs, kind="stable")


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
    if k == 0 or k >= len(probs):
        return probs
    return keep(probs, likeliest_first(probs)[:k])


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
    if p == 1.0:
        return probs
    order = likeliest_first(probs)
    reached = np.cumsum(probs[order])
    # short of p by rounding alone is p: no character more than needed
    return keep(probs, order[: np.searchsorted(reached, p - ROUNDING) + 1])


def keep(probs: Floats, ids: Ids) -> Floats:
    """`probs` (V,) with everything but `ids` put to zero, scaled to sum to 1."""
    kept = np.zeros_like(probs)
    kept[ids] = probs[ids]
    result: Floats = kept / kept.sum()
    return result


def distribution(logits: Floats, settings: SamplingSettings) -> Floats:
    """What the next character is drawn from: temperature first, then top-k, then top-p; (V,)."""
    probs = top_k(tempered(logits, settings.temperature), settings.top_k)
    return top_p(probs, settings.top_p)


@dataclass(frozen=True, slots=True)
class Draw:
    """A character, and what else it might have been."""

    id: int
    probs: Floats
    """Of all characters, under the settings it was drawn with, (V,)."""

    @property
    def probability(self) -> float:
        """Of the character that was drawn."""
        return float(self.probs[self.id])

    @property
    def candidates(self) -> tuple[tuple[int, float], ...]:
        """The likeliest characters with their probabilities, likeliest first; none has probability 0."""
        best = likeliest_first(self.probs)[:CANDIDATES].tolist()
        return tuple((other, float(self.probs[other])) for other in best if self.probs[other] > 0.0)


class Sampler:
    """Writes with a network that may go on learning meanwhile; settings may change between two characters.

    Attributes:
        settings: In force from the next character on.
        rng: Where chance comes from.
        state: What the network remembers, (L, 2, 1, H).
        last: The character that was written last, and is read next; None before the first.
        trace: While someone watches, keeps what the last layer held as each character was drawn or given.
    """

    def __init__(
        self, network: Network, vocabulary: Vocabulary, settings: SamplingSettings, rng: np.random.Generator
    ) -> None:
        self.network, self.vocabulary = network, vocabulary
        self.settings, self.rng = settings, rng
        self.trace: HiddenTrace | None = None
        self.restart()

    def restart(self, prime: str = "") -> tuple[str, tuple[str, ...]]:
        """Forget all, then read `prime`.

        Returns:
            The characters of `prime` that were read, and those, each once, that the vocabulary lacks and that were
            left out.
        """
        self.state = self.network.initial_state()
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
        """Write one character with the weights and settings of this moment."""
        probs = distribution(self._read_last(), self.settings)
        if self.settings.temperature == 0.0:
            chosen = int(np.argmax(probs))
        else:
            cumulative = probs.cumsum()
            # scaled by the sum, so that rounding can never point beyond the last character
            chosen = int(cumulative.searchsorted(self.rng.random() * cumulative[-1], side="right"))
        self.last = chosen
        return Draw(chosen, probs)

    def choose(self, chosen: int) -> Draw:
        """Write the character `chosen` as if it had been drawn; chance is not asked."""
        probs = distribution(self._read_last(), self.settings)
        self.last = chosen
        return Draw(chosen, probs)

    def peek(self) -> Floats:
        """Logits of the coming character with the weights of this moment, (V,); whatever is drawn stays the same."""
        read = self.last if self.last is not None else self._opening
        logits: Floats = self.network.step(np.array([read]), self.state.copy())[0]
        return logits

    def _read_last(self) -> Floats:
        """Advance the state by the character written last; logits of the next one, (V,)."""
        # with nothing to go on it reads the line break, where there is one: texts begin where lines begin
        read = self.last if self.last is not None else self._opening
        logits: Floats = self.network.step(np.array([read]), self.state)[0]
        if self.trace is not None:
            self.trace.note(self.state)
        return logits

    @property
    def _opening(self) -> int:
        return max(0, self.vocabulary.symbols.find("\n"))
