"""How many processes a step is worked out by: as many as are asked for, or as many as are quickest at present."""

from __future__ import annotations

import os
import time

from model.batches import Window
from model.dropout import Dropout, Shares
from model.network import Network, Workspace
from model.parameters import Floats
from model.shards import Shards
from model.slices import Slices

PATIENCE_SECONDS = 1.0
"""Of training before it is worth to start other processes."""

LOOK_SECONDS = 0.3
"""Of training by which a number of processes is judged, after a step that is not counted."""

LOOK_STEPS = 4
"""At least."""

AGAIN_SECONDS = 20.0
"""Of training after which the choice is made anew; another program may have come or gone."""

SLOWER = 1.25
"""Steps that take so many times as long as when the choice was made are a reason to make it anew at once."""

POLL_SECONDS = 0.01

MOST = 2
"""Processes that are tried where nobody says how many: more are for machines of which nothing was measured."""


class Parallel:
    """Works out gradients in one process or in several.

    With a fixed number of threads the result is always the same to the last bit. Where the number is free it goes by
    the time that steps take, and so do the rounding of sums and, with dropout, what is silenced, which each part draws.

    Attributes:
        count: Processes that the next step is worked out by.
    """

    def __init__(self, network: Network, T: int, B: int, *, threads: int | None) -> None:
        """Prepare for windows of T steps and B streams.

        Args:
            network: Whose gradients are wanted.
            T: Time steps.
            B: Streams; there are at most as many parts.
            threads: Processes to use; None goes by what is measured.

        Raises:
            OSError, MemoryError: If there is no room for the memory that a fixed number of them shares.
        """
        self._network, self._T, self._B = network, T, B
        self._work: Workspace = network.workspace(T, B)
        self._shards: Shards | None = None
        self._most = min(threads or min(MOST, os.cpu_count() or 1), B)
        self._free = threads is None and self._most > 1
        self.count = 1 if self._free else self._most
        if self.count > 1:
            self._start()
        self._seconds = self._chosen_at = 0.0
        self._times: list[float] = []
        self._measured: dict[int, float] = {}

    @property
    def cpu_seconds(self) -> float:
        """Of work that was done in other processes."""
        return self._shards.cpu_seconds if self._shards is not None else 0.0

    @property
    def work(self) -> Workspace:
        """What the last step that was worked out as a whole, or the first part of one, has left."""
        return self._work if self._shards is None or self.count == 1 else self._shards.work

    def gradients(
        self, window: Window, state: Floats, *, dropout: Dropout | None, seed: tuple[int, ...], first: bool
    ) -> Slices[float]:
        """As `Network.gradients` has it; parts of a batch draw their dropout from `seed`."""
        if self._shards is None or self.count == 1:
            return self._network.gradients(
                window.inputs, window.targets, state, self._work, dropout=dropout, first=first
            )
        shares = Shares() if dropout is None else dropout.shares
        return self._shards.gradients(window, state, shares=shares, seed=seed, first=first)

    def note(self, seconds: float) -> None:
        """Tell how long a step took; where the number of processes is free, it may change for the next."""
        if not self._free:
            return
        self._seconds += seconds
        if self._shards is None:
            if self._seconds >= PATIENCE_SECONDS:
                self._start()
            return
        if not (self._shards.ready or self._shards.awaited):
            self.close()  # a process could not be started, or died; one can do it alone
        elif self._shards.ready:
            self._times.append(seconds)
            counted = self._times[1:]
            if len(counted) >= LOOK_STEPS and sum(counted) >= LOOK_SECONDS:
                self._judge(sorted(counted)[len(counted) // 2])

    def _judge(self, typical: float) -> None:
        """Go by what a step takes at present: try the other number of processes, or keep to the quicker one."""
        self._times = []
        if len(self._measured) < 2:
            self._measured[self.count] = typical
            if len(self._measured) < 2:
                self.count = self._most if self.count == 1 else 1
            else:
                self.count = min(self._measured, key=lambda count: self._measured[count])
                self._chosen_at = self._seconds
        elif typical > SLOWER * self._measured[self.count] or self._seconds - self._chosen_at > AGAIN_SECONDS:
            self._measured = {self.count: typical}
            self.count = self._most if self.count == 1 else 1

    def _start(self) -> None:
        try:
            self._shards = Shards(self._network, self._T, self._B, self._most)
        except (OSError, MemoryError):
            if not self._free:
                raise
            self._free = False  # one process can do it alone

    def wait(self) -> None:
        """Wait until all processes that were started listen; that changes when they help, never what comes out."""
        while self._shards is not None and self._shards.awaited:
            time.sleep(POLL_SECONDS)

    def close(self) -> None:
        """Let other processes end; from then on everything is done here."""
        self._free, self.count = False, 1
        if self._shards is not None:
            self._shards.close()
            self._shards = None

    def put_aside(self) -> None:
        """End other processes, and let the buffers go: those of a long window are larger than the network."""
        self.close()
        self._work = self._network.workspace(1, 1)
