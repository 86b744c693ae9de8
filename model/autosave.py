"""Keeps a copy of the run on disk, so that no accident costs more than a minute of training."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from model.checkpoint import Checkpoint, save_checkpoint

AUTOSAVE_SECONDS = 60.0
"""Between two copies, while there is something new to keep."""

NO_MEMORY = "not enough memory"


class Autosave:
    """Writes checkpoints on a thread of its own, since a disk may take its time."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._next = clock() + AUTOSAVE_SECONDS
        self._thread: threading.Thread | None = None
        self._unwritten: Checkpoint | None = None
        self._trouble = self._told = ""

    @property
    def busy(self) -> bool:
        """Whether a copy is being written."""
        return self._thread is not None and self._thread.is_alive()

    def turn(self, take: Callable[[], Checkpoint | None]) -> None:
        """Write what `take` gives, if it is time; a copy that cannot be written is tried again a minute later."""
        if self._clock() < self._next or self.busy:
            return
        self._next = self._clock() + AUTOSAVE_SECONDS
        try:
            checkpoint = take() or self._unwritten
        except MemoryError:
            checkpoint, self._trouble = None, NO_MEMORY
        if checkpoint is not None:
            self._thread = threading.Thread(target=self._write, args=(checkpoint,), daemon=True)
            self._thread.start()

    def trouble(self) -> str:
        """Why copies cannot be written since they could be for the last time, said once; empty where all is well."""
        trouble, told, self._told = self._trouble, self._told, self._trouble
        return "" if trouble == told else trouble

    def finish(self) -> None:
        """Wait until nothing is being written."""
        if self._thread is not None:
            self._thread.join()

    def _write(self, checkpoint: Checkpoint) -> None:
        self._unwritten = checkpoint
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            save_checkpoint(checkpoint, self._path)
        except OSError as error:  # a full disk is no reason to stop training
            self._trouble = error.strerror or str(error)
        except MemoryError:
            self._trouble = NO_MEMORY
        else:
            self._unwritten, self._trouble = None, ""
