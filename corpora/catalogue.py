"""What can be picked by name. Light to import: what reads and draws the texts comes when one is picked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from corpora import classics, python_sources
from corpora.entry import Entry, Piece

if TYPE_CHECKING:
    from corpora.grammar import Grammar

_PIECE = 1 << 16
"""Characters of a drawn text that are handed on at a time."""


def _drawn(name: str, summary: str) -> Entry:
    """Return the entry of the grammar that `corpora.synthetic` has under this name."""

    def grammar() -> Grammar:
        from corpora import synthetic

        make: Callable[[], Grammar] = getattr(synthetic, name)
        return make()

    def pieces() -> Iterator[Piece]:
        from corpora.grammar import SeededText
        from corpora.synthetic import CHARACTERS, SEED

        codes = SeededText(grammar(), SEED).codes(0, CHARACTERS)
        for start in range(0, CHARACTERS, _PIECE):
            end = min(start + _PIECE, CHARACTERS)
            yield codes[start:end].tobytes().decode("ascii"), end / CHARACTERS

    return Entry(
        name=name,
        summary=summary,
        origin="drawn from a grammar with a fixed seed, endless",
        licence="none needed",
        pieces=pieces,
        grammar=grammar,
    )


CATALOGUE: tuple[Entry, ...] = (
    *classics.ENTRIES,
    *python_sources.ENTRIES,
    _drawn("counting", "as many b as a, 1 to 9 of each: can it count?"),
    _drawn("brackets", "four kinds of brackets, nested up to 8 deep: can it remember?"),
    _drawn("arithmetic", "sums of two numbers below 100: can it carry?"),
    _drawn("sine", "a noisy sine down the page, in blanks and stars: can it keep the phase?"),
)
BY_NAME = {entry.name: entry for entry in CATALOGUE}


def default_name() -> str:
    """Return the corpus to begin with: Shakespeare, or the best that is on this machine."""
    return next(name for name in ("shakespeare", "python-docs", "unicode-names") if BY_NAME[name].available())
