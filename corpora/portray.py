"""Looks at a text: a process of its own, which tells in one line of JSON after another what it has found out.

python -m corpora.portray CACHE_DIR '{"sources": ["shakespeare"], "treatments": [], "encoding": null}'
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from corpora import baselines, facts, files, portrait
from corpora.catalogue import BY_NAME
from corpora.choice import TextChoice
from corpora.info import CorpusError, Treatment
from corpora.library import load_now
from corpora.portrait import Portrait

MOST_FREQUENT = 24
LARGEST = 100_000_000
"""Bytes of one's own text that are read just to be looked at."""


def portray(choice: TextChoice) -> Iterator[Portrait]:
    """Yield a portrait that gets more and more complete; the last one is all there is to know.

    Raises:
        CorpusError: If the text cannot be read, or is so large that looking at it would be felt.
    """
    if not choice.named:
        _require_moderate(choice)
    corpus = load_now(choice.sources, treatments=choice.treatments, encoding=choice.encoding)
    counts = np.bincount(corpus.ids, minlength=len(corpus.vocabulary))  # (V,)
    order = np.argsort(-counts, kind="stable")[:MOST_FREQUENT]
    shares = counts[order] / len(corpus.ids)
    frequent = tuple(zip(corpus.vocabulary.decode(order), shares.tolist(), strict=True))
    begun = Portrait(corpus.info, frequent)
    yield begun
    with contextlib.suppress(CorpusError):  # too short to be measured: then this is all
        measuring = baselines.measure(corpus)
        while True:
            try:
                counted = next(measuring)
            except StopIteration as end:
                yield replace(begun, baselines=end.value)
                return
            if counted is not None:
                yield replace(begun, baselines=counted)


def _require_moderate(choice: TextChoice) -> None:
    found = files.found_now(choice.sources, choice.encoding)
    if found.size is not None and found.size > LARGEST:
        raise CorpusError(f"{found.size / 1e6:,.0f} MB are much to read for a look; a run reads it all the same")


def look(choice: TextChoice, cache_dir: Path) -> Iterator[Portrait]:
    """Yield what is remembered, or else look, and remember.

    Raises:
        CorpusError: As `portray`.
    """
    known = portrait.recall(cache_dir, choice)
    if known is not None:
        yield known
        return
    key = portrait.key(choice)
    for seen in portray(choice):
        if choice.named and seen.baselines is None:
            facts.remember(cache_dir, BY_NAME[choice.sources[0]], seen.info)
        yield seen
    if seen.finished:
        portrait.remember(cache_dir, choice, seen, key)


def main(cache_dir: str, asked: str) -> None:
    """Print the portraits, or what is in the way of them."""
    fields = json.loads(asked)
    choice = TextChoice(tuple(fields["sources"]), frozenset(map(Treatment, fields["treatments"])), fields["encoding"])
    with contextlib.suppress(BrokenPipeError):
        try:
            for seen in look(choice, Path(cache_dir)):
                print(json.dumps(portrait.fields(seen)), flush=True)
        except (CorpusError, OSError) as error:
            print(json.dumps({"problem": str(error)}), flush=True)


if __name__ == "__main__":
    if hasattr(os, "nice"):
        os.nice(10)  # what is written, and what learns, come first
    main(*sys.argv[1:3])
