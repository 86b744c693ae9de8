"""Facts of the catalogue's texts, remembered in a file so that listing them does not read them again."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
import os
import platform
import tempfile
from pathlib import Path

from corpora.entry import Entry
from corpora.info import CorpusInfo

FILE = "corpora.json"


def key(entry: Entry) -> str:
    """Return what the facts of an entry depend on: this Python, its package's version, our way of reading it."""
    code = max((path.stat().st_mtime_ns for path in Path(__file__).parent.glob("*.py")), default=0)
    parts = [platform.python_version(), platform.python_implementation(), str(code)]
    if entry.requirement is not None:
        package = entry.requirement.partition("=")[0]
        try:
            parts.append(f"{package} {importlib.metadata.version(package)}")
        except importlib.metadata.PackageNotFoundError:
            parts.append(f"{package} without a version")
    return ", ".join(parts)


def recall(cache_dir: Path, entry: Entry) -> CorpusInfo | None:
    """Return the remembered facts, None where there are none that hold; a broken file counts as none."""
    try:
        kept = json.loads((cache_dir / FILE).read_text(encoding="utf-8"))[entry.name]
        return _info(kept["info"]) if kept["key"] == key(entry) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def remember(cache_dir: Path, entry: Entry, info: CorpusInfo) -> None:
    """Add the facts to the file, which is replaced at once or not at all; a full disk is no reason to fail."""
    path = cache_dir / FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        kept = {}
    fields = {field.name: getattr(info, field.name) for field in dataclasses.fields(info)}
    del fields["treatments"], fields["encoding"]
    everything = {**(kept if isinstance(kept, dict) else {}), entry.name: {"key": key(entry), "info": fields}}
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=cache_dir, prefix=FILE)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(everything, file, indent=1)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError:
        return


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
