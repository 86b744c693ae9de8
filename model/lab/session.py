"""The async wrapper that an app holds: one process behind it that experiments run in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
from pathlib import Path
from typing import BinaryIO, Protocol

from model import wire
from model.lab.orders import Answer, Ask, Order, Trouble


class LabEndedError(Exception):
    """The process ended without being asked to; the message says how, for people."""


class Lab(Protocol):
    """What an app needs; `LabSession` has a process behind it, tests one of their own."""

    def send(self, order: Order) -> None:
        """Hand over an order; returns at once."""

    async def ask(self) -> Answer | Trouble:
        """How it stands.

        Raises:
            LabEndedError: If the process is gone.
        """

    def end(self) -> None:
        """End the process."""


class LabSession:
    """Experiments in a child process; it ends by itself when this process is gone, however it went."""

    def __init__(self, process: subprocess.Popen[bytes], log_path: Path) -> None:
        """Wrap a process that speaks to its standard input and output; use `start`."""
        assert process.stdin is not None and process.stdout is not None
        self._process, self._log_path = process, log_path
        self._orders: BinaryIO = process.stdin  # type: ignore[assignment]
        self._answers: BinaryIO = process.stdout  # type: ignore[assignment]

    @classmethod
    def start(cls, log_path: Path) -> LabSession:
        """Start the process and return at once; `log_path` receives what it prints: nothing while all is well."""
        try:
            log_path.parent.mkdir(parents=True, exist_ok=True)
            log_path.touch()
        except OSError:
            log_path = Path(os.devnull)  # nothing else is kept: it can do without
        # -P keeps a model.py in the user's folder from being taken for ours
        command = [sys.executable, "-P", "-m", "model.lab.laboratory"]
        with log_path.open("wb") as log:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, start_new_session=True
            )
        return cls(process, log_path)

    def send(self, order: Order) -> None:
        """Hand over an order; returns at once. Orders to an ended process are dropped."""
        with contextlib.suppress(wire.WireClosed):
            wire.send(self._orders, order)

    async def ask(self) -> Answer | Trouble:
        """How it stands.

        Raises:
            LabEndedError: If the process is gone.
        """
        self.send(Ask())
        try:
            answer = await asyncio.to_thread(wire.receive, self._answers)
        except wire.WireClosed:
            raise LabEndedError(self._describe_death()) from None
        assert isinstance(answer, (Answer, Trouble))
        return answer

    def end(self) -> None:
        """End the process at once, if it still runs, and free what belongs to it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        for pipe in (self._orders, self._answers):
            with contextlib.suppress(OSError):
                pipe.close()

    def _describe_death(self) -> str:
        lines = self._log_path.read_text(errors="replace").strip().splitlines() if self._log_path.exists() else []
        told = f"; its last words, in {self._log_path}: {lines[-1]}" if lines else ""
        return f"the process of the experiment ended{told}"
