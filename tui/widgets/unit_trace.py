"""The last written characters and what each unit held after each of them: bytes, cut with a stride."""

from __future__ import annotations

from model.neurons import FULL
from model.protocol import Written

KEPT = 4_096
"""Characters that are kept at least, once so many were written."""
UNKNOWN = 0x80
"""Stands for a value that was not sent, or has not come yet: no unit has it."""


def value_of(byte: int) -> float | None:
    """Return what a byte says, in [-1, 1]; None where nothing is known."""
    return None if byte == UNKNOWN else (byte - 256 if byte > FULL else byte) / FULL


class UnitTrace:
    """Text that grows at its end, with a value of each unit for each character.

    A character's values are what the units hold once it has been read. They come with the next character, so those of
    the last one are unknown.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.text = ""
        """The characters that are kept, as they were written."""
        self.H = 0
        """Units; 0 as long as nothing is known of them."""
        self._kept = kept
        self._begins = False  # whether what comes next begins a text
        self._values = bytearray()  # a row of H bytes for each character

    def __len__(self) -> int:
        return len(self.text)

    def extend(self, written: Written) -> None:
        """Go on with what was written; values that are not of `H` units are those of another network."""
        n, H, hidden = len(written.text), self.H, written.hidden
        if written.taken_back:
            kept = max(0, len(self) - written.taken_back)
            self.text = self.text[:kept]
            del self._values[kept * H :]
        if len(hidden) % max(1, H) or len(hidden) > n * H:
            hidden = b""
        starts = {mark.offset for mark in written.marks if mark.kind == "start"} | ({0} if self._begins else set())
        self._begins = n in starts
        if not n:
            return
        # Each row belongs to the character before the one that it came with.
        first = len(self)
        rows = bytes([UNKNOWN]) * (n * H - len(hidden)) + hidden + bytes([UNKNOWN]) * H
        if first:
            del self._values[len(self._values) - H :]
        self._values += rows if first else rows[H:]
        self.text += written.text
        # What was held where a text begins was not left by the character before it.
        for place in (first + start - 1 for start in starts):
            if 0 <= place < len(self):
                self._values[place * H : (place + 1) * H] = bytes([UNKNOWN]) * H
        self._trim()

    def column(self, unit: int, first: int, stop: int) -> bytes:
        """Return what `unit` held at the characters from `first` up to `stop`, a byte each."""
        H = self.H
        if not 0 <= unit < H:
            return bytes([UNKNOWN]) * max(0, stop - first)
        return bytes(self._values[first * H + unit : stop * H : H])

    def latest(self, unit: int) -> float | None:
        """Return what `unit` held last."""
        stop = max(0, len(self) - 1)
        known = self.column(unit, max(0, stop - 1), stop)
        return value_of(known[0]) if known else None

    def clear(self) -> None:
        """Forget all text."""
        self.text = ""
        self._values.clear()

    def count_units(self, H: int) -> None:
        """Expect values of `H` units from now on; those of another number of units are forgotten."""
        if H != self.H:
            self.H = H
            self._values = bytearray([UNKNOWN]) * (len(self) * H)

    def _trim(self) -> None:
        """Drop what is too old, now and then: a good deal at once."""
        if len(self) > 2 * self._kept:
            excess = len(self) - self._kept
            self.text = self.text[excess:]
            del self._values[: excess * self.H]
