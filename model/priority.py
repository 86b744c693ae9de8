"""Working in the background: what is in front, and the rest of the machine, goes before."""

from __future__ import annotations

import contextlib
import os
from typing import Final

BACKGROUND: Final = 10
"""As `nice` has it: 0 is usual, 19 is only what nobody else wants."""


class Priority:
    """That of this process and of those that help it.

    Where the system has no such thing nothing happens. Most systems do not let a process come back to the front: it
    then stays in the background until it ends.
    """

    def __init__(self) -> None:
        """Begin with the usual one, whatever that is."""
        self._usual = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else None

    def step_back(self, wanted: bool) -> None:
        """Work in the background from now on, or as usual."""
        if self._usual is None:
            return
        # one that leads its group has nobody but its helpers in it
        which = os.PRIO_PGRP if os.getpgrp() == os.getpid() else os.PRIO_PROCESS
        with contextlib.suppress(OSError):
            os.setpriority(which, 0, max(self._usual, BACKGROUND) if wanted else self._usual)
