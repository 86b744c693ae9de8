"""Paths in what was pasted, or dropped on the terminal, which pastes them."""

from __future__ import annotations

import shlex
from pathlib import Path

MOST = 100_000
"""Characters; whoever pastes more has pasted a text and not its path."""


def pasted_paths(pasted: str) -> tuple[Path, ...]:
    """Return the absolute paths that this is, or nothing where a part of it is none of something that is there.

    A line is one path as it stands; or one or several, quoted, with escaped blanks or as `file://` URLs, as terminals
    and file managers write them. May take as long as a far disk takes.
    """
    found: list[Path] = []
    for line in pasted.splitlines() if len(pasted) <= MOST else ():
        if not line.strip():
            continue
        paths = _line(line.strip())
        if not paths:
            return ()
        found += paths
    return tuple(dict.fromkeys(found))


def typed_as(paths: tuple[Path, ...]) -> str:
    """Return the line that stands for these paths: one as it is, several with quotes where they need them."""
    return str(paths[0]) if len(paths) == 1 else shlex.join(map(str, paths))


def _line(line: str) -> list[Path]:
    """Return the paths on a line, none where there is another word among them."""
    whole = _there(line)
    if whole is not None:
        return [whole]
    try:
        words = shlex.split(line)
    except ValueError:  # a quotation mark that is not closed
        return []
    paths = [_there(word) for word in words]
    return [path for path in paths if path is not None] if None not in paths else []


def is_file(path: Path) -> bool:
    """Tell whether a path is that of a file, and not of a folder; may take as long as a far disk takes."""
    try:
        return path.is_file()
    except OSError:
        return False


def _there(word: str) -> Path | None:
    """Return the path that a word is, if there is something at it."""
    try:
        path = _from_url(word) if word.startswith("file:") else Path(word).expanduser()
        return path.absolute() if path.exists() else None
    except (OSError, RuntimeError, ValueError):
        return None


def _from_url(url: str) -> Path:
    from urllib.parse import unquote, urlsplit

    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost"):
        raise ValueError(url)
    return Path(unquote(parts.path))
