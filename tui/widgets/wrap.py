"""Where the rows of a text begin when it is set to a width."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

from rich.cells import get_character_cell_size

CHIP = "\ue000"
"""Holds the place of a label inside a row. Private use: sanitized text has no such character."""
RULE = "\ue001"
"""Holds the place of a label that has a row for itself."""

_LINE_END = re.compile(f"[\n{RULE}]")


class _Cells(dict[str, int]):
    """Character -> the terminal cells it takes."""

    def __missing__(self, character: str) -> int:
        cells = self[character] = get_character_cell_size(character)
        return cells


_CELLS = _Cells()


def wrap(text: str, begin: int, width: int, chips: Mapping[int, int]) -> list[int]:
    r"""Break `text` into rows, at spaces where there are any, else anywhere.

    Rows are filled from left to right and never looked at again, so wrapping on from the last row's start after
    more text has come gives the same rows as wrapping it all.

    Args:
        text: What is to be set, with `\n` for line ends, `CHIP` and `RULE` for labels.
        begin: Index of the first row's first character.
        width: Cells of a row, at least 2; a space that ends a row may hang over.
        chips: Cells of each chip that is not empty, by its index in `text`.

    Returns:
        Index of each row's first character; the last row is empty where the text ends with a line end.
    """
    rows = [begin]
    narrow = text.isascii()
    for end in _LINE_END.finditer(text, begin):
        at = end.start()
        _wrap_line(text, rows, at, width, chips, narrow)
        if text[at] == RULE and at > rows[-1]:
            rows.append(at)
        rows.append(at + 1)
    _wrap_line(text, rows, len(text), width, chips, narrow)
    return rows


def in_a_word(text: str, index: int) -> bool:
    """Whether a row that begins at `index` begins within a word, which was too long for a row."""
    before, after = text[index - 1 : index], text[index : index + 1]
    return bool(before) and before not in f" \n{CHIP}{RULE}" and 2 not in (_CELLS[before], _CELLS[after or " "])


def _wrap_line(text: str, rows: list[int], stop: int, width: int, chips: Mapping[int, int], narrow: bool) -> None:
    """Append the further rows of the line from `rows[-1]` to `stop`."""
    start = rows[-1]
    if 2 * (stop - start) <= width and (narrow or CHIP not in text[start:stop]):
        return
    if not narrow and not (line := text[start:stop]).isascii():
        cells = [_CELLS[character] for character in line]
        at = line.find(CHIP)
        while at >= 0:
            cells[at] = min(width, chips.get(start + at, 0))
            at = line.find(CHIP, at + 1)
        _wrap_wide(line, cells, rows, width)
        return
    while stop - start > width:
        # The space just behind the last cell may hang, so it is looked for one further.
        cut = text.rfind(" ", start, start + width + 1) + 1
        if cut <= start:
            cut = start + width
        if cut >= stop:
            return
        rows.append(cut)
        start = cut


def _wrap_wide(line: str, cells: list[int], rows: list[int], width: int) -> None:
    """Append the further rows of `line`, whose characters take `cells`; it begins at `rows[-1]`."""
    origin = rows[-1]
    ends = list(accumulate(cells))
    first = used = 0
    while ends and ends[-1] - used > width:
        over = bisect_right(ends, used + width, first)  # the first character that does not fit
        if line[over] == " ":
            cut = over + 1
        elif line[over] == CHIP or 2 in (cells[over], cells[over - 1]):
            cut = over  # scripts of wide characters break anywhere
        else:
            cut = max(line.rfind(" ", first, over), line.rfind(CHIP, first, over)) + 1
        if cut <= first:
            cut = max(over, first + 1)
        if cut >= len(line):
            return
        rows.append(origin + cut)
        first, used = cut, ends[cut - 1]
