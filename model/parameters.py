"""All trainable numbers in one flat array, with a named view for each tensor."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Shapes = Mapping[str, tuple[int, ...]]


class Parameters:
    """Values and gradients of a network; the optimiser and the gradient norm see one long vector.

    A tensor is seen in its own shape, which is PyTorch's; in memory those named in `transposed` lie the other way
    round. That is for weights (K, D) that rows are multiplied with: x W^T likes to read a (D, K) matrix, and its
    gradient x^T dz is one.

    Attributes:
        values: Every parameter, (P,).
        grads: d(loss)/d(values), (P,).
        tensors: Views into `values` by name.
        grad_tensors: Views into `grads` by name.
    """

    def __init__(
        self,
        shapes: Shapes,
        dtype: npt.DTypeLike = np.float32,
        *,
        transposed: Collection[str] = frozenset(),
        memory: tuple[Floats, Floats] | None = None,
    ) -> None:
        """Lay out tensors of the given shapes one after the other, all zero; or in `memory`, values and gradients."""
        self.shapes, self._transposed = dict(shapes), frozenset(transposed)
        size = sum(int(np.prod(shape)) for shape in self.shapes.values())
        self.values: Floats
        self.grads: Floats
        self.values, self.grads = memory or (np.zeros(size, dtype), np.zeros(size, dtype))
        self.tensors = self.views_of(self.values)
        self.grad_tensors = self.views_of(self.grads)

    def views_of(self, flat: Floats) -> dict[str, Floats]:
        """The named tensors as views into any vector laid out like `values`, (P,)."""
        views, start = {}, 0
        for name, shape in self.shapes.items():
            stop = start + int(np.prod(shape))
            part = flat[start:stop]
            views[name] = part.reshape(shape[::-1]).T if name in self._transposed else part.reshape(shape)
            start = stop
        return views

    def __len__(self) -> int:
        return self.values.size
