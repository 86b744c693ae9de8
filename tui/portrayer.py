"""Has texts looked at in a process of their own: counting and compressing are felt neither here nor by what learns."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

from corpora import facts, portrait
from corpora.catalogue import BY_NAME
from corpora.choice import TextChoice
from corpora.info import CorpusError, CorpusInfo
from corpora.portrait import Portrait


class Look(Protocol):
    """A look at one text, under way."""

    def __iter__(self) -> Iterator[Portrait]:
        """Yield what is found out, more and more of it; may raise `CorpusError` or `OSError`."""

    def stop(self) -> None:
        """End it now, from another thread too; the iterator then ends."""


class ProcessLook:
    """A look by `corpora.portray`; what is remembered of a text of the catalogue needs no process."""

    def __init__(self, choice: TextChoice, cache_dir: Path) -> None:
        self._choice, self._cache_dir = choice, cache_dir
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def __iter__(self) -> Iterator[Portrait]:
        """Yield what is found out.

        Raises:
            CorpusError: If the text cannot be read.
            OSError: If there can be no process.
        """
        known = portrait.recall(self._cache_dir, self._choice) if self._choice.named else None
        if known is not None:
            yield known
            return
        process = self._begin()
        if process is None or process.stdout is None:
            return
        try:
            for line in process.stdout:
                if self._stopped:  # it may have been cut off in the middle of a line
                    return
                yield self._read(line)
            if process.wait() and not self._stopped:
                raise CorpusError("it could not be looked at; learning it may tell why")
        finally:
            self.stop()
            process.stdout.close()
            process.wait()

    def _begin(self) -> subprocess.Popen[bytes] | None:
        kinds = sorted(kind.value for kind in self._choice.treatments)
        asked = {"sources": self._choice.sources, "treatments": kinds, "encoding": self._choice.encoding}
        # -P keeps a corpora folder of the user's from being taken for ours
        command = [sys.executable, "-P", "-m", "corpora.portray", str(self._cache_dir), json.dumps(asked)]
        with self._lock:
            if not self._stopped:
                self._process = subprocess.Popen(
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    start_new_session=True,
                )
            return self._process

    @staticmethod
    def _read(line: bytes) -> Portrait:
        try:
            said = json.loads(line)
            if "problem" in said:
                raise CorpusError(str(said["problem"]))
            return portrait.parse(said)
        except CorpusError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise CorpusError("it could not be looked at; learning it may tell why") from error

    def stop(self) -> None:
        """End it now."""
        with self._lock:
            self._stopped = True
            if self._process is not None:
                with contextlib.suppress(OSError):
                    self._process.kill()


def facts_of(name: str, cache_dir: Path) -> CorpusInfo:
    """Return the facts of a corpus of the catalogue; the first time it is read, which takes some seconds.

    Raises:
        CorpusError: If it cannot be read.
        OSError: If there can be no process.
    """
    known = facts.recall(cache_dir, BY_NAME[name]) if name in BY_NAME else None
    if known is not None:
        return known
    look = ProcessLook(TextChoice((name,)), cache_dir)
    try:
        return next(iter(look)).info
    except StopIteration:
        raise CorpusError(f"{name}: it could not be looked at") from None
    finally:
        look.stop()


class Portrayer:
    """One daemon thread at most; who asks for another text ends the look at the one before."""

    def __init__(
        self,
        begin: Callable[[TextChoice], Look],
        told: Callable[[TextChoice, Portrait | None, str], None],
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            begin: Begins a look at one text.
            told: Called in the thread, with the text and what is known of it by now, or None and the error's sentence.
        """
        self._begin = begin
        self._told = told
        self._lock = threading.Lock()
        self._wanted: TextChoice | None = None
        self._look: Look | None = None
        self._running = False

    def ask(self, choice: TextChoice | None) -> None:
        """Look at a text; at none, with None."""
        with self._lock:
            self._wanted = choice
            if self._look is not None:
                self._look.stop()
            if self._running or choice is None:
                return
            self._running = True
        threading.Thread(target=self._work, name="portray", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                choice, self._wanted = self._wanted, None
                if choice is None:
                    self._running = False
                    return
                try:
                    look = self._look = self._begin(choice)
                except Exception as error:
                    look, problem = None, _why(error)
            if look is not None:
                problem = self._follow(choice, look)
            if problem:
                self._told(choice, None, problem)

    def _follow(self, choice: TextChoice, look: Look) -> str:
        """Tell what a look finds out; returns why it found no more, or nothing."""
        try:
            for seen in look:
                self._told(choice, seen, "")
        except Exception as error:
            return _why(error)
        finally:
            with self._lock:
                self._look = None
        return ""


def _why(error: Exception) -> str:
    """What is wrong with a text; or, in a slip of ours, with the look: the next text is looked at all the same."""
    foreseen = str(error) if isinstance(error, (CorpusError, OSError)) else ""
    return foreseen or f"it could not be looked at: {error!r}"
