"""A text that comes in pieces becomes ids, in memory bounded by the ids and not by the text."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator

import numpy as np
from msgspec import Struct

from corpora.entry import Piece
from corpora.info import CorpusError
from corpora.treatments import Treater
from corpora.vocabulary import Ids, Vocabulary, code_points, from_code_points, id_type

PREVIEW_LINES = 10
PREVIEW_COLUMNS = 80
_CODE_POINTS = 0x110000


class Indexed(Struct, frozen=True):
    """A whole text as ids, and what was noticed on the way."""

    vocabulary: Vocabulary
    ids: Ids
    """(N,)."""
    sha256: str
    """Of the text as UTF-8."""
    preview: str


class Indexer:
    """Takes a text in pieces and numbers its characters as they first appear; `finish` sorts the numbers."""

    def __init__(self, name: str) -> None:
        self._name = name
        """The text's, for messages."""
        self._number = np.zeros(_CODE_POINTS, dtype=np.uint32)
        """Code point to provisional id, counted from 1; 0 has not been seen. Untouched pages cost nothing."""
        self._seen: list[int] = []
        """Provisional id - 1 to code point."""
        self._parts: list[Ids] = []
        """Provisional ids of each piece, each of the smallest type at its time."""
        self._length = 0
        self._hash = hashlib.sha256()
        self._head = ""

    def add(self, text: str) -> None:
        """Take in the next piece.

        Raises:
            CorpusError: If it holds half of a surrogate pair, which only odd encodings can write.
        """
        if not text:
            return
        try:
            self._hash.update(text.encode("utf-8"))
        except UnicodeEncodeError:
            raise CorpusError(f"{self._name}: not a text, it has halves of surrogate pairs") from None
        if len(self._head) < PREVIEW_LINES * (PREVIEW_COLUMNS + 1):
            self._head += text[: PREVIEW_LINES * (PREVIEW_COLUMNS + 1)]
        codes = code_points(text)
        numbers = self._number[codes]
        fresh = codes[numbers == 0]
        if len(fresh):
            # np.unique would import numpy.ma when it is first called: 50 ms before the first step.
            distinct = np.flatnonzero(np.bincount(fresh.astype(np.intp)))
            start = len(self._seen) + 1
            self._number[distinct] = np.arange(start, start + len(distinct), dtype=np.uint32)
            self._seen.extend(distinct.tolist())
            numbers = self._number[codes]
        self._parts.append((numbers - 1).astype(id_type(len(self._seen))))
        self._length += len(codes)

    def finish(self) -> Generator[None, None, Indexed]:
        """Join the pieces under ids in the order of the code points, giving each back as it is copied.

        Raises:
            CorpusError: If there was no character.
        """
        if not self._seen:
            raise CorpusError(f"{self._name}: empty, it has no characters")
        codes = np.array(self._seen, dtype=np.uint32)
        order = np.argsort(codes)
        vocabulary = Vocabulary(from_code_points(codes[order]))
        final = np.empty(len(codes), dtype=vocabulary.dtype)  # provisional id to id
        final[order] = np.arange(len(codes))
        ids: Ids = np.empty(self._length, dtype=vocabulary.dtype)
        end = self._length
        while self._parts:  # from the last on: memory given back at its end goes back to the system
            part = self._parts.pop()
            ids[end - len(part) : end] = final[part]
            end -= len(part)
            del part
            yield
        return Indexed(vocabulary, ids, self._hash.hexdigest(), preview(self._head))


def preview(text: str) -> str:
    """Return the first lines of `text`: at most ten, broken at 80 characters."""
    lines: list[str] = []
    for line in text.split("\n"):
        lines += [line[i : i + PREVIEW_COLUMNS] for i in range(0, len(line), PREVIEW_COLUMNS)] or [""]
    return "\n".join(lines[:PREVIEW_LINES]).rstrip()


def index(pieces: Iterator[Piece], treater: Treater, name: str) -> Generator[float, None, Indexed]:
    """Treat and number a text, yielding after each piece the share that has been read, in [0, 1].

    Raises:
        CorpusError: If no character is left.
    """
    indexer = Indexer(name)
    for text, share in pieces:
        indexer.add(treater(text))
        yield share
    finishing = indexer.finish()
    while True:
        try:
            next(finishing)
        except StopIteration as end:
            indexed: Indexed = end.value
            return indexed
        yield 1.0
