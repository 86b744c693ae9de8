"""Looks one character ahead of a sampler, which notices nothing of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from model.config import SamplingSettings
from model.outlook import Candidate, Outlook
from model.parameters import Floats
from model.sampling import CANDIDATES, Sampler, distribution, likeliest_first, tempered

SHARE = 0.05
"""Of the time that looking ahead may take: what one look has cost is waited for twenty times before the next."""


class Lookout:
    """Keeps the last look, and looks anew only where something has changed and the time allows it.

    Other settings need no look: what the network thinks stays as it was, so they act on the outlook at once.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._logits: Floats | None = None
        self._before: tuple[str, float | None] = ("", None)  # the character that was seen last, and its probability
        self._seen: tuple[int, int] | None = None
        self._outlook: Outlook | None = None
        self._settings: SamplingSettings | None = None
        self._not_before = 0.0

    def forget(self) -> None:
        """Look anew whatever it costs: another sampler, or another text."""
        self._seen = self._logits = None

    def look(self, sampler: Sampler, *, place: int, weights: int, drawn: float | None) -> Outlook | None:
        """What may come next.

        Args:
            sampler: Whose next character it is; it is left as it was.
            place: Grows with each character that the sampler writes.
            weights: Grows with each change of the network's weights.
            drawn: With what probability the last character was drawn; None where it was given.

        Returns:
            The outlook; None if the network's opinion is no number.
        """
        now = self._clock()
        fresh = self._seen == (place, weights) or (self._logits is not None and now < self._not_before)
        if not fresh:
            with np.errstate(over="ignore", invalid="ignore"):
                self._logits = sampler.peek()
            last = "" if sampler.last is None else sampler.vocabulary.symbols[sampler.last]
            self._seen, self._before = (place, weights), (last, drawn)
            end = self._clock()
            self._not_before = end + (end - now) / SHARE
        if not fresh or sampler.settings != self._settings:
            assert self._logits is not None
            self._settings = sampler.settings
            self._outlook = outlook(self._logits, sampler.settings, sampler.vocabulary.symbols, *self._before)
        return self._outlook


def outlook(
    logits: Floats, settings: SamplingSettings, symbols: str, after: str = "", drawn: float | None = None
) -> Outlook | None:
    """Tell what `settings` make of the logits of `symbols`, (V,); None if they are no numbers."""
    if not np.isfinite(logits).all():
        return None
    raw, warm = tempered(logits, 1.0), tempered(logits, settings.temperature)
    probs = distribution(logits, settings)
    likeliest = likeliest_first(logits)[:CANDIDATES].tolist()
    return Outlook(
        candidates=tuple(
            Candidate(symbols[one], float(raw[one]), float(probs[one]), cut=bool(probs[one] == 0.0 < warm[one]))
            for one in likeliest
        ),
        entropy=entropy(probs),
        raw_entropy=entropy(raw),
        after=after,
        drawn=drawn,
    )


def entropy(probs: Floats) -> float:
    """-sum(p log p) of probabilities (V,), in nats."""
    possible = probs[probs > 0.0]
    return max(0.0, -float(possible @ np.log(possible)))
