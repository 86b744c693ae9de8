"""What is worth a word of praise: each simpler guesser that the network has learnt to beat, once."""

from __future__ import annotations

from msgspec.structs import replace

from model.protocol import RunUpdate
from tui.chronicle import beaten
from tui.units import LossUnit


class Praise:
    """Remembers what has been said of this run.

    Attributes:
        brought: The best loss that a run had when it was opened: what that beats is no news; None where it began here.
    """

    def __init__(self) -> None:
        self._said: set[str] = set()
        self.brought: float | None = None

    def of(self, update: RunUpdate, unit: LossUnit = LossUnit.NATS) -> str:
        """Return a sentence on the hardest of what is newly beaten, else nothing; losses are told in `unit`."""
        now = update.gauges
        if update.fresh:
            self._said, self.brought = set(), now.best_validation_loss
        self._said.update(beaten(replace(now, best_validation_loss=self.brought)))
        new = [words for words in beaten(now) if words not in self._said]
        self._said.update(new)
        return f"Validation {unit.told(now.best_validation_loss)}: better than {new[-1]}." if new else ""
