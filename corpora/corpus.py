"""A text as numbers, with where it comes from and how it is split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from corpora.info import CorpusError, CorpusInfo, Treatment
from corpora.vocabulary import Ids, Vocabulary

__all__ = ["Corpus", "CorpusError", "CorpusInfo", "Treatment"]


@dataclass(frozen=True)
class Corpus:
    """A text as ids: the first nine tenths train, the last tenth validates, as in nanoGPT."""

    info: CorpusInfo
    vocabulary: Vocabulary
    """Of the whole text, training and validation part."""
    ids: Ids
    """(N,), of the smallest unsigned type that holds V; read-only."""
    redraw: Callable[[int, int], Ids] | None = field(default=None, repr=False, compare=False)
    """Of an endless text: `redraw(epoch, length)` draws new text, (length,), always the same for the same epoch."""

    def __post_init__(self) -> None:
        self.ids.flags.writeable = False

    @property
    def train(self) -> Ids:
        """The part that is learnt, a view of (int(0.9 N),)."""
        return self.ids[: self._split]

    @property
    def validation(self) -> Ids:
        """The part that is only measured on, a view."""
        return self.ids[self._split :]

    @property
    def _split(self) -> int:
        return int(0.9 * len(self.ids))

    def training_ids(self, epoch: int) -> Ids:
        """Return the text of one pass over the training part, as long as `train`.

        A finite text is the same in every epoch. An endless one is drawn afresh after epoch 0, so that nothing
        is ever learnt by heart; the same epoch always has the same text.

        Args:
            epoch: Counted from 0.
        """
        if self.redraw is None or epoch == 0:
            return self.train
        return self.redraw(epoch, len(self.train))

    def require_window(self, seq_length: int) -> None:
        """Check that one window of `seq_length` characters fits.

        Raises:
            CorpusError: If the training part has fewer than `seq_length + 1` characters (the last one is only
                predicted), or the validation part fewer than 2.
        """
        train, validation = len(self.train), len(self.validation)
        if train <= seq_length:
            raise CorpusError(
                f"{self.info.name}: too short, its training part has {train:,} character{'s' * (train != 1)} and a "
                f"sequence length of {seq_length:,} needs {seq_length + 1:,}; take a longer text or a shorter sequence "
                "length"
            )
        if validation < 2:
            raise CorpusError(
                f"{self.info.name}: too short, {len(self.ids):,} characters leave {validation} of the 2 that "
                "validation needs; take a text of 11 characters or more"
            )
