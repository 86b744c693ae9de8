"""The rows of a `TextBuffer` as strips: ink for text, primes, labels, the selection and the cursor."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct
from rich.segment import Segment
from rich.style import Style
from textual.cache import LRUCache
from textual.strip import Strip

from corpora.origins import COPIED
from model.hands import TYPED, UNREAD
from tui.widgets.text_buffer import HANDS, ORIGINS, TextBuffer
from tui.widgets.wrap import CHIP, RULE

CURSOR = "\u258c"


class Inks(Struct, frozen=True):
    """The styles of a page."""

    text: Style
    prime: Style
    chip: Style
    rule: Style
    cursor: Style
    selection: Style
    copied: Style
    """Of what stands in the text that is learnt, over any other style."""
    typed: Style
    """Of what a person wrote; also over any other."""
    unread: Style
    """Of what a person wrote and the network cannot read."""
    channel: str = ""
    """Where the text's shades are kept; empty where all of it has one style."""
    shades: tuple[Style, ...] = ()
    """The style of each shade."""


class SampleRows:
    """Draws rows, and remembers those that cannot change any more.

    Every character carries its offset as the x of Textual's `offset` meta (y is always 0). A selection is then a
    range of offsets, so it stays on its characters when text is dropped or wrapped anew.
    """

    def __init__(self, buffer: TextBuffer) -> None:
        self._buffer = buffer
        self._drawn: LRUCache[int, Strip] = LRUCache(512)  # by the offset of the row's first character

    def forget(self, since: int | None = None) -> None:
        """Draw every row anew from now on: the width, the inks or a label changed; or those from an offset on."""
        if since is None:
            self._drawn.clear()
            return
        row = self._buffer.row_at(since)
        while row < self._buffer.row_count:
            self._drawn.discard(self._buffer.row(row)[0])
            row += 1

    def strip(self, row: int, width: int, inks: Inks, selected: tuple[int, int] | None, cursor: bool) -> Strip:
        """Return a row of the page.

        Args:
            row: Index of the row in the buffer; rows behind the last are blank.
            width: Cells of the page.
            inks: Its styles.
            selected: First offset of the selection and the one behind its last, if any.
            cursor: Whether the cursor stands behind the last character.
        """
        if row >= self._buffer.row_count:
            return Strip(_blank(self._buffer.end, width, inks.text), width)
        start, text = self._buffer.row(row)
        last = row == self._buffer.row_count - 1
        if not last and selected is None and (drawn := self._drawn.get(start)) is not None:
            return drawn
        if text == RULE:
            strip = self._rule(start, width, inks)
        else:
            segments = self._segments(start, text, inks, selected)
            if last and cursor:
                segments.append(Segment(CURSOR, inks.cursor))
            strip = Strip(segments or _blank(start, width, inks.text)).adjust_cell_length(width, inks.text)
        if not last and selected is None:
            self._drawn[start] = strip
        return strip

    def _segments(self, start: int, text: str, inks: Inks, selected: tuple[int, int] | None) -> list[Segment]:
        """Return the row `text`, whose first character has offset `start`, in its inks."""
        stop = start + len(text)
        layers = [(*prime, inks.prime) for prime in self._buffer.primes]
        if selected is not None:
            layers.append((*selected, inks.selection))
        layers = [layer for layer in layers if layer[0] < stop and layer[1] > start]
        cuts = {start, stop}
        for first, behind, _ in layers:
            cuts.update(cut for cut in (first, behind) if start < cut < stop)
        for index, character in enumerate(text) if CHIP in text else ():
            if character == CHIP:
                cuts.update((start + index, start + index + 1))
        shades = self._buffer.values(inks.channel, start, stop) if inks.channel else b""
        cuts.update(start + index for index in range(1, len(shades)) if shades[index] != shades[index - 1])
        origins = self._buffer.values(ORIGINS, start, stop)
        if COPIED in origins:
            ends = (at for at in range(1, len(origins)) if (origins[at] == COPIED) != (origins[at - 1] == COPIED))
            cuts.update(start + at for at in ends)
        hands = self._buffer.values(HANDS, start, stop)
        by_hand = TYPED in hands or UNREAD in hands
        if by_hand:
            cuts.update(start + at for at in range(1, len(hands)) if hands[at] != hands[at - 1])
        segments = []
        for first, behind in pairwise(sorted(cuts)):
            run = text[first - start : behind - start]
            if run == CHIP:
                segments.extend(self._chip(first, inks.chip))
                continue
            style = inks.shades[shades[first - start]] if shades else inks.text
            if origins and origins[first - start] == COPIED:
                style += inks.copied
            if by_hand and (hand := hands[first - start]):
                style += inks.typed if hand == TYPED else inks.unread
            for begin, end, ink in layers:
                if begin <= first < end:
                    style += ink
            segments.append(Segment(run, style + _place(first)))
        return segments

    def _chip(self, offset: int, ink: Style) -> list[Segment]:
        """Return the label that stands inside the text at `offset`."""
        if not (label := self._buffer.labels.get(offset)):
            return []
        style = ink + _place(offset)
        # One segment a character: the mouse counts characters from the start of the segment it is on, and all of
        # the label is one place.
        return [Segment(character, style) for character in f" {label} "]

    def _rule(self, offset: int, width: int, inks: Inks) -> Strip:
        """Return the row of a label that stands alone."""
        head = Segment(f"\u2500\u2500 {self._buffer.labels.get(offset, '')} ", inks.rule + _place(offset))
        line = Segment("\u2500" * max(0, width - 1 - head.cell_length), inks.rule)
        return Strip([head, line]).adjust_cell_length(width, inks.text)


def _place(offset: int) -> Style:
    """Return the style that tells the mouse which character this is."""
    return Style.from_meta({"offset": (offset, 0)})


def _blank(offset: int, width: int, ink: Style) -> list[Segment]:
    """Return an empty row, which the mouse knows as the place `offset`."""
    return [Segment(" ", ink + _place(offset)), Segment(" " * max(0, width - 1), ink)]
