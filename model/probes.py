"""Simple properties of a text, a number at each character: what single units are compared with.

Each probe says of every place in a passage what a person would say who had read up to it, the character there
included; only for a speaker's name one has to look on to the colon at its end. (The idea is that of Karpathy, Johnson
and Li 2015, who found units for quotes, line lengths and brackets by eye.)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from model.softmax import Ids

Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.signedinteger[Any]]
Numbers = Places | Flags

LONGEST_NAME = 40
"""Characters of a line that may be a speaker's name."""


class Passage:
    """A stretch of text and what its characters are.

    Attributes:
        places: 0, 1, ... N - 1.
    """

    def __init__(self, ids: Ids, symbols: str) -> None:
        """Take the characters `ids` (N,) of the vocabulary `symbols`."""
        self._ids, self._symbols = ids.astype(np.intp), symbols
        self.places: Places = np.arange(len(ids))

    def which(self, test: Callable[[str], bool]) -> Flags:
        """Where the characters are that pass a test, (N,)."""
        return np.array([test(symbol) for symbol in self._symbols], bool)[self._ids]

    def among(self, characters: str) -> Flags:
        """Where any of `characters` is, (N,)."""
        return self.which(lambda symbol: symbol in characters)

    @cached_property
    def breaks(self) -> Flags:
        """Where lines end."""
        return self.among("\n")

    @cached_property
    def gaps(self) -> Flags:
        """Where an empty line ends."""
        return self.breaks & before(self.breaks, start=True)

    @cached_property
    def repeats(self) -> Flags:
        """Where a character stands after itself."""
        return np.concatenate([[False], self._ids[1:] == self._ids[:-1]])

    @cached_property
    def letters(self) -> Flags:
        """Where words are; an apostrophe between letters belongs to its word."""
        letters = self.which(str.isalpha)
        return letters | (self.among("'\u2019") & before(letters, start=False))

    def since(self, flags: Flags) -> Places:
        """How many characters ago the last of `flags` was, 0 where it is; from the beginning where there is none."""
        return self.places - np.maximum.accumulate(np.where(flags, self.places, -1))

    def count(self, flags: Flags, anew: Flags) -> Places:
        """How many of `flags` there were since the last of `anew`."""
        total = np.cumsum(flags)
        return total - np.maximum.accumulate(np.where(anew, total, 0))


def before(flags: Flags, *, start: bool) -> Flags:
    """`flags` of the character before each; `start` is that of the first."""
    return np.concatenate([[start], flags[:-1]])


# ------------------------------------------------------------------------------------------------ the probes


def in_quotes(text: Passage) -> Numbers:
    """Whether a double quote is open; an empty line closes it."""
    straight = text.count(text.among('"'), text.gaps) % 2
    curly = depth(text, text.among("\u201c\u00ab"), text.among("\u201d\u00bb"))
    return (straight > 0) | (curly > 0)


def bracket_depth(text: Passage) -> Places:
    """How many brackets are open; an empty line closes them."""
    return depth(text, text.among("([{"), text.among(")]}"))


def in_brackets(text: Passage) -> Numbers:
    """Whether a bracket is open."""
    return bracket_depth(text) > 0


def line_position(text: Passage) -> Numbers:
    """Characters since the line began."""
    return text.since(text.breaks)


def line_start(text: Passage) -> Numbers:
    """Whether the next character begins a line."""
    return text.breaks


def line_number(text: Passage) -> Numbers:
    """Lines since the last empty one."""
    return text.count(text.breaks, text.gaps)


def indentation(text: Passage) -> Numbers:
    """Spaces and tabs that the line began with."""
    blanks = text.among(" \t")
    leading = blanks & (text.count(~blanks & ~text.breaks, text.breaks) == 0)
    return text.count(leading, text.breaks)


def in_speaker(text: Passage) -> Numbers:
    """Whether this is the name before a speech: a short line after an empty one that ends with a colon."""
    begin = text.places - text.since(text.breaks)  # of the line break before the line
    following = np.where(text.breaks, text.places, len(text.places))
    end = np.minimum.accumulate(following[::-1])[::-1]  # of the line break after it
    capital, colon = text.which(str.isupper), text.among(":")
    short = (end - begin <= LONGEST_NAME) & (begin >= 0) & ~text.breaks
    # line breaks themselves may point beyond the passage; they are no names
    first, last = np.minimum(begin + 1, len(end) - 1), end - 1
    return np.asarray(short & text.gaps[begin] & capital[first] & colon[last], bool)


def in_word(text: Passage) -> Numbers:
    """Whether this is part of a word."""
    return text.letters


def word_position(text: Passage) -> Numbers:
    """Letters since the word began."""
    return text.since(~text.letters)


def upper_case(text: Passage) -> Numbers:
    """Whether this is a capital."""
    return text.which(str.isupper)


def vowel(text: Passage) -> Numbers:
    """Whether this is a vowel."""
    return text.among("aeiouAEIOU")


def in_number(text: Passage) -> Numbers:
    """Whether this is a digit."""
    return text.which(str.isdigit)


def punctuation(text: Passage) -> Numbers:
    """Whether a clause or a sentence ends here."""
    return text.among(".,;:!?")


def in_comment(text: Passage) -> Numbers:
    """Whether a # stands before in this line."""
    return text.count(text.among("#"), text.breaks) > 0


def run_length(text: Passage) -> Numbers:
    """How often the character has just been repeated."""
    return text.since(~text.repeats)


PROBES: Final[dict[str, Callable[[Passage], Numbers]]] = {
    "inside a speaker's name": in_speaker,
    "inside quotes": in_quotes,
    "inside brackets": in_brackets,
    "depth of brackets": bracket_depth,
    "position in the line": line_position,
    "start of a line": line_start,
    "lines since a gap": line_number,
    "indentation": indentation,
    "inside a comment": in_comment,
    "inside a word": in_word,
    "position in the word": word_position,
    "capital letters": upper_case,
    "vowels": vowel,
    "digits": in_number,
    "punctuation": punctuation,
    "repeated characters": run_length,
}
"""By the name that a unit is given which follows one."""


def depth(text: Passage, opening: Flags, closing: Flags) -> Places:
    """How many are open, never below 0; an empty line closes all, (N,)."""
    balance = np.cumsum(opening.astype(np.intp) - closing)
    # the part behind each empty line is put far below the one before, so that its lowest balance is its own
    part = np.cumsum(text.gaps) * (2 * len(balance) + 1)
    inside = balance - part
    ground = inside.copy()
    ground[0] = min(ground[0], -part[0])
    return inside - np.minimum.accumulate(ground)
