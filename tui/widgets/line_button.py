"""A button of one line."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Button


class LineButton(Button):
    """A button that takes one line."""

    def __init__(self, label: str | Content, *, id: str, action: str | None = None) -> None:  # noqa: A002
        # with the class there from the start, Textual does not style the button once more when it is made compact
        super().__init__(label, id=id, action=action, classes="-textual-compact", compact=True)
