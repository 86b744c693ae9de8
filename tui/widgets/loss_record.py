"""What the loss panel knows of a run: its losses, its validations, and what befell it."""

from __future__ import annotations

import math
from collections.abc import Iterable

from model.progress import Event
from model.protocol import LossPoint
from tui.widgets.loss_history import LossHistory

MOST_VALIDATIONS = 500
PASSED_BY = 0.02
"""Nats per character above the best validation from which on its time is over: less is the noise of training."""
PASSED_STEPS, PASSED_SHARE = 100, 1.2
"""So many steps, and so many times as many, must lie behind the best: it may come again soon."""
MOST_EVENTS = 300


class LossRecord:
    """Bounded memory of a run that may go on for days; the chart and the small landscape draw the same one.

    Attributes:
        losses: Of training.
        validations: Of the validation part.
        best: The lowest of these, which stays what it was when neighbours are merged.
        latest: The last of these, likewise.
        events: Oldest first.
    """

    def __init__(self) -> None:
        self.losses = LossHistory()
        self.validations = LossHistory(MOST_VALIDATIONS)
        self.best: LossPoint | None = None
        self.latest: LossPoint | None = None
        self.events: list[Event] = []

    def extend(
        self, losses: Iterable[LossPoint], validations: Iterable[LossPoint] = (), events: Iterable[Event] = ()
    ) -> None:
        """Go on; what is not finite is left out."""
        validations = [point for point in validations if math.isfinite(point.loss)]
        self.losses.extend(losses)
        self.validations.extend(validations)
        best = self.best
        for point in validations:
            if best is None or point.loss < best.loss:
                best = point
        self.best = best
        self.latest = validations[-1] if validations else self.latest
        self.events = [*self.events, *events][-MOST_EVENTS:]

    def clear(self) -> None:
        """Forget all of it."""
        self.losses.clear()
        self.validations.clear()
        self.best = self.latest = None
        self.events.clear()

    @property
    def best_passed(self) -> int | None:
        """The step of the best validation, where the loss has since gone up: it learns its text by heart."""
        best, latest = self.best, self.latest
        if best is None or latest is None or latest.loss <= best.loss + PASSED_BY:
            return None
        return best.step if latest.step >= PASSED_SHARE * best.step + PASSED_STEPS else None

    @property
    def span(self) -> tuple[int, int] | None:
        """The first and the last step that anything is known of; None before."""
        steps = [step for history in (self.losses, self.validations) for step in history.ends]
        return (min(steps), max(steps)) if steps else None
