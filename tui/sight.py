"""Whether anybody can see a widget: what nobody sees need not be drawn."""

from __future__ import annotations

from typing import Any

from textual.screen import Screen
from textual.widget import Widget


def in_sight(widget: Widget) -> bool:
    """Tell whether a widget is displayed, on a screen that can be seen."""
    return all(node.display for node in widget.ancestors_with_self if isinstance(node, Widget)) and not is_covered(
        widget.screen
    )


def is_covered(screen: Screen[Any]) -> bool:
    """Tell whether another screen hides this one; a dialog does not, it lets what is below shine through."""
    if not screen.is_running:
        return False
    stack = screen.app.screen_stack
    return screen in stack and any(not above.is_modal for above in stack[stack.index(screen) + 1 :])
