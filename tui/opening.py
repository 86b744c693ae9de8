"""What the app begins with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from corpora.catalogue import default_name
from corpora.info import Treatment
from model.config import NetworkSettings, SamplingSettings, TrainingSettings

if TYPE_CHECKING:
    from model.protocol import Command


class Opening(Struct, frozen=True):
    """A text with a network to learn it, or a saved network; and how is written."""

    sources: tuple[str, ...] = ()
    """As `LoadCorpus` takes them; empty is the best text on this machine."""
    treatments: frozenset[Treatment] = frozenset()
    encoding: str | None = None
    """Of the text's files; None finds it out."""
    checkpoint: Path | None = None
    """A saved network, to be opened in place of a text."""
    resume: bool = False
    """Train the saved network on at once."""
    network: NetworkSettings = field(default_factory=NetworkSettings)
    training: TrainingSettings = field(default_factory=TrainingSettings)
    sampling: SamplingSettings = field(default_factory=SamplingSettings)

    share: float = 1.0
    """Of a core that training may take."""
    insisted: Mapping[str, Any] = field(default_factory=dict)
    """The sampling settings that a flag gave: they hold against those that a saved network brings."""

    def commands(self) -> tuple[Command, ...]:
        """Return what the engine is to be told first.

        A saved network has been read after all of it was obeyed, and then replaces the sampling settings by its own.
        """
        # Imported here since the engine process starts before: that is what the first loss waits for.
        from model.protocol import LoadCorpus, OpenCheckpoint, SetSampling, SetShare, StartSampling

        share = (SetShare(self.share),) if self.share < 1.0 else ()
        first: Command
        if self.checkpoint is not None:
            first = OpenCheckpoint(str(self.checkpoint), train=self.resume)
        else:
            first = LoadCorpus(
                self.sources or (default_name(),),
                self.network,
                self.training,
                treatments=self.treatments,
                encoding=self.encoding,
            )
        return *share, first, SetSampling(self.sampling), StartSampling()
