"""Texts, as commands read them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from corpora.corpus import Corpus, Treatment
from corpora.library import load
from tui.commands.display import Display, finish_with
from tui.commands.errors import UsageError, say
from tui.commands.saved_file import looks_saved


def read_text(
    sources: Sequence[str],
    encoding: str | None,
    treatments: frozenset[Treatment],
    display: Display,
    *,
    to_learn: bool = True,
) -> Corpus:
    """Read a text, `to_learn` or to measure a network on, and show how far it is where that takes a while.

    Of a folder it is said how many files were read, and what was left out.

    Raises:
        UsageError: If it is a saved network.
        CorpusError: If it cannot be read or used.
    """
    for source in sources:
        if looks_saved(Path(source)):
            hint = "; --resume goes on with it" if to_learn else ""
            raise UsageError(f"{source}: a saved network, where a text was wanted{hint}")
    corpus = finish_with(
        load(sources, encoding=encoding, treatments=treatments, to_learn=to_learn), display, "reading the text"
    )
    if any(Path(source).is_absolute() and Path(source).is_dir() for source in corpus.info.source):
        say(f"{corpus.info.name}: {corpus.info.summary}")
    return corpus
