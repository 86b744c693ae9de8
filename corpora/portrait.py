"""What can be said of a text before anything learns it, and how that is remembered. Light to import."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from corpora import facts, files
from corpora.cache import read_cache, write_cache
from corpora.catalogue import BY_NAME
from corpora.choice import TextChoice
from corpora.info import Baselines, CorpusInfo, Treatment

FILE = "portraits.json"
MOST_KEPT = 60
"""Portraits in the file; the ones asked for longest ago go."""


class Portrait(Struct, frozen=True):
    """A text in short: its facts, its most frequent characters, and what it costs without a network."""

    info: CorpusInfo
    frequent: tuple[tuple[str, float], ...]
    """The most frequent characters and their shares, the most frequent first."""
    baselines: Baselines | None = None
    """None until they have been counted."""

    @property
    def finished(self) -> bool:
        """Whether all is there."""
        return self.baselines is not None and self.baselines.xz is not None


def recall(cache_dir: Path, choice: TextChoice) -> Portrait | None:
    """Return the remembered portrait, None where there is none that holds; folders are walked through for that.

    Raises:
        CorpusError: If a text of one's own cannot be looked at.
    """
    kept = read_cache(cache_dir / FILE).get(_name(choice))
    try:
        return parse(kept["portrait"]) if kept and kept["key"] == key(choice) else None
    except (KeyError, TypeError, ValueError):
        return None


def remember(cache_dir: Path, choice: TextChoice, portrait: Portrait, key: str) -> None:
    """Add a portrait to the file, under what `key` said of the text before it was looked at."""
    kept, name = read_cache(cache_dir / FILE), _name(choice)
    kept.pop(name, None)
    kept[name] = {"key": key, "portrait": fields(portrait)}
    write_cache(cache_dir / FILE, dict(list(kept.items())[-MOST_KEPT:]))


def _name(choice: TextChoice) -> str:
    return json.dumps([*choice.sources, sorted(kind.value for kind in choice.treatments), choice.encoding])


def key(choice: TextChoice) -> str:
    """Return what a portrait depends on: of one's own text every file, its size and its time."""
    if choice.named:
        return facts.key(BY_NAME[choice.sources[0]])
    import hashlib  # few texts of one's own are looked at before there is a screen

    found = files.found_now(choice.sources, choice.encoding)
    stamps = [(name, files.status(name)) for name in found.names]
    seen = [(name, status.st_size, status.st_mtime_ns) for name, status in stamps if status is not None]
    return f"{facts.reader()}, {hashlib.sha256(repr(seen).encode('utf-8', 'surrogatepass')).hexdigest()}"


def fields(portrait: Portrait) -> dict[str, Any]:
    """Return a portrait as JSON holds it."""
    info = structs.asdict(portrait.info)
    info["treatments"] = sorted(kind.value for kind in portrait.info.treatments)
    baselines = None if portrait.baselines is None else structs.asdict(portrait.baselines)
    return {"info": info, "frequent": portrait.frequent, "baselines": baselines}


def parse(kept: Mapping[str, Any]) -> Portrait:
    """Build a portrait from what JSON held.

    Raises:
        KeyError, TypeError, ValueError: If a field is missing, unheard of, or of another type.
    """
    info = dict(kept["info"])
    treatments = frozenset(map(Treatment, info.pop("treatments")))
    source, floor, encoding = info.pop("source"), info.pop("entropy_floor"), info.pop("encoding")
    for name, value in info.items():
        if type(value) is not (int if name in ("characters", "symbols") else str):
            raise TypeError(name)
    return Portrait(
        CorpusInfo(
            **info,
            source=tuple(map(str, source)),
            entropy_floor=_number(floor),
            treatments=treatments,
            encoding=None if encoding is None else str(encoding),
        ),
        tuple((str(character), float(share)) for character, share in kept["frequent"]),
        _baselines(kept["baselines"]),
    )


def _baselines(kept: Mapping[str, Any] | None) -> Baselines | None:
    if kept is None:
        return None
    numbers = {name: _number(value) for name, value in kept.items() if name != "compressed"}
    return Baselines(**numbers, compressed=int(kept["compressed"]))  # type: ignore[arg-type]


def _number(value: object) -> float | None:
    if not isinstance(value, (int, float, type(None))):
        raise TypeError(value)
    return None if value is None else float(value)
