"""Which losses the vertical axis spans."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tui.units import LossUnit
from tui.widgets.loss_axis import Scale, rounded
from tui.widgets.loss_baselines import Baseline

SHOWN_SHARE = 0.96
"""Share of what is drawn that lies within the scale: the first steps fall so far that the rest would look flat."""
NEAR = 0.3
"""What lies beyond the scale by less than this share of it is taken in: the next baseline, or all of the curve."""
LEAST_SPAN = 0.3
"""Nats that the scale spans at least: less is noise, and shall look like it."""
HEADROOM = 0.04
"""Share of the span that is left free on either side."""


def loss_scale(
    curve: Sequence[float],
    validations: Sequence[float],
    baselines: Sequence[Baseline],
    *,
    unit: LossUnit,
    log: bool,
) -> Scale:
    """Return the vertical axis.

    Args:
        curve: Losses of the curve, nats per character.
        validations: Those of validation, oldest first; the latest is always on the scale.
        baselines: The nearest above and the nearest below are taken in where they are near.
        unit: What the axis is in.
        log: Whether it is logarithmic; nothing is cut off then, since that is what such an axis is for.
    """
    ordered = sorted([*curve, *validations])
    if not ordered:
        return rounded(0.0, 1.0, log=log)
    lowest, highest = ordered[0], max([ordered[math.ceil(SHOWN_SHARE * (len(ordered) - 1))], *validations[-1:]])
    if log:
        highest = ordered[-1]
    near = NEAR * max(highest - lowest, LEAST_SPAN)
    marks = [one.nats for one in baselines]
    above = [nats for nats in (*marks, ordered[-1]) if highest <= nats <= highest + near]
    below = max((nats for nats in marks if lowest - near <= nats < lowest), default=lowest)
    lowest, highest = min(lowest, below), max([highest, *above])
    missing = max(0.0, LEAST_SPAN - (highest - lowest)) / 2
    free = HEADROOM * (highest - lowest)
    low = max(0.0, lowest - max(missing, free))
    high = max(highest + max(missing, free), low + LEAST_SPAN)
    return rounded(unit.of(low), unit.of(high), log=log)
