"""What people see of long work: a bar on a terminal's standard error, a plain line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

from tui.sanitize import sanitize_line

Result = TypeVar("Result")

REDRAW_SECONDS = 0.1
BAR_WIDTH = 12
"""Of 80 columns, so that all numbers stand beside it."""
LINE_SECONDS = 10.0
"""Between two lines where there is no terminal."""
PATIENCE_SECONDS = 0.3
"""Work that is over by then is not worth a bar."""


class Display:
    """One line of progress at a time; standard output is never touched.

    It is drawn by the caller and not by a thread, which would take time from the arithmetic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._terminal = self._console.is_terminal and not self._console.is_dumb_terminal
        self._clock = clock
        self._bar: Progress | None = None
        self._next = 0.0

    def __enter__(self) -> Display:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def begin(self, *, patience: float = 0.0) -> None:
        """Make room for other work than before, and show nothing of it for `patience` seconds."""
        self.clear()
        if self._terminal:
            self._bar = Progress(
                SpinnerColumn(style="yellow"),
                TextColumn("{task.description}", markup=False),
                BarColumn(BAR_WIDTH, complete_style="yellow", finished_style="yellow"),
                TextColumn("{task.fields[note]}", style="dim", markup=False),
                console=self._console,
                auto_refresh=False,
                transient=True,
            )
            self._bar.add_task("", total=None, note="")  # it swings until a share is known
            self._next = self._clock() + patience
        else:
            self._next = self._clock() + max(patience, LINE_SECONDS)

    def show(self, what: str, note: Callable[[], str], share: float | None = None) -> None:
        """Tell of the work, if it is time to.

        Args:
            what: Is being done.
            note: Further words; only asked for when they are shown.
            share: Of the work that is done, in [0, 1].
        """
        now = self._clock()
        if now < self._next:
            return
        if self._bar is None:
            self._next = now + LINE_SECONDS
            percent = "" if share is None else f" {share:.0%}"
            print(sanitize_line(f"{what}{percent}  {note()}".rstrip()), file=sys.stderr, flush=True)
            return
        self._next = now + REDRAW_SECONDS
        self._bar.update(
            self._bar.task_ids[0],
            description=sanitize_line(what),
            note=sanitize_line(note()),
            total=None if share is None else 1.0,
            completed=share,
        )
        if self._bar.live.is_started:
            self._bar.refresh()
        else:
            self._bar.start()

    def clear(self) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = None

    def say(self, sentence: str) -> None:
        """Print a line that stays."""
        if self._bar is not None and self._bar.live.is_started:
            self._console.print(sanitize_line(sentence), markup=False, soft_wrap=True)
        else:
            print(sanitize_line(sentence), file=sys.stderr, flush=True)


def finish_with(
    work: Generator[float | None, None, Result], display: Display, what: str, slices: int | None = None
) -> Result:
    """Run sliced work to its end, and show how far it is.

    Args:
        work: May yield the share that is done.
        display: Where to show it.
        what: Is being done.
        slices: How many there are about, for work that yields no share.
    """
    display.begin(patience=PATIENCE_SECONDS)
    count = 0
    try:
        while True:
            share = next(work)
            count += 1
            if share is None and slices:
                share = min(1.0, count / slices)
            display.show(what, str, share)
    except StopIteration as end:
        result: Result = end.value
        return result
    finally:
        display.clear()
