"""A long run made short: whether memory grows while an engine trains and writes.

    uv run python benchmarks/soak.py [TEXT] [--seconds S] [--hidden-size H]

Runs the engine in this process as the app does: it trains, writes as fast as it goes, and now and then the temperature
turns, training pauses and goes on, and the run is copied to disk. Every update is taken in at once and thrown away.
Prints the memory of the process at equal distances and at last its slope over the second half, in MB per 1000 steps.
Ends with 1 if that is more than 1 MB, more than chance makes of it, and more than 2 MB in all.
"""

from __future__ import annotations

import argparse
import gc
import math
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from msgspec.structs import replace
from threadpoolctl import threadpool_limits

from model import protocol
from model.config import NetworkSettings, SamplingSettings, TrainingSettings
from model.engine import Engine
from model.protocol import MAIN

LOOKS = 40
"""At the memory."""

GOAL = 1.0
"""MB per 1000 steps."""

UNREST = 2.0
"""MB by which allocators move without a reason of ours."""


@dataclass(frozen=True, slots=True)
class Look:
    """At the process."""

    step: int
    characters: int
    megabytes: float


class Soak:
    """An engine, and what came of it."""

    def __init__(self, text: str, hidden_size: int, rescue: Path) -> None:
        self.step = self.characters = self.number = 0
        self.diverged = False
        self.engine = Engine(self.take, rescue=rescue)
        self.sampling = SamplingSettings(rate=math.inf)
        network = NetworkSettings(hidden_size=hidden_size)
        self.engine.obey(protocol.LoadCorpus((text,), network, TrainingSettings(), train=True))
        self.engine.obey(protocol.SetSampling(self.sampling))
        self.engine.obey(protocol.StartSampling())

    def take(self, update: protocol.Update) -> None:
        """Take in an update as the app does, and keep nothing of it."""
        self.number = update.number
        for run in update.runs:
            self.step = run.gauges.step
            self.characters += sum(len(written.text) for written in run.written)
            for notice in run.notices:
                print(f"  {notice.text}", flush=True)

    def turn(self, turn: int) -> None:
        """Work a little."""
        self.engine.turn()
        self.engine.obey(protocol.Acknowledge(self.number))
        if turn % 50 == 0:
            self.sampling = replace(self.sampling, temperature=0.5 + turn // 50 % 10 / 10)
            self.engine.obey(protocol.SetSampling(self.sampling))
        if turn % 1000 == 500:
            self.engine.obey(protocol.Pause(MAIN))
        if turn % 1000 == 510:
            self.engine.obey(protocol.Train(MAIN))


def megabytes() -> float:
    """What the process holds now, or where the system does not tell, the most it has held."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return pages * resource.getpagesize() / 1e6
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / (1e6 if sys.platform == "darwin" else 1e3)


def slope(looks: list[Look]) -> tuple[float, float]:
    """MB per 1000 steps by least squares, and its standard error."""
    x = np.array([look.step for look in looks]) / 1000.0
    y = np.array([look.megabytes for look in looks])
    x = x - x.mean()
    rate = float((x * y).sum() / (x * x).sum())
    rest = y - y.mean() - rate * x
    return rate, float(np.sqrt((rest * rest).sum() / (len(x) - 2) / (x * x).sum()))


def main() -> int:
    """Run, look, and tell."""
    parser = argparse.ArgumentParser(description="Whether memory grows while an engine trains and writes.")
    parser.add_argument("text", nargs="?", default="shakespeare", help="a file, or a name of `lstm-tui corpora`")
    parser.add_argument("--seconds", type=float, default=300.0, help="how long (default: 300)")
    parser.add_argument("--hidden-size", type=int, default=128, help="H (default: 128)")
    options = parser.parse_args()
    looks: list[Look] = []
    with tempfile.TemporaryDirectory() as folder, threadpool_limits(1):
        soak = Soak(options.text, options.hidden_size, Path(folder, "run.safetensors"))
        begin, turn = time.monotonic(), 0
        print(" seconds     steps  characters       MB")
        while len(looks) < LOOKS:
            turn += 1
            soak.turn(turn)
            seconds = time.monotonic() - begin
            if seconds >= (len(looks) + 1) * options.seconds / LOOKS:
                gc.collect()
                looks.append(Look(soak.step, soak.characters, megabytes()))
                if len(looks) % (LOOKS // 8) == 0:
                    look = looks[-1]
                    print(f"{seconds:8.0f} {look.step:9,} {look.characters:11,} {look.megabytes:8.1f}", flush=True)
        soak.engine.stop(None)
    if looks[-1].step <= looks[LOOKS // 2].step:
        sys.exit("It did not train; what it said stands above.")
    rate, error = slope(looks[LOOKS // 2 :])
    print(f"\n{rate:+.3f} MB per 1000 steps, standard error {error:.3f}, over the second half; goal: below {GOAL:g}")
    grown = looks[-1].megabytes - looks[LOOKS // 2].megabytes
    return 1 if rate > max(GOAL, 3.0 * error) and grown > UNREST else 0


if __name__ == "__main__":
    sys.exit(main())
