"""All trainable numbers in one flat array, with a named view for each tensor."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Shapes = Mapping[str, tuple[int, ...]]


class Parameters:
    """Values and gradients of a network; the optimiser and the gradient norm see one long vector.

    Attributes:
        values: Every parameter, (P,).
        grads: d(loss)/d(values), (P,).
        tensors: Views into `values` by name.
        grad_tensors: Views into `grads` by name.
    """

    def __init__(self, shapes: Shapes, dtype: npt.DTypeLike = np.float32) -> None:
        """Lay out tensors of the given shapes one after the other, all zero."""
        self.shapes = dict(shapes)
        size = sum(int(np.prod(shape)) for shape in self.shapes.values())
        self.values: Floats = np.zeros(size, dtype)
        self.grads: Floats = np.zeros(size, dtype)
        self.tensors = self.views_of(self.values)
        self.grad_tensors = self.views_of(self.grads)

    def views_of(self, flat: Floats) -> dict[str, Floats]:
        """The named tensors as views into any vector laid out like `values`, (P,)."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + int(np.prod(shape))
            views[name] = flat[start:stop].reshape(shape)
            start = stop
        return views

    def __len__(self) -> int:
        return self.values.size
