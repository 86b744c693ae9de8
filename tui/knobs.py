"""What a key press makes of the sampling settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from model.config import SamplingSettings
from tui.widgets.sampling_panel import (
    RATE_STOPS,
    TEMPERATURE_STEP,
    TOP_K_STOPS,
    TOP_P_STOPS,
    nearest,
    turn,
)

Knob = Literal["temperature", "top_k", "top_p", "rate"]


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


def _next(stops: Sequence[float], value: float, direction: int) -> float:
    return stops[min(max(nearest(stops, value) + direction, 0), len(stops) - 1)]
