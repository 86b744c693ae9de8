"""How `--help` looks: groups in colour on a terminal, plain where it is piped."""

from __future__ import annotations

import argparse
from typing import NoReturn

from tui.commands.errors import UsageError


class Parser(argparse.ArgumentParser):
    """A parser that never leaves by itself over wrong words, and whose help one can learn from."""

    def __init__(self, prog: str, *, usage: str, description: str, examples: str) -> None:
        """Prepare a parser without options but for `--help`.

        Args:
            prog: `lstm-tui train`.
            usage: What follows `prog` in the first line of the help.
            description: The paragraphs above the options.
            examples: Command lines below the options, each under a sentence that begins with `#`.
        """
        super().__init__(
            prog=prog,
            usage=f"{prog} {usage}",
            description=description,
            epilog=f"Examples:\n{examples}",
            formatter_class=_formatter,
            allow_abbrev=False,
            add_help=False,
        )

    def error(self, message: str) -> NoReturn:
        """Say in one sentence what is wrong.

        Raises:
            UsageError: Always.
        """
        raise UsageError(f"{message}; `{self.prog} --help` explains")


def _formatter(prog: str) -> argparse.HelpFormatter:
    # imported when help is asked for, and not on the way to the app
    from rich_argparse import RawDescriptionRichHelpFormatter

    class Formatter(RawDescriptionRichHelpFormatter):
        styles = {  # noqa: RUF012 - as in the class above
            **RawDescriptionRichHelpFormatter.styles,
            "argparse.prog": "bold",
            "argparse.groups": "bold yellow",
            "argparse.args": "cyan",
            "argparse.metavar": "dim cyan",
            "argparse.syntax": "none",
            "argparse.text": "none",
            "argparse.help": "none",
            "comment": "dim",
        }
        highlights = [r"(?m)^ *(?P<comment>#.*)$", r"^(?P<groups>Examples:)$"]  # noqa: RUF012
        help_markup = text_markup = False
        group_name_formatter = str

    return Formatter(prog, max_help_position=26)
