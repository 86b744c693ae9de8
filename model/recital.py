"""The same passage by a network as it was at each snapshot: same opening words, same random numbers."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from corpora.corpus import Corpus
from model.config import NetworkSettings
from model.evaluation import sampled_loss
from model.network import Network
from model.neuron_search import bundled
from model.past import Past
from model.protocol import ShowPast
from model.sampling import Sampler
from model.sideline import AWAITED, Sideline
from model.slices import Slices
from model.timeline import Timeline
from model.trainer import VALIDATION_CHARACTERS, quiet
from model.words import words_in, words_of

SLICE_SECONDS = 0.003

LOSS_FLOPS = 2e11
"""What a loss may cost, roughly: of a large network it is measured on fewer characters."""

FEWEST = 4_096
"""Of these."""

PRIME = 500
"""Characters of the opening words that are read, the last ones."""


class Recital:
    """Writes what is asked for, then what its neighbours in the timeline would have written, and measures them."""

    def __init__(self, timeline: Timeline, shape: NetworkSettings, corpus: Corpus, clock: Callable[[], float]) -> None:
        """Wait to be asked.

        Args:
            timeline: Of a network.
            shape: Of the same.
            corpus: What it learns from.
            clock: Tells the time in seconds.
        """
        self._timeline, self._shape, self._corpus, self._clock = timeline, shape, corpus, clock
        self._wish: ShowPast | None = None
        self._reader: Network | None = None
        self._pages: dict[int, Past] = {}
        self._losses: dict[int, float] = {}
        self._words: frozenset[str] | None = None
        self._work: Sideline[list[Past]] | None = None

    def ask(self, wish: ShowPast) -> None:
        """Show another step; or, where anything else is asked for too, write all anew. Without a step, rest."""
        same = self._wish is not None and replace(self._wish, step=wish.step) == wish
        if not same or wish.step is None:
            self._pages.clear()
            self._work = None
        if wish.step is None:
            self._reader = None
        self._wish = wish

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        if self._work is None:
            work = self._next()
            self._work = None if work is None else Sideline(work, self._clock, AWAITED)
        return self._work is not None

    @quiet
    def turn(self, *, busy: bool) -> list[Past]:
        """Work a little, and tell what has come of it; while others are `busy`, only for a share of the time."""
        if not self.busy or self._work is None:
            return []
        self._work.turn(busy=busy)
        if not self._work.done:
            return []
        told, self._work = self._work.result or [], None
        return told

    def _next(self) -> Slices[list[Past]] | None:
        """What is to be done next: passages first, then what is to be said about them."""
        if self._wish is None or self._wish.step is None or not self._timeline.steps:
            return None
        near = self._near(self._wish.step)
        work: Slices[list[Past]] | None = None
        if near[0] not in self._pages:
            work = self._write(near[0], self._wish)
        elif self._words is None:
            work = self._learn_words()
        elif unwritten := [step for step in near if step not in self._pages]:
            work = self._write(unwritten[0], self._wish)
        elif unmeasured := [step for step in near if self._pages[step].loss is None and step not in self._losses]:
            work = self._measure(unmeasured[0])
        return None if work is None else bundled(work, self._clock, SLICE_SECONDS)

    def _near(self, asked: int) -> list[int]:
        """The snapshot nearest to a step, the one after it and the one before it."""
        steps = self._timeline.steps
        place = min(range(len(steps)), key=lambda place: abs(steps[place] - asked))
        return [steps[place], *steps[place + 1 : place + 2], *steps[max(0, place - 1) : place]]

    def _as_it_was(self, step: int) -> Network:
        """The network at a step; it is one that is filled again and again."""
        if self._reader is None:
            self._reader = Network(self._shape, len(self._corpus.vocabulary))
        self._timeline.fill(step, self._reader.parameters.values)
        return self._reader

    def _write(self, step: int, wish: ShowPast) -> Slices[list[Past]]:
        vocabulary = self._corpus.vocabulary
        rng = np.random.default_rng(wish.seed)
        sampler = Sampler(self._as_it_was(step), vocabulary, wish.sampling, rng)
        given, _ = sampler.restart(wish.prime[-PRIME:])
        text = [given]
        for _ in range(wish.characters):
            yield
            draw = sampler.draw()
            if draw.id >= len(vocabulary) or not math.isfinite(draw.probability):
                break  # weights of a network that went astray
            text.append(vocabulary.symbols[draw.id])
        page = Past(step, "".join(text), wish.seed, wish.sampling, len(given), loss=self._losses.get(step))
        self._pages[step] = page if self._words is None else self._with_words(page, self._words)
        return [self._pages[step]]

    def _learn_words(self) -> Slices[list[Past]]:
        self._words = yield from words_of(self._corpus)
        self._pages = {step: self._with_words(page, self._words) for step, page in self._pages.items()}
        return list(self._pages.values())

    def _with_words(self, page: Past, words: frozenset[str]) -> Past:
        return replace(page, words=words_in(page.text, words, page.given))

    def _measure(self, step: int) -> Slices[list[Past]]:
        network = self._as_it_was(step)
        most = max(FEWEST, int(LOSS_FLOPS / (2.0 * len(network.parameters))))
        loss = yield from sampled_loss(network, self._corpus.validation, min(VALIDATION_CHARACTERS, most))
        self._losses[step] = loss
        if not math.isfinite(loss):
            return []
        self._pages[step] = replace(self._pages[step], loss=loss)
        return [self._pages[step]]
