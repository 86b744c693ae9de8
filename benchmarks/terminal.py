"""A program in a pseudo-terminal, and the screen that a person would see; POSIX only."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

import pyte

# pyte takes "CSI > ... u", a question about the keyboard, for "restore the cursor" and prints what it cannot read
UNREADABLE = re.compile(rb"\x1b\[[<>=?][\d;]*[umc]|\x1b\[\?\d+\$p|\x1bP.*?\x1b\\", re.DOTALL)


class Terminal:
    """Runs `command` on a screen of `columns` by `rows`; use it in a `with` block, which ends the program.

    Attributes:
        process: The running program, leader of its own session.
        started: When it was started, by `time.perf_counter`.
        painted: When it first put something on the screen; None before.
        looking: Whether what it writes is put on the screen, which costs far more time than a real terminal takes;
            else it is only taken in.
    """

    def __init__(
        self, command: Sequence[str], *, columns: int = 120, rows: int = 40, env: Mapping[str, str] | None = None
    ) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._lock = threading.Lock()
        self._awaited: bytes | None = None  # what is to be written
        self._written = 0.0  # when it was
        self._tail = b""
        self._came = threading.Event()
        self._main, child = os.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.painted: float | None = None
        self.looking = True
        self.started = time.perf_counter()
        # the size is the terminal's own, whatever these say of another one
        inherited = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
        self.process = subprocess.Popen(
            command,
            stdin=child,
            stdout=child,
            stderr=child,
            env={**inherited, "TERM": "xterm-256color", "COLORTERM": "truecolor", **(env or {})},
            start_new_session=True,
        )
        os.close(child)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(timeout=5.0)
        os.close(self._main)

    def _read(self) -> None:
        pending = b""
        # reading fails with an input/output error once the program has closed its end
        with contextlib.suppress(OSError):
            while True:
                ready, _, _ = select.select([self._main], [], [], 0.5)
                if not ready:
                    if self.process.poll() is not None:
                        return
                    continue
                data = os.read(self._main, 65536)
                if not data:
                    return
                self._watch(data)
                if not self.looking:
                    continue
                # an escape sequence may be cut in two by the read: its beginning waits for the rest
                data = UNREADABLE.sub(b"", pending + data)
                cut = data.rfind(b"\x1b")
                whole = cut < 0 or re.match(rb"\x1b\[[\d;?<>=]*[@-~]|\x1b[^\[P\]]", data[cut:])
                data, pending = (data, b"") if whole else (data[:cut], data[cut:])
                with self._lock:
                    self._stream.feed(data)
                    if self.painted is None and any(line.strip() for line in self._screen.display):
                        self.painted = time.perf_counter()

    def text(self) -> str:
        """What is on the screen, line by line."""
        with self._lock:
            return "\n".join(line.rstrip() for line in self._screen.display)

    def press(self, keys: str) -> None:
        """Type `keys`."""
        os.write(self._main, keys.encode())

    def press_until(self, keys: str, text: str, seconds: float = 10.0) -> float:
        """Type `keys` and wait until `text` is written in one piece; returns the seconds that took.

        Raises:
            TimeoutError: If it is not within `seconds`.
        """
        self._await(text)
        begin = time.perf_counter()
        self.press(keys)
        return self._written_by(text, seconds) - begin

    def first(self, text: str, seconds: float = 30.0) -> float:
        """Wait until `text` is written in one piece; returns the seconds since the program was started.

        Unlike `wait_for` it looks at no screen, and so takes nothing of the machine from the program.

        Raises:
            TimeoutError: If it is not within `seconds`.
        """
        self._await(text)
        return self._written_by(text, seconds) - self.started

    def _await(self, text: str) -> None:
        self._came.clear()
        self._tail, self._awaited = b"", text.encode()

    def _written_by(self, text: str, seconds: float) -> float:
        if not self._came.wait(seconds):
            raise TimeoutError(f"{text!r} was not written within {seconds:g} s")
        return self._written

    def _watch(self, data: bytes) -> None:
        """Note when what is awaited comes."""
        if self._awaited is None:
            return
        self._tail += data
        if self._awaited in self._tail:
            self._written = time.perf_counter()
            self._awaited = None
            self._came.set()
        else:
            self._tail = self._tail[-len(self._awaited) :]

    def wait_for(self, pattern: str, seconds: float = 30.0) -> re.Match[str]:
        """Wait until the screen matches `pattern`.

        Raises:
            TimeoutError: If it does not within `seconds`; with the screen as it then is.
        """
        deadline = time.perf_counter() + seconds
        while True:
            screen = self.text()
            match = re.search(pattern, screen)
            if match:
                return match
            if time.perf_counter() > deadline:
                raise TimeoutError(f"{pattern!r} did not appear within {seconds:g} s on\n{screen}")
            time.sleep(0.01)

    def wait_for_end(self, seconds: float = 30.0) -> int:
        """Wait until the program has ended; returns its exit code.

        Raises:
            subprocess.TimeoutExpired: If it does not end.
        """
        return self.process.wait(timeout=seconds)
