"""The app of `lstm-tui lab`: one process that learns, and one screen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.css.query import NoMatches
from textual.screen import Screen

from model.config import CELLS
from model.lab.catalogue import CATALOGUE
from model.lab.orders import Answer, Begin, Order
from model.lab.session import Lab, LabEndedError, LabSession
from tui.keymap import keymap_of
from tui.sanitize import sanitize
from tui.screens.lab import LabScreen
from tui.settings import DEFAULT_THEME, load_settings, paths
from tui.themed_app import ThemedApp

ANSWERS_PER_SECOND = 5
"""While it learns; measuring takes its time too."""


class LabApp(ThemedApp):
    """Asks how the experiment stands, again and again, and shows what it is told."""

    CSS_PATH = "lab.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", id="quit", tooltip="Leave.", key_display="ctrl+q", priority=True),
        Binding("ctrl+c", "quit", "Quit", show=False, priority=True),
    ]

    def __init__(
        self,
        start: Callable[[], Lab],
        name: str,
        seed: int = 0,
        file: str | None = None,
        steps: int | None = None,
        cell: str = CELLS[0],
        theme: str = DEFAULT_THEME,
        keys: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare the app.

        Args:
            start: Begins a process that experiments run in; it is ended on leaving.
            name: Of the experiment to begin with.
            seed: Of all that is drawn at random.
            file: Pictures for `digits`.
            steps: Length of each experiment; None is its own.
            cell: Of the network, where an experiment has but one.
            theme: The look; the default one where there is none of that name.
            keys: Other keys than the usual, by the ids that the instrument has for them.
        """
        super().__init__(theme)
        self.set_keymap(keymap_of(keys or {})[0])
        self._start, self._lab, self._gone = start, start(), False
        self.lab_screen = LabScreen(self._send, name, seed, file, steps, cell)

    def get_default_screen(self) -> Screen[None]:
        """The only one."""
        return self.lab_screen

    def on_ready(self) -> None:
        """Begin to ask, now that there is something to show answers on."""
        self.run_worker(self._follow())

    async def _follow(self) -> None:
        # an answer may come while the screen is being taken apart
        with suppress(NoMatches):
            await self._show_answers()

    async def _show_answers(self) -> None:
        screen = self.lab_screen
        while True:
            screen.changed.clear()
            try:
                answer = await self._lab.ask()
            except LabEndedError as error:
                self._gone = True
                screen.trouble = sanitize(str(error))
                while self._gone:  # until another experiment is begun
                    screen.changed.clear()
                    await screen.changed.wait()
                continue
            screen.take(answer)
            if isinstance(answer, Answer) and answer.going:
                with suppress(TimeoutError):
                    await asyncio.wait_for(screen.changed.wait(), 1 / ANSWERS_PER_SECOND)
            else:
                await screen.changed.wait()  # nothing happens by itself

    def _send(self, order: Order) -> None:
        """Hand an order over; where the process is gone, a new one takes it if it begins something."""
        if self._gone and isinstance(order, Begin):
            self._lab.end()
            self._lab, self._gone = self._start(), False
        self._lab.send(order)

    def on_unmount(self) -> None:
        """Let the process end."""
        self._lab.end()


def open_lab(name: str | None, seed: int, file: Path | None, steps: int | None, cell: str) -> int:
    """Open the lab, and come back when it has been left; the exit code."""
    user = paths()
    settings = load_settings(user.settings)
    where = None if file is None else str(file.absolute())
    start = partial(LabSession.start, user.state / "lab.log")
    app = LabApp(start, name or CATALOGUE[0].name, seed, where, steps, cell, settings.theme, settings.keys)
    app.run()
    return app.return_code or 0
