"""Small texts as corpora, and a clock that only moves when it is looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from corpora.corpus import Corpus, CorpusInfo
from corpora.vocabulary import Ids, Vocabulary


def corpus_of(text: str, redraw: Callable[[int, int], Ids] | None = None) -> Corpus:
    """A text of one's own as a corpus."""
    vocabulary = Vocabulary.of(text)
    ids, _ = vocabulary.encode(text)
    info = CorpusInfo(
        name="small.txt",
        summary="a text of a test",
        origin="small.txt",
        licence="yours to know",
        characters=len(ids),
        symbols=len(vocabulary),
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        entropy_floor=None,
        preview=text[:80],
        source=("/texts/small.txt",),
    )
    return Corpus(info, vocabulary, ids, redraw)


def counted(length: int) -> Corpus:
    """A text in which no character comes twice, so that each id is the character's place."""
    return corpus_of("".join(chr(0x100 + place) for place in range(length)))


class TickingClock:
    """Time passes by one second whenever somebody asks for it, and never else."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now
