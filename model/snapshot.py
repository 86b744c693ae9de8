"""What an exploding run goes back to: all that a step changes, as it was when the loss was last known to be well."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from msgspec import Struct

from model.parameters import Floats


class Snapshot(Struct, frozen=True):
    """A copy of the weights, of what the optimiser remembers, and of the streams' memory."""

    arrays: Mapping[str, Floats]
    """By name: `values`, `stream`, `average` where there is one, and the optimiser's slots."""
    optimizer_step: int
    """The optimiser's count of updates."""
    average_count: int
    """The average's."""

    @classmethod
    def of(cls, arrays: Mapping[str, Floats], optimizer_step: int, average_count: int) -> Snapshot:
        """Copy `arrays`."""
        return cls({name: array.copy() for name, array in arrays.items()}, optimizer_step, average_count)

    def put_back(self, arrays: Mapping[str, Floats]) -> None:
        """Fill `arrays` with what they held."""
        for name, array in arrays.items():
            np.copyto(array, self.arrays[name])
