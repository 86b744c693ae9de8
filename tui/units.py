"""Units for people: nats to bits, and short forms of numbers, rates and times.

Inside the program a loss is nats per character; other units exist only where a person reads them.
"""

from __future__ import annotations

import math
from enum import Enum

NOTHING = "\N{EN DASH}"
"""Shown where there is no value yet."""
MOST = 1e300
"""No loss is shown as more: with a little more it would no longer be a number."""


def bits(nats: float) -> float:
    """Return a loss in bits per character, given in nats per character."""
    return nats / math.log(2.0)


def perplexity(nats: float) -> float:
    """Return among how many equally likely characters the network hesitates, given nats per character."""
    return math.exp(nats) if nats < 700.0 else math.inf


def short(value: float, digits: int) -> str:
    """Return a number of 0 or more in at most five cells, `digits` after the point if they fit: `1.72`, `2.9e4`."""
    for places in range(digits, -1, -1):
        if len(text := f"{value:.{places}f}") <= (4 if places == 0 else 5):
            return text
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa}e{int(exponent)}" if value < 9.5e9 else f"{value:.0e}".replace("+", "")


def shown_loss(value: float, digits: int) -> str:
    """Return a loss as `short` does, but one that would be told as 0 and is not as `4e-4`."""
    if 1e-9 < value < 0.5 * 10.0**-digits:
        mantissa, _, exponent = f"{value:.0e}".partition("e-")
        return f"{mantissa}e-{int(exponent)}"
    return short(value, digits)


def loss(value: float | None) -> str:
    """Return a loss in at most five cells, with three digits after the point where there is room: `1.723`, `2.9e4`."""
    return NOTHING if value is None or not math.isfinite(value) else shown_loss(value, 3)


def loss_bits(nats: float | None) -> str:
    """Return a loss given in nats per character as bits per character: `2.49`, in at most five cells."""
    return NOTHING if nats is None or not math.isfinite(nats) else shown_loss(bits(nats), 2)


def characters(count: float | None) -> str:
    """Return a count in three digits: `812`, `98.4 k`, `1.19 M`."""
    if count is None or not math.isfinite(count):
        return NOTHING
    unit = ""
    for larger in (" k", " M", " G"):
        if abs(count) < 999.5:
            break
        count, unit = count / 1000.0, larger
    digits = 0 if not unit or abs(count) >= 99.95 else 1 if abs(count) >= 9.995 else 2
    return f"{count:.{digits}f}{unit}"


def whole(count: int | None) -> str:
    """Return a whole number with its thousands set apart: `12,204`."""
    return NOTHING if count is None else f"{count:,}"


def rate(per_second: float | None) -> str:
    """Return a rate: `60/s`, `98.4 k/s`."""
    return NOTHING if per_second is None or not math.isfinite(per_second) else f"{characters(per_second)}/s"


def duration(seconds: float | None) -> str:
    """Return a time as `0:07`, `1:05` or `2:03:04`."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    minutes, rest = divmod(max(0, int(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def roughly(seconds: float) -> str:
    """Return a time as `40 s`, `58 min` or `20 h`, which does not jump about while it is an estimate."""
    for unit, length in (("s", 1.0), ("min", 60.0)):
        if seconds < 100.0 * length:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 3600.0:.0f} h"


def percent(share: float | None) -> str:
    """Return a share in [0, 1] as `4 %`."""
    return NOTHING if share is None or not math.isfinite(share) else f"{100.0 * share:.0f} %"


class LossUnit(Enum):
    """What losses are shown in; given always in nats per character."""

    NATS = "nats"
    BITS = "bits"
    PERPLEXITY = "perplexity"

    @property
    def next(self) -> LossUnit:
        """The unit after this one, round and round."""
        units = list(LossUnit)
        return units[(units.index(self) + 1) % len(units)]

    def of(self, nats: float) -> float:
        """Return a loss in this unit; where that is beyond all numbers, `MOST`."""
        match self:
            case LossUnit.NATS:
                return min(nats, MOST)
            case LossUnit.BITS:
                return min(bits(nats), MOST)
            case LossUnit.PERPLEXITY:
                return min(perplexity(nats), MOST)

    def show(self, nats: float | None) -> str:
        """Return a loss in at most five cells."""
        return NOTHING if nats is None or not math.isfinite(nats) else shown_loss(self.of(nats), 3)

    def told(self, nats: float | None) -> str:
        """Return a loss with what it is, to stand by itself: `loss 1.723 nats`, `perplexity 5.601`."""
        return (
            f"perplexity {self.show(nats)}" if self is LossUnit.PERPLEXITY else f"loss {self.show(nats)} {self.value}"
        )

    def beside(self, nats: float | None) -> str:
        """Return the same loss in another unit, to stand beside it: `2.49 bits`."""
        return f"{loss_bits(nats)} bits" if self is LossUnit.NATS else f"{loss(nats)} nats"
