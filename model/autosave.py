"""Keeps a copy of the run on disk, so that no accident costs more than a minute of training."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from model.checkpoint import Checkpoint, save_checkpoint

AUTOSAVE_SECONDS = 60.0
"""Between two copies, while there is something new to keep."""


class Autosave:
    """Writes checkpoints on a thread of its own, since a disk may take its time."""

    def __init__(self, path: Path, clock: Callable[[], float]) -> None:
        self._path, self._clock = path, clock
        self._next = clock() + AUTOSAVE_SECONDS
        self._thread: threading.Thread | None = None
        self._unwritten: Checkpoint | None = None

    @property
    def busy(self) -> bool:
        """Whether a copy is being written."""
        return self._thread is not None and self._thread.is_alive()

    def turn(self, take: Callable[[], Checkpoint | None]) -> None:
        """Write what `take` gives, if it is time; a copy that cannot be written is tried again a minute later."""
        if self._clock() < self._next or self.busy:
            return
        self._next = self._clock() + AUTOSAVE_SECONDS
        checkpoint = take() or self._unwritten
        if checkpoint is not None:
            self._thread = threading.Thread(target=self._write, args=(checkpoint,), daemon=True)
            self._thread.start()

    def finish(self) -> None:
        """Wait until nothing is being written."""
        if self._thread is not None:
            self._thread.join()

    def _write(self, checkpoint: Checkpoint) -> None:
        # the person is told when the run is saved for good; until then a full disk is no reason to stop training
        self._unwritten = checkpoint
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            save_checkpoint(checkpoint, self._path)
            self._unwritten = None
