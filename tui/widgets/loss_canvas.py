"""A sheet of cells to draw on with braille dots and to write on, and the strips that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot in a braille character: left column and right, from the top."""
BRAILLE = 0x2800
BLANK = ""
"""Nothing written; a blank that is part of a text is a letter like any other."""
COVERED = "\0"
"""The second cell of a wide letter."""
ACROSS, DOWN = 2, 4
"""Dots of a cell."""


class Canvas:
    """Cells, each in one ink: what is drawn later over another ink takes the whole cell, so lines stay thin.

    Rows are counted from the top, and dots too. Inks are names; what they look like is decided when strips are made.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = max(0, width), max(0, height)
        self._dots = [[0] * self.width for _ in range(self.height)]
        self._texts: list[list[str]] = [[BLANK] * self.width for _ in range(self.height)]
        self._inks: list[list[str]] = [[""] * self.width for _ in range(self.height)]

    def dot(self, x: int, y: int, ink: str) -> None:
        """Draw one dot; off the sheet, none."""
        self.column(x, y, y, ink)

    def column(self, x: int, top: int, bottom: int, ink: str) -> None:
        """Draw the dots of column `x` from `top` to `bottom`, as far as they are on the sheet."""
        column, side = x // ACROSS, x % ACROSS
        if not 0 <= column < self.width:
            return
        for y in range(max(0, top), min(bottom, DOWN * self.height - 1) + 1):
            row = y // DOWN
            if self._texts[row][column] != BLANK:
                continue
            if self._inks[row][column] != ink:
                self._inks[row][column], self._dots[row][column] = ink, 0
            self._dots[row][column] |= DOTS[side][y % DOWN]

    def is_free(self, x: int, y: int, width: int = 1) -> bool:
        """Whether there is nothing yet in `width` cells of row `y` from `x` on, and they are on the sheet."""
        if not (0 <= y < self.height and x >= 0 and x + width <= self.width):
            return False
        return not any(self._dots[y][x : x + width]) and all(text == BLANK for text in self._texts[y][x : x + width])

    def is_ink(self, x: int, y: int, ink: str) -> bool:
        """Whether what stands in a cell is in this ink."""
        return self._inks[y][x] == ink

    def write(self, x: int, y: int, text: str, ink: str) -> None:
        """Write over whatever is there, as far as it is on the sheet; a wide letter takes two cells."""
        if not 0 <= y < self.height:
            return
        at = x
        for letter in text:
            cells = cell_len(letter)
            if cells == 0 and 0 < at <= self.width:  # it is drawn over the one before
                self._texts[y][at - 1] += letter
            elif at >= 0 and at + cells <= self.width:
                for cell in range(at, at + cells):
                    self._texts[y][cell], self._inks[y][cell], self._dots[y][cell] = COVERED, ink, 0
                self._texts[y][at] = letter
            at += cells

    def place(self, text: str, y: int, *, right: int, left: int = 0, ink: str) -> int | None:
        """Write `text` into row `y` as far to the right as it stands free, a blank on either side.

        Returns:
            The cell it begins in; None where there is no room for it between `left` and `right`.
        """
        for x in range(min(right, self.width) - len(text), left - 1, -1):
            before, after = max(0, x - 1), min(self.width, x + len(text) + 1)
            if self.is_free(before, y, after - before):
                self.write(x, y, text, ink)
                return x
        return None

    def strips(self, styles: Mapping[str, Style]) -> list[Strip]:
        """Return the rows, neighbours of one ink in one segment."""
        rows = []
        for dots, texts, inks in zip(self._dots, self._texts, self._inks, strict=True):
            segments = []
            cells = zip(dots, texts, inks, strict=True)
            for ink, group in groupby(cells, key=lambda cell: cell[2]):
                glyphs = "".join(chr(BRAILLE + bits) if bits else text or " " for bits, text, _ in group)
                segments.append(Segment(glyphs.replace(COVERED, ""), styles[ink]))
            rows.append(Strip(segments, self.width))
        return rows
