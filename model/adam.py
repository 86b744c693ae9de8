"""Adam and clipping by norm, as they are found in `optimizers` and `clipping`."""

from __future__ import annotations

from model import optimizers
from model.clipping import clip_by_norm
from model.config import TrainingSettings
from model.parameters import Floats, Parameters

__all__ = ["Adam", "clip_by_norm"]


class Adam(optimizers.Adam):
    """Adam with its usual settings."""

    def __init__(self, parameters: Parameters) -> None:
        super().__init__(parameters, TrainingSettings())

    @property
    def m(self) -> Floats:
        """Running mean of the gradient, (P,)."""
        return self.slots["m"]

    @property
    def v(self) -> Floats:
        """Running mean of its square, (P,)."""
        return self.slots["v"]
