"""How long a key takes to act on the screen, while it trains at full speed and writes.

The keys are `]` and `[`, in a pseudo-terminal. A key's time runs from the press until the bytes that paint the new
temperature have come out of the program; nothing is emulated meanwhile. Prints median and 95th percentile; ends with 1
where they miss the goals.

    uv run python benchmarks/ui_latency.py [--presses 200] [--text shakespeare]
"""

from __future__ import annotations

import argparse
import random
import shutil
import statistics
import sys
import tempfile
import time

from terminal import Terminal

MEDIAN, P95 = 30.0, 50.0
"""Goals in milliseconds, on two cores that nobody else uses."""
STEP = 0.05


def measure(terminal: Terminal, presses: int, rng: random.Random) -> list[float]:
    """Milliseconds from each press to the paint, in the order of the presses."""
    temperature, found = 0.8, []
    for press in range(presses):
        up = press % 8 < 4
        temperature = round(temperature + (STEP if up else -STEP), 2)
        # at any moment of a frame, as people press
        time.sleep(rng.uniform(0.1, 0.3))
        found.append(1000.0 * terminal.press_until("]" if up else "[", f"temperature {temperature:.2f}"))
    return found


def main() -> None:
    """Press, and print how long it took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--text", default="shakespeare", help="a corpus or a file")
    parser.add_argument("--threads", default="1", help="processes that train")
    options = parser.parse_args()
    program = shutil.which("lstm-tui")
    if program is None:
        sys.exit("ui_latency: lstm-tui is not installed here; run this with `uv run python ...`")
    with tempfile.TemporaryDirectory() as home:
        env = {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "STATE", "CACHE")}
        command = [program, options.text, "--threads", options.threads, "--temperature", "0.8"]
        with Terminal(command, env=env) as terminal:
            terminal.wait_for(r"train +\d\.\d+")
            terminal.wait_for(r"temperature 0\.80")
            terminal.looking = False
            time.sleep(2.0)
            found = measure(terminal, options.presses, random.Random(0))
            terminal.press("\x11")
            terminal.wait_for_end()
    median, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1]
    print(f"{len(found)} presses: median {median:.1f} ms (goal: {MEDIAN:g}), 95th percentile {p95:.1f} (goal: {P95:g})")
    print(f"least {min(found):.1f} ms, most {max(found):.1f}")
    sys.exit(0 if median <= MEDIAN and p95 <= P95 else 1)


if __name__ == "__main__":
    main()
