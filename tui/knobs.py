"""What a key press makes of the sampling settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model.config import SamplingSettings
from tui.widgets.sampling_panel import RATE_STOPS, TOP_K_STOPS, TOP_P_STOPS, nearest


def turn_top_k(sampling: SamplingSettings, direction: int) -> SamplingSettings:
    """Return `sampling` with the next smaller (-1) or larger (1) top-k; all characters come after the largest."""
    return replace(sampling, top_k=int(_next(TOP_K_STOPS, sampling.top_k, direction)))


def turn_top_p(sampling: SamplingSettings, direction: int) -> SamplingSettings:
    """Return `sampling` with the next smaller or larger top-p."""
    return replace(sampling, top_p=_next(TOP_P_STOPS, sampling.top_p, direction))


def turn_rate(sampling: SamplingSettings, direction: int) -> SamplingSettings:
    """Return `sampling` with the next slower or faster rate; the fastest is as fast as it goes."""
    return replace(sampling, rate=_next(RATE_STOPS, sampling.rate, direction))


def _next(stops: Sequence[float], value: float, direction: int) -> float:
    return stops[min(max(nearest(stops, value) + direction, 0), len(stops) - 1)]
