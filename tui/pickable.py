"""What can be picked to be learnt: texts learnt lately, and the catalogue."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from corpora.choice import TextChoice
from corpora.entry import Entry


class Pickable(Struct, frozen=True):
    """A text with its name; whatever is in it, it is data."""

    choice: TextChoice
    label: str
    folder: str = ""
    """Where a text of one's own lies."""
    entry: Entry | None = None
    """Its line of the catalogue, where it has one."""
    present: bool = True
    """Whether it is on this machine."""

    def matches(self, words: Sequence[str]) -> bool:
        """Tell whether its name, its summary or its path has all of these words, which are in lower case."""
        summary = self.entry.summary if self.entry is not None else ""
        known = "\n".join((self.label, summary, *self.choice.sources)).lower()
        return all(word in known for word in words)


def pickables(
    recent: Sequence[TextChoice], catalogue: Sequence[Entry]
) -> tuple[tuple[Pickable, ...], tuple[Pickable, ...]]:
    """Return what was learnt lately, and the rest of the catalogue: each text is there once."""
    entries = {entry.name: entry for entry in catalogue}
    lately = tuple(_recent(choice, entries) for choice in recent)
    taken = {each.entry.name for each in lately if each.entry is not None and not each.choice.treatments}
    rest = tuple(
        Pickable(TextChoice((name,)), name, entry=entry, present=entry.available())
        for name, entry in entries.items()
        if name not in taken
    )
    return lately, rest


def _recent(choice: TextChoice, entries: dict[str, Entry]) -> Pickable:
    first = choice.sources[0]
    entry = entries.get(first) if len(choice.sources) == 1 else None
    if entry is not None:
        return Pickable(choice, first, entry=entry, present=entry.available())
    path, more = Path(first), len(choice.sources) - 1
    return Pickable(choice, (path.name or first) + (f" and {more} more" if more else ""), str(path.parent))
