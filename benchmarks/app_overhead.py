"""What the screen costs: training speed in the app, drawing and writing, against `lstm-tui train` without a screen.

Both train the default network on the same text with one engine thread, in turns; steps are counted over the same
wall time, validations included. Printed is the app's share of the headless speed.

    uv run python benchmarks/app_overhead.py [--seconds 20] [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from model.checkpoint import load_checkpoint

from terminal import Terminal

GOAL = 0.95


def headless(program: str, text: str, seconds: float) -> float:
    """Steps a second of `lstm-tui train`."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "network.safetensors"
        command = [program, "train", text, "--out", str(out), "--threads", "1", "--seconds", str(seconds), "--json"]
        lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    result = json.loads(lines[-1])
    return float(result["step"] / result["seconds"])


def on_screen(program: str, text: str, seconds: float) -> float:
    """Steps a second of the app at 15 frames a second, writing 60 characters a second."""
    with tempfile.TemporaryDirectory() as home:
        env = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "STATE", "CACHE")}
        command = [program, text, "--threads", "1", "--fps", "15"]
        with Terminal(command, env=env) as terminal:
            terminal.wait_for(r"train +\d\.\d+")
            first = int(terminal.wait_for(r"step +([\d,]+)")[1].replace(",", ""))
            begin = time.perf_counter()
            # the screen in here is far slower than a real one, and would be measured too
            terminal.looking = False
            time.sleep(seconds)
            terminal.press("\x11")
            end = time.perf_counter()
            terminal.wait_for_end()
        saved = load_checkpoint(Path(home) / "STATE" / "lstm-tui" / "runs" / "last.safetensors")
    return (saved.step - first) / (end - begin)


def main() -> None:
    """Measure both in turn and print the medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--text", default="shakespeare", help="a corpus or a file")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    program = shutil.which("lstm-tui")
    if program is None:
        sys.exit("app_overhead: lstm-tui is not installed here; run this with `uv run python ...`")
    shares = []
    for run in range(options.runs):
        without = headless(program, options.text, options.seconds)
        with_screen = on_screen(program, options.text, options.seconds)
        shares.append(with_screen / without)
        print(f"run {run + 1}: {without:.1f} steps/s without, {with_screen:.1f} with the screen: {shares[-1]:.3f}")
    print(f"the app keeps {statistics.median(shares):.3f} of the headless speed (goal: {GOAL:g} or more)")


if __name__ == "__main__":
    main()
