"""How a command ends: its exit code, and one sentence on standard error where something went wrong."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Callable

DONE = 0
FAILED = 1
"""The work failed: a text or a network that cannot be used, a full disk."""
WRONG_USE = 2
"""The words of the command line do not go together."""
INTERRUPTED = 130


class UsageError(Exception):
    """Wrong use of the command line; the message says what came and what was wanted."""


class WorkError(Exception):
    """The work failed; the message says why."""


def guarded(work: Callable[[], int]) -> int:
    """Do `work` and return its exit code; bad input becomes a sentence, and a closed pipe is no news."""
    _give_what_is_closed_to_nobody()
    _replace_what_cannot_be_said()
    try:
        try:
            return work()
        except SystemExit as end:  # how argparse leaves after --help
            return end.code if isinstance(end.code, int) else DONE
        finally:
            # here, where a closed pipe is caught, and not when the interpreter ends
            sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
        return DONE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        say(_sentence(error))
        try:
            sys.stdout.flush()
        except OSError:  # a full disk, say
            _drop_output()
        return code


def _give_what_is_closed_to_nobody() -> None:
    """Have a standard output and error to write to, where whoever started this has closed them, as `>&-` does.

    Else there would be none, and the next file that is opened would get their place.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8", errors="replace"))  # noqa: SIM115, PTH123


def _replace_what_cannot_be_said() -> None:
    """Have an output that knows few characters show a question mark for others, and not end the work."""
    if isinstance(sys.stdout, io.TextIOWrapper) and sys.stdout.errors in ("strict", "surrogateescape"):
        sys.stdout.reconfigure(errors="replace")


def say(sentence: str) -> None:
    """Tell the person at the terminal."""
    # only here, since it takes rich with it
    from tui.sanitize import sanitize_line

    print(f"lstm-tui: {sanitize_line(sentence)}", file=sys.stderr, flush=True)


def _code(error: Exception) -> int | None:
    """The exit code for an error that can come from bad input; None for a slip of ours."""
    # an error is at hand, so these have been imported already or time does not matter
    from corpora.info import CorpusError
    from model.checkpoint import CheckpointError
    from model.config import SettingsError
    from model.session import EngineError

    if isinstance(error, (UsageError, SettingsError)):
        return WRONG_USE
    if isinstance(error, (WorkError, CorpusError, CheckpointError, EngineError, OSError, MemoryError)):
        return FAILED
    return None


def _sentence(error: Exception) -> str:
    if isinstance(error, MemoryError):
        return "there is not enough memory for this"
    if isinstance(error, OSError) and error.strerror:
        reason = error.strerror[0].lower() + error.strerror[1:]
        return f"{error.filename}: {reason}" if error.filename is not None else reason
    return str(error)


def _drop_output() -> None:
    """Give standard output to nobody, so that the interpreter does not fail in flushing it at its end."""
    with contextlib.suppress(OSError, ValueError):
        nobody = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nobody, sys.stdout.fileno())
        os.close(nobody)
