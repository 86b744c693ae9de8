"""`lstm-tui bench`: how fast this machine trains and writes."""

from __future__ import annotations

import argparse
import json
from collections.abc import Generator, Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from model.speed import READINGS, SIZES, TURNS, Speed, measure_speed
from model.threads import use_threads
from tui import units
from tui.commands.display import Display, finish_with
from tui.commands.errors import DONE

SECONDS = 20.0
QUICK_SECONDS = 0.5


def run(options: argparse.Namespace) -> int:
    """Measure and tell; the exit code."""
    use_threads(1)
    with Display() as display:
        speed = finish_with(
            measured(QUICK_SECONDS if options.quick else SECONDS),
            display,
            "measuring this machine",
            slices=len(SIZES) + TURNS * (1 + 2 * len(SIZES)),
        )
    if options.json:
        for line in facts(speed):
            print(json.dumps(line))
        return DONE
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(table(speed))
        console.print(Text(advice(speed)), soft_wrap=True)
    else:
        print("\n".join([*lines(speed), advice(speed)]))
    return DONE


def measured(seconds: float) -> Generator[None, None, Speed]:
    """Measure in pieces, and return what was found."""
    for found in measure_speed(seconds):
        if found is not None:
            return found
        yield None
    raise AssertionError("a measurement ends with its result")


def rows(speed: Speed) -> Iterator[tuple[str, str, str, str]]:
    """Size, training, share of the peak, writing: as people read them."""
    for training, sampling in zip(speed.training, speed.sampling, strict=True):
        yield (
            str(training.hidden_size),
            units.rate(training.chars_per_second),
            units.percent(training.share),
            f"{sampling.microseconds:.0f} µs",
        )


HEAD = ("cells", "training", "of the peak", "writing a character")


def table(speed: Speed) -> Table:
    """The rows for a terminal."""
    shown = Table(box=None, padding=(0, 3, 0, 0), header_style="dim")
    for number, name in enumerate(HEAD):
        shown.add_column(name, justify="right", style="bold yellow" if number == 0 else "")
    for row in rows(speed):
        shown.add_row(*row)
    return shown


def lines(speed: Speed) -> Iterator[str]:
    """The rows for a pipe, in columns."""
    for row in (HEAD, *rows(speed)):
        yield "   ".join(f"{cell:>{max(len(name), 8)}}" for cell, name in zip(row, HEAD, strict=True))


def advice(speed: Speed) -> str:
    """The peak, and which size to take."""
    H = speed.recommended
    return (
        f"One thread; large matrix products run at {speed.peak / 1e9:.0f} GFLOP/s. In a minute this machine learns "
        f"Shakespeare with --hidden-size {H}: at about {units.rate(speed.chars_per_second(H))} it reads him "
        f"{READINGS:g} times."
    )


def facts(speed: Speed) -> Iterator[dict[str, object]]:
    """The same for a script."""
    yield {"measure": "sgemm", "gflops": speed.peak / 1e9, "threads": 1}
    for training in speed.training:
        yield {
            "measure": "training",
            "hidden_size": training.hidden_size,
            "chars_per_second": training.chars_per_second,
            "share_of_peak": training.share,
        }
    for sampling in speed.sampling:
        yield {
            "measure": "sampling",
            "hidden_size": sampling.hidden_size,
            "microseconds_per_char": sampling.microseconds,
            "chars_per_second": 1e6 / sampling.microseconds,
        }
    yield {
        "measure": "recommendation",
        "hidden_size": speed.recommended,
        "chars_per_second": speed.chars_per_second(speed.recommended),
        "readings_in_a_minute": READINGS,
    }
