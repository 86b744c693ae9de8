"""The line to the terminal: whether it has swallowed what was painted."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from queue import Queue
from typing import Any

from textual.app import App

LOOK = 0.01
"""Seconds between two looks at a line that is busy."""
CLOSING = 0.1
"""Seconds between two looks whether the screen that is to be painted is still there."""
PATIENCE = 30.0
"""Seconds after which the next update is shown however much is still in line."""


async def swallowed(app: App[Any]) -> None:
    """Wait until what has come up to now is painted and on its way to the terminal, or for `PATIENCE`."""
    screen, painted = app.screen, asyncio.Event()
    if not screen.call_after_refresh(painted.set):
        return
    try:
        async with asyncio.timeout(PATIENCE):
            # a dialog that is closed just now is never painted again, and calls nothing any more
            while not painted.is_set() and app.screen is screen:
                with suppress(TimeoutError):
                    await asyncio.wait_for(painted.wait(), CLOSING)
            while waiting(app):
                await asyncio.sleep(LOOK)
    except TimeoutError:
        return


def waiting(app: App[Any]) -> int:
    """Return how many pieces of output the terminal has not taken yet; 0 where the driver does not tell.

    Textual writes on a thread of its own, from a queue of 30 pieces. When that is full, keys wait too: on a slow line
    for many frames.
    """
    writer = getattr(app._driver, "_writer_thread", None)
    queue = getattr(writer, "_queue", None)
    return queue.qsize() if isinstance(queue, Queue) else 0
