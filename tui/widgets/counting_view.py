"""Which n each network counts right, and what it says of one sequence, symbol by symbol."""

from __future__ import annotations

from itertools import groupby

from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from model.lab.frames import END, Counter, CountingFrame
from tui.widgets.race_chart import INKS

FAINT = "$foreground-muted"
RIGHT, WRONG, CHANCE = "\u25a0", "\u00b7", " "
NAME = 11
"""Cells of the names at the left."""
ROOMY = 24
"""Rows from which on there is air in the table."""


class CountingView(Static):
    """A table of n, and below it a sequence."""

    DEFAULT_CSS = """
    CountingView { height: 1fr; text-wrap: nowrap; }
    """
    ALLOW_SELECT = False

    frame: reactive[CountingFrame | None] = reactive(None, repaint=False)
    """What is shown."""

    def __init__(self) -> None:
        super().__init__(markup=False)

    def watch_frame(self) -> None:
        """Show the new one."""
        self._show()

    def on_resize(self) -> None:
        """Use the room there is."""
        self._show()

    def _show(self) -> None:
        if self.frame is not None:
            self.update(told(self.frame, *self.content_size), layout=False)


def told(frame: CountingFrame, width: int, height: int) -> Content:
    """Return the table, and below it as many sequences as there is room for, from the example on."""
    most, count = len(frame.counters[0].right), len(frame.counters)
    cells = next((cells for cells in (3, 2) if width >= NAME + cells * most), 1)
    between = "\n\n" if height >= ROOMY else "\n"
    rows = [scale(frame, cells)]
    rows += [marks(counter, number, frame.learnt, cells) for number, counter in enumerate(frame.counters)]
    about = Content.styled(f"after each b, what must come next: a b, or {END}, the end", FAINT)
    room = (height - 3 - (len(rows) - 1) * len(between) - 1) // (count + 2)
    examples = [sequence(frame, n) for n in range(frame.example, min(most, frame.example + max(1, room) - 1) + 1)]
    told = Content("\n\n").join([Content(between).join(rows), about, *examples])
    return Content("\n").join(line.truncate(width) for line in told.split("\n", allow_blank=True))


def sequence(frame: CountingFrame, n: int) -> Content:
    """Return a sequence, and what each network says as it reads it."""
    read = Content.assemble((f"{f'n = {n}':<{NAME}}", FAINT), ("a" * n + "b" * n, "bold"))
    return Content("\n").join([read, *(says(counter, number, n) for number, counter in enumerate(frame.counters))])


def scale(frame: CountingFrame, cells: int) -> Content:
    """Return the numbers above the marks: all of them, or where they stand close every fifth."""
    most = len(frame.counters[0].right)
    row = [" "] * (cells * most)
    for n in range(1, most + 1):
        if cells > 2 or n % 5 == 0 or n == 1:
            row[cells * n - len(str(n)) : cells * n] = str(n)
    known = "".join(row[: cells * frame.learnt])
    return Content.assemble((f"{'n':<{NAME}}", FAINT), (known, FAINT), ("".join(row[len(known) :]), ""))


def marks(counter: Counter, number: int, learnt: int, cells: int) -> Content:
    """Return a square for each n that is counted right; brightest are those never seen."""
    parts = [(f"{counter.name:<{NAME}}", f"bold {INKS[number]}")]
    for index, right in enumerate(counter.right):
        ink = INKS[number] if right else FAINT
        style = f"bold {ink}" if right and index >= learnt else ink
        parts.append(((RIGHT if right else WRONG).rjust(cells), style))
    return Content.assemble(*parts)


def says(counter: Counter, number: int, n: int) -> Content:
    """Return what a network says after each symbol it reads: of the a, nothing that could be right or wrong."""
    must = "b" * (n - 1) + END
    parts = [(f"{counter.name:<{NAME}}", f"bold {INKS[number]}"), (CHANCE * n, FAINT)]
    pairs = zip(counter.said[n - 1][n:], must, strict=True)
    for right, group in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
        parts.append(("".join(said for said, _ in group), "" if right else "bold reverse $error"))
    return Content.assemble(*parts)
