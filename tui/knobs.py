"""The knobs of sampling: where each can stand, and what a key press makes of it."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from model.config import SamplingSettings

Knob = Literal["temperature", "top_k", "top_p", "rate"]

TEMPERATURE_STEP = 0.05
HOTTEST = 5.0
"""The largest temperature that keys reach; the slider's line ends at 2."""

TOP_K_STOPS: tuple[float, ...] = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 100, 0)
"""What the slider of top-k offers; 0, all characters, comes last."""
TOP_P_STOPS: tuple[float, ...] = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99, 1.0)
RATE_STOPS: tuple[float, ...] = (2, 5, 10, 15, 20, 30, 45, 60, 90, 120, 200, 300, 500, 1000, 2000, math.inf)
"""Characters a second."""


def turned(sampling: SamplingSettings, knob: Knob, direction: int) -> SamplingSettings:
    """Return `sampling` with one knob a step lower (-1) or higher (1), within its stops."""
    match knob:
        case "temperature":
            return turn(sampling, direction * TEMPERATURE_STEP)
        case "top_k":
            return replace(sampling, top_k=int(_next(TOP_K_STOPS, sampling.top_k, direction)))
        case "top_p":
            return replace(sampling, top_p=_next(TOP_P_STOPS, sampling.top_p, direction))
        case "rate":
            return replace(sampling, rate=_next(RATE_STOPS, sampling.rate, direction))


def turn(sampling: SamplingSettings, by: float) -> SamplingSettings:
    """Return `sampling` with its temperature changed by `by`, on a grid of 0.05 and within 0 and 5."""
    temperature = round((sampling.temperature + by) / TEMPERATURE_STEP) * TEMPERATURE_STEP
    highest = max(HOTTEST, sampling.temperature)
    return replace(sampling, temperature=round(min(max(temperature, 0.0), highest), 2))


def nearest(stops: Sequence[float], value: float) -> int:
    """Return the index of the stop that is nearest to `value`."""
    if value in stops:
        return stops.index(value)
    return min(range(len(stops)), key=lambda index: abs(stops[index] - value))


def _next(stops: Sequence[float], value: float, direction: int) -> float:
    """The next stop, or the one before; at an end it stays."""
    if value in stops:
        place = stops.index(value) + direction
    else:  # it is between two; where 0 comes last it stands for all
        ordered = [stop or math.inf for stop in stops]
        place = bisect_left(ordered, value) - (direction < 0)
    return stops[min(max(place, 0), len(stops) - 1)]
