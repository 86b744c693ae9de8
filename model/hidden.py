"""What the units of the last layer hold while it writes, kept for those who watch.

It is h that is shown, not tanh(c), which Karpathy, Johnson and Li (2015) colour. After a minute of Shakespeare, with
H = 128, the best units follow the probes equally well by either, a speaker's name with r = 0.74 and 0.75; but a quarter
of the cells then sit at an end of tanh(c) and never move, while each unit of h does. And h all kinds of cell have.
"""

from __future__ import annotations

import numpy as np

from model.neurons import FULL, HIDDEN_ROWS
from model.parameters import Floats


class HiddenTrace:
    """The last values of H units, a row for each character; older rows make room for newer ones."""

    def __init__(self, H: int) -> None:
        self._rows: Floats = np.zeros((HIDDEN_ROWS, H), np.float32)
        self._count = self._held = 0  # rows so far, and how many of them wait

    def note(self, state: Floats) -> None:
        """Keep what the last layer holds in a network's state (L, S, 1, H): one copy, since this is done a lot."""
        self._rows[self._count % HIDDEN_ROWS] = state[-1, 0, 0]
        self._count += 1
        self._held = min(self._held + 1, HIDDEN_ROWS)

    def take_back(self) -> None:
        """Forget the last row, where it was not handed out."""
        if self._held:
            self._count, self._held = self._count - 1, self._held - 1

    def take(self) -> bytes:
        """Hand out the rows since the last call, oldest first, each H signed bytes."""
        places = np.arange(self._count - self._held, self._count) % HIDDEN_ROWS
        self._held = 0
        # a value that is no number is shown as 0
        values = np.nan_to_num(self._rows[places] * FULL, nan=0.0, posinf=FULL, neginf=-FULL)
        return np.rint(np.clip(values, -FULL, FULL)).astype(np.int8).tobytes()
