"""Where written characters come from: made up, or copied from the text that was learnt."""

from __future__ import annotations

from typing import Final

RUN: Final = 25
"""So many characters in a row that stand in the text word for word are a copy; fewer may be chance or idiom."""

UNKNOWN, MADE_UP, COPIED = range(3)
"""Of a character: nobody looked, or it was given; in no such run; in one."""
