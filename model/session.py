"""The async wrapper that the app holds: commands in, updates out, one engine process behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol

from model.protocol import Command, Update


class EngineError(Exception):
    """The engine process ended without being asked to; the message says how, for people."""


class Session(Protocol):
    """What an app needs of an engine; `EngineSession` has a process behind it, tests script their own."""

    def send(self, command: Command) -> None:
        """Hand a command to the engine; returns at once. Commands to an ended engine are dropped."""

    def updates(self, per_second: float) -> AsyncIterator[Update]:
        """Yield updates as they come, at most `per_second`; each is acknowledged when the next is asked for.

        Ends after the update that says `stopped`.

        Raises:
            EngineError: If the process ends without having been told to stop.
        """

    async def stop(self, save_to: str | None = None) -> None:
        """Save the run to `save_to`, end the process, and kill it if it has not ended within a second."""
