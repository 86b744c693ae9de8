"""What an experiment of the lab has found, in words and numbers for people."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from model.lab.frames import Counter, CountingFrame, DigitsFrame, Frame, SineFrame
from tui import units
from tui.sanitize import sanitize_line

LEAST = "the least"
"""Loss that there can be."""


class Finding(Struct, frozen=True):
    """A row of a table."""

    name: str
    values: tuple[str, ...]


class Findings(Struct, frozen=True):
    """A table, and the sentence that explains it."""

    heads: tuple[str, ...]
    """Of the values."""
    rows: tuple[Finding, ...]
    note: str


def findings(frame: Frame) -> Findings:
    """Return what is known at a frame."""
    match frame:
        case SineFrame():
            return _of_a_sine(frame)
        case CountingFrame():
            return _of_counting(frame)
        case DigitsFrame():
            return _of_digits(frame)
        case _:
            raise AssertionError("an experiment of an unknown kind")


def _of_a_sine(frame: SineFrame) -> Findings:
    rows = (
        Finding("the next value", (f"{frame.next_error:.4f}", f"{frame.repeat_error:.4f}")),
        Finding("the next 30", (f"{frame.free_error:.4f}", f"{frame.repeat_free_error:.4f}")),
    )
    note = (
        f"How far it is off after 30 samples, root mean square on {frame.windows} stretches that it has never seen; "
        "beside it, who repeats the last sample. The curve has all places, the first ones too, where little was read."
    )
    return Findings((frame.curves[0].name, "repeating"), rows, note)


def _of_counting(frame: CountingFrame) -> Findings:
    rows = [
        Finding(
            counter.name,
            (
                f"{counter.loss:.3f}",
                above(counter.loss, frame.floor),
                f"{counter.validation_loss:.3f}",
                told_up_to(counter),
            ),
        )
        for counter in frame.counters
    ]
    rows.append(Finding(LEAST, (f"{frame.floor:.3f}", "", f"{frame.validation_floor:.3f}", "")))
    note = (
        "Loss: nats per sequence. Chance decides how many a there are, which no network can foresee: so there is a "
        "least loss, and how far each is above it. Val: on sequences put aside. N to: up to how many it counts right."
    )
    return Findings(("loss", "above", "val", "n to"), tuple(rows), note)


def _of_digits(frame: DigitsFrame) -> Findings:
    tested = units.NOTHING if frame.test_accuracy is None else exact_percent(frame.test_accuracy)
    rows = (
        Finding("put aside", (exact_percent(frame.accuracy), f"{frame.measured:,}")),
        Finding("test", (tested, f"{frame.tested:,}")),
    )
    note = (
        f"How many it recognises of pictures that it does not learn from: some are put aside, those of the test are "
        f"asked about at the end. It learns from {frame.pictures:,} others ({sanitize_line(frame.data)})."
    )
    return Findings(("right", "of"), rows, note)


def above(loss: float, floor: float) -> str:
    """Return by how much a loss is above the least one there can be: `+0.4 %`."""
    return f"{100.0 * (loss / floor - 1.0):+.1f} %"


def exact_percent(share: float | None) -> str:
    """Return a share as `98.62 %`; all is `100 %`, and nothing else is."""
    if share is None:
        return units.NOTHING
    return "100 %" if share == 1.0 else f"{min(100.0 * share, 99.99):.2f} %"


def told_up_to(counter: Counter) -> str:
    """Return the n up to which a network counts right: with a plus where all that was asked for is."""
    n = counter.right_up_to
    return f"{n}+" if n == len(counter.right) else str(n)


def lines(found: Findings) -> list[str]:
    """Return the table in columns, without its sentence."""
    return columns([("", *found.heads), *((row.name, *row.values) for row in found.rows)])


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of words with the first of each at the left and all others at the right of their columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join([name.ljust(widths[0]), *(word.rjust(width) for word, width in zip(words, widths[1:], strict=True))])
        for name, *words in rows
    ]
