"""`lstm-tui corpora`: the catalogue, as a table, as plain lines, or as JSON."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from corpora.entry import Entry
from corpora.info import CorpusError, CorpusInfo
from corpora.library import CATALOGUE, describe
from tui import units
from tui.commands.display import Display
from tui.commands.errors import DONE
from tui.sanitize import sanitize, sanitize_line
from tui.settings import paths

Described = tuple[Entry, CorpusInfo | None]
"""A line of the catalogue, and its facts if it is on this machine."""


def run(options: argparse.Namespace) -> int:
    """List the catalogue, or tell all about what is named; the exit code."""
    entries = _named(options.names) if options.names else CATALOGUE
    described = list(_described(entries))
    if options.json:
        for entry, info in described:
            print(json.dumps(_facts(entry, info)))
        return DONE
    console = Console(highlight=False)
    if options.names:
        for entry, info in described:
            _tell(console, entry, info)
    elif console.is_terminal:
        console.print(_table(described))
    else:
        print("\n".join(_lines(described)))
    return DONE


def _named(names: Sequence[str]) -> list[Entry]:
    by_name = {entry.name: entry for entry in CATALOGUE}
    for name in names:
        if name not in by_name:
            describe(name, None)  # raises, and knows which names are near
    return [by_name[name] for name in names]


def _described(entries: Sequence[Entry]) -> Iterator[Described]:
    """Find out the facts, which the first time means reading the texts."""
    cache = paths().cache
    with Display() as display:
        display.begin(patience=0.3)
        for number, entry in enumerate(entries):
            display.show(f"reading {entry.name}", str, number / len(entries))
            try:
                yield entry, describe(entry.name, cache) if entry.available() else None
            except CorpusError as error:
                display.say(str(error))
                yield entry, None


def _facts(entry: Entry, info: CorpusInfo | None) -> dict[str, object]:
    return {
        "name": entry.name,
        "summary": entry.summary,
        "origin": entry.origin,
        "licence": entry.licence,
        "available": info is not None,
        "install": None if info is not None else entry.install,
        "characters": info.characters if info else None,
        "symbols": info.symbols if info else None,
        "entropy_floor": info.entropy_floor if info else None,
        "sha256": info.sha256 if info else None,
        "preview": info.preview if info else None,
    }


def _table(described: Sequence[Described]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("name", no_wrap=True)
    table.add_column("characters", justify="right", no_wrap=True)
    table.add_column("symbols", justify="right", no_wrap=True)
    table.add_column("floor", justify="right", no_wrap=True)
    table.add_column("what it is")
    table.add_column("licence")
    for entry, info in described:
        what = Text(sanitize_line(entry.summary))
        if info is None:
            what.append(f"\n{sanitize_line(entry.install or 'not on this machine')}", style="italic")
        table.add_row(
            Text(entry.name, style="bold yellow" if info else ""),
            Text(units.characters(info.characters) if info else units.NOTHING),
            Text(units.whole(info.symbols) if info else units.NOTHING),
            Text(units.loss(info.entropy_floor) if info and info.entropy_floor else ""),
            what,
            Text(sanitize_line(entry.licence), style="dim"),
            style="" if info else "dim",
        )
    return table


def _lines(described: Sequence[Described]) -> Iterator[str]:
    """One line a corpus, in columns."""
    width = max(len(entry.name) for entry, _ in described)
    for entry, info in described:
        counts = f"{info.characters:>12,} {info.symbols:>6,}" if info else f"{'missing':>12} {'':6}"
        what = entry.summary if info else entry.install or entry.summary
        yield f"{entry.name:<{width}} {counts}  {what}"


def _tell(console: Console, entry: Entry, info: CorpusInfo | None) -> None:
    """Print all that is known of a corpus, and how it begins."""
    rows = [("what it is", entry.summary), ("origin", entry.origin), ("licence", entry.licence)]
    if info is None:
        rows.append(("missing", entry.install or "not on this machine"))
    else:
        rows += [("characters", units.whole(info.characters)), ("symbols", units.whole(info.symbols))]
        if info.entropy_floor is not None:
            floor = info.entropy_floor
            rows.append(("floor", f"{floor:.4f} nats a character, {units.bits(floor):.4f} bits: nothing can do better"))
        rows.append(("sha256", info.sha256))
    console.print(Text(entry.name, style="bold yellow"))
    for name, value in rows:
        console.print(Text.assemble("  ", (f"{name:<12}", "dim"), sanitize_line(value)), soft_wrap=True)
    console.print()
    if info is not None:
        for line in sanitize(info.preview).split("\n"):
            console.print(Text(f"  {line}", style="italic"), soft_wrap=True)
        console.print()
