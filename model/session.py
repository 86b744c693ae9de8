"""The async wrapper that the app holds: commands in, updates out, one engine process behind it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

from model import wire

if TYPE_CHECKING:
    # numpy stays out until the first update is read: the engine is started before anything slow is imported
    from model.protocol import Command, Notice, Update

STOP_SECONDS = 3.0
"""An engine that has not ended by then, and does not say that it is saving, is killed; it takes a few milliseconds, but
on a machine that has much else to do."""

SAVE_SECONDS = 30.0
"""What writing a very large network may take."""


class EngineError(Exception):
    """The engine process ended without being asked to; the message says how, for people."""


class NotSavedError(Exception):
    """The run could not be saved when the engine was told to stop; the message says why, for people."""


class Session(Protocol):
    """What an app needs of an engine; `EngineSession` has a process behind it, tests script their own."""

    def send(self, command: Command) -> None:
        """Hand a command to the engine; returns at once. Commands to an ended engine are dropped."""

    def updates(self, per_second: Callable[[], float]) -> AsyncIterator[Update]:
        """Yield updates as they come, at most `per_second()`; each is acknowledged when the next is asked for.

        Ends after the update that says `stopped`.

        Raises:
            EngineError: If the process ends without having been told to stop.
        """

    async def stop(self, save_to: str | None = None, *, anyway: bool = False) -> tuple[Notice, ...]:
        """Save the run to `save_to`, end the process, and kill it if it neither ends nor says that it is saving.

        Args:
            save_to: The file; None saves nothing.
            anyway: End the process even if the run cannot be saved.

        Returns:
            What the engine said last: where the run was saved.

        Raises:
            NotSavedError: If it could not be; unless it was to end anyway, the engine goes on.
            EngineError: If the process had ended before, or had to be killed.
        """


class EngineSession:
    """An engine in a child process of its own.

    The process is an ordinary subprocess whose standard input and output are the wire; it ends by itself when this
    process is gone, however it went.
    """

    def __init__(self, process: subprocess.Popen[bytes], log_path: Path) -> None:
        """Wrap a process that speaks the protocol; use `start`."""
        assert process.stdin is not None and process.stdout is not None
        self._process, self._log_path = process, log_path
        self._commands: BinaryIO = process.stdin  # type: ignore[assignment]
        self._updates: BinaryIO = process.stdout  # type: ignore[assignment]
        self._waiting: deque[Update] = deque()  # an engine that is told to stop does not wait until one was taken
        self._taken = 0
        self._last_words: tuple[Notice, ...] = ()
        self._saving = self._stopping = self._closed = self._ended_well = False
        self._unsaved: tuple[Notice, ...] | None = None
        self._changed = asyncio.Event()
        self._listener: threading.Thread | None = None

    @classmethod
    def start(
        cls,
        log_path: Path,
        *,
        threads: int | None = 1,
        rescue: Path | None = None,
        shelf: Path | None = None,
        keep_open: Sequence[int] = (),
    ) -> EngineSession:
        """Start the engine process and return at once, while it is still importing.

        Args:
            log_path: Receives what the process prints, which is nothing while all is well.
            threads: Processes that work out a training step; None uses as many as are quickest.
            rescue: Where the run is saved if this process dies without saying goodbye.
            shelf: The folder of runs that were left behind.
            keep_open: Files, by their descriptors, that the process holds open as long as it lives.
        """
        log_path.parent.mkdir(parents=True, exist_ok=True)
        # -P keeps a model.py in the user's folder from being taken for ours
        command = [sys.executable, "-P", "-m", "model.serve"]
        if threads is not None:
            command += ["--threads", str(threads)]
        if rescue is not None:
            command += ["--rescue", str(rescue)]
        if shelf is not None:
            command += ["--shelf", str(shelf)]
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                pass_fds=keep_open,
            )
        return cls(process, log_path)

    @property
    def pid(self) -> int:
        """The engine's process id."""
        return self._process.pid

    def send(self, command: Command) -> None:
        """Hand a command to the engine; returns at once. Commands to an ended engine are dropped."""
        with contextlib.suppress(wire.WireClosed):
            wire.send(self._commands, command)

    async def updates(self, per_second: Callable[[], float]) -> AsyncIterator[Update]:
        """Yield updates as they come, at most `per_second()`; each is acknowledged when the next is asked for.

        Raises:
            EngineError: If the process ends without having been told to stop.
        """
        self._listen()
        # who left an earlier loop before its next round has taken in what it was given
        self._acknowledge()
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._waiting:
                begin, update = time.monotonic(), self._waiting.popleft()
                self._taken = update.number
                yield update
                if update.stopped:
                    return
                await asyncio.sleep(max(0.0, begin + 1.0 / per_second() - time.monotonic()))
                self._acknowledge()
            if self._closed and not self._waiting:
                if self._stopping:
                    return
                raise EngineError(self._describe_death())

    async def stop(self, save_to: str | None = None, *, anyway: bool = False) -> tuple[Notice, ...]:
        """Save the run to `save_to`, end the process, and kill it if it neither ends nor says that it is saving."""
        from model.protocol import Stop

        self._stopping, self._unsaved, self._last_words = True, None, ()
        self._listen()
        self.send(Stop(save_to, anyway))
        begin = time.monotonic()
        while self._process.poll() is None:
            if self._unsaved is not None and not anyway:
                self._stopping = self._saving = False
                raise NotSavedError(reason(self._unsaved))
            if time.monotonic() - begin > (SAVE_SECONDS if self._saving else STOP_SECONDS):
                break
            await asyncio.sleep(0.005)
        self.kill()
        await asyncio.sleep(0.0)  # what the listener has read is taken in only now
        if self._unsaved is not None:
            raise NotSavedError(reason(self._unsaved))
        if not self._ended_well:
            raise EngineError(self._describe_death())
        return self._last_words

    def kill(self) -> None:
        """End the process at once, if it still runs, and free what belongs to it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._listener is not None:
            self._listener.join(timeout=1.0)
        for pipe in (self._commands, self._updates):
            with contextlib.suppress(OSError):
                pipe.close()

    def _acknowledge(self) -> None:
        """Tell the engine that the last update was taken in, so that the next may come."""
        from model.protocol import Acknowledge

        self.send(Acknowledge(self._taken))

    def _listen(self) -> None:
        """Begin to read updates, on a thread that does nothing else."""
        if self._listener is None:
            loop = asyncio.get_running_loop()
            self._listener = threading.Thread(target=self._read_all, args=(loop,), daemon=True)
            self._listener.start()

    def _read_all(self, loop: asyncio.AbstractEventLoop) -> None:
        # the loop may be closed while an update comes in, when the app goes down in a hurry
        with contextlib.suppress(RuntimeError):
            try:
                while True:
                    loop.call_soon_threadsafe(self._arrived, wire.receive(self._updates))
            except wire.WireClosed:
                loop.call_soon_threadsafe(self._lost)

    def _arrived(self, message: object) -> None:
        update: Update = message  # type: ignore[assignment]
        self._saving = self._saving or update.saving
        notices = tuple(notice for run in update.runs for notice in run.notices)
        if self._stopping:
            self._last_words += notices
        if update.unsaved:
            self._unsaved = notices
        self._ended_well = update.stopped
        if not update.saving:
            self._waiting.append(update)
        self._changed.set()

    def _lost(self) -> None:
        self._closed = True
        self._changed.set()

    def _describe_death(self) -> str:
        code = self._process.wait()
        how = f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
        lines = self._log_path.read_text(errors="replace").strip().splitlines() if self._log_path.exists() else []
        told = f"; its last words, in {self._log_path}: {lines[-1]}" if lines else ""
        return f"the engine {how}{told}"


def reason(notices: tuple[Notice, ...]) -> str:
    """What an engine said of the save that failed: the first of its errors."""
    return next((notice.text for notice in notices if notice.severity == "error"), "the run could not be saved")
