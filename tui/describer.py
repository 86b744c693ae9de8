"""Reads the facts of a text beside the screen, since the first look at a text takes seconds."""

from __future__ import annotations

import threading
from collections.abc import Callable

from corpora.info import CorpusError, CorpusInfo


class Describer:
    """One daemon thread at most; of the names asked for meanwhile only the last one is looked at.

    A worker of Textual would do, but for quitting: the interpreter waits for those threads, and not for this one.
    """

    def __init__(
        self,
        describe: Callable[[str], CorpusInfo],
        done: Callable[[str, CorpusInfo | None, str], None],
    ) -> None:
        """Prepare; nothing runs yet.

        Args:
            describe: Looks at one corpus of the catalogue; may take seconds and may raise `CorpusError` or `OSError`.
            done: Called in the thread with the name, the facts or None, and the error's sentence or "".
        """
        self._describe = describe
        self._done = done
        self._lock = threading.Lock()
        self._wanted: str | None = None
        self._running = False

    def ask(self, name: str) -> None:
        """Look at `name` as soon as the look under way is over."""
        with self._lock:
            self._wanted = name
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._work, name="describe", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                name, self._wanted = self._wanted, None
                if name is None:
                    self._running = False
                    return
            try:
                info = self._describe(name)
            except (CorpusError, OSError) as error:
                self._done(name, None, str(error))
            except Exception as error:  # a slip of ours costs this answer, and not all that are asked for later
                self._done(name, None, f"{name}: it could not be looked at: {error!r}")
            else:
                self._done(name, info, "")
