"""Who does what a key does: for a click that is to do the same."""

from __future__ import annotations

from typing import Any, NamedTuple

from textual import actions
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.bindings import Key


class Doer(NamedTuple):
    """A part of the screen, and what it is asked to do."""

    node: DOMNode
    action: str

    @property
    def can(self) -> bool:
        """Whether it would do so now."""
        _, name, parameters = actions.parse(self.action)
        return bool(self.node.check_action(name, parameters))

    async def do(self) -> None:
        """Do as the key does, if whoever does it is still there."""
        if self.node.is_attached and self.node.screen is self.node.app.screen:
            await self.node.app.run_action(self.action, self.node)


def doer(key: Key, screen: Screen[Any]) -> Doer | None:
    """Return who answers to a key on a screen, from what has the focus upward; None where nobody does.

    It is found by the key's id and not by what is pressed: a field of text that keeps a letter for itself, or a
    panel that has another use for a digit, is not in the way of a click.
    """
    for node in (screen.focused or screen).ancestors_with_self:
        for binding in type(node).BINDINGS:
            if isinstance(binding, Binding) and binding.id == key.id:
                found = Doer(node, binding.action)
                return found if found.can else None
    return None
