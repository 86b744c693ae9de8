"""An hour at the screen made short: whether the app's memory grows while it shows what is written and learnt.

    uv run python benchmarks/app_soak.py [--seconds S]

Runs the installed `lstm-tui` in a pseudo-terminal, which trains and writes as fast as it goes; now and then the
temperature turns, the ink changes and a panel gets the focus. The first third fills what is kept (200,000 written
characters, the losses); then prints the memory of app and engine at equal distances and their slopes, in MB per hour.
Ends with 1 if the app's grows by more than 5 % of itself over the rest. POSIX with /proc only.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from terminal import Terminal

LOOKS = 30
GOAL = 0.05
"""Of the memory, by which it may grow."""
KEYS = ("]", "[", "i", "5", "v", "[", "]", "v", "4", "g", "5")
"""Pressed one after the other, one between two looks."""


def megabytes(pid: int) -> float:
    """What a process holds now."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def engine_of(pid: int) -> int:
    """The app's engine, its first child."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()[0])


def per_hour(seconds: list[float], memory: list[float]) -> float:
    """The slope by least squares, MB per hour."""
    return float(np.polyfit(seconds, memory, 1)[0] * 3600.0)


def main() -> int:
    """Run, look, and tell."""
    parser = argparse.ArgumentParser(description="Whether the app's memory grows while it shows what is written.")
    parser.add_argument("--seconds", type=float, default=600.0, help="how long (default: 600)")
    options = parser.parse_args()
    program = shutil.which("lstm-tui")
    if program is None or not Path("/proc/self/statm").exists():
        sys.exit("app_soak: this needs an installed lstm-tui, and /proc")
    looks: list[tuple[float, float, float]] = []
    with tempfile.TemporaryDirectory() as home:
        env = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "STATE", "CACHE")}
        with Terminal([program], env=env) as terminal:
            terminal.wait_for("Corpora")
            time.sleep(2.0)
            terminal.press("+" * 16)  # as fast as it goes
            terminal.wait_for("full speed")
            terminal.looking = False
            app, engine = terminal.process.pid, engine_of(terminal.process.pid)
            print(" seconds     app MB  engine MB", flush=True)
            while len(looks) < LOOKS:
                time.sleep(options.seconds / LOOKS)
                terminal.press(KEYS[len(looks) % len(KEYS)])
                looks.append((time.perf_counter() - terminal.started, megabytes(app), megabytes(engine)))
                print(f"{looks[-1][0]:8.0f} {looks[-1][1]:10.1f} {looks[-1][2]:10.1f}", flush=True)
            terminal.press("\x11")
            terminal.wait_for_end()
    seconds, apps, engines = (list(column) for column in zip(*looks[LOOKS // 3 :], strict=True))
    print(f"\nper hour: app {per_hour(seconds, apps):+.1f} MB, engine {per_hour(seconds, engines):+.1f} MB")
    grown = np.median(apps[-5:]) / np.median(apps[:5]) - 1.0
    print(f"the app's memory over the last two thirds: {grown:+.1%}; goal: below {GOAL:.0%}")
    return 0 if grown < GOAL else 1


if __name__ == "__main__":
    sys.exit(main())
