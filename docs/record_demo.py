"""Records the show that plays by itself: `docs/demo.cast` for a player, and stills in `docs/demo/` for a page.

    uv run python docs/record_demo.py [cast | stills]

`lstm-tui --demo` runs in a pseudo-terminal of 120x40 for one round. The stills are of another round, without a
terminal, each at the end of a sentence; `docs/demo.md` shows them in order. Both take two minutes, on a machine that
has nothing else to do.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import math
import os
import pty
import select
import shutil
import signal
import struct
import sys
import tempfile
import termios
import time
from pathlib import Path

from model.session import EngineSession
from tui.app import LSTMApp
from tui.demo import MOMENT, SHOW, Demo
from tui.opening import Opening
from tui.widgets.caption import Caption

from recording import Recording
from still import picture

HERE = Path(__file__).absolute().parent
WIDTH, HEIGHT = 120, 40
FPS = 6
"""Enough for the eye, and a small file."""
LEAVE = b"\x11"


def record() -> Recording:
    """Let the show play once in a terminal of its own, and return what it wrote."""
    recording = Recording(WIDTH, HEIGHT, "lstm-tui --demo")
    with tempfile.TemporaryDirectory() as home:
        child, terminal = pty.fork()
        if child == 0:
            os.chdir(home)
            folders = {f"XDG_{kind}_HOME": home for kind in ("CONFIG", "STATE", "CACHE")}
            colours = {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
            program = str(Path(sys.executable).parent / "lstm-tui")
            os.execve(program, ["lstm-tui", "--demo", "--fps", str(FPS)], {**os.environ, **folders, **colours})
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        os.kill(child, signal.SIGWINCH)
        begun, last = time.monotonic(), math.inf
        while written := read(terminal):
            seconds = time.monotonic() - begun
            if seconds > last:
                os.write(terminal, LEAVE)
                break
            recording.write(seconds, written)
            if SHOW[-1].caption.encode() in written:
                last = min(last, seconds + SHOW[-1].seconds - MOMENT)
        while read(terminal):
            pass
        os.waitpid(child, 0)
        os.close(terminal)
    return recording


def read(terminal: int) -> bytes:
    """Return what is written next; nothing once the program has left."""
    try:
        select.select([terminal], [], [], 30)
        return os.read(terminal, 65536)
    except OSError:  # Linux says so at the end
        return b""


async def stills(out: Path) -> None:
    """Let the show play once, and keep what is on the screen at the end of each sentence."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    numbers = {act.caption: number for number, act in enumerate(SHOW)}
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        session = EngineSession.start(folder / "engine.log")
        for command in Opening().commands():
            session.send(command)
        app = LSTMApp(session, config_dir=folder, state_dir=folder, cache_dir=folder, demo=True)

        async def sleep(seconds: float) -> None:
            """Wait, and keep a picture near the end; the last of a sentence stays."""
            await asyncio.sleep(seconds * 0.9)
            for shown in app.screen.query(Caption):
                still(out, numbers[str(shown.content)]).write_text(picture(app, folder), encoding="utf-8")
            await asyncio.sleep(seconds * 0.1)

        app.demo = Demo(app, sleep)
        async with app.run_test(size=(WIDTH, HEIGHT)):
            while not still(out, len(SHOW) - 1).exists():
                await asyncio.sleep(0.5)
            await app.action_quit()


def still(folder: Path, number: int) -> Path:
    """Where the picture of a sentence is kept."""
    return folder / f"{number + 1:02}.svg"


def page() -> str:
    """The page with all stills."""
    parts = [
        "# The show that plays by itself",
        "`lstm-tui --demo` plays two minutes of what the instrument can do, over and over, until a key or a click. "
        "This is a round of it, sentence by sentence, recorded by `uv run python docs/record_demo.py`.",
        "It can be watched as well: [asciinema](https://asciinema.org) plays it in a terminal of 120x40 or more with "
        "`asciinema play docs/demo.cast`.",
    ]
    for number, act in enumerate(SHOW):
        parts += [act.caption, f"![{act.caption}](demo/{still(HERE, number).name})"]
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Record the show that plays by itself.")
    parser.add_argument("what", nargs="?", choices=["cast", "stills"], help="one of the two; without, both")
    what = parser.parse_args().what
    if what != "stills":
        (HERE / "demo.cast").write_text("\n".join(record().lines()) + "\n", encoding="utf-8")
    if what != "cast":
        asyncio.run(stills(HERE / "demo"))
        (HERE / "demo.md").write_text(page(), encoding="utf-8")
