"""What can be picked: the catalogue by name, a user's files by path."""

from __future__ import annotations

import difflib
import stat
from collections.abc import Generator, Sequence
from pathlib import Path

from corpora import facts, files, synthetic
from corpora.catalogue import BY_NAME, CATALOGUE, default_name
from corpora.corpus import Corpus
from corpora.decoding import require_encoding
from corpora.entry import Entry
from corpora.grammar import SeededText
from corpora.indexing import Indexed, index
from corpora.info import CorpusError, CorpusInfo, Treatment
from corpora.treatments import Treater

__all__ = ["CATALOGUE", "default_name", "describe", "load", "load_now"]


def load(
    sources: Sequence[str],
    *,
    encoding: str | None = None,
    treatments: frozenset[Treatment] = frozenset(),
    to_learn: bool = True,
) -> Generator[float, None, Corpus]:
    """Read a corpus step by step; between two steps pass a few milliseconds.

    Args:
        sources: One name of the catalogue; or files, folders and `-`, which are joined in order. A name that is also
            a file here is the file; `./names` is always a path.
        encoding: Of the files; None goes by their byte order mark and else reads UTF-8.
        treatments: What is done to the text first.
        to_learn: Whether it is to have something to learn; a text to measure a network on need not.

    Yields:
        The share that has been read, in [0, 1].

    Returns:
        The corpus, through `StopIteration.value` or `yield from`.

    Raises:
        CorpusError: If the text cannot be read or, to be learnt, holds no two different characters.
    """
    if not sources:
        raise CorpusError("no text was named; name a file, a folder, - or a corpus of `lstm-tui corpora`")
    if encoding is not None:
        require_encoding(encoding)
    if len(sources) == 1 and (entry := _entry(sources[0])) is not None:
        corpus = yield from _load_entry(entry, treatments)
    else:
        corpus = yield from _load_files(sources, encoding, treatments)
    if to_learn and len(corpus.vocabulary) == 1:
        count = len(corpus.ids)
        all_of_it = "its only character is" if count == 1 else f"all {count:,} characters are"
        raise CorpusError(f"{corpus.info.name}: nothing to learn, {all_of_it} {corpus.vocabulary.symbols!r}")
    return corpus


def load_now(
    sources: Sequence[str],
    *,
    encoding: str | None = None,
    treatments: frozenset[Treatment] = frozenset(),
) -> Corpus:
    """Do what `load` does to its end."""
    return _finish(load(sources, encoding=encoding, treatments=treatments))


def describe(name: str, cache_dir: Path | None) -> CorpusInfo:
    """Return the facts of a corpus of the catalogue, which is read only if they are not remembered.

    Args:
        name: Of the catalogue; files of that name are not looked at.
        cache_dir: The folder that remembers; None remembers nothing.

    Raises:
        CorpusError: If there is no such corpus, or it is not on this machine.
    """
    entry = BY_NAME.get(name)
    if entry is None:
        raise CorpusError(f"{name}: no corpus of that name; {_near(name)}`lstm-tui corpora` lists them all")
    known = facts.recall(cache_dir, entry) if cache_dir is not None and entry.available() else None
    if known is not None:
        return known
    info = _finish(_load_entry(entry, frozenset())).info
    if cache_dir is not None:
        facts.remember(cache_dir, entry, info)
    return info


def _finish(loading: Generator[float, None, Corpus]) -> Corpus:
    while True:
        try:
            next(loading)
        except StopIteration as end:
            corpus: Corpus = end.value
            return corpus


def _is_file(source: str) -> bool:
    found = files.status(source)
    return found is not None and not stat.S_ISDIR(found.st_mode)


def _entry(source: str) -> Entry | None:
    """Return the entry that `source` names, None if it is a path."""
    entry = BY_NAME.get(source)
    return None if entry is None or _is_file(source) else entry


def _load_entry(entry: Entry, treatments: frozenset[Treatment]) -> Generator[float, None, Corpus]:
    if not entry.available():
        raise CorpusError(f"{entry.name}: not on this machine; {entry.install} brings it")
    indexed = yield from index(entry.pieces(), Treater(treatments), entry.name)
    # A treated text is not what the grammar draws: its floor is unknown, and it is read as any other.
    grammar = entry.grammar() if entry.grammar and not treatments else None
    return _corpus(
        indexed,
        name=entry.name,
        summary=entry.summary,
        origin=entry.origin,
        licence=entry.licence,
        floor=grammar.entropy_rate if grammar else None,
        source=(entry.name,),
        treatments=treatments,
        encoding=None,
        seeded=SeededText(grammar, synthetic.SEED) if grammar else None,
    )


def _load_files(
    sources: Sequence[str], encoding: str | None, treatments: frozenset[Treatment]
) -> Generator[float, None, Corpus]:
    for source in sources:
        _require_known(source, alone=len(sources) == 1)
    first = "standard input" if sources[0] == files.STANDARD_INPUT else Path(sources[0]).absolute().name
    name = first if len(sources) == 1 else f"{first} and {len(sources) - 1} more"
    found = yield from files.find(sources, encoding)
    indexed = yield from index(files.read(found, encoding), Treater(treatments), name)
    count = f"{found.count:,} files" if found.count > 1 else "a text of your own"
    left_out = f"; left out: {files.counted(found.left_out)}" if found.left_out.total() else ""
    return _corpus(
        indexed,
        name=name,
        summary=count + left_out,
        origin=", ".join(sources),
        licence="yours to know",
        floor=None,
        source=tuple(s if s == files.STANDARD_INPUT else str(Path(s).absolute()) for s in sources),
        treatments=treatments,
        encoding=encoding,
        seeded=None,
    )


def _require_known(source: str, *, alone: bool) -> None:
    """Check that `source` is standard input or something on the disk.

    Raises:
        CorpusError: With the names that are near if it is neither.
    """
    if source == files.STANDARD_INPUT or (source and files.status(source) is not None):
        return
    if source in BY_NAME and not alone:
        raise CorpusError(f"{source}: a corpus of the catalogue stands alone; only files and folders are joined")
    raise CorpusError(
        f"{source or 'an empty name'}: no such file or folder, and no corpus of that name; "
        f"{_near(source)}`lstm-tui corpora` lists them all"
    )


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, BY_NAME, n=3, cutoff=0.6)
    return f"did you mean {' or '.join(near)}? " if near else ""


def _corpus(
    indexed: Indexed,
    *,
    name: str,
    summary: str,
    origin: str,
    licence: str,
    floor: float | None,
    source: tuple[str, ...],
    treatments: frozenset[Treatment],
    encoding: str | None,
    seeded: SeededText | None,
) -> Corpus:
    info = CorpusInfo(
        name=name,
        summary=summary,
        origin=origin,
        licence=licence,
        characters=len(indexed.ids),
        symbols=len(indexed.vocabulary),
        sha256=indexed.sha256,
        entropy_floor=floor,
        preview=indexed.preview,
        source=source,
        treatments=treatments,
        encoding=encoding,
    )
    return Corpus(info, indexed.vocabulary, indexed.ids, seeded.ids if seeded else None)
