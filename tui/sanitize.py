"""One border that all text of the outside world crosses before it reaches the terminal.

Corpora, file names, checkpoints and what a network writes may hold escape codes, characters that reorder the
line, and characters without a cell of their own. Each becomes one visible stand-in, so that what is known about
the n-th character (its probability, say) still belongs to the n-th character shown.
"""

from __future__ import annotations

import unicodedata

from rich.cells import get_character_cell_size

CARRIER = "\u25cc"
"""Stands for a character without a cell of its own: zero-width, bidirectional, a mark without its letter."""
UNKNOWN = "\ufffd"
"""Stands for what is no character: surrogates, private use, unassigned, the C1 controls."""
OTHER_SPACE = "\u237d"
"""Stands for a space that is not the usual one, where characters stand by themselves."""
MOST_MARKS = 3
"""Combining marks that one letter may carry; more would climb into the lines above."""

_BLANK_LETTERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks by category, yet with nothing to see."""


class _Shown(dict[int, str]):
    """Code point -> what is shown for it, found out when first asked for."""

    def __init__(self) -> None:
        super().__init__({ord("\n"): "\n", ord("\t"): "\u21e5"})
        self.marks: set[str] = set()
        """The characters without width met so far; they need a letter before them."""

    def __missing__(self, code: int) -> str:
        shown = self[code] = self._stand_in(chr(code))
        if get_character_cell_size(shown) == 0:
            self.marks.add(shown)
        return shown

    @staticmethod
    def _stand_in(character: str) -> str:
        """Return what is shown for `character`, seen by itself."""
        code = ord(character)
        category = unicodedata.category(character)
        if category == "Cc":
            if code < 0x20:
                return chr(0x2400 + code)
            return "\u2421" if code == 0x7F else UNKNOWN
        if category in ("Zl", "Zp"):
            return "\u2424"
        variation = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F
        if category == "Cf" or variation or character in _BLANK_LETTERS:
            return CARRIER
        return UNKNOWN if category in ("Cs", "Co", "Cn") else character


_SHOWN = _Shown()


def sanitize(text: str, before: str = "") -> str:
    r"""Return `text` as it may be shown: nothing in it steers the terminal, every character can be seen.

    Args:
        text: Anything.
        before: The sanitized text that this one continues; a combining mark may belong to its last letter.

    Returns:
        Text of the same length, one character for each, `\n` kept. Sanitizing it again changes nothing.
    """
    shown = text.translate(_SHOWN)
    return shown if _SHOWN.marks.isdisjoint(shown) else _carry(shown, before[-MOST_MARKS - 1 :])


SPACING = "\t\r"
"""What is shown as a picture, and copied as it was."""


def copied(text: str) -> str:
    """Return `text` for the clipboard: tabulators and line ends as they are.

    All else stays sanitized: a clipboard is pasted into terminals too, which escape codes would steer.
    """
    shown = sanitize(text)
    if not any(character in text for character in SPACING):
        return shown
    return "".join(raw if raw in SPACING else stand_in for raw, stand_in in zip(text, shown, strict=True))


def sanitize_line(text: str) -> str:
    """Return `text` sanitized for names and titles: line ends are made visible too."""
    return sanitize(text).replace("\n", "\u240a")


def excerpt(text: str, most: int = 30) -> str:
    """Return the beginning of `text` as it may stand in a sentence."""
    line = sanitize_line(text[: most + 1].strip())
    return line if len(line) <= most and len(text) <= most + 1 else f"{line[: most - 1]}…"


def picture(character: str) -> str:
    """Return one character, of a vocabulary say, as a sign that can be seen, in one or two cells.

    A line end, a space and a tabulator are drawn; what has no cell of its own, a combining mark, has its stand-in.
    """
    drawn = {"\n": "\u21b5", " ": "\u2423"}.get(character)
    if drawn is None:
        blank = unicodedata.category(character[:1] or "x") == "Zs"
        drawn = OTHER_SPACE if blank else sanitize(character)[:1]
    return drawn


def _carry(shown: str, before: str) -> str:
    """Give a carrier to each combining mark that has no letter, or too many marks before it."""
    room = _room_after(before)
    carried = []
    for character in shown:
        if character in _SHOWN.marks:
            if room == 0:
                character = CARRIER
            else:
                room -= 1
        else:
            room = _room_for(character)
        carried.append(character)
    return "".join(carried)


def _room_after(before: str) -> int:
    """Return how many combining marks may follow `before`."""
    room = 0
    for character in before:
        room = max(0, room - 1) if character in _SHOWN.marks else _room_for(character)
    return room


def _room_for(character: str) -> int:
    """Return how many combining marks `character` may carry: a stand-in none, whatever it stands for."""
    if character == CARRIER:
        return 0
    return MOST_MARKS if character.isalnum() or unicodedata.category(character)[0] in "PS" else 0
