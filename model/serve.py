"""The engine's process: commands from standard input, updates to standard output, and a run that is saved at the end.

A second thread does nothing but wait for commands; all else happens on one.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import BinaryIO

from model import protocol, wire
from model.engine import Engine
from model.priority import Priority
from model.shelf import Shelf
from model.threads import use_threads


def listen(pipe: BinaryIO, inbox: SimpleQueue[protocol.Command | None]) -> None:
    """Put commands into `inbox` as they come; None when the app is gone."""
    try:
        while True:
            inbox.put(wire.receive(pipe))  # type: ignore[arg-type]
    except wire.WireClosed:
        inbox.put(None)


def serve(commands: BinaryIO, updates: BinaryIO, rescue: Path | None, shelf: Shelf | None, threads: int | None) -> None:
    """Run an engine until it is told to stop, or until the app is gone; then the run is saved to `rescue`."""
    inbox: SimpleQueue[protocol.Command | None] = SimpleQueue()
    threading.Thread(target=listen, args=(commands, inbox), daemon=True).start()
    engine = Engine(
        lambda update: wire.send(updates, update),
        rescue=rescue,
        shelf=shelf,
        threads=threads,
        background=Priority().step_back,
    )
    try:
        while not engine.stopped:
            wait = engine.patience
            try:
                command = inbox.get(timeout=wait) if wait else inbox.get_nowait()
                while command is not None:
                    engine.obey(command)
                    command = inbox.get_nowait()
                raise wire.WireClosed
            except Empty:
                if not engine.stopped:
                    engine.turn()
    except wire.WireClosed:
        engine.rescue()
    except BaseException:
        with suppress(Exception):  # what went wrong first is what the log is to have
            engine.rescue()
        raise


def main() -> None:
    """Serve the app at the other end of standard input and output; whatever prints goes to standard error."""
    parser = argparse.ArgumentParser(prog="model.serve", description=main.__doc__)
    parser.add_argument("--threads", type=int, help="processes that work out a training step; the quickest number")
    parser.add_argument("--rescue", type=Path, help="where the run is saved if the app dies")
    parser.add_argument("--shelf", type=Path, help="the folder of runs that were left behind")
    options = parser.parse_args()
    # the terminal's interrupt is for the app, which tells the engine to stop when it wants it to
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    commands, updates = os.fdopen(os.dup(sys.stdin.fileno()), "rb"), os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # whatever reads a text from standard input must not take commands for it
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), sys.stdin.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    use_threads(1)
    shelf = Shelf(options.shelf) if options.shelf is not None else None
    serve(commands, updates, options.rescue, shelf, options.threads)
    # the listening thread still waits for a command; an orderly shutdown of Python would wait for it
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
