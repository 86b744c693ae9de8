"""Facts of the catalogue's texts, remembered in a file so that listing them does not read them again."""

from __future__ import annotations

import platform
from pathlib import Path

from msgspec import structs

from corpora.cache import read_cache, write_cache
from corpora.entry import Entry
from corpora.info import CorpusInfo

FILE = "corpora.json"


def reader() -> str:
    """Return what all facts depend on: this Python and our way of reading."""
    code = max((path.stat().st_mtime_ns for path in Path(__file__).parent.glob("*.py")), default=0)
    return f"{platform.python_version()}, {platform.python_implementation()}, {code}"


def key(entry: Entry) -> str:
    """Return what the facts of an entry depend on: this Python, its package's version, our way of reading it."""
    parts = [reader()]
    if entry.requirement is not None:
        # imported here: it brings the mail parser of the standard library along, which the first frame would wait for
        import importlib.metadata

        package = entry.requirement.partition("=")[0]
        try:
            parts.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            parts.append(f"{package} without a version")
    return ", ".join(parts)


def recall(cache_dir: Path, entry: Entry) -> CorpusInfo | None:
    """Return the remembered facts, None where there are none that hold; a broken file counts as none."""
    try:
        kept = read_cache(cache_dir / FILE)[entry.name]
        return _info(kept["info"]) if kept["key"] == key(entry) else None
    except (AttributeError, KeyError, TypeError):
        return None


def remember(cache_dir: Path, entry: Entry, info: CorpusInfo) -> None:
    """Add the facts to the file."""
    fields = structs.asdict(info)
    del fields["treatments"], fields["encoding"]
    kept = read_cache(cache_dir / FILE)
    write_cache(cache_dir / FILE, {**kept, entry.name: {"key": key(entry), "info": fields}})


def _info(fields: dict[str, object]) -> CorpusInfo:
    """Build the facts of a catalogue's text from the file's.

    Raises:
        TypeError: If a field is missing, unheard of or of another type.
    """
    source = fields.pop("source")
    floor = fields.pop("entropy_floor")
    if not isinstance(source, list) or not isinstance(floor, (float, type(None))):
        raise TypeError("source, entropy_floor")
    for name, value in fields.items():
        if type(value) is not (int if name in {"characters", "symbols"} else str):
            raise TypeError(name)
    return CorpusInfo(**fields, source=tuple(map(str, source)), entropy_floor=floor)  # type: ignore[arg-type]
