"""What a run finds out beside training and writing: slices of work, now and then, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from corpora.baselines import measure
from corpora.corpus import Corpus, CorpusInfo
from corpora.info import Baselines
from corpora.passages import Passages, index_passages
from model.checkpoint import Checkpoint, CheckpointError
from model.neuron_search import bundled, find_neurons
from model.neurons import Neurons
from model.news import News
from model.passage import Passage
from model.passage_writer import write_passage
from model.protocol import ShowPast, WritePassage
from model.recital import Recital
from model.sideline import AWAITED, LOOKED_AT, Sideline
from model.trainer import Trainer

SLICE_SECONDS = 0.003
"""Of what someone has asked for."""


class SideWork:
    """Looks at the text by itself, and at the network when it is asked to; what is found is told in the news.

    Attributes:
        corpus: The text; None where there is none to learn.
    """

    def __init__(self, clock: Callable[[], float], news: News) -> None:
        self._clock, self._news = clock, news
        self.corpus: CorpusInfo | None = None
        self._baselines: Sideline[Baselines] | None = None
        self._passages: Sideline[Passages] | None = None
        self._search: Sideline[Neurons] | None = None
        self._recital: Recital | None = None
        self._passage: Sideline[Passage] | None = None

    def begin(self, corpus: Corpus | None) -> None:
        """Another network is there: nothing more is asked of the one before, and a new text is looked at."""
        self._search = self._recital = self._passage = None
        if corpus is None:
            self._baselines = self._passages = None
        elif self.corpus is not corpus.info:
            self._baselines = Sideline(measure(corpus), self._clock, LOOKED_AT)
            # an endless text is never learnt by heart, and all that follows its grammar stands in it somewhere
            endless = corpus.redraw is not None
            self._passages = Sideline(index_passages(corpus.train), self._clock) if not endless else None
        self.corpus = corpus.info if corpus else None

    def share_text(self, other: SideWork) -> None:
        """Expect the text of `other`: what is worked out of it is worked out once for both."""
        self.corpus, self._baselines, self._passages = other.corpus, other._baselines, other._passages

    def of_text(self, news: News) -> SideWork:
        """The same about the text, and nothing else, for a run whose news is another's."""
        side = SideWork(self._clock, news)
        side.share_text(self)
        return side

    @property
    def baselines(self) -> Baselines | None:
        """What the text costs without a network; None until that has been worked out."""
        return self._baselines.result if self._baselines is not None else None

    @property
    def passages(self) -> Passages | None:
        """What tells whether a passage stands in the text; None until there is one, or where nobody can know."""
        return self._passages.result if self._passages is not None else None

    # ------------------------------------------------------------------------------- what is asked for

    def find_neurons(self, trainer: Trainer) -> None:
        """Begin to find out which units follow what in the text, by the weights of this moment."""
        if self._search is None:
            corpus = trainer.corpus
            search = find_neurons(trainer.player.copy(), corpus.validation, corpus.vocabulary.symbols, trainer.step)
            self._search = Sideline(bundled(search, self._clock, SLICE_SECONDS), self._clock, AWAITED)

    def show_past(self, wish: ShowPast, trainer: Trainer | None) -> None:
        """Write with the network as it was, until another step is asked for, or none."""
        if self._recital is None and trainer is not None and trainer.timeline is not None:
            self._recital = Recital(trainer.timeline, trainer.network.settings, trainer.corpus, self._clock)
        if self._recital is not None:
            self._recital.ask(wish)

    def write_passage(self, wish: WritePassage, checkpoint: Checkpoint, path: Path) -> None:
        """Begin to write a passage with the weights of `checkpoint`, which are in the file `path`."""
        work = write_passage(
            checkpoint, path, prime=wish.prime, length=wish.length, seed=wish.seed, sampling=wish.sampling
        )
        self._passage = Sideline(bundled(work, self._clock, SLICE_SECONDS), self._clock, AWAITED)

    # ----------------------------------------------------------------------------------------- turns

    @property
    def busy(self) -> bool:
        """Whether there is something left to find out."""
        of_text = any(work is not None and not work.done for work in (self._baselines, self._passages))
        asked = self._search is not None or self._passage is not None
        return of_text or asked or (self._recital is not None and self._recital.busy)

    def turn(self, *, busy: bool) -> None:
        """Work a little, where others are `busy` only for a share of the time, and tell what has come of it."""
        if self._baselines is not None:
            self._baselines.turn(busy=busy)
        if self._passages is not None:
            self._passages.turn(busy=busy)
        if self._search is not None:
            self._search.turn(busy=busy)
            if self._search.result is not None:
                self._news.find(self._search.result)
                self._search = None
        if self._recital is not None:
            for past in self._recital.turn(busy=busy):
                self._news.recall(past)
        if self._passage is not None:
            self._turn_passage(self._passage, busy=busy)

    def _turn_passage(self, work: Sideline[Passage], *, busy: bool) -> None:
        try:
            work.turn(busy=busy)
        except (OSError, CheckpointError) as error:
            self._news.say(f"the passage cannot be written: {error}", "error")
            self._passage = None
            return
        if work.result is not None:
            self._news.recite(work.result)
            self._passage = None
