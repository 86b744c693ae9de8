"""The runs that were left behind since the app was opened: in memory, to be brought back, and on the shelf."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

from model.checkpoint import Checkpoint
from model.live_run import LiveRun
from model.run_names import FEWEST_STEPS, LAST, is_name
from model.shelf import Shelf

MOST = 4
"""That are in memory."""

MEMORY = 512 * 1024 * 1024
"""Bytes that they may take together; the last of them stays whatever it takes."""


class LeftBehind:
    """A stack of runs that rest; those that are worth it are on the shelf too, and outlive the app there."""

    def __init__(self, shelf: Shelf | None) -> None:
        self._shelf = shelf
        self._resting: list[LiveRun] = []

    def __len__(self) -> int:
        return len(self._resting)

    def put(self, run: LiveRun) -> None:
        """Keep `run`, whose place another takes; where that is too much, the one that was left first is let go."""
        self._keep(run)
        self.rest(run)

    def rest(self, run: LiveRun) -> None:
        """The same for one that is in a file already."""
        self._resting.append(run.put_aside())
        while len(self) > MOST or (len(self) > 1 and sum(each.bytes for each in self._resting) > MEMORY):
            del self._resting[0]

    @property
    def last(self) -> LiveRun | None:
        """The run that was left last, where there is one."""
        return self._resting[-1] if self._resting else None

    def take(self, present: LiveRun) -> None:
        """Take out the run that was left last; it takes the place of `present`."""
        kept, back = self._keep(present), self._resting.pop()
        if kept:
            back.say(f"the run that you leave is kept among the earlier ones as {present.kept_as}")

    def _keep(self, run: LiveRun) -> bool:
        """Put a run on the shelf, if it has learnt something that is not there yet; whether it had."""
        if self._shelf is None or not run.worth_saving or run.trainer is None or run.trainer.step < FEWEST_STEPS:
            return False
        checkpoint = self.named(run).checkpoint()
        if checkpoint is not None:
            self._shelf.keep(run.kept_as, checkpoint)
        return checkpoint is not None

    def named(self, run: LiveRun) -> LiveRun:
        """The same run, with a name for the shelf."""
        if self._shelf is not None and not run.kept_as and run.trainer is not None:
            run.kept_as, run.token = self._shelf.name(run.corpus_name), secrets.token_hex(8)
        return run

    def note_file(self, run: LiveRun, path: Path, checkpoint: Checkpoint) -> None:
        """Tell a run which file it was opened from: one of the shelf, or one of the person's own."""
        run.kept_as = self.name_of(path, checkpoint)
        run.token = str(checkpoint.progress.get("token", "")) if run.kept_as else ""
        if self._shelf is None or path.parent != self._shelf.folder:
            run.is_in(path)

    def name_of(self, path: Path, checkpoint: Checkpoint) -> str:
        """What a run that was saved to `path` is called; empty where that is no file of the shelf."""
        if self._shelf is None or path.parent != self._shelf.folder:
            return ""
        if path.stem != LAST:
            return path.stem
        # the run of the last quit says itself which one it is
        name = checkpoint.progress.get("kept_as")
        return name if isinstance(name, str) and is_name(name) else ""

    def troubles(self) -> Iterable[str]:
        """What could not be put on the shelf since the last call, a sentence each."""
        return () if self._shelf is None else self._shelf.troubles()

    @property
    def busy(self) -> bool:
        """Whether one is being written."""
        return self._shelf is not None and self._shelf.busy

    def finish(self) -> None:
        """Wait until all are written."""
        if self._shelf is not None:
            self._shelf.finish()
