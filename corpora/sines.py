"""Noisy sines: what a network is to see through, and to go on with by itself.

After the experiment in 2015xli's notebook: windows of a sine of frequency 1 at random phases, whose samples come with
uniform noise, and at each of them the clean value that comes next.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from msgspec import Struct

Floats = npt.NDArray[np.floating[Any]]

NOISE: Final = 0.05
"""Greatest error of a sample, either way; its standard deviation is NOISE / sqrt(3) = 0.029."""
STEPS: Final = 30
"""Samples of a window that are learnt from."""
WINDOWS: Final = 500
SPAN: Final = 5.0
"""Radians from the first of STEPS + 1 points to the last."""
FARTHEST: Final = 1000
"""Windows begin at whole numbers below this."""
TEST_SPAN, TEST_STEPS = 10.0, 60
"""A test is a stretch of so many radians and points, which stand a little farther apart than those learnt from."""


class Sines(Struct, frozen=True):
    """Stretches of a sine."""

    clean: Floats
    """(points, windows)."""
    noisy: Floats
    """The same with noise."""


def windows_to_learn(rng: np.random.Generator, count: int = WINDOWS) -> Sines:
    """Draw windows of STEPS + 1 points: the first over twice the span, all others over `SPAN` from a whole number."""
    starts = rng.integers(0, FARTHEST, count).astype(np.float64)
    starts[0] = 0.0
    spans = np.full(count, SPAN)
    spans[0] = 2.0 * SPAN
    return _stretches(rng, starts, spans, STEPS + 1)


def windows_to_test(rng: np.random.Generator, count: int) -> Sines:
    """Draw stretches of `TEST_STEPS` points from anywhere."""
    return _stretches(rng, rng.uniform(0.0, FARTHEST, count), np.full(count, TEST_SPAN), TEST_STEPS)


def _stretches(rng: np.random.Generator, starts: Floats, spans: Floats, points: int) -> Sines:
    clean = np.sin(starts + np.linspace(0.0, 1.0, points)[:, None] * spans)  # (points, windows)
    return Sines(clean, clean + rng.uniform(-NOISE, NOISE, clean.shape))
