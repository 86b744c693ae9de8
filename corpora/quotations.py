"""Which of the characters that are being written are copies, told while they are written."""

from __future__ import annotations

from array import array
from collections import deque

from corpora.origins import COPIED, MADE_UP, RUN, UNKNOWN
from corpora.passages import Passages, RollingHash

KEPT = 8192
"""Characters whose origin is remembered, at least."""


class Quotations:
    """Follows what is written through a text: it is looked up only where it leaves the place it was at.

    A character is copied if it is in a run of at least `RUN` written characters that stands in the text, which is
    known only when the last of them has come. What was given or written before `begin` belongs to no run.
    """

    def __init__(self, passages: Passages) -> None:
        self._passages = passages
        # of the characters since the beginning, trimmed: ids, of the text's type so that they can be compared with it
        self._ids = array(passages.text.format)
        # UNKNOWN, MADE_UP, or COPIED for the last character of a passage of the text; earlier characters too
        self._ends = bytearray()
        self.begin()

    def begin(self, given: int = 0) -> None:
        """Make a new beginning after `given` characters that are in the text but were not written."""
        self._ends += bytes([UNKNOWN]) * given
        del self._ids[:]
        self._restart()

    def _restart(self) -> None:
        self._next: int | None = None  # where in the text the coming character stands if it goes on being copied
        self._rolling = RollingHash(self._passages.k)
        self._hashes: deque[int | None] = deque(maxlen=self._passages.m)  # of the last pieces

    def write(self, id: int) -> None:  # noqa: A002
        """Follow the text by a character; its id is of the text's vocabulary."""
        if len(self._ends) > 2 * KEPT:
            del self._ends[:-KEPT], self._ids[:-KEPT]
        self._ids.append(id)
        self._ends.append(COPIED if self._follow() else MADE_UP)

    def _follow(self) -> bool:
        """Take in the last id, and tell whether the last `RUN` stand in the text."""
        ids, passages, next_ = self._ids, self._passages, self._next
        k = passages.k
        self._hashes.append(self._rolling.roll(ids[-1], ids[-1 - k] if len(ids) > k else 0))
        if next_ is not None and next_ < len(passages.text) and passages.text[next_] == ids[-1]:
            self._next = next_ + 1
            return True
        found = passages.find(memoryview(ids[-RUN:]), self._hashes) if len(ids) >= RUN else None
        self._next = found + RUN if found is not None else None
        return found is not None

    def take_back(self) -> None:
        """Forget the last character, and with it the copies that it completed."""
        del self._ends[-1:]
        if not self._ids:
            return  # it was given, or others come before it that were
        del self._ids[-1]
        ids, self._ids = self._ids, self._ids[:0]
        self._restart()
        for id_ in ids[-RUN:]:
            self._ids.append(id_)
            self._follow()
        self._ids = ids

    def origins(self, count: int) -> bytes:
        """The origin of each of the last `count` characters, or of as many as are known.

        Of the last `RUN` - 1 it may change with the next character.
        """
        origins = self._ends[-count:] if count > 0 else bytearray()
        copied = 0
        for at in reversed(range(len(origins))):
            if origins[at] == COPIED:
                copied = RUN
            if copied > 0:
                copied -= 1
                origins[at] = COPIED
        return bytes(origins)
