"""Which text is meant, and how it is to be read. Light to import."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from corpora.catalogue import BY_NAME
from corpora.info import CorpusInfo, Treatment


class TextChoice(Struct, frozen=True):
    """A text that may be learnt; the fields are those of `corpora.library.load`."""

    sources: tuple[str, ...]
    """A name of the catalogue, or absolute paths."""
    treatments: frozenset[Treatment] = frozenset()
    encoding: str | None = None
    """None finds it out."""

    @classmethod
    def of(cls, info: CorpusInfo) -> TextChoice:
        """Return what was chosen to get a text that has been read."""
        return cls(info.source, info.treatments, info.encoding)

    @property
    def named(self) -> bool:
        """Whether it is a text of the catalogue; a file of the same name is not."""
        return len(self.sources) == 1 and self.sources[0] in BY_NAME and not Path(self.sources[0]).is_file()
