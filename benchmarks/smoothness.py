"""Does the sample stream evenly, and do commands act at once, while a large network trains?

For each size, an engine trains on a text while it writes 60 characters a second. Printed are the gaps between
characters and the time from sending a command to the update that shows it in force, in milliseconds.

    uv run python benchmarks/smoothness.py [--text shakespeare] [--seconds 20]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.protocol import LoadCorpus, SetSampling, StartSampling, Update
from model.session import EngineSession

SIZES = [(128, 32, 64, 1), (512, 64, 100, 1), (512, 64, 100, 2), (1024, 32, 100, 1)]
"""Hidden size, streams, steps, layers."""

RATE = 60.0
"""Characters a second."""

COMMAND_SECONDS = 0.25
"""Between two commands."""


def spread(label: str, seconds: Sequence[float]) -> str:
    """Median, 99th percentile and maximum in milliseconds."""
    ms = 1e3 * np.array(seconds)
    return f"{label}: median {np.median(ms):5.1f}  99 % {np.percentile(ms, 99):5.1f}  most {ms.max():5.1f} ms"


async def measure(text: str, size: tuple[int, int, int, int], seconds: float) -> None:
    """Train one size for `seconds` and print what was seen."""
    H, B, T, layers = size
    with tempfile.TemporaryDirectory() as folder:
        session = EngineSession.start(Path(folder) / "engine.log")
        session.send(LoadCorpus((text,), NetworkSettings(H, layers), TrainingSettings(T, B)))
        session.send(SetSampling(SamplingSettings(temperature=0.5, rate=RATE)))
        arrivals: list[float] = []
        delays: list[float] = []
        temperature, sent = 0.5, 0.0
        begin: float | None = None
        step_seconds: float | None = None
        try:
            async for update in session.updates(lambda: 1000.0):
                now = time.monotonic()
                if begin is None:
                    if any(run.gauges.step >= 1 for run in update.runs):
                        begin = now
                        session.send(StartSampling())
                    continue
                arrivals += [now] * characters(update)
                for run in update.runs:
                    step_seconds = run.gauges.step_seconds
                    if sent and run.gauges.sampling.temperature == temperature:
                        delays.append(now - sent)
                        sent = 0.0
                if not sent and now - begin > COMMAND_SECONDS * (len(delays) + 1):
                    temperature, sent = 1.5 - temperature, now
                    session.send(SetSampling(SamplingSettings(temperature=temperature, rate=RATE)))
                if now - begin > seconds:
                    break
        finally:
            await session.stop()
    gaps = [later - earlier for earlier, later in itertools.pairwise(arrivals)]
    print(f"H={H} B={B} T={T} layers={layers}, {1e3 * (step_seconds or 0):.0f} ms a step")
    print("   " + spread("between characters", gaps) + f"  (asked for: {1e3 / RATE:.1f})")
    print("   " + spread("command to effect ", delays))


def characters(update: Update) -> int:
    """How many characters an update brings."""
    return sum(len(written.text) for run in update.runs for written in run.written)


def main() -> None:
    """Measure all sizes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--text", default="shakespeare", help="a corpus or a file")
    parser.add_argument("--seconds", type=float, default=20.0, help="for each size")
    options = parser.parse_args()
    for size in SIZES:
        asyncio.run(measure(options.text, size, options.seconds))


if __name__ == "__main__":
    main()
