"""The shelf of earlier runs: a folder of checkpoints, each with a summary beside it."""

from __future__ import annotations

import asyncio
import contextlib
import difflib
import fcntl
import itertools
import json
import os
import shutil
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

from msgspec import structs

from model.run_names import FEWEST_STEPS, LAST, SUFFIX, free_path, is_name, run_name
from tui.earlier_run import DAMAGE, EarlierRun, read_header
from tui.rescue import left_copies, open_copies
from tui.whole_file import whole_file

MOST = 20
"""Runs without a name of their own that are kept, the newest."""
MOST_BYTES = 4 * 1024**3
"""That all of these may take, the newest excepted."""
LONGEST_NAME = 60
LOCK = ".lock"
PATIENCE, LOOK = 30.0, 0.05
"""Seconds to wait for others who leave, and between two looks whether they have."""


_State = tuple[tuple[int, int, int] | None, ...]
"""Size and times of a run's file and of its summary; None for one that is not there."""


class RunNameError(ValueError):
    """A name that cannot be given, or that no run has; the message says why."""


class RunShelf:
    """Finds runs, names them and throws them away; one thread may look while others do that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._seen: dict[Path, tuple[_State, EarlierRun | None]] = {}  # what was read, and of which state of a file
        self._lock = threading.Lock()  # around what is read of a run and then written
        self._changing = threading.Lock()  # one change by the user at a time, and none while the oldest are thrown away

    @property
    def last(self) -> Path:
        """Where quitting saves the run."""
        return self.folder / (LAST + SUFFIX)

    def last_step(self) -> int | None:
        """Where the run stood that quitting saved; None where there is none that can be read."""
        try:
            return int(read_header(self.last)["step"])
        except (OSError, *DAMAGE):
            return None

    def last_saved(self) -> int | None:
        """When quitting saved a run, in nanoseconds; None where there is none."""
        try:
            return self.last.stat().st_mtime_ns
        except OSError:
            return None

    def worth_going_on(self) -> Path:
        """The run of the last quit; or the newest of the others, where that one had hardly begun.

        Where it cannot be read it is that one all the same: who opens it will say what is wrong.
        """
        step = self.last_step()
        if step is None or step >= FEWEST_STEPS:
            return self.last
        return next((run.path for run in self.runs() if run.path is not None), self.last)

    def runs(self) -> list[EarlierRun]:
        """All that are kept, the newest first; what is no checkpoint of ours is passed over."""
        try:
            paths = [path for path in self.folder.iterdir() if path.suffix == SUFFIX and path.stem != LAST]
        except OSError:
            return []
        found = [run for path in paths if (run := self._look(path)) is not None]
        return sorted(found, key=lambda run: run.of[1], reverse=True)

    def _look(self, path: Path) -> EarlierRun | None:
        """A run as it was seen last, where neither its file nor its summary has changed; else as they are now."""
        with self._lock:
            state = _state(path)
            known = self._seen.get(path)
            if known is not None and known[0] == state:
                return known[1]
            run = self._read(path)
            self._seen[path] = state, run  # as of before it was read: what changes meanwhile is read the next time
            return run

    def _read(self, path: Path) -> EarlierRun | None:
        """A run by its summary, which is made anew where it is missing or of an earlier state of the file."""
        before: EarlierRun | None = None
        try:
            stat = path.stat()
            with contextlib.suppress(OSError, *DAMAGE):
                before = EarlierRun.of_summary(path, json.loads(_beside(path).read_text(encoding="utf-8")))
            if before is not None and before.of == (stat.st_size, stat.st_mtime_ns):
                return before
            run = EarlierRun.of_checkpoint(path)
        except (OSError, *DAMAGE):
            return None
        if before is not None and before.named:
            run = structs.replace(run, name=before.name, named=True)
        with contextlib.suppress(OSError):  # it can be listed all the same
            _write(run)
        return run

    def find(self, name: str) -> EarlierRun:
        """The run of that name, or of the only name that begins so.

        Raises:
            RunNameError: If there is none, or several.
        """
        runs, wanted = self.runs(), name.casefold()
        for run in runs:
            if wanted in (run.name.casefold(), run.key.casefold()):
                return run
        near = [run for run in runs if run.name.casefold().startswith(wanted)]
        if len(near) == 1:
            return near[0]
        names = [run.name for run in runs]
        if near:
            raise RunNameError(f"{name}: several runs are called so: {', '.join(run.name for run in near[:5])}")
        close = difflib.get_close_matches(name, names, n=1)
        hint = f"did you mean {close[0]}?" if close else "`lstm-tui runs` lists what is kept"
        raise RunNameError(f"{name}: no such file, and no run of that name; {hint}")

    def farewell(self, before: int | None = None) -> str:
        """What to say to who leaves: what is kept, and how to go on with it; nothing where nothing was ever learnt.

        Args:
            before: What `last_saved` was before: where it still is, nothing was learnt this time.
        """
        step = self.last_step()
        if step is None:
            return ""
        nothing_new = before is not None and before == self.last_saved()
        if self.worth_going_on() == self.last:
            which = "last run" if nothing_new else "run"
            return (
                f"Your {which} is kept, at step {step:,}: `lstm-tui --resume` goes on with it, "
                "`lstm-tui runs` lists all."
            )
        if nothing_new:
            return "Your last runs are kept: `lstm-tui --resume` goes on with the newest, `lstm-tui runs` lists all."
        return f"Your run had hardly begun, at step {step:,}; `lstm-tui --resume` goes on with the one before."

    # ---------------------------------------------------------------------------- what comes and goes

    @contextlib.asynccontextmanager
    async def alone(self, patience: float = PATIENCE) -> AsyncIterator[None]:
        """Be the only one who leaves: the run of another app, that is quit now too, is saved in the same place.

        Where files cannot be locked, or the others take longer than `patience` seconds, it goes on all the same.
        """
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(OSError):
                lock = stack.enter_context((self.folder / LOCK).open("w"))
                until = time.monotonic() + patience
                while time.monotonic() < until:
                    try:
                        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                        break
                    except BlockingIOError:
                        await asyncio.sleep(LOOK)
            yield

    def recover(self) -> None:
        """Take in the copies of runs whose apps ended without a goodbye; the newest is the run to go on with.

        While another app leaves, which saves its run in the same place, they stay for the next time.
        """
        with self._nobody_leaves() as alone:
            if alone:
                for copy in left_copies(self.folder):
                    self._take_in(copy)
                self.adopt_last()

    def _take_in(self, copy: Path) -> None:
        with contextlib.suppress(OSError):  # it stays where it is
            last = self.last.stat().st_mtime_ns if self.last.exists() else None
            if last is None or (last < copy.stat().st_mtime_ns and self.adopt_last()):
                copy.replace(self.last)
            elif self._adopt(copy):
                copy.unlink()

    @contextlib.contextmanager
    def _nobody_leaves(self) -> Iterator[bool]:
        """Keep others from leaving meanwhile; whether that could be had. Where files cannot be locked it is taken."""
        with contextlib.ExitStack() as stack:
            alone = True
            try:
                lock = stack.enter_context((self.folder / LOCK).open("w"))
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                alone = False
            except OSError:
                pass
            yield alone

    def has(self, copy: Path) -> bool:
        """Whether nothing is lost with a copy: what it has that is worth it is among the others now."""
        return not copy.exists() or self._adopt(copy)

    def adopt_last(self) -> bool:
        """Keep the run of the last quit among the others, if it is worth it: its file is about to be another's.

        Returns:
            Whether nothing is lost with that file.
        """
        return self._adopt(self.last)

    def _adopt(self, file: Path) -> bool:
        """That costs no room: both names are of one file, as long as the file system can do that."""
        try:
            header, stat = read_header(file), file.stat()
            if int(header["step"]) < FEWEST_STEPS:
                return True
            name = header["progress"].get("kept_as")
            if isinstance(name, str) and is_name(name):
                path = self._place(name, header["progress"].get("token"))
                if path.exists() and int(read_header(path)["step"]) >= int(header["step"]):
                    return True
            else:
                name = run_name(EarlierRun.of_checkpoint(file).corpus, datetime.fromtimestamp(stat.st_mtime))
                path = self.folder / (name + SUFFIX)
                if path.exists():
                    if path.stat().st_mtime_ns == stat.st_mtime_ns:
                        return True
                    path = free_path(self.folder, name, SUFFIX)  # two were left in the same second
            _link(file, path)
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        except (OSError, *DAMAGE):
            return False  # there is none, or it stays where it is
        self._look(path)
        return True

    def _place(self, name: str, token: object) -> Path:
        """Where a run of this name is or may be: not where there is one that began in the same second elsewhere."""
        for number in itertools.count(1):
            path = self.folder / (name + (f"-{number}" if number > 1 else "") + SUFFIX)
            if not path.exists() or read_header(path)["progress"].get("token") == token:
                return path
        raise AssertionError("counting never ends")

    def prune(self) -> None:
        """Throw away the oldest of those without a name, beyond what is kept."""
        with self._changing:
            size = 0
            unnamed = [run for run in self.runs() if not run.named]
            for place, run in enumerate(unnamed):
                size += run.of[0]
                if place >= MOST or (place > 0 and size > MOST_BYTES):
                    with contextlib.suppress(OSError):
                        self._delete(run, self.last)

    def rename(self, run: EarlierRun, name: str) -> EarlierRun:
        """Give a run a name, by which it is kept for good.

        Raises:
            RunNameError: If it cannot be called so.
            OSError: If that cannot be written.
        """
        name = " ".join(name.split())
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            raise RunNameError(f"A name has 1 to {LONGEST_NAME} characters, all of which can be seen.")
        if os.sep in name or name.casefold() == LAST:
            raise RunNameError(f"{name}: that would be taken for a file.")
        renamed = structs.replace(run, name=name, named=True)
        with self._changing:
            for other in self.runs():
                if other.key != run.key and name.casefold() in (other.name.casefold(), other.key.casefold()):
                    raise RunNameError(f"Another run is called {name}.")
            with self._lock:
                _write(renamed)
        return renamed

    def delete(self, run: EarlierRun) -> None:
        """Throw a run away, and the copies of it that quitting made, and open apps.

        Raises:
            OSError: If that cannot be done.
        """
        with self._changing, self._nobody_leaves() as alone:
            # where someone leaves just now, another run is about to be the last
            self._delete(run, self.last if alone else None)

    def _delete(self, run: EarlierRun, last: Path | None) -> None:
        if run.path is None:
            return
        copies = open_copies(self.folder)
        for copy in copies if last is None else (last, *copies):
            with contextlib.suppress(OSError, *DAMAGE):
                if read_header(copy)["progress"].get("kept_as") == run.key or copy.samefile(run.path):
                    copy.unlink()
        with self._lock:
            run.path.unlink(missing_ok=True)
            _beside(run.path).unlink(missing_ok=True)
            self._seen.pop(run.path, None)


def _beside(path: Path) -> Path:
    """Where the summary of a run is."""
    return path.with_suffix(".json")


def _state(path: Path) -> _State:
    """How a run's file and its summary stand."""

    def of(file: Path) -> tuple[int, int, int] | None:
        try:
            stat = file.stat()
        except OSError:
            return None
        return stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns

    return of(path), of(_beside(path))


def _write(run: EarlierRun) -> None:
    assert run.path is not None
    with whole_file(_beside(run.path)) as file:
        file.write(json.dumps(run.summary(), indent=1).encode())


def _link(file: Path, path: Path) -> None:
    """Let `path` be the same file, in place of what it was; a copy, where there can be no second name."""
    scratch = path.with_name(f".{path.name}.part")
    scratch.unlink(missing_ok=True)
    try:
        scratch.hardlink_to(file)
    except OSError:
        shutil.copyfile(file, scratch)
    scratch.replace(path)
