"""Screens that are left with an answer, once."""

from __future__ import annotations

from typing import TypeVar

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, Screen

Answer = TypeVar("Answer")


class LeftOnce(Screen[Answer]):
    """Goes when it is dismissed; dismissed again, or under another screen, it does nothing.

    Keys come in batches: two that both leave would take the screen below away as well, which Textual does not prevent.
    """

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave with an answer."""
        return super().dismiss(result) if self.is_active else AwaitComplete.nothing()  # type: ignore[no-untyped-call]

    _late: tuple[Answer | None] | None = None

    def leave_with(self, result: Answer | None) -> None:
        """Leave with an answer that took its time: now, or as soon as no other screen stands above."""
        self._late = (result,)
        self.on_screen_resume()

    def on_screen_resume(self) -> None:
        """Leave, if the answer has come meanwhile."""
        if self._late is not None and self.is_active:
            (answer,), self._late = self._late, None
            self.dismiss(answer)


class Dialog(ModalScreen[Answer], LeftOnce[Answer]):
    """Stands above another screen, which is seen through it: styles are those of the first base, hence the order."""
