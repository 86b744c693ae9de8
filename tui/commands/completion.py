"""`lstm-tui completion`: what the shell completes, by argcomplete, in bash, zsh and fish."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator

import argcomplete
from argcomplete.completers import FilesCompleter
from argcomplete.shell_integration import shellcode

from corpora.catalogue import BY_NAME
from model.config import CELLS, INITIALISATIONS, OPTIMIZERS, SCHEDULES
from model.presets import NAMED
from tui.commands.arguments import APP, COMMANDS
from tui.commands.errors import DONE
from tui.commands.options import ENCODING, INKS, TREATMENTS
from tui.run_shelf import RunShelf
from tui.settings import paths

KNOWN: dict[str, tuple[str, ...]] = {
    "cell": CELLS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "initialisation": INITIALISATIONS,
    "preset": tuple(NAMED),
    "ink": INKS,
    "treat": TREATMENTS,
    ENCODING.name: ("utf-8", "latin-1"),
}
"""What a flag's value can be, by the name of its setting."""


def run(options: argparse.Namespace) -> int:
    """Print what the shell has to be told; the exit code."""
    print(shellcode(["lstm-tui"], shell=options.shell))
    return DONE


def complete() -> None:
    """Answer a shell that asks for completions, and end the process."""
    line = os.environ.get("COMP_LINE", "")[: int(os.environ.get("COMP_POINT", "0"))]
    word = next(iter(line.split()[1:]), "")
    command = None
    if word in COMMANDS and not line.endswith(word):
        # the command's name belongs to the program's from here on
        os.environ["_ARGCOMPLETE"], command = "2", word
    parser = COMMANDS[command].parser() if command else APP.parser()
    for action in parser._actions:
        names = tuple(candidates(action.dest, command))
        if names:
            action.completer = Names(names, files=action.dest in ("text", "resume"))  # type: ignore[attr-defined]
    argcomplete.autocomplete(parser, always_complete_options="long")


def candidates(setting: str, command: str | None) -> Iterator[str]:
    """What can stand for a setting, or for what a command is about."""
    yield from KNOWN.get(setting, ())
    if setting == "text":
        yield from BY_NAME
        if command is None:
            yield from COMMANDS
    elif setting == "resume":
        yield from (run.name for run in RunShelf(paths().last_run.parent).runs())
    elif setting == "names":
        yield from NAMED if command == "presets" else BY_NAME


class Names:
    """Completes names, and with `files` those of files and folders too."""

    def __init__(self, names: tuple[str, ...], *, files: bool) -> None:
        self._names, self._files = names, FilesCompleter() if files else None

    def __call__(self, prefix: str, **_: object) -> list[str]:
        """Return what `prefix` may be the beginning of."""
        names = [name for name in self._names if name.startswith(prefix)]
        return names + (self._files(prefix) if self._files else [])
