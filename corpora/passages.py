"""An index of a text by its passages of `RUN` characters: does this one stand in it, and where?

Pieces of k characters are filed by their hash, one from every m-th place of the text. With k = RUN - m + 1 each passage
holds exactly one of them whole, so looking up the m pieces of a passage finds it wherever it stands. A hash only says
where to look: what is found has been compared with the text.

Short texts have m = 1. Beyond `MOST_PIECES` characters m grows, and with it the work of a look-up, not the memory: 4
bytes for each piece and 1 or 2 for the table of the hashes, 60 MB at most.
"""

from __future__ import annotations

from collections.abc import Generator, MutableSequence

import numpy as np
import numpy.typing as npt

from corpora.origins import RUN
from corpora.vocabulary import Ids

MOST_PIECES = 10_000_000
"""That are filed of a text."""

READ = 120_000_000
"""Characters that are looked at; of a longer text, the beginning."""

SHORTEST = 12
"""Characters of a piece: shorter ones stand in too many places."""

BLOCK = 16_384
"""Pieces that are filed at once, a few milliseconds."""
RUN_OVER = 16 * BLOCK
"""Numbers that are gone through in order at once, likewise."""

FEW, MANY = 64, 4096
"""Places of a piece up to which they are compared one by one; and, where m > 1, of which no more are compared.

A row of dashes in a very long text may stand in more of them: then a copy of it can be missed, never made up.
"""

BASE = 0x9E6C63D0876A9A47
"""Of the rolling hash, a polynomial of the ids modulo 2^64; odd, else arbitrary."""
SPREAD = 0x9E3779B97F4A7C15
"""2^64 over the golden ratio: its product with a hash has the best of it in the upper bits (Knuth 1973)."""
MASK = (1 << 64) - 1

Numbers = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]


class Passages:
    """Finds passages of `ids` (N,).

    Attributes:
        m: A piece is filed of every m-th place.
        k: Characters of a piece.
        text: The ids, for comparing.
    """

    def __init__(self, ids: Ids, m: int, starts: Numbers, places: Numbers) -> None:
        self.m, self.k = m, RUN - m + 1
        self.text = ids.data
        self._ids, self._places = ids, places
        self._shift = shift_of(len(starts) - 1)
        # reading one number from a view is quicker than from an array
        self._starts_view, self._places_view = starts.data, places.data

    @property
    def nbytes(self) -> int:
        """Memory of the index, without the text."""
        return self._starts_view.nbytes + self._places_view.nbytes

    def find(self, passage: memoryview, hashes: MutableSequence[int | None]) -> int | None:
        """Where a passage of `RUN` characters stands in the text, None if nowhere.

        Args:
            passage: Ids of the text's type, (RUN,).
            hashes: Of its pieces, (m,), from the first on. None takes the place of those that stand nowhere, so that
                they are not looked up again for the next passage.
        """
        text, starts, places, k = self.text, self._starts_view, self._places_view, self.k
        last = len(text) - RUN
        for offset, piece in enumerate(hashes):
            if piece is None:
                continue
            bucket = (piece * SPREAD & MASK) >> self._shift
            begin, stop = starts[bucket], starts[bucket + 1]
            known, end = stop - begin > FEW, passage[offset + k - 1]
            for at in range(begin, min(stop, begin + FEW)):
                place = places[at]
                # most that are not the same differ here, and a single character is soon compared
                if text[place + k - 1] == end and text[place : place + k] == passage[offset : offset + k]:
                    known, start = True, place - offset
                    if 0 <= start <= last and text[start : start + RUN] == passage:
                        return start
            if stop - begin > FEW and (found := self._find_among(begin + FEW, stop, offset, passage)) is not None:
                return found
            if not known:
                hashes[offset] = None
        return None

    def _find_among(self, begin: int, stop: int, offset: int, passage: memoryview) -> int | None:
        """The same among many places."""
        if self.m > 1:
            stop = min(stop, begin + MANY)
        starts = self._places[begin:stop].astype(np.int64) - offset
        starts = starts[(starts >= 0) & (starts <= len(self._ids) - RUN)]
        # what lies outside the piece differs soonest
        for at in (*range(offset), *range(RUN - 1, offset - 1, -1)):
            starts = starts[self._ids[starts + at] == passage[at]]
            if not len(starts):
                return None
        return int(starts[0])


