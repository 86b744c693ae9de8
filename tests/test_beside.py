"""Calls beside the screen, which hold up neither it nor quitting."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tui.beside import beside


async def test_the_answer_comes_from_another_thread() -> None:
    assert await beside(threading.get_ident) != threading.get_ident()
    assert await beside(int, "ff", base=16) == 255


@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), SystemExit(3)])
async def test_an_error_comes_to_who_waits(error: BaseException) -> None:
    def fail() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        await beside(fail)
    assert raised.value is error


async def test_the_loop_goes_on_meanwhile() -> None:
    go = threading.Event()
    asked = asyncio.create_task(beside(go.wait))
    await asyncio.sleep(0)
    assert not asked.done()
    go.set()  # by the loop, which nothing holds up
    assert await asked


async def test_who_is_cancelled_waits_no_longer() -> None:
    go, over = threading.Event(), threading.Event()

    def slow() -> None:
        go.wait()
        over.set()

    asked = asyncio.create_task(beside(slow))
    await asyncio.sleep(0)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    go.set()
    assert await beside(over.wait, 20)


def test_an_answer_that_comes_after_the_loop_is_closed_is_nobodys() -> None:
    go, threads = threading.Event(), list[threading.Thread]()

    def slow() -> None:
        threads.append(threading.current_thread())
        go.wait()

    async def leave() -> None:
        asked = asyncio.create_task(beside(slow))
        while not threads:
            await asyncio.sleep(0)
        asked.cancel()

    asyncio.run(leave())
    go.set()
    threads[0].join(20)
    assert not threads[0].is_alive()


def test_the_program_ends_though_a_call_never_does() -> None:
    code = """
import asyncio, threading
from tui.beside import beside

async def leave():
    begun = threading.Event()
    asked = asyncio.create_task(beside(lambda: (begun.set(), threading.Event().wait())))
    while not begun.is_set():
        await asyncio.sleep(0)
    print("left")

asyncio.run(leave())
"""
    # it would go on for ever, where it waited
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == "left\n" and ran.stderr == ""


def test_the_app_has_no_thread_that_quitting_waits_for() -> None:
    files = [file for file in (Path(__file__).parent.parent / "tui").rglob("*.py") if file.name != "beside.py"]
    assert len(files) > 5
    for file in files:
        for way in ("to_thread", "run_in_executor", "thread=True"):
            assert way not in file.read_text(encoding="utf-8"), file
