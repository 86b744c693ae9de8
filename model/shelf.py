"""Where runs are kept that were left behind, a file each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from model.checkpoint import Checkpoint, save_checkpoint
from model.run_names import SUFFIX, run_name


class Shelf:
    """Names runs, and writes them on a thread of its own, one after the other, since a disk may take its time.

    Attributes:
        folder: Where the files are.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = datetime.now) -> None:
        self.folder, self._now = folder, now
        self._given: set[str] = set()
        self._thread: threading.Thread | None = None
        self._troubles: SimpleQueue[str] = SimpleQueue()

    def name(self, corpus: str) -> str:
        """Return a name that no other run has, for one on `corpus` that has just begun."""
        first = name = run_name(corpus, self._now())
        number = 1
        while name in self._given or (self.folder / (name + SUFFIX)).exists():
            number += 1
            name = f"{first}-{number}"
        self._given.add(name)
        return name

    def keep(self, name: str, checkpoint: Checkpoint) -> None:
        """Write a run under its name, in place of what it was before; returns at once."""
        path, before = self.folder / (name + SUFFIX), self._thread
        self._thread = threading.Thread(target=self._write, args=(path, checkpoint, before), daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._thread is not None and self._thread.is_alive()

    def finish(self) -> None:
        """Wait until all is written."""
        if self._thread is not None:
            self._thread.join()

    def _write(self, path: Path, checkpoint: Checkpoint, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            save_checkpoint(checkpoint, path)
        except OSError as error:  # a full disk is no reason to stop what goes on
            self._troubles.put(f"could not keep {path.stem} among the earlier runs: {error.strerror or error}")

    def troubles(self) -> Iterator[str]:
        """What could not be written since the last call, a sentence each."""
        while not self._troubles.empty():
            yield self._troubles.get()