def index_passages(ids: Ids, most: int = MOST_PIECES) -> Generator[None, None, Passages]:
    """Index a text (N,), in slices of some milliseconds; nobody changes it meanwhile.

    Args:
        ids: The text.
        most: Pieces that are filed; the fewer, the longer a look-up takes.
    """
    ids = ids[:READ]
    m = min(max(1, -(-len(ids) // most)), RUN - SHORTEST + 1)
    k = RUN - m + 1
    pieces = max(0, (len(ids) - k) // m + 1)
    buckets = 1 << max(1, (pieces // 2).bit_length() - 1)  # a quarter to a half of them
    shift = shift_of(buckets)
    # how many pieces each bucket holds, then where it begins; the bucket after the last begins behind all pieces
    starts = yield from zeros(buckets + 1)
    one = np.uint32(1)  # of the table's type: any other is added much more slowly
    for begin in range(0, pieces, BLOCK):
        hashed = buckets_of(ids, begin, min(begin + BLOCK, pieces), m, shift)
        np.add.at(starts, hashed + 1, one)
        yield
    before = np.uint32(0)
    for begin in range(0, buckets + 1, RUN_OVER):
        part = starts[begin : begin + RUN_OVER]
        np.cumsum(part, out=part)
        part += before
        before = part[-1]
        yield
    places = yield from zeros(pieces)
    # while it is filled, a bucket's start is where its next piece goes; so at the end it is the next bucket's start
    for begin in range(0, pieces, BLOCK):
        hashed = buckets_of(ids, begin, min(begin + BLOCK, pieces), m, shift)
        order = np.argsort(hashed, kind="stable")
        inside = hashed[order]
        first = np.flatnonzero(np.diff(inside, prepend=-1))  # of each bucket's pieces in this block
        counts = np.diff(first, append=len(inside))
        rank = np.arange(len(inside)) - np.repeat(first, counts)
        places[starts[inside] + rank] = (begin + order) * m
        starts[inside[first]] += counts.astype(np.uint32)
        yield
    for stop in range(buckets, 0, -RUN_OVER):
        begin = max(0, stop - RUN_OVER)
        starts[begin + 1 : stop + 1] = starts[begin:stop].copy()
        yield
    starts[0] = 0
    return Passages(ids, m, starts, places)


def zeros(count: int) -> Generator[None, None, Numbers]:
    """So many zeros, (count,), in memory that is there: it would else come all at once with the first block."""
    made: Numbers = np.empty(count, np.uint32)
    for begin in range(0, count, RUN_OVER):
        made[begin : begin + RUN_OVER] = 0
        yield
    return made


def buckets_of(ids: Ids, begin: int, stop: int, m: int, shift: int) -> npt.NDArray[np.int64]:
    """The buckets of the pieces `begin` to `stop` of a text, (stop - begin,)."""
    base, spread = np.uint64(BASE), np.uint64(SPREAD)
    hashed: Hashes = np.zeros(stop - begin, np.uint64)
    block = ids[begin * m : stop * m + RUN].astype(np.uint64)
    for at in range(RUN - m + 1):
        hashed *= base
        hashed += block[at : at + (stop - begin - 1) * m + 1 : m]
    hashed *= spread
    return (hashed >> np.uint64(shift)).astype(np.int64)


def shift_of(buckets: int) -> int:
    """By how many bits a hash is shifted to give one of so many buckets, a power of two."""
    return 64 - (buckets.bit_length() - 1)


class RollingHash:
    """The hash of the last k of the characters that come one by one."""

    def __init__(self, k: int) -> None:
        self._leaving = pow(BASE, k, 1 << 64)
        self.value = 0

    def roll(self, coming: int, leaving: int) -> int:
        """Take in an id, let go of the one that came k before it (0 if none did), and return the hash.

        With the k ids c, oldest first, it is the sum of c[i] BASE^(k - 1 - i).
        """
        self.value = (self.value * BASE + coming - leaving * self._leaving) & MASK
        return self.value
