"""Words that come from elsewhere, as sentences."""

from __future__ import annotations


def sentence(words: str) -> str:
    """Return words with a capital and a full stop."""
    return begun(words).rstrip(".") + "."


def begun(words: str) -> str:
    """Return words with a capital, whatever they begin with."""
    return words[:1].upper() + words[1:]


def capitalised(words: str, name: str = "") -> str:
    """Return words with a capital, unless they begin with `name`, or with what is no word: a path, a key."""
    first = words.partition(" ")[0]
    if not first.isalpha() or (name and words.startswith(f"{name} ")):
        return words
    return begun(words)
