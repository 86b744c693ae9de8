"""Screens that are left with an answer, once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.reactive import Reactive
from textual.screen import ModalScreen, Screen

Answer = TypeVar("Answer")


class LeftOnce(Screen[Answer]):
    """Goes when it is dismissed; dismissed again, or under another screen, it does nothing.

    Keys come in batches: two that both leave would take the screen below away as well, which Textual does not prevent.
    """

    _late: tuple[Answer | None] | None = None
    _followed: tuple[tuple[DOMNode, Reactive[Any]], ...] = ()

    def dismiss(self, result: Answer | None = None) -> AwaitComplete:
        """Leave with an answer."""
        return super().dismiss(result) if self.is_active else AwaitComplete.nothing()  # type: ignore[no-untyped-call]

    def leave_with(self, result: Answer | None) -> None:
        """Leave with an answer that took its time: now, or as soon as no other screen stands above."""
        self._late = (result,)
        self._leave_late()

    def on_screen_resume(self) -> None:
        """Leave, if the answer has come meanwhile."""
        self._leave_late()

    def _leave_late(self) -> None:
        if self._late is not None and self.is_active:
            (answer,), self._late = self._late, None
            self.dismiss(answer)

    def follow(
        self, other: DOMNode, value: Reactive[Any], callback: Callable[[Any], None], *, init: bool = True
    ) -> None:
        """Watch a value of what stays, such as the main screen, as long as this one is there."""
        self._followed = (*self._followed, (other, value))
        self.watch(other, value.name, callback, init=init)

    def on_unmount(self) -> None:
        """Be forgotten: Textual lets go of who watched a value only when that changes next."""
        for other, value in self._followed:
            other.mutate_reactive(value)


class Dialog(ModalScreen[Answer], LeftOnce[Answer]):
    """Stands above another screen, which is seen through it: styles are those of the first base, hence the order."""
