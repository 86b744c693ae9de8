"""What is done to a text by choice before it is learnt, piece by piece and blind to where the pieces end."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from corpora.info import Treatment

# What compatibility decomposition leaves alone although a typewriter has a way to write it.
_TYPEWRITER = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛‹›′ʼʹ", "'"),  # noqa: RUF001 - look-alikes are the point
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("‐‑‒–−", "-"),  # noqa: RUF001
        **dict.fromkeys("—―", "--"),
        **dict.fromkeys("\x85\u2028\u2029", "\n"),
        **{"•": "*", "·": "*", "×": "x", "÷": "/", "⁄": "/"},  # noqa: RUF001
        **{"ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O"},
        **{"đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "ı": "i"},  # noqa: RUF001
    }
)
_CAPITAL_SIGMA, _SMALL_SIGMA = "\u03a3", "\u03c3"


def fold(text: str) -> str:
    """Fold to ASCII: accents off, typographic marks to plain ones, what is left over dropped."""
    if text.isascii():
        return text
    # Decomposition works on single characters; only combining marks change places, and those are dropped.
    decomposed = unicodedata.normalize("NFKD", text.translate(_TYPEWRITER)).translate(_TYPEWRITER)
    return decomposed.encode("ascii", "ignore").decode("ascii")


def lower(text: str) -> str:
    """All letters in lower case, each by itself: a capital sigma is not looked at for ending its word."""
    return text.replace(_CAPITAL_SIGMA, _SMALL_SIGMA).lower()


class Treater:
    """Treats a text that comes in pieces; it is the same as treating it whole."""

    def __init__(self, treatments: Collection[Treatment]) -> None:
        self.treatments = frozenset(treatments)
        self._in_space = False
        """The text so far ends in white space."""

    def __call__(self, piece: str) -> str:
        """Return the next piece of the treated text; it may be empty."""
        if Treatment.ASCII in self.treatments:
            piece = fold(piece)
        if Treatment.LOWER in self.treatments:
            piece = lower(piece)
        if Treatment.COLLAPSE in self.treatments:
            piece = self._collapse(piece)
        return piece

    def _collapse(self, piece: str) -> str:
        if not piece:
            return piece
        words = " ".join(piece.split())
        before = " " if piece[0].isspace() and not self._in_space else ""
        after = " " if words and piece[-1].isspace() else ""
        self._in_space = piece[-1].isspace()
        return before + words + after
