"""Which words of a passage are words of a text."""

from __future__ import annotations

import re
from collections.abc import Collection

from corpora.corpus import Corpus
from model.past import Words
from model.slices import Slices

WORD = re.compile(r"[^\W\d_]{3,}")
"""Noise has many of the shorter ones."""

LETTERS = re.compile(r"[^\W\d_]+\Z")

CHARACTERS = 4_000_000
"""Of a text that are looked through: those after them bring few new words."""

CHUNK = 32_768
"""Characters of one slice."""

LONGEST = 100
"""Characters of a word; where there is none to be seen the end is not waited for."""


def words_of(corpus: Corpus) -> Slices[frozenset[str]]:
    """All words of the training part, as they are written there."""
    ids, words, rest = corpus.train[:CHARACTERS], set[str](), ""
    for start in range(0, len(ids), CHUNK):
        text = rest + corpus.vocabulary.decode(ids[start : start + CHUNK])
        rest = letters_at_the_end(text)  # they may go on in the next chunk
        words.update(WORD.findall(text[: len(text) - len(rest)]))
        yield
    words.update(WORD.findall(rest))
    return frozenset(words)


def letters_at_the_end(text: str) -> str:
    """The letters that `text` ends with; none where they are more than a word has."""
    letters = LETTERS.search(text[-LONGEST - 1 :])
    return letters.group() if letters is not None and len(letters.group()) <= LONGEST else ""


def words_in(text: str, known: Collection[str], given: int = 0) -> Words:
    """Find the words of a passage, behind the `given` characters, that are among `known`.

    A word that begins a line or a sentence may be known in small letters.
    """
    found = list(WORD.finditer(text, given))
    right = (
        one.span() for one in found if one.group() in known or (one.group().istitle() and one.group().lower() in known)
    )
    return Words(len(found), tuple(right))
