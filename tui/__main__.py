"""`lstm-tui`: finds out which command is meant, and runs it.

Textual, rich and numpy are imported by the command that needs them, once its words have been understood.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module


def main(words: Sequence[str] | None = None) -> int:
    """Run `lstm-tui` with `words`, by default those of the command line, and return its exit code."""
    try:
        # in here, so that ctrl+c while they are imported is no traceback
        from tui.commands.arguments import APP, COMMANDS
        from tui.commands.errors import guarded, say
        from tui.commands.options import misspelt_variables
    except KeyboardInterrupt:
        return 130
    if "_ARGCOMPLETE" in os.environ:  # a shell asks, and has set it
        from tui.commands.completion import complete

        complete()
    given = list(sys.argv[1:] if words is None else words)
    command = COMMANDS[given.pop(0)] if given and given[0] in COMMANDS else APP

    def work() -> int:
        options = command.parser().parse_intermixed_args(given)
        if command is APP:
            gc.disable()  # until all is there that stays to the end
        else:  # the app says so on its screen
            for sentence in misspelt_variables():
                say(sentence)
        try:
            code: int = import_module(command.module).run(options)
        finally:
            gc.enable()
        return code

    return guarded(work)


if __name__ == "__main__":
    sys.exit(main())
