"""A picture that is read row by row, and what it is taken for after each."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TypeVar

from textual.color import Color
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static

from corpora.digits import SIDE
from model.lab.frames import DigitsFrame

FAINT = "$foreground-muted"
ROWS_PER_SECOND = 9
HOLD_SECONDS = 2.0
"""That a picture stays when all of it was read."""
AHEAD = 0.3
"""How bright rows are that were not read yet."""
MOST_BAR, LONGEST = 30, len("After 28 of 28 rows: 8, 100 %")
"""Cells of the longest bar, and of the longest verdict."""
GUESS, FOOT = 6, 2
"""Cells at the right of a large picture, and rows below it."""
UPPER, LOWER, FULL = "\u2580", "\u2584", "\u2588"
"""Halves of a cell: a picture has two rows of pixels in one of letters."""


class DigitView(Static):
    """Shows what was read so far bright and the rest faint, and beside it ten bars."""

    DEFAULT_CSS = """
    DigitView { height: 1fr; text-wrap: nowrap; }
    """
    ALLOW_SELECT = False

    frame: reactive[DigitsFrame | None] = reactive(None, repaint=False)
    """Whose picture it is."""
    row: reactive[int] = reactive(0, repaint=False)
    """Rows that were read."""

    class Read(Message):
        """A picture was read to its end, and has been looked at for a while."""

    def __init__(self) -> None:
        super().__init__(markup=False)
        self._held = 0.0

    def on_mount(self) -> None:
        """Read on by itself."""
        self.set_interval(1 / ROWS_PER_SECOND, self.read_on)

    def read_on(self) -> None:
        """Read a row; when there is none left, wait, and let another picture come."""
        if self.frame is None or not self.is_on_screen:
            return
        if self.row < SIDE:
            self.row += 1
            return
        self._held += 1 / ROWS_PER_SECOND
        if self._held >= HOLD_SECONDS:
            self._held = 0.0
            self.post_message(self.Read())

    def watch_frame(self, old: DigitsFrame | None, new: DigitsFrame | None) -> None:
        """Begin at the top of another picture."""
        if old is None or new is None or (old.page, old.image) != (new.page, new.image):
            self.row, self._held = 0, 0.0
        self._show()

    def watch_row(self) -> None:
        """Show it."""
        self._show()

    def on_resize(self) -> None:
        """Use the room there is."""
        self._show()

    def notify_style_update(self) -> None:
        """Show it in the new colours."""
        super().notify_style_update()
        self._show()

    def _show(self) -> None:
        if self.frame is None or not self.is_attached:
            return
        colors = self.app.get_css_variables()
        ground, page = Color.parse(colors["background"]), Color.parse(colors["page"])
        plain = "NO_COLOR" in os.environ or ground.ansi is not None or page.ansi is not None
        inks = None if plain else (ground, page)
        width, height = self.content_size
        large = width >= 2 * SIDE + 1 + GUESS and height >= SIDE + FOOT
        lines = large_picture(self.frame, self.row, inks) if large else small_picture(self.frame, self.row, inks, width)
        self.update(Content("\n").join(lines), layout=False)


Value = TypeVar("Value")
Inks = tuple[Color, Color] | None
"""Of nothing and of full ink; None where there are no colours, and ink is either there or not."""


def pixels(image: bytes, read: int) -> list[list[float]]:
    """Return rows of ink from 0 to 1, faint where they were not read yet; `image` has 28 x 28, row by row."""
    return [[ink / 255 * (1.0 if y < read else AHEAD) for ink in image[SIDE * y : SIDE * (y + 1)]] for y in range(SIDE)]


def small_picture(frame: DigitsFrame, read: int, inks: Inks, width: int) -> list[Content]:
    """Return the picture, two rows of pixels in a line, and at its right how likely each digit is."""
    rows = pixels(frame.image, read)
    slim = width < SIDE + 3 + LONGEST
    bars = [] if slim else beliefs(frame, read, width - SIDE - 3)
    lines = [verdict(frame, read)] if slim else []
    for line, (upper, lower) in enumerate(zip(rows[::2], rows[1::2], strict=True)):
        cells = [
            (halves(*pair) * count, "") if inks is None else (UPPER * count, two_inks(*pair, inks))
            for pair, count in runs(zip(upper, lower, strict=True))
        ]
        edge = "\u25c2" if 0 < read < SIDE and (read - 1) // 2 == line else " "
        bar = bars[line] if line < len(bars) else Content("")
        lines.append(Content.assemble(*cells, (edge, "$accent"), "  ", bar).truncate(width))
    return lines


def large_picture(frame: DigitsFrame, read: int, inks: Inks) -> list[Content]:
    """Return the picture, a row of pixels in a line, at its right what it is taken for by then, and the end below."""
    lines = []
    for y, row in enumerate(pixels(frame.image, read)):
        cells = [
            ((FULL if ink > 0.5 else " ") * 2 * count, "")
            if inks is None
            else (" " * 2 * count, f"on {shade(ink, inks)}")
            for ink, count in runs(row)
        ]
        lines.append(Content.assemble(*cells, " ", guess(frame, y) if y < read else Content("")))
    return [*lines, Content(""), verdict(frame, read)]


def runs(values: Iterable[Value]) -> Iterator[tuple[Value, int]]:
    """Yield each value with how often it comes in a row: most of a picture is empty."""
    for value, group in groupby(values):
        yield value, sum(1 for _ in group)


def two_inks(upper: float, lower: float, inks: tuple[Color, Color]) -> str:
    """Return the style of a cell with two pixels."""
    return f"{shade(upper, inks)} on {shade(lower, inks)}"


def shade(ink: float, inks: tuple[Color, Color]) -> str:
    """Return the colour of so much ink."""
    ground, page = inks
    return ground.blend(page, ink).hex


def halves(upper: float, lower: float) -> str:
    """Return the sign for two pixels without colours."""
    return (" ", UPPER, LOWER, FULL)[(upper > 0.5) + 2 * (lower > 0.5)]


def likeliest(frame: DigitsFrame, row: int) -> tuple[int, float]:
    """Return what it takes the picture for after a row, and how sure it is of that."""
    probs = frame.beliefs[row]
    best = max(range(len(probs)), key=probs.__getitem__)
    return best, probs[best]


def guess(frame: DigitsFrame, row: int) -> Content:
    """Return what it takes the picture for after a row, with a bar that tells how sure it is."""
    digit, prob = likeliest(frame, row)
    ink = "$accent" if digit == frame.label else "$primary"
    return Content.assemble((f"{digit} ", f"bold {ink}"), (FULL * max(1, round((GUESS - 2) * prob)), ink))


def verdict(frame: DigitsFrame, read: int) -> Content:
    """Return a sentence on what it takes the picture for."""
    if read == 0:
        return Content.styled("It has read nothing yet.", FAINT)
    digit, prob = likeliest(frame, read - 1)
    if read < SIDE:
        return Content.styled(f"After {read} of {SIDE} rows: {digit}, {100 * prob:.0f} %", FAINT)
    right = ("right", "bold $success") if digit == frame.label else (f"it is {frame.label}", "bold $error")
    return Content.assemble("It says ", (f"{digit}", "bold $accent"), f", {100 * prob:.0f} %: ", right)


def beliefs(frame: DigitsFrame, read: int, width: int) -> list[Content]:
    """Return the verdict, and below it a bar for each digit: how likely it is after so many rows."""
    count = len(frame.beliefs[0])
    probs = frame.beliefs[read - 1] if read else (1 / count,) * count
    best = max(range(count), key=probs.__getitem__) if read else None
    room = min(MOST_BAR, width - len("0  100 %"))
    lines = [verdict(frame, read)]
    for digit, prob in enumerate(probs):
        ink = "bold $accent" if digit == best else FAINT
        bar = FULL * round(room * prob)
        lines.append(
            Content.assemble(
                (f"{digit} ", ink),
                (f"{bar:<{room}}", "$accent" if digit == best else "$primary"),
                (f"{100 * prob:4.0f} %", ink),
            )
        )
    return lines
