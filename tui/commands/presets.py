"""`lstm-tui presets`: whole recipes by name, what each sets and where it comes from."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator

from msgspec.structs import asdict
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from model.presets import PRESETS, Preset, describe
from tui.commands.asked import preset_named
from tui.commands.errors import DONE


def run(options: argparse.Namespace) -> int:
    """Tell of the presets; the exit code."""
    presets = [preset_named(name) for name in options.names] or list(PRESETS.values())
    if options.json:
        for preset in presets:
            print(json.dumps(facts(preset)))
        return DONE
    console = Console(highlight=False)
    if not console.is_terminal:
        print("\n\n".join("\n".join(lines(preset)) for preset in presets))
        return DONE
    for number, preset in enumerate(presets):
        if number:
            console.print()
        name, summary, *others = lines(preset)
        console.print(Text(name, style="bold yellow"))
        console.print(Padding(Text(summary.strip()), (0, 0, 0, 2)))
        for line in others:
            console.print(Padding(Text(line.strip(), style="dim"), (0, 0, 0, 2)))
    return DONE


def lines(preset: Preset) -> Iterator[str]:
    """Name, summary, what it sets, source."""
    yield preset.name
    said = preset.summary, ", ".join(f"{name} {value}" for name, value in describe(preset)), preset.source
    yield from (f"  {line}" for line in said if line)


def facts(preset: Preset) -> dict[str, object]:
    """All of it, for a script."""
    return {
        "name": preset.name,
        "summary": preset.summary,
        "source": preset.source,
        "network": asdict(preset.network),
        "training": asdict(preset.training),
        "sampling": asdict(preset.sampling),
        "treatments": sorted(treatment.value for treatment in preset.treatments),
    }
