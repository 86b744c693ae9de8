"""What a loss is measured against, by name: chance, letters, pairs of letters, compressors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from model.protocol import Gauges

APART = 0.1
"""Nats between two compressors from which on both are worth a line."""
REACHED = 0.02
"""Nats above the floor that count as having reached it: it cannot be beaten."""
FLOOR = "floor"


class Baseline(NamedTuple):
    """A mark on the scale of losses."""

    name: str
    nats: float
    """Per character."""


def baselines_of(gauges: Gauges) -> tuple[Baseline, ...]:
    """Return the baselines of the text, the easiest first; chance alone before the others have been worked out."""
    known = gauges.baselines
    if known is None:
        found = [Baseline("chance", math.log(len(gauges.vocabulary)))] if gauges.vocabulary else []
    else:
        found = [
            Baseline("chance", known.uniform),
            Baseline("unigrams", known.unigram),
            Baseline("bigrams", known.bigram),
        ]
        if known.xz is not None:
            found.append(Baseline("xz", known.xz * math.log(2.0)))
        if known.xz is not None and known.bz2 is not None and abs(known.bz2 - known.xz) * math.log(2.0) >= APART:
            found.append(Baseline("bz2", known.bz2 * math.log(2.0)))
        if known.floor is not None:
            found.append(Baseline(FLOOR, known.floor))
    found = [one for one in found if math.isfinite(one.nats)]
    return tuple(sorted(found, key=lambda one: one.nats, reverse=True))


def verdict(loss: float | None, baselines: Sequence[Baseline]) -> str:
    """Return what a loss in nats per character is worth, in words: `better than bigrams`; "" where nobody can say."""
    if loss is None or not math.isfinite(loss) or not baselines:
        return ""
    if at_floor(loss, baselines):
        return "at the floor: no model does better"
    beaten = [one for one in baselines if loss < one.nats]
    if not beaten:
        return "no better than chance"
    return f"better than {min(beaten, key=lambda one: one.nats).name}"


def at_floor(loss: float, baselines: Sequence[Baseline]) -> bool:
    """Tell whether a loss is as good as the floor."""
    return any(one.name == FLOOR and loss < one.nats + REACHED for one in baselines)


def ahead(loss: float | None, baselines: Sequence[Baseline]) -> Baseline | None:
    """Return the baseline that is to be beaten next; None where there is none."""
    if loss is None or not math.isfinite(loss) or at_floor(loss, baselines):
        return None
    return max((one for one in baselines if one.nats <= loss), key=lambda one: one.nats, default=None)
