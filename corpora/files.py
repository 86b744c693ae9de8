"""A user's own text: files, folders of text files, standard input."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from corpora.decoding import decoded, looks_binary
from corpora.entry import Piece
from corpora.info import CorpusError, UndecodableError

STANDARD_INPUT = "-"
BLOCK = 1 << 18
"""Bytes read at a time: about a millisecond of work."""
_HEAD = 8192
"""Bytes of a file in a folder by which it is known to be binary."""

UNDECODED = "in another encoding"
"""Why a file of a folder is passed over that is text, but not in the encoding that is read."""

_SPECIAL = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class Found(Struct, frozen=True):
    """The files that make up a text, in reading order."""

    names: tuple[str, ...]
    """Paths, or `-`."""
    size: int | None
    """Bytes of all together, None where standard input does not tell."""
    left_out: Counter[str]
    """How many files of folders were passed over, by reason; while they are read there may be more."""
    in_folders: frozenset[str] = frozenset()
    """Those that were found in folders, and not named themselves."""

    @property
    def count(self) -> int:
        """How many files the text has, once they are read."""
        return len(self.names) - self.left_out[UNDECODED]


def status(source: str) -> os.stat_result | None:
    """Return what the system knows of a path, None if there is nothing.

    Raises:
        CorpusError: If it cannot be looked at.
    """
    try:
        return os.stat(source)  # noqa: PTH116 - a path that no Path can hold is an answer too
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ELOOP:  # a link to itself leads to nothing either
            return None
        raise _unreadable(source, error) from None


def find(sources: Sequence[str], encoding: str | None = None) -> Generator[float, None, Found]:
    """Look up files, folders and `-`; yields 0.0 now and then while it walks through folders.

    Args:
        sources: What they are called.
        encoding: What files in folders have to look like to be texts; None for what is nearly ASCII, or has a mark.

    Raises:
        CorpusError: If one is missing, special or without text.
    """
    names: list[str] = []
    in_folders: set[str] = set()
    size: int | None = 0
    left_out: Counter[str] = Counter()
    for source in sources:
        if source == STANDARD_INPUT:
            if STANDARD_INPUT in names:
                raise CorpusError("- was named twice; standard input can be read once")
            names.append(source)
            size = None
            continue
        found = status(source)
        if found is None:
            raise CorpusError(f"{source}: no such file or folder")
        if stat.S_ISDIR(found.st_mode):
            inside: list[tuple[str, int]] = yield from _inside(source, encoding, left_out)
            in_folders.update(name for name, _ in inside)
        else:
            _require_regular(source, found)
            inside = [(source, found.st_size)]
        names += [name for name, _ in inside]
        size = None if size is None else size + sum(bytes_ for _, bytes_ in inside)
    return Found(tuple(names), size, left_out, frozenset(in_folders))


def found_now(sources: Sequence[str], encoding: str | None = None) -> Found:
    """Do what `find` does to its end."""
    finding = find(sources, encoding)
    while True:
        try:
            next(finding)
        except StopIteration as end:
            found: Found = end.value
            return found


def read(found: Found, encoding: str | None) -> Iterator[Piece]:
    """Read the files one after the other, as `cat` would join them.

    One of a folder that is in another encoding is passed over, if there are others.

    Raises:
        CorpusError: If one cannot be read, or is not text.
    """
    done = 0
    failed: UndecodableError | None = None
    for name in found.names:
        label = "standard input" if name == STANDARD_INPUT else name
        held: list[str] | None = [] if name in found.in_folders else None
        with _opened(name) as file:
            before, text = done, decoded(_blocks(file, name), label, encoding)
            try:
                for piece in text:
                    done = before + file.tell() if found.size else done
                    share = min(1.0, done / found.size) if found.size else 0.0
                    if held is None:
                        yield piece, share
                    else:  # nobody gets a part of what may have to be passed over
                        held.append(piece)
                        yield "", share
            except UndecodableError as error:
                if held is None:
                    raise
                failed = failed or error
                found.left_out[UNDECODED] += 1
                continue
        for piece in held or ():
            yield piece, share
    if failed is not None and found.count == 0:
        raise failed


def _inside(folder: str, encoding: str | None, left_out: Counter[str]) -> Generator[float, None, list[tuple[str, int]]]:
    """Return the text files in `folder` and below with their sizes, sorted by path."""
    files: list[tuple[str, int]] = []
    passed_over: Counter[str] = Counter()

    def refuse(error: OSError) -> None:
        raise _unreadable(str(error.filename or folder), error) from None

    for parent, folders, names in os.walk(folder, onerror=refuse):
        passed_over["hidden"] += sum(name.startswith(".") for name in (*folders, *names))
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            yield 0.0
            if name.startswith("."):
                continue
            path = str(Path(parent, name))
            found = status(path)
            if found is None or not stat.S_ISREG(found.st_mode):
                passed_over["special"] += 1
            elif _is_binary(path, encoding):
                passed_over["binary"] += 1
            elif found.st_size:
                files.append((path, found.st_size))
    if not files:
        seen = f" ({counted(passed_over)} left out)" if passed_over.total() else ""
        raise CorpusError(f"{folder}: a folder without text files{seen}")
    left_out.update(passed_over)
    return sorted(files, key=lambda file: Path(file[0]).parts)


def counted(left_out: Counter[str]) -> str:
    """Return for people what was left out: `2 binary, 1 hidden`."""
    return ", ".join(f"{count:,} {reason}" for reason, count in sorted(left_out.items()) if count)


def _is_binary(path: str, encoding: str | None) -> bool:
    with _opened(path) as file:
        return looks_binary(file.read(_HEAD), encoding)


def _blocks(file: BinaryIO, name: str) -> Iterator[bytes]:
    try:
        while block := file.read(BLOCK):
            yield block
    except OSError as error:
        raise _unreadable(name, error) from None


def standard_input() -> BinaryIO:
    """Standard input, which is waited for even where whoever opened it did not mean to wait.

    Raises:
        CorpusError: If there is none, or it is a terminal.
    """
    if sys.stdin is None or sys.stdin.closed:
        raise CorpusError("-: there is no standard input to read")
    if sys.stdin.isatty():
        raise CorpusError("-: standard input is the terminal; pipe a text into it")
    with contextlib.suppress(AttributeError, OSError, ValueError):  # what stands in for it may have no descriptor
        os.set_blocking(sys.stdin.fileno(), True)
    return sys.stdin.buffer


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    """Open a file to be read, or standard input, which stays open."""
    if name == STANDARD_INPUT:
        yield standard_input()
        return
    try:
        # Not blocking: should a pipe have taken the file's place since it was looked at, this does not wait for it.
        descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except OSError as error:
        raise _unreadable(name, error) from None
    with os.fdopen(descriptor, "rb") as file:
        _require_regular(name, os.fstat(descriptor))
        yield file


def _require_regular(name: str, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _SPECIAL.get(stat.S_IFMT(found.st_mode), "not a file")
        raise CorpusError(f"{name}: {kind}, not a text file; a text from elsewhere can be piped in as -")


def _unreadable(name: str, error: Exception) -> CorpusError:
    if isinstance(error, FileNotFoundError):
        return CorpusError(f"{name}: it has vanished")
    if isinstance(error, PermissionError):
        return CorpusError(f"{name}: may not be read, its permissions forbid it")
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return CorpusError(f"{name}: cannot be read ({reason})")
