"""`lstm-tui runs`: the earlier runs, as a table, as plain lines, or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from tui import units
from tui.commands.errors import DONE, say
from tui.earlier_run import EarlierRun
from tui.run_shelf import RunShelf
from tui.sanitize import sanitize_line
from tui.settings import paths
from tui.since import since
from tui.widgets.trend import trend

NOTHING = "no earlier run is kept yet; each that the app is left with will be, from 100 steps on"
TREND_CELLS = 16


def run(options: argparse.Namespace) -> int:
    """List the runs; the exit code."""
    shelf = RunShelf(paths().last_run.parent)
    shelf.recover()
    kept = shelf.runs()
    runs = [each for each in kept if each.matches(" ".join(options.words))]
    if options.json:
        for each in runs:
            print(json.dumps(facts(each)))
        return DONE
    if not runs:
        say(NOTHING if not kept else f"none of the {len(kept)} runs has these words")
        return DONE
    console = Console(highlight=False)
    now = datetime.now()
    if console.is_terminal:
        console.print(table(runs, now))
    else:
        print("\n".join(lines(runs, now)))
    return DONE


def facts(run: EarlierRun) -> dict[str, object]:
    """All of it, for a script."""
    told = run.summary()
    del told["of"]
    return {**told, "file": str(run.path)}


def table(runs: Sequence[EarlierRun], now: datetime) -> Table:
    """A row for each."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("name", no_wrap=True)
    table.add_column("text", overflow="ellipsis", no_wrap=True)
    table.add_column("network", no_wrap=True)
    table.add_column("steps", justify="right", no_wrap=True)
    table.add_column("loss", justify="right", no_wrap=True)
    table.add_column("trained", justify="right", no_wrap=True)
    table.add_column("saved", no_wrap=True)
    table.add_column("", no_wrap=True)
    for run in runs:
        name, text, network, steps, loss, trained, saved = cells(run, now)
        table.add_row(
            Text(name, style="bold yellow" if run.named else "yellow"),
            Text(text),
            Text(network),
            Text(steps),
            Text(loss, style="bold"),
            Text(trained),
            Text(saved, style="dim"),
            Text(trend(run.curve, TREND_CELLS), style="cyan"),
        )
    return table


def lines(runs: Sequence[EarlierRun], now: datetime) -> Iterator[str]:
    """One line a run, in columns."""
    rows = [cells(run, now) for run in runs]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, text, network, steps, loss, trained, saved in rows:
        front = f"{name:<{widths[0]}}  {text:<{widths[1]}}  {network:<{widths[2]}}"
        yield f"{front}  {steps:>9}  {loss:>5}  {trained:>8}  {saved}"


def cells(run: EarlierRun, now: datetime) -> tuple[str, ...]:
    """Name, text, network, steps, loss, time of training, and how long ago it was saved."""
    return (
        sanitize_line(run.name),
        sanitize_line(run.corpus) or units.NOTHING,
        sanitize_line(run.network),
        units.whole(run.step),
        units.loss(run.loss),
        units.duration(run.seconds),
        since(run.when, now),
    )
