"""The text a sampler has written, kept to a capacity and broken into rows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from rich.cells import cell_len

from corpora.origins import COPIED, MADE_UP
from tui.widgets.wrap import CHIP, RULE, in_a_word, wrap

ORIGINS = "origins"
"""The channel that every text has: what is made up and what is copied, as in `corpora.origins`."""
HANDS = "hands"
"""The channel that every text has too: who wrote each character, as in `model.hands`."""
SPACES = "spaces"
"""The channel for what is copied otherwise than it is shown: the code of a tabulator, say; 0 for all else."""
NEAR = 12
"""A label takes the place of another of the same knob so many characters before: someone is turning it."""


def subject(label: str) -> str:
    """Return what a label such as `temperature 0.85` is about, without the value at its end."""
    return label.rpartition(" ")[0]


def first_difference(left: bytes | bytearray, right: bytes) -> int:
    """Return the first place at which two that are equally long differ."""
    return next(at for at, (one, other) in enumerate(zip(left, right, strict=True)) if one != other)


class TextBuffer:
    """Text that grows at its end, is dropped at its start, and is always wrapped.

    A place in the text is an *offset*, counted from the very first character ever written: it means the same
    character after older text was dropped and after the text was set to another width.
    """

    def __init__(self, capacity: int = 200_000, channels: Iterable[str] = ()) -> None:
        self.capacity = capacity
        """Characters that are kept at least, once so many were written."""
        self.start = 0
        """Offset of the oldest character that is kept."""
        self.labels: dict[int, str] = {}
        """Text of each chip and rule by its offset; an empty one has been superseded."""
        self.primes: list[tuple[int, int]] = []
        """First offset of each prime that is kept, and the one behind its last."""
        self.channels: dict[str, bytearray] = {name: bytearray() for name in (ORIGINS, HANDS, SPACES, *channels)}
        """Small numbers that go with the characters, a byte for each that is kept; 0 for labels."""
        self._text = ""
        self._rows = [0]  # offset of each row's first character
        self._width = 80
        self._unsettled = 0  # the first row that has to be wrapped again

    @property
    def end(self) -> int:
        """Offset behind the last character."""
        return self.start + len(self._text)

    @property
    def row_count(self) -> int:
        """Rows of the text; one, empty, where there is none."""
        return len(self._rows)

    def write(self, text: str, *, primed: int = 0, values: Mapping[str, bytes] | None = None) -> None:
        """Append sanitized text, the first `primed` characters of which are a prime. `settle` wraps it.

        Args:
            text: The text.
            primed: How long the prime is.
            values: For each channel a byte for each character; 0 where it is left out.
        """
        if primed:
            self.primes.append((self.end, self.end + primed))
        self._append(text, values or {})

    def _append(self, text: str, values: Mapping[str, bytes]) -> None:
        self._text += text
        for name, channel in self.channels.items():
            channel += values.get(name, b"")[: len(text)].ljust(len(text), b"\0")

    def take_back(self, count: int) -> None:
        """Remove the last `count` characters that are kept, with the labels among and behind them. `settle` wraps."""
        index = len(self._text)
        while count > 0 and index > 0:
            index -= 1
            count -= self._text[index] not in (CHIP, RULE)
        end = self.start + index
        self._text = self._text[:index]
        for channel in self.channels.values():
            del channel[index:]
        self.labels = {offset: label for offset, label in self.labels.items() if offset < end}
        self.primes = [(first, min(stop, end)) for first, stop in self.primes if first < end]
        # The row before the last word, which may have been broken, may take it in now that it is shorter.
        first = self.row_at(end)
        while first > 0 and in_a_word(self._text, self._rows[first] - self.start):
            first -= 1
        first = max(0, first - 1)
        del self._rows[first + 1 :]
        self._unsettled = min(self._unsettled, first)

    def values(self, name: str, first: int, stop: int) -> bytes:
        """Return what a channel has for the characters from offset `first` up to `stop`; nothing if it is unknown."""
        return bytes(self.channels.get(name, b"")[first - self.start : stop - self.start])

    def colour(self, name: str, values: bytes) -> int:
        """Change what a channel has for the last characters, as many as there are values; labels have none.

        Returns:
            The offset of the first that is another now; that of the end if none is.
        """
        channel, stop = self.channels[name], len(self._text)
        changed = stop
        for label in (*reversed(self.labels), self.start - 1):
            begin = label - self.start + 1
            count = min(stop - begin, len(values))
            if count > 0 and channel[stop - count : stop] != values[-count:]:
                changed = first_difference(channel[stop - count : stop], values[-count:]) + stop - count
                channel[stop - count : stop] = values[-count:]
            values = values[: len(values) - max(0, count)]
            if not values:
                break
            stop = begin - 1
        return self.start + changed

    def copied(self, last: int) -> float | None:
        """Return which share of the `last` characters that are kept is copied, of those whose origin is known.

        None if it is of none.
        """
        origins = self.channels[ORIGINS]
        recent = origins[max(0, len(origins) - max(0, last)) :]
        copied = recent.count(COPIED)
        known = copied + recent.count(MADE_UP)
        return copied / known if known else None

    def label(self, text: str, *, alone: bool) -> bool:
        """Append a label to the text, in a row of its own if `alone`. `settle` wraps it.

        Returns:
            Whether it took the place of the label before it.
        """
        supersedes = False
        if not alone and self.labels:
            last = next(reversed(self.labels))
            near = self.end - last <= NEAR and self._text[last - self.start] == CHIP
            if near and subject(self.labels[last]) == subject(text):
                supersedes = True
                self.labels[last] = ""
                # Without it the row before may take in more.
                self._unsettled = min(self._unsettled, max(0, self.row_at(last) - 1))
        self.labels[self.end] = text
        self._append(RULE if alone else CHIP, {})
        return supersedes

    def settle(self) -> int:
        """Wrap what has come since the last time, and return the first row that may have changed."""
        first = self._unsettled
        begin = self._rows[first] - self.start
        self._rows[first:] = self._wrap(begin)
        self._unsettled = len(self._rows) - 1
        return first

    def set_width(self, width: int) -> None:
        """Wrap all of the text to rows of `width` cells, at least 2."""
        self._width = max(2, width)
        self._rows = self._wrap(0)
        self._unsettled = len(self._rows) - 1

    def trim(self, reading: int | None = None) -> int:
        """Drop the oldest rows while the text is longer than the capacity.

        Args:
            reading: A row in front of someone's eyes; it is spared until twice the capacity is reached.

        Returns:
            How many rows were dropped; all others have moved up by as many.
        """
        excess = len(self._text) - self.capacity
        if excess <= 0:
            return 0
        dropped = self.row_at(self.start + excess)
        if reading is not None and excess <= self.capacity:
            dropped = min(dropped, reading)
        if dropped <= 0:
            return 0
        start = self._rows[dropped]
        self._text = self._text[start - self.start :]
        for channel in self.channels.values():
            del channel[: start - self.start]
        self.start = start
        del self._rows[:dropped]
        self._unsettled = max(0, self._unsettled - dropped)
        self.primes = [prime for prime in self.primes if prime[1] > start]
        while self.labels and (oldest := next(iter(self.labels))) < start:
            del self.labels[oldest]
        return dropped

    def row(self, index: int) -> tuple[int, str]:
        """Return the offset of a row's first character, and the row without its line end."""
        start = self._rows[index]
        stop = self._rows[index + 1] if index + 1 < len(self._rows) else self.end
        return start, self._text[start - self.start : stop - self.start].rstrip("\n")

    def row_at(self, offset: int) -> int:
        """Return the row that the character at `offset` stands in."""
        return max(0, bisect_right(self._rows, offset) - 1)

    def text(self, first: int | None = None, stop: int | None = None) -> str:
        """Return the text from offset `first` up to `stop`, as far as it is kept, without labels."""
        begin = 0 if first is None else max(0, first - self.start)
        end = len(self._text) if stop is None else max(0, stop - self.start)
        return self._text[begin:end].replace(CHIP, "").replace(RULE, "")

    def written(self, first: int | None = None, stop: int | None = None) -> str:
        """Return the same as it was written: with tabulators in place of their pictures."""
        begin = 0 if first is None else max(0, first - self.start)
        end = len(self._text) if stop is None else max(0, stop - self.start)
        spaces = self.channels[SPACES][begin:end]
        if not any(spaces):
            return self.text(first, stop)
        pairs = zip(self._text[begin:end], spaces, strict=True)
        return "".join(chr(space) if space else shown for shown, space in pairs if shown not in (CHIP, RULE))

    def clear(self) -> None:
        """Forget all text; offsets go on where they were."""
        self.start = self.end
        self.labels.clear()
        self.primes.clear()
        self._text = ""
        for channel in self.channels.values():
            channel.clear()
        self._rows = [self.start]
        self._unsettled = 0

    def _wrap(self, begin: int) -> list[int]:
        """Return the offsets of the rows of the text from index `begin` on."""
        chips = {
            offset - self.start: cell_len(label) + 2
            for offset, label in self.labels.items()
            if label and offset >= self.start + begin
        }
        return [self.start + row for row in wrap(self._text, begin, self._width, chips)]
