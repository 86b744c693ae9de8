"""What was painted is waited for, and nothing that never will be."""

from __future__ import annotations

import asyncio
from queue import Queue
from types import SimpleNamespace

import pytest
from textual.app import App
from textual.screen import ModalScreen

from tui.line import swallowed


class Dialog(ModalScreen[None]):
    """Something that is closed before it is painted again."""


async def test_what_is_painted_at_once_is_not_waited_for() -> None:
    app = App[None]()
    async with app.run_test():
        async with asyncio.timeout(10.0):
            await swallowed(app)


async def test_a_dialog_that_is_closed_meanwhile_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        dialog = Dialog()
        await app.push_screen(dialog)
        # closed before its turn came, it calls nothing any more
        monkeypatch.setattr(dialog, "call_after_refresh", lambda _callback: True)
        waiting = asyncio.create_task(swallowed(app))
        await pilot.pause()
        assert not waiting.done()
        dialog.dismiss()
        async with asyncio.timeout(10.0):  # far less than the patience with a slow line
            await waiting


async def test_a_slow_line_is_waited_for() -> None:
    app = App[None]()
    async with app.run_test() as pilot:
        queue: Queue[str] = Queue()
        queue.put("a frame")
        app._driver._writer_thread = SimpleNamespace(_queue=queue)  # type: ignore[union-attr]
        waiting = asyncio.create_task(swallowed(app))
        await pilot.pause()
        await pilot.pause()
        assert not waiting.done()
        queue.get()
        async with asyncio.timeout(10.0):
            await waiting
        del app._driver._writer_thread  # type: ignore[union-attr]
