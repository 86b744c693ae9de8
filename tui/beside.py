"""Calls what may take long, as a far disk does, beside the screen."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import ParamSpec, TypeVar

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


async def beside(call: Callable[Asked, Answer], *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
    """Return what `call` returns, or raise what it raises; the screen goes on meanwhile.

    `asyncio.to_thread` would do, but for quitting: the interpreter waits for its threads, and not for a daemon. Who is
    cancelled waits no longer, though the call goes on.
    """
    loop, answer, over = asyncio.get_running_loop(), Future[Answer](), asyncio.Event()

    def work() -> None:
        try:
            answer.set_result(call(*args, **kwargs))
        except BaseException as error:
            answer.set_exception(error)
        with contextlib.suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(over.set)

    threading.Thread(target=work, name="beside", daemon=True).start()
    await over.wait()
    return answer.result()
