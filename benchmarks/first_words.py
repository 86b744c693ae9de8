"""How long from the command to words: the installed `lstm-tui` in a pseudo-terminal, as a stranger starts it.

Prints the seconds from launch to the first painted frame, to the first loss, and to a validation loss under 2.1 nats
per character, over several runs, next to the first frame of a Textual app that shows one word. Both start with their
modules compiled, as from the second launch on: the first, which compiles them, is not counted.

    uv run python benchmarks/first_words.py [--runs 5] [--corpus shakespeare]
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time

from terminal import Terminal

GOALS = {"first frame": 1.0, "first loss": 2.0, "validation under 2.1": 12.0}
"""Seconds on two cores."""
MOST_RATIO = 1.5
"""Of the first frame against that of an app that does nothing."""

BARE_APP = """
from textual.app import App, ComposeResult
from textual.widgets import Static

class Bare(App[None]):
    def compose(self) -> ComposeResult:
        yield Static("hello")

Bare().run()
"""


def bare_first_frame(env: dict[str, str]) -> float:
    """Seconds to the first frame of a Textual app that does nothing."""
    with Terminal([sys.executable, "-c", BARE_APP], env=env) as terminal:
        return terminal.first("hello")


def launch(corpus: str, env: dict[str, str]) -> dict[str, float]:
    """Seconds to each thing worth waiting for, with the user's folders as on the first day."""
    program = shutil.which("lstm-tui")
    if program is None:
        sys.exit("first_words: lstm-tui is not installed here; run this with `uv run python ...`")
    with tempfile.TemporaryDirectory() as home:
        env = env | {f"XDG_{kind}_HOME": f"{home}/{kind}" for kind in ("CONFIG", "STATE", "CACHE")}
        with Terminal([program, corpus], env=env) as terminal:
            seconds = {"first frame": terminal.first("Corpora")}
            for event, pattern in (
                ("first loss", r"train +\d\.\d+"),
                ("validation under 2.1", r"validation +(2\.0\d|1\.\d+)"),
            ):
                terminal.wait_for(pattern, seconds=120.0)
                seconds[event] = time.perf_counter() - terminal.started
            terminal.press("\x11")
            terminal.wait_for_end()
        return seconds


def main() -> None:
    """Launch both apps in turn and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--corpus", default="shakespeare")
    options = parser.parse_args()
    bare: list[float] = []
    runs: list[dict[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        # wherever the environment says that nothing is to be compiled, or the packages' own folder cannot be written
        env = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": folder}
        bare_first_frame(env)
        launch(options.corpus, env)
        for run in range(options.runs):
            bare.append(bare_first_frame(env))
            runs.append(launch(options.corpus, env))
            print(f"run {run + 1}: bare {bare[-1]:.2f}  " + "  ".join(f"{k} {v:.2f}" for k, v in runs[-1].items()))
    print(f"{'':24}{'median':>8}{'least':>8}{'most':>8}   goal")
    print(f"{'a bare Textual app':24}{statistics.median(bare):8.2f}{min(bare):8.2f}{max(bare):8.2f}")
    for event, goal in GOALS.items():
        values = [seconds[event] for seconds in runs]
        print(f"{event:24}{statistics.median(values):8.2f}{min(values):8.2f}{max(values):8.2f}   under {goal:g} s")
    ratio = statistics.median(seconds["first frame"] for seconds in runs) / statistics.median(bare)
    print(f"first frame against the bare app: {ratio:.2f} x   at most {MOST_RATIO:g}")


if __name__ == "__main__":
    main()
