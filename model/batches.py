"""Parallel streams through a text, a window at a time, for truncated back-propagation with carried state."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from corpora.corpus import Corpus
from model.softmax import Ids

SHIFT = 2
"""Distinguishes the random numbers of shifts from others of the same seed."""


class Window(Struct, frozen=True):
    """T characters of B streams and what follows each."""

    inputs: Ids
    """(T, B)."""
    targets: Ids
    """(T, B): `inputs` one character later."""
    first: bool
    """Whether the streams begin here, so that no state is carried into the window."""


class Batches:
    """The training part cut into B streams of equal length that are read side by side, T characters at a time.

    No window reaches into the validation part, and none wraps around: when what is left of the streams is shorter
    than a window, the next epoch begins.

    Attributes:
        B: Streams, fewer than asked for where the text is too short for so many.
        epoch: Passes completed.
        position: Where in its stream each stream stands.
    """

    def __init__(self, corpus: Corpus, T: int, B: int, *, shift: int | None = None) -> None:
        """Start at the beginning of `corpus`.

        Args:
            corpus: Whose training part is read.
            T: Characters of a window.
            B: Streams.
            shift: A seed, by which each epoch leaves out another beginning, shorter than a stream; None: none.

        Raises:
            CorpusError: If the text is too short for a single window.
        """
        corpus.require_window(T)
        self.corpus, self.T = corpus, T
        # a window reads T characters and predicts as many, so a stream needs T + 1
        self.B = min(B, len(corpus.train) // (T + 1))
        self._shift = shift
        self.epoch, self.position = 0, 0
        self._streams = self._cut()

    def seek(self, epoch: int, position: int) -> None:
        """Go to where `epoch` and `position` stood.

        Raises:
            ValueError: If no window begins there.
        """
        if epoch >= 0:
            self.epoch = epoch
            self._streams = self._cut()
        if epoch < 0 or position not in range(0, self.windows_per_epoch * self.T, self.T):
            raise ValueError(f"no window begins at position {position} of epoch {epoch}")
        self.position = position

    @property
    def windows_per_epoch(self) -> int:
        """Windows of one pass, at least 1."""
        return int(self._streams.shape[1] - 1) // self.T

    @property
    def epochs(self) -> float:
        """Passes over the training part so far."""
        return self.epoch + self.position / (self.windows_per_epoch * self.T)

    def peek(self) -> Window:
        """The next window; it stays the next one until `advance`."""
        start, T = self.position, self.T
        # streams lie in rows, windows are time first
        return Window(
            inputs=np.ascontiguousarray(self._streams[:, start : start + T].T),
            targets=np.ascontiguousarray(self._streams[:, start + 1 : start + T + 1].T),
            first=start == 0,
        )

    def advance(self) -> None:
        """Go on by one window, into the next epoch where this one has no more."""
        self.position += self.T
        if self.position + self.T + 1 > self._streams.shape[1]:
            self.epoch, self.position = self.epoch + 1, 0
            self._streams = self._cut()

    def _cut(self) -> Ids:
        """The epoch's text as streams, (B, length), a view."""
        ids = self.corpus.training_ids(self.epoch)
        if self._shift is not None:
            spare = min(len(ids) // self.B, len(ids) - self.B * (self.T + 1))
            ids = ids[np.random.default_rng((self._shift, SHIFT, self.epoch)).integers(0, spare + 1) :]
        length = len(ids) // self.B
        return ids[: length * self.B].reshape(self.B, length)
