"""The same passage by a network as it was at each snapshot: same opening words, same random numbers."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from corpora.corpus import Corpus
from model.config import NetworkSettings
from model.evaluation import sampled_loss
from model.network import Network
from model.neuron_search import bundled
from model.past import Past
from model.protocol import ShowPast
from model.sampling import NoOpinionError, Sampler
from model.sideline import Sideline
from model.slices import Slices
from model.timeline import Timeline
from model.trainer import VALIDATION_CHARACTERS, quiet
from model.words import words_in, words_of

SHARE, SLICE_SECONDS = 0.7, 0.012
"""Share of the time, and seconds of a slice: someone waits for a passage, and soon for the next."""

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
        self._readers: dict[str, Network] = {}
        self._pages: dict[int, Past] = {}
        self._losses: dict[int, float | None] = {}
        self._words: frozenset[str] | None = None
        self._draft: Past | None = None  # of the page that is being written
        self._writing: Sideline[list[Past]] | None = None
        self._noting: Sideline[list[Past]] | None = None  # goes on when nothing is to be written

    def ask(self, wish: ShowPast) -> None:
        """Show another step; or, where anything else is asked for too, write all anew. Without a step, rest."""
        same = self._wish is not None and replace(self._wish, step=wish.step) == wish
        if wish.step is None or not same:
            self._pages.clear()
            self._writing = self._noting = self._draft = None
            self._readers.clear()
        elif wish != self._wish and self._draft is not None and self._draft.step != self._near(wish.step)[0]:
            self._writing = self._draft = None  # what is waited for comes first
        self._wish = wish

    @property
    def busy(self) -> bool:
        """Whether there is something left to do."""
        wish = self._wish
        if wish is None or wish.step is None or not self._timeline.steps:
            return False
        near = self._near(wish.step)
        if self._writing is None and (unwritten := [step for step in near if step not in self._pages]):
            # its weights are taken now: the timeline may have dropped them when writing begins
            network = self._as_it_was(unwritten[0], "writer")
            work = bundled(self._write(unwritten[0], network, wish), self._clock, SLICE_SECONDS)
            self._writing = Sideline(work, self._clock, SHARE)
        if self._writing is None and self._noting is None and (notes := self._note(near)) is not None:
            self._noting = Sideline(bundled(notes, self._clock, SLICE_SECONDS), self._clock, SHARE)
        return self._writing is not None or self._noting is not None

    @quiet
    def turn(self, *, busy: bool) -> list[Past]:
        """Work a little, and tell what has come of it; while others are `busy`, only for a share of the time."""
        if not self.busy:
            return []
        if self._writing is not None:
            self._writing.turn(busy=busy)
            if not self._writing.done:
                return [] if self._draft is None else [self._draft]
            told, self._writing, self._draft = self._writing.result or [], None, None
            return told
        assert self._noting is not None
        self._noting.turn(busy=busy)
        if not self._noting.done:
            return []
        told, self._noting = self._noting.result or [], None
        return told

    def _note(self, near: list[int]) -> Slices[list[Past]] | None:
        """What is still to be found out about pages that are written."""
        if self._words is None:
            return self._learn_words()
        unmeasured = [step for step in near if step not in self._losses]
        return self._measure(unmeasured[0], self._as_it_was(unmeasured[0], "critic")) if unmeasured else None

    def _near(self, asked: int) -> list[int]:
        """The snapshot nearest to a step, the one after it and the one before it."""
        steps = self._timeline.steps
        place = min(range(len(steps)), key=lambda place: abs(steps[place] - asked))
        return [steps[place], *steps[place + 1 : place + 2], *steps[max(0, place - 1) : place]]

    def _as_it_was(self, step: int, reader: str) -> Network:
        """The network at a step; each reader has one, which is filled again and again and has no gradients."""
        if reader not in self._readers:
            V = len(self._corpus.vocabulary)
            values = np.empty(self._timeline.size, np.float32)
            self._readers[reader] = Network(self._shape, V, memory=(values, values))
        self._timeline.fill(step, self._readers[reader].parameters.values)
        return self._readers[reader]

    def _write(self, step: int, network: Network, wish: ShowPast) -> Slices[list[Past]]:
        vocabulary = self._corpus.vocabulary
        rng = np.random.default_rng(wish.seed)
        sampler = Sampler(network, vocabulary, wish.sampling, rng)
        text, _ = sampler.restart(wish.prime[-PRIME:])
        page = Past(step, text, wish.seed, wish.sampling, len(text), whole=False, loss=self._losses.get(step))
        for _ in range(wish.characters):
            self._draft = page
            yield
            try:
                chosen = sampler.draw().id
            except NoOpinionError:
                break
            page = replace(page, text=page.text + vocabulary.symbols[chosen])
        self._pages[step] = self._with_words(replace(page, whole=True))
        return [self._pages[step]]

    def _learn_words(self) -> Slices[list[Past]]:
        self._words = yield from words_of(self._corpus)
        self._pages = {step: self._with_words(page) for step, page in self._pages.items()}
        return list(self._pages.values())

    def _with_words(self, page: Past) -> Past:
        return page if self._words is None else replace(page, words=words_in(page.text, self._words, page.given))

    def _measure(self, step: int, network: Network) -> Slices[list[Past]]:
        most = max(FEWEST, int(LOSS_FLOPS / (2.0 * len(network.parameters))))
        loss = yield from sampled_loss(network, self._corpus.validation, min(VALIDATION_CHARACTERS, most))
        self._losses[step] = loss if math.isfinite(loss) else None
        if step not in self._pages:
            return []
        self._pages[step] = replace(self._pages[step], loss=self._losses[step])
        return [self._pages[step]]
