"""The losses of a run so far, in bounded memory."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import mul
from typing import NamedTuple

from model.curve import even_span, place
from model.protocol import LossPoint

MOST = 1e200
"""Higher losses are kept as this one, so that sums of them are numbers."""


class Span(NamedTuple):
    """The losses of some neighbouring steps."""

    mean: float
    lowest: float
    highest: float
    weight: int
    """How many losses these are of."""
    step: int
    """The last of the steps."""


class LossHistory:
    """Losses by step, merged evenly whenever there are too many, so that a chart of it costs the same for ever."""

    def __init__(self, most: int = 4000) -> None:
        self.most = most
        """Points that are kept at most."""
        self._steps: list[int] = []
        self._losses: list[float] = []
        self._counts: list[int] = []  # how many losses each point is the mean of

    def __len__(self) -> int:
        return len(self._steps)

    def __iter__(self) -> Iterator[LossPoint]:
        return map(LossPoint, self._steps, self._losses)

    def extend(self, points: Iterable[LossPoint]) -> None:
        """Add losses, in nats per character; what is not finite is left out.

        A step before the last means that training went back to earlier weights: what came after is forgotten.
        """
        for point in points:
            while self._steps and self._steps[-1] > point.step:
                del self._steps[-1], self._losses[-1], self._counts[-1]
            if math.isfinite(point.loss):
                self._steps.append(point.step)
                self._losses.append(min(point.loss, MOST))
                self._counts.append(1)
        if len(self._steps) > self.most:
            self._merge()

    def clear(self) -> None:
        """Forget all losses."""
        self._steps.clear()
        self._losses.clear()
        self._counts.clear()

    def columns(self, width: int) -> list[float]:
        """Return the mean loss of each of `width` equal spans of steps; a span without a loss repeats the last.

        Returns:
            `width` losses, or none where there are none.
        """
        if not self._steps or width < 1:
            return []
        sums, counts = [0.0] * width, [0] * width
        first, span = self._steps[0], self._steps[-1] - self._steps[0] + 1
        for step, loss, count in zip(self._steps, self._losses, self._counts, strict=True):
            column = (step - first) * width // span
            sums[column] += loss * count
            counts[column] += count
        columns = []
        latest = self._losses[0]
        for total, count in zip(sums, counts, strict=True):
            latest = total / count if count else latest
            columns.append(latest)
        return columns

    @property
    def ends(self) -> tuple[int, ...]:
        """The first step and the last; nothing where there is none."""
        return (self._steps[0], self._steps[-1]) if self._steps else ()

    def spans(self, first: int, last: int, width: int) -> list[Span | None]:
        """Return the losses from step `first` to step `last` in `width` equal spans; None where a span has none."""
        spans: list[Span | None] = [None] * width
        begin, end = bisect_left(self._steps, first), bisect_right(self._steps, last)
        per_step = width / (last - first + 1)
        column, total, count, lowest, highest, latest = -1, 0.0, 0, math.inf, -math.inf, first
        for step, loss, weight in zip(
            self._steps[begin:end], self._losses[begin:end], self._counts[begin:end], strict=True
        ):
            at = int((step - first) * per_step)
            if at != column:
                if count:
                    spans[column] = Span(total / count, lowest, highest, count, latest)
                column, total, count, lowest, highest = min(at, width - 1), 0.0, 0, loss, loss
            total += loss * weight
            count += weight
            latest = step
            if loss < lowest:
                lowest = loss
            elif loss > highest:
                highest = loss
        if count:
            spans[column] = Span(total / count, lowest, highest, count, latest)
        return spans

    def column_of(self, step: int, width: int) -> int:
        """Return which of `width` equal spans of steps holds `step`; there must be losses."""
        first, last = self._steps[0], self._steps[-1]
        return min(max(0, (step - first) * width // (last - first + 1)), width - 1)

    def _merge(self) -> None:
        """Put those of equal spans of steps together; half as many as may be, so that it seldom has to be done."""
        all_losses = zip(self._steps, self._losses, self._counts, strict=True)
        span = even_span(self._steps, self.most // 2)
        self._steps, self._losses, self._counts = [], [], []
        for _, some in groupby(all_losses, lambda point: place(point[0], span)):
            steps, losses, counts = zip(*some, strict=True)
            count = sum(counts)
            self._steps.append(steps[-1])
            self._losses.append(sum(map(mul, losses, counts)) / count)
            self._counts.append(count)
