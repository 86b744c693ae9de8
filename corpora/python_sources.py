"""Real text that every Python carries: the language's documentation, its library's code, Unicode's names."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import sysconfig
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from corpora.entry import Entry, Piece
from corpora.info import CorpusError
from corpora.treatments import fold

_PYTHON = f"Python {sys.version_info.major}.{sys.version_info.minor}"
_LICENCE = "Python Software Foundation Licence 2"


def _has_docs() -> bool:
    try:
        return importlib.util.find_spec("pydoc_data.topics") is not None
    except (ImportError, ValueError):
        return False


def _docs() -> Iterator[Piece]:
    """Read the topics of `help()`, one after the other."""
    topics: dict[str, str] = importlib.import_module("pydoc_data.topics").topics
    for number, (_, text) in enumerate(sorted(topics.items()), 1):
        yield fold(text).strip("\n") + "\n\n", number / len(topics)


def _modules() -> list[Path]:
    """Return the modules at the top of the standard library, without those that the machine's build wrote."""
    found = Path(sysconfig.get_path("stdlib")).glob("*.py")
    return sorted(path for path in found if not path.name.startswith("_sysconfig"))


def _code() -> Iterator[Piece]:
    """Read the modules one after the other; their few characters beyond ASCII are folded."""
    modules = _modules()
    for number, path in enumerate(modules, 1):
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise CorpusError(f"{path}: cannot be read ({error.strerror})") from None
        yield fold(text).replace("\f", ""), number / len(modules)


_SPELLED = ("HANGUL", "HALFWIDTH HANGUL", "TANGUT", "NUSHU", "KHITAN")
"""How names begin that spell a sound or count components."""


def _unicode_names() -> Iterator[Piece]:
    """Read the names of all characters that have one of their own, not a number or a sound, by code point."""
    end, at_once = sys.maxunicode + 1, 1 << 14
    for start in range(0, end, at_once):
        names = (unicodedata.name(chr(code), "") for code in range(start, start + at_once))
        own = [name for name in names if name and not (name.startswith(_SPELLED) or "IDEOGRAPH-" in name)]
        yield "".join(f"{name}\n" for name in own), (start + at_once) / end


ENTRIES = (
    Entry(
        name="python-docs",
        summary="the reference of the Python language, as help() tells it",
        origin=f"pydoc_data.topics of {_PYTHON}",
        licence=_LICENCE,
        pieces=_docs,
        present=_has_docs,
    ),
    Entry(
        name="python-code",
        summary="the modules at the top of Python's standard library",
        origin=f"the standard library of {_PYTHON}",
        licence=_LICENCE,
        pieces=_code,
        present=lambda: Path(sysconfig.get_path("stdlib"), "os.py").is_file(),
    ),
    Entry(
        name="unicode-names",
        summary="the names of the characters of Unicode, one a line, without ideographs and Hangul",
        origin=f"unicodedata of {_PYTHON}, Unicode {unicodedata.unidata_version}",
        licence="Unicode Licence 3",
        pieces=_unicode_names,
    ),
)
