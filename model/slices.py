"""Long work cut into slices, so that its caller can do something else between two of them.

A training step of a large network takes the better part of a second. Written as a generator that yields every few
milliseconds, it can be put aside at each yield to write a character or to obey a command, on one thread and with the
same result to the last bit.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TypeVar

Result = TypeVar("Result")

Slices = Generator[None, None, Result]
"""Work that yields between slices and returns its result at the end."""

SLICE_FLOPS = 2.5e8
"""Arithmetic of one slice: a few milliseconds on one core of 2020 or later."""


def finish(work: Generator[object, None, Result]) -> Result:
    """Run sliced work to its end without a pause."""
    while True:
        try:
            next(work)
        except StopIteration as stop:
            result: Result = stop.value
            return result


def blocks(count: int, flops_each: float) -> Iterator[slice]:
    """Cut `range(count)` into runs that cost about one slice each, at least one item long."""
    return pieces(slice(0, count), int(SLICE_FLOPS / max(flops_each, 1.0)))


def pieces(block: slice, most: int) -> Iterator[slice]:
    """Cut a run of items into runs of at most `most`, at least one."""
    size = max(1, most)
    for start in range(block.start, block.stop, size):
        yield slice(start, min(start + size, block.stop))
