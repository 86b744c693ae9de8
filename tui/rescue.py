"""The copy of its run that an app keeps while it is open, and what becomes of those that nobody came back for.

Each app has a file of its own, so that several can be open at once, and a lock beside it, which the system lets go when
both the app and its engine are gone, however they went. A copy without one is of a run that was never said goodbye to.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TextIO

from model.run_names import SUFFIX

FOLDER = "open"
LOCK = ".lock"
PATIENCE, LOOK = 3.0, 0.02
"""Seconds to wait for an engine that still saves the run of an app that is gone, and between two looks."""


class Rescue:
    """Where one app keeps its copy.

    Attributes:
        path: Its file, which the engine writes.
        descriptor: Of the lock, for the engine to hold too; it is held until the process ends.
    """

    def __init__(self, shelf: Path) -> None:
        """Choose a file in a folder of the shelf, and lock it.

        Raises:
            OSError: If nothing can be written there.
        """
        folder = shelf / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{datetime.now():%Y-%m-%d-%H%M%S}-{os.getpid()}-{secrets.token_hex(4)}"
        self.path, self._lock_path = folder / (name + SUFFIX), folder / (name + LOCK)
        with _nobody_else_looks(folder):
            self.descriptor = os.open(self._lock_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with contextlib.suppress(OSError):  # not every file system can
                fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            with contextlib.suppress(OSError):  # a full disk has room for a name still
                os.write(self.descriptor, str(os.getpid()).encode())

    def discard(self) -> None:
        """Throw the copy away: the run is saved where it belongs."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
            self._lock_path.unlink(missing_ok=True)


def open_copies(shelf: Path) -> list[Path]:
    """The copies that there are, whether or not their apps are gone."""
    return list((shelf / FOLDER).glob(f"[!.]*{SUFFIX}"))


def left_copies(shelf: Path) -> Iterator[Path]:
    """Yield the copies that apps have left which are gone, the oldest first; meanwhile no other app finds them."""
    folder = shelf / FOLDER
    try:
        if not folder.is_dir():
            return
        with _nobody_else_looks(folder), contextlib.ExitStack() as stack:
            found: dict[Path, int] = {}
            for lock_path in folder.glob(f"[!.]*{LOCK}"):
                lock = stack.enter_context(lock_path.open("r+", encoding="ascii"))
                if _is_free(lock):
                    copy = lock_path.with_suffix(SUFFIX)
                    if copy.exists():
                        found[copy] = copy.stat().st_mtime_ns
                    else:
                        lock_path.unlink(missing_ok=True)
            for copy in open_copies(shelf):
                if not copy.with_suffix(LOCK).exists():
                    found[copy] = copy.stat().st_mtime_ns
            for copy in sorted(found, key=found.__getitem__):
                yield copy
                if not copy.exists():
                    copy.with_suffix(LOCK).unlink(missing_ok=True)
    except OSError:
        return  # they stay where they are


def _is_free(lock: TextIO) -> bool:
    """Whether nobody holds a lock; where an engine still does whose app is gone, it is about to end."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _lives(lock) or time.monotonic() > until:
                return False
            time.sleep(LOOK)
        except OSError:
            return not _lives(lock)  # where files cannot be locked
        else:
            return True


def _lives(lock: TextIO) -> bool:
    """Whether there is a process of the number that a lock says."""
    lock.seek(0)
    try:
        os.kill(int(lock.read()), 0)
    except (ProcessLookupError, ValueError):
        return False
    except OSError:  # it is another person's
        return True
    return True


@contextlib.contextmanager
def _nobody_else_looks(folder: Path) -> Iterator[None]:
    """While a lock is made or tried, no other app does that: it would find one that is not held yet."""
    with (folder / LOCK).open("w", encoding="ascii") as all_of_them:
        with contextlib.suppress(OSError):
            fcntl.flock(all_of_them, fcntl.LOCK_EX)
        yield
