"""What can be done in a dialog, at its foot: each with its key, and each can be clicked."""

from __future__ import annotations

from textual.content import Content
from textual.style import Style

SEPARATOR = ", "


def ways(*words: str | tuple[str, str]) -> Content:
    """Return the words in a row.

    Args:
        words: Each as it reads, with the action that a click on it does where there is one.
    """
    parts = (Content(word) if isinstance(word, str) else way(*word) for word in words)
    return Content(SEPARATOR).join(parts)


def way(words: str | Content, action: str) -> Content:
    """Return words that do something when they are clicked."""
    return (Content(words) if isinstance(words, str) else words).stylize(Style.from_meta({"@click": action}))
