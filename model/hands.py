"""Who wrote a character, and how far the network goes when it is asked to go on; light to import."""

from __future__ import annotations

from typing import Final, Literal

DRAWN, TYPED, UNREAD = range(3)
"""Of a written character: the network's own, or of a prime; chosen by a person; typed, but not in the vocabulary: it is
on the page and the network never read it."""

Stretch = Literal["character", "word", "line"]
"""One character, to the end of a word including the separator after it, or to the end of the line."""

MOST: Final[dict[Stretch, int]] = {"character": 1, "word": 40, "line": 400}
"""Characters after which it stops where nothing ends: a text may have neither spaces nor lines."""


class Ending:
    """Finds out, character by character, where a stretch ends."""

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self._count = 0
        self._in_word = False

    def comes_with(self, symbol: str) -> bool:
        """Tell whether `symbol` is the last of the stretch."""
        self._count += 1
        if self._count >= MOST[self.stretch]:
            return True
        if self.stretch == "line":
            return symbol == "\n"
        ended = self._in_word and symbol.isspace()
        self._in_word = self._in_word or not symbol.isspace()
        return ended
