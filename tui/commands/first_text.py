"""Which text the app begins with, where none was named."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress

from corpora.catalogue import BY_NAME
from corpora.info import Treatment
from tui.opening import Opening
from tui.preferences import REMEMBERED
from tui.settings import LastText, Settings


def first_text(settings: Settings) -> tuple[Opening, str]:
    """Return what to begin with, by the settings; and a sentence where that is not what they say."""
    text = settings.text if settings.corpus == REMEMBERED else LastText(settings.corpus)
    missing = next((source for source in text.sources if not is_there(source, text.sources)), None)
    if missing is not None:
        return Opening(), f"{missing} is no longer there: this is the text that comes first."
    treatments = frozenset(map(Treatment, text.treatments))
    return Opening(sources=text.sources, treatments=treatments, encoding=text.encoding or None), ""


def is_there(source: str, sources: Sequence[str]) -> bool:
    """Tell whether a text can be had, as far as that shows without reading it."""
    with suppress(ValueError):  # of what no file can be called
        if os.access(source, os.R_OK):
            return True
    return len(sources) == 1 and source in BY_NAME and BY_NAME[source].available()
